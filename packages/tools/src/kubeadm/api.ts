/** Bootstrap tokens as the cluster keeps them: Secrets of kube-system. As cmd/kubeadm/app/phases/bootstraptoken. */
import type { ClusterDoor } from "./door.ts"

export interface BootstrapToken {
  id: string
  secret: string
  expiration: string | undefined
  usages: readonly string[]
  description: string
  groups: string
}

const PATH = "/api/v1/namespaces/kube-system/secrets"
const decode = (data: Record<string, string>, key: string): string | undefined =>
  data[key] === undefined ? undefined : fromBase64(data[key])

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

const fromBase64 = (text: string): string => {
  let bits = 0
  let held = 0
  const bytes: number[] = []
  for (const character of text.replace(/=+$/, "")) {
    held = (held << 6) | ALPHABET.indexOf(character)
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes))
}

export class Refused extends Error {}

const call = (door: ClusterDoor, method: string, path: string, body?: unknown): unknown => {
  const answer = door.request(method, path, body)
  if (answer.status === 0)
    throw new Refused(
      `Get "https://${door.address}/api/v1/namespaces/kube-system/secrets?timeout=10s": dial tcp ${door.address}: connect: connection refused`,
    )
  if (answer.status >= 400) throw new Refused((answer.body as { message?: string }).message ?? `status ${answer.status}`)
  return answer.body
}

export const listTokens = (door: ClusterDoor): BootstrapToken[] =>
  (call(door, "GET", PATH) as { items: { type?: string; data?: Record<string, string> }[] }).items
    .filter(({ type }) => type === "bootstrap.kubernetes.io/token")
    .map(({ data = {} }) => ({
      id: decode(data, "token-id") ?? "",
      secret: decode(data, "token-secret") ?? "",
      expiration: decode(data, "expiration"),
      usages: Object.keys(data)
        .filter((key) => key.startsWith("usage-bootstrap-") && decode(data, key) === "true")
        .map((key) => key.slice("usage-bootstrap-".length))
        .sort(),
      description: decode(data, "description") ?? "",
      groups: decode(data, "auth-extra-groups") ?? "",
    }))

export const createToken = (door: ClusterDoor, token: BootstrapToken): void => {
  call(door, "POST", PATH, {
    apiVersion: "v1",
    kind: "Secret",
    type: "bootstrap.kubernetes.io/token",
    metadata: { name: `bootstrap-token-${token.id}`, namespace: "kube-system" },
    stringData: {
      "token-id": token.id,
      "token-secret": token.secret,
      ...(token.expiration && { expiration: token.expiration }),
      ...Object.fromEntries(token.usages.map((usage) => [`usage-bootstrap-${usage}`, "true"])),
      ...(token.description && { description: token.description }),
      "auth-extra-groups": token.groups,
    },
  })
}

export const deleteToken = (door: ClusterDoor, id: string): void => {
  call(door, "DELETE", `${PATH}/bootstrap-token-${id}`)
}
