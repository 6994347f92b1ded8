/** Bootstrap tokens: Secrets in kube-system that let a machine ask to join. As plugin/pkg/auth/authenticator/token/bootstrap. */
import { decodeBase64Text } from "../apimachinery/base64.ts"
import type { AnyStored } from "../apimachinery/object.ts"
import type { UserInfo } from "./contract.ts"

const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/
const GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/

/** Who brings `token`; undefined when it is no bootstrap token, or none that is good now. */
export const bootstrapUser = (
  token: string,
  now: number,
  findSecret: (namespace: string, name: string) => AnyStored | undefined,
): UserInfo | undefined => {
  const [, id, secret] = TOKEN.exec(token) ?? []
  if (id === undefined) return undefined
  const found = findSecret("kube-system", `bootstrap-token-${id}`) as
    | (AnyStored & { type?: string; data?: Record<string, string> })
    | undefined
  if (!found || found.metadata.deletionTimestamp || found.type !== "bootstrap.kubernetes.io/token") return undefined
  const data = (name: string) => decodeBase64Text(found.data?.[name] ?? "") ?? ""
  if (data("token-id") !== id || data("token-secret") !== secret || data("usage-bootstrap-authentication") !== "true") return undefined
  const expiration = data("expiration")
  // A time that cannot be read is one that is over.
  if (expiration !== "" && !(Date.parse(expiration) > now)) return undefined
  const extra = data("auth-extra-groups").split(",").filter(Boolean)
  if (!extra.every((group) => GROUP.test(group))) return undefined
  return { name: `system:bootstrap:${id}`, groups: ["system:bootstrappers", ...extra] }
}
