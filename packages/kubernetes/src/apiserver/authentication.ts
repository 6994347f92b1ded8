/** Who asks: certificate, bearer token or nobody; and who they ask to be taken for. As k8s.io/apiserver/pkg/endpoints/filters. */
import { sha256 } from "@noble/hashes/sha2.js"
import { decodeBase64 } from "../apimachinery/base64.ts"
import { forbidden, StatusError, unauthorized } from "../apimachinery/status.ts"
import { authorized, forbiddenMessage, type RoleSource } from "./authorization.ts"
import type { ApiRequest, UserInfo } from "./contract.ts"
import type { RequestInfo } from "./request-info.ts"

export interface Authenticators {
  /** Who a client certificate (PEM) belongs to; undefined: it is not good. */
  identifyCertificate?: (pem: string) => UserInfo | undefined
  identifyToken?: (token: string) => UserInfo | undefined
}

const CREDENTIAL = "authentication.kubernetes.io/credential-id"

const credentials = new Map<string, string>()

/** As x509.go: the digest of the certificate itself. */
const credentialId = (pem: string): string => {
  let id = credentials.get(pem)
  if (!id) {
    const bytes = decodeBase64(pem.replace(/-----[^-]+-----/g, "")) ?? new Uint8Array()
    id = `X509SHA256=${Array.from(sha256(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("")}`
    if (credentials.size > 200) credentials.clear()
    credentials.set(pem, id)
  }
  return id
}

const withAuthenticated = (user: UserInfo): UserInfo =>
  user.groups.includes("system:authenticated") ? user : { ...user, groups: [...user.groups, "system:authenticated"] }

export const authenticate = (request: ApiRequest, by: Authenticators): UserInfo => {
  if (request.user) return request.user
  const bearer = /^Bearer (.+)$/i.exec(request.headers?.authorization ?? "")?.[1]
  const user = bearer
    ? by.identifyToken?.(bearer)
    : request.clientCertificate
      ? by.identifyCertificate?.(request.clientCertificate)
      : undefined
  if (user && !bearer && request.clientCertificate && request.headers?.accept !== undefined)
    return withAuthenticated({ ...user, extra: { ...user.extra, [CREDENTIAL]: [credentialId(request.clientCertificate)] } })
  if (user) return withAuthenticated(user)
  if (bearer || request.clientCertificate) throw unauthorized()
  return { name: "system:anonymous", groups: ["system:unauthenticated"] }
}

const subject = (resource: string, name: string): RequestInfo => ({
  isResource: true,
  path: "",
  verb: "impersonate",
  group: "",
  version: "v1",
  namespace: undefined,
  resource,
  subresource: "",
  name,
  rest: "",
})

const EXTRA = "impersonate-extra-"

/** Throws StatusError 403 when `user` may not be taken for the one that the headers name. As endpoints/filters/impersonation. */
export const impersonate = (user: UserInfo, request: ApiRequest, roles: () => RoleSource): UserInfo => {
  const { headers } = request
  if (!headers) return user
  const name = headers["impersonate-user"]
  const list = (text: string | undefined) =>
    (text ?? "")
      .split(",")
      .map((one) => one.trim())
      .filter(Boolean)
  const groups = list(headers["impersonate-group"])
  const uid = headers["impersonate-uid"]
  const extra = Object.fromEntries(
    Object.keys(headers)
      .filter((header) => header.startsWith(EXTRA))
      .map((header) => [unescaped(header.slice(EXTRA.length)), list(headers[header])]),
  )
  if (!name) {
    if (groups.length === 0 && !uid && Object.keys(extra).length === 0) return user
    const asked = [
      ...groups.map((one) => `{Kind:Group Namespace: Name:${one}}`),
      ...Object.entries(extra).flatMap(([key, values]) => values.map((one) => `{Kind:UserExtra Namespace: Name:${one} FieldPath:${key}}`)),
      ...(uid ? [`{Kind:UID Namespace: Name:${uid}}`] : []),
    ]
    throw new StatusError(500, "InternalError", `Internal error occurred: requested [${asked.join(" ")}] without impersonating a user`, {
      causes: [{ message: `requested [${asked.join(" ")}] without impersonating a user` }],
    })
  }
  const check = (info: RequestInfo) => {
    if (authorized(user, info, roles())) return
    const resource = info.subresource ? `${info.resource}/${info.subresource}` : info.resource
    throw forbidden({ group: info.group, plural: resource }, info.name, forbiddenMessage(user, info))
  }
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name)
  if (account) check({ ...subject("serviceaccounts", account[2]), namespace: account[1] })
  else check(subject("users", name))
  for (const group of groups) check(subject("groups", group))
  for (const [key, values] of Object.entries(extra))
    for (const value of values) check({ ...subject("userextras", value), group: AUTHENTICATION, subresource: key })
  if (uid) check({ ...subject("uids", uid), group: AUTHENTICATION })
  const service = account && groups.length === 0 ? ["system:serviceaccounts", `system:serviceaccounts:${account[1]}`] : []
  const everybody = name === "system:anonymous" ? "system:unauthenticated" : "system:authenticated"
  return {
    name,
    ...(uid && { uid }),
    groups: [...new Set([...groups, ...service, everybody])],
    ...(Object.keys(extra).length > 0 && { extra }),
  }
}

const AUTHENTICATION = "authentication.k8s.io"

/** Keys of extra values are percent-encoded, as header names hold no other characters. */
const unescaped = (key: string): string => {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}
