/**
 * Tokens that AWS signed: the API server's authentication webhook on EKS. As kubernetes-sigs/aws-iam-authenticator/pkg/{token,mapper}.
 * There is no cloud to ask whose the keys are: a user is called as its access key, a role as the session token says.
 */
import { parse as parseYaml } from "yaml"
import { decodeBase64Text } from "../apimachinery/base64.ts"
import type { AnyStored } from "../apimachinery/object.ts"
import type { UserInfo } from "./contract.ts"

const PREFIX = "k8s-aws-v1."
/** How long a signed request is good, ms. */
const GOOD_FOR = 15 * 60_000
export const AWS_ACCOUNT = "111122223333"

/** The ConfigMap by which the authenticator knows that it runs for this cluster, and the one that maps identities. */
const SERVER = "aws-iam-authenticator"
const MAPPINGS = "aws-auth"

interface Mapping {
  readonly rolearn?: string
  readonly userarn?: string
  readonly username?: string
  readonly groups?: readonly string[] | null
}

interface Identity {
  /** As mappings name it: a role's, not its session's. */
  readonly arn: string
  readonly key: string
  readonly session: string
}

/** What the signed request to STS would be answered with; undefined when it is none, or not good now. */
const identityOf = (token: string, now: number): Identity | undefined => {
  if (!token.startsWith(PREFIX)) return undefined
  const digits = token.slice(PREFIX.length).replaceAll("-", "+").replaceAll("_", "/")
  const url = decodeBase64Text(digits + "=".repeat((4 - (digits.length % 4)) % 4)) ?? ""
  const [, query] = /^https:\/\/sts(?:\.[\w-]+)?\.amazonaws\.com\/\?(.*)$/.exec(url) ?? []
  if (query === undefined) return undefined
  const parameters = new Map<string, string>()
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=")
    // What is given twice is taken for none.
    if (equals < 0 || parameters.has(pair.slice(0, equals))) return undefined
    parameters.set(pair.slice(0, equals), unescaped(pair.slice(equals + 1)))
  }
  if (parameters.get("Action") !== "GetCallerIdentity" || !parameters.get("X-Amz-Signature")) return undefined
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(parameters.get("X-Amz-Date") ?? "") ?? []
  const signed = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (!(now - signed <= GOOD_FOR && signed <= now + GOOD_FOR)) return undefined
  const [key = ""] = (parameters.get("X-Amz-Credential") ?? "").split("/")
  if (key === "") return undefined
  const role = /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/.exec(parameters.get("X-Amz-Security-Token") ?? "")?.[0]
  return role ? { arn: role, key, session: "EKSGetTokenAuth" } : { arn: `arn:aws:iam::${AWS_ACCOUNT}:user/${key}`, key, session: "" }
}

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return ""
  }
}

/** A list in a ConfigMap's text; what cannot be read maps nobody. */
const listIn = (text: string | undefined): readonly unknown[] => {
  try {
    const value: unknown = parseYaml(text ?? "", { maxAliasCount: 100 })
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

/** Who brings `token`; undefined when the cluster has no such authenticator, or it does not know them. */
export const iamUser = (
  token: string,
  now: number,
  findConfigMap: (namespace: string, name: string) => AnyStored | undefined,
): UserInfo | undefined => {
  if (!token.startsWith(PREFIX) || !findConfigMap("kube-system", SERVER)) return undefined
  const identity = identityOf(token, now)
  const mappings = findConfigMap("kube-system", MAPPINGS) as (AnyStored & { data?: Record<string, string> }) | undefined
  if (!identity || !mappings) return undefined
  const { arn, key, session } = identity
  const all = [...listIn(mappings.data?.mapRoles), ...listIn(mappings.data?.mapUsers)] as (Mapping | null)[]
  const lower = arn.toLowerCase()
  const mapped = all.find((one) => (one?.rolearn ?? one?.userarn ?? "").toLowerCase() === lower)
  const account = arn.split(":")[4]
  if (!mapped && !listIn(mappings.data?.mapAccounts).some((one) => String(one) === account)) return undefined
  const name = (mapped?.username || arn).replaceAll("{{AccountID}}", account).replaceAll("{{SessionName}}", session)
  return {
    name,
    uid: `${SERVER}:${account}:${key}`,
    groups: Array.isArray(mapped?.groups) ? mapped.groups.map(String) : [],
    extra: { accessKeyId: [key], arn: [arn], canonicalArn: [arn], principalId: [key], sessionName: [session] },
  }
}
