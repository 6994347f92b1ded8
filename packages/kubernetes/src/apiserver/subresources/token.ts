/** …/token: a bearer token for a ServiceAccount. As pkg/registry/core/serviceaccount/storage/token.go. */
import { encodeBase64 } from "../../apimachinery/base64.ts"
import { isObject } from "../../apimachinery/frozen.ts"
import { type AnyStored, formatTime } from "../../apimachinery/object.ts"
import { badRequest, conflict, type FieldError, invalid } from "../../apimachinery/status.ts"
import type { AnyKind, IssuedToken, Server, SubresourceCall } from "../context.ts"
import type { ApiResponse, LegacyToken } from "../contract.ts"
import { ISSUER } from "../issued-tokens.ts"
import { JSON_TYPE } from "../negotiation.ts"

const LEAST_SECONDS = 600
const MOST_SECONDS = 2 ** 32
const DEFAULT_SECONDS = 3_600
/** WarnOnlyBoundTokenExpirationPeriod, ExpirationExtensionSeconds. */
const WARN_ONLY_SECONDS = 3_607
const EXTENDED_SECONDS = 365 * 24 * 3_600

const part = (value: unknown): string => encodeBase64(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")

/** A token that says so. The signature is no cryptography: the server remembers what it issued. */
const tokenText = (claims: object, { sim }: Pick<Server, "sim">): string => {
  const secret = sim.random("tokens").string(342, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
  return `${part({ alg: "RS256", kid: "drydock" })}.${part(claims)}.${secret}`
}

/** A token that lives in a Secret, without an end and for every audience of the API. As pkg/serviceaccount/legacy.go. */
export const secretToken = ({ namespace, account, secret }: LegacyToken, server: Pick<Server, "sim" | "issueToken">): string => {
  const claim = (name: string) => `kubernetes.io/serviceaccount/${name}`
  const claims = {
    iss: "kubernetes/serviceaccount",
    [claim("namespace")]: namespace,
    [claim("secret.name")]: secret.name,
    [claim("service-account.name")]: account.name,
    [claim("service-account.uid")]: account.uid,
    sub: `system:serviceaccount:${namespace}:${account.name}`,
  }
  const token = tokenText(claims, server)
  const bound = { plural: "secrets", ...secret } as const
  server.issueToken(token, { namespace, ...account, id: "", bound, audiences: [ISSUER], expires: Number.POSITIVE_INFINITY })
  return token
}

/** The object that a token ends with. Throws StatusError for one that is not there, or not the account's. */
const boundTo = (reference: unknown, account: AnyStored, server: Server): IssuedToken["bound"] => {
  if (!isObject(reference)) return undefined
  const { kind, name, uid } = reference as { kind?: string; name?: string; uid?: string }
  const plural = kind === "Pod" ? "pods" : kind === "Secret" ? "secrets" : undefined
  if (!plural) throw badRequest(`cannot bind token for serviceaccount ${JSON.stringify(account.metadata.name)} to object of type ${kind}`)
  const found = server.registry.get(server.kind("", "v1", plural) as AnyKind, account.metadata.namespace, name ?? "")
  if (uid && uid !== found.metadata.uid)
    throw conflict(
      { group: "", plural },
      name ?? "",
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  if (plural === "pods" && ((found.spec as { serviceAccountName?: string }).serviceAccountName ?? "default") !== account.metadata.name)
    throw badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account.metadata.name)} to pod running with different serviceaccount name.`,
    )
  return { plural, name: found.metadata.name, uid: found.metadata.uid }
}

/** Where the Pod runs that a token is bound to. */
const nodeOf = (bound: IssuedToken["bound"], namespace: string, server: Server): { node?: { name: string; uid: string } } => {
  if (bound?.plural !== "pods") return {}
  const { nodeName } = server.registry.get(server.kind("", "v1", "pods") as AnyKind, namespace, bound.name).spec as { nodeName?: string }
  const node = nodeName === undefined ? undefined : server.registry.find(server.kind("", "v1", "nodes") as AnyKind, undefined, nodeName)
  return node ? { node: { name: node.metadata.name, uid: node.metadata.uid } } : {}
}

export const tokenRequest = ({ object, body, context }: SubresourceCall, server: Server): ApiResponse => {
  if (!isObject(body)) throw badRequest("the object provided is unrecognized (must be of type TokenRequest)")
  const spec = isObject(body.spec) ? body.spec : {}
  const seconds = spec.expirationSeconds === undefined || spec.expirationSeconds === null ? DEFAULT_SECONDS : Number(spec.expirationSeconds)
  const errors: FieldError[] = []
  if (seconds < LEAST_SECONDS)
    errors.push({
      type: "Invalid",
      field: "spec.expirationSeconds",
      value: seconds,
      detail: "may not specify a duration less than 10 minutes",
    })
  if (seconds > MOST_SECONDS)
    errors.push({
      type: "Invalid",
      field: "spec.expirationSeconds",
      value: seconds,
      detail: "may not specify a duration larger than 2^32 seconds",
    })
  if (errors.length > 0) throw invalid({ group: "authentication.k8s.io", kind: "TokenRequest" }, "", errors)
  const audiences = Array.isArray(spec.audiences) && spec.audiences.length > 0 ? (spec.audiences as string[]) : [ISSUER]
  const now = Math.floor(server.sim.now() / 1_000)
  const { namespace = "", name, uid } = object.metadata
  const bound = boundTo(spec.boundObjectRef, object, server)
  const id = server.sim.random("tokens").uuid()
  // A Pod's own token is good for a year, and warned of after the hour that was asked for (ExtendExpiration).
  const isExtended = seconds === WARN_ONLY_SECONDS && bound?.plural === "pods" && audiences.length === 1 && audiences[0] === ISSUER
  const life = isExtended ? EXTENDED_SECONDS : seconds
  const claims = {
    aud: audiences,
    exp: now + life,
    iat: now,
    iss: ISSUER,
    jti: id,
    "kubernetes.io": {
      namespace,
      ...nodeOf(bound, namespace, server),
      ...(bound && { [bound.plural === "pods" ? "pod" : "secret"]: { name: bound.name, uid: bound.uid } }),
      serviceaccount: { name, uid },
      ...(isExtended && { warnafter: now + seconds }),
    },
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${name}`,
  }
  const token = tokenText(claims, server)
  const dryRun = context.query.has("dryRun")
  if (!dryRun) server.issueToken(token, { namespace, name, uid, id, ...(bound && { bound }), audiences, expires: (now + life) * 1_000 })
  return {
    status: 201,
    headers: JSON_TYPE,
    body: {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { name, namespace, creationTimestamp: formatTime(server.sim.now()) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
      status: { token, expirationTimestamp: formatTime((now + seconds) * 1_000) },
    },
  }
}
