/** Credentials for an image's registry out of a Pod's pull secrets. As pkg/credentialprovider/secrets. */
import { type Pod, secret } from "../api/index.ts"
import { decodeBase64Text } from "../apimachinery/base64.ts"
import { isObject } from "../apimachinery/frozen.ts"
import type { Client } from "../client/contract.ts"
import type { RegistryCredentials } from "../ports/container-runtime.ts"

/** Names under which a registry is known in such files: with a scheme, with a path, Docker Hub's old one. */
const registryOf = (key: string): string => {
  const [host] = key.replace(/^https?:\/\//, "").split("/")
  return host === "index.docker.io" || host === "registry-1.docker.io" ? "docker.io" : host
}

const imageRegistry = (image: string): string => {
  const [first, ...rest] = image.split("/")
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io"
}

const entriesOf = (text: string | undefined, wrapped: boolean): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text ?? "{}")
    const auths = wrapped && isObject(value) ? value.auths : value
    return isObject(auths) ? auths : {}
  } catch {
    return {}
  }
}

/** Names of a Pod's pull secrets that are not there. */
export const missingSecrets = (pod: Pod, client: Client): readonly string[] =>
  (pod.spec.imagePullSecrets ?? []).flatMap(({ name }) =>
    name && !client.find(secret, { namespace: pod.metadata.namespace as string, name }) ? [name] : [],
  )

/** Secrets that are missing, or say nothing of this registry, are passed over, as upstream does. */
export const credentialsFor = (pod: Pod, image: string, client: Client): readonly RegistryCredentials[] => {
  const { imagePullSecrets } = pod.spec
  if (!imagePullSecrets?.length) return []
  const registry = imageRegistry(image)
  return imagePullSecrets.flatMap(({ name }) => {
    const found = name ? client.find(secret, { namespace: pod.metadata.namespace as string, name }) : undefined
    const data = (found?.data ?? {}) as Record<string, string>
    const entries = data[".dockerconfigjson"]
      ? entriesOf(decodeBase64Text(data[".dockerconfigjson"]), true)
      : entriesOf(decodeBase64Text(data[".dockercfg"] ?? ""), false)
    return Object.entries(entries).flatMap(([key, entry]): RegistryCredentials[] => {
      if (registryOf(key) !== registry || !isObject(entry)) return []
      const plain = typeof entry.auth === "string" ? decodeBase64Text(entry.auth) : undefined
      const colon = plain?.indexOf(":") ?? -1
      if (plain !== undefined && colon > 0) return [{ username: plain.slice(0, colon), password: plain.slice(colon + 1) }]
      return typeof entry.username === "string" && typeof entry.password === "string"
        ? [{ username: entry.username, password: entry.password }]
        : []
    })
  })
}
