/** Who asks: certificate, bearer token or nobody; and who they ask to be taken for. As k8s.io/apiserver/pkg/endpoints/filters. */
import { sha256 } from "@noble/hashes/sha2.js"
import { decodeBase64 } from "../apimachinery/base64.ts"
import { forbidden, unauthorized } from "../apimachinery/status.ts"
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

/** Throws StatusError 403 when `user` may not be taken for the one that the headers name. */
export const impersonate = (user: UserInfo, request: ApiRequest, roles: () => RoleSource): UserInfo => {
  const name = request.headers?.["impersonate-user"]
  if (!name) return user
  const groups = (request.headers?.["impersonate-group"] ?? "")
    .split(",")
    .map((group) => group.trim())
    .filter(Boolean)
  const check = (resource: string, value: string) => {
    const info = subject(resource, value)
    if (!authorized(user, info, roles())) throw forbidden({ group: "", plural: resource }, value, forbiddenMessage(user, info))
  }
  check("users", name)
  for (const group of groups) check("groups", group)
  const account = /^system:serviceaccount:([^:]+):/.exec(name)
  const service = account ? ["system:serviceaccounts", `system:serviceaccounts:${account[1]}`] : []
  return { name, groups: [...new Set([...groups, ...service, "system:authenticated"])] }
}
