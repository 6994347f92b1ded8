/** What registries answer for an image that cannot be pulled, in the words of containerd's resolver. */
import type { Reference } from "./reference.ts"

/** Registries that exist in a world's internet. */
const KNOWN = [
  "docker.io",
  "registry.k8s.io",
  "k8s.gcr.io",
  "gcr.io",
  "quay.io",
  "ghcr.io",
  "mcr.microsoft.com",
  "public.ecr.aws",
  "us-docker.pkg.dev",
  "registry.gitlab.com",
  "docker.elastic.co",
  "nvcr.io",
  "reg.kyverno.io",
  "registry.example.com",
]

const hostOf = (name: string): string => name.split("/")[0]

/** `why` "wrong-credentials": some were given, and are not the owner's. */
export const pullProblem = (reference: Reference, why: "no-repository" | "no-tag" | "unauthorized" | "wrong-credentials"): string => {
  const full = `${reference.name}:${reference.tag}`
  const host = hostOf(reference.name)
  const repository = reference.name.slice(host.length + 1)
  const head = `failed to pull and unpack image "${full}": failed to resolve reference "${full}"`
  if (!KNOWN.includes(host))
    return `${head}: failed to do request: Head "https://${host}/v2/${repository}/manifests/${reference.tag}": dial tcp: lookup ${host.split(":")[0]}: no such host`
  // Docker Hub gives tokens for a password; the others here take it with each request.
  if (why === "wrong-credentials")
    return host === "docker.io"
      ? `${head}: failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://auth.docker.io/token: 401 Unauthorized: {"details":"incorrect username or password"}`
      : `${head}: unexpected status from HEAD request to https://${host}/v2/${repository}/manifests/${reference.tag}: 401 Unauthorized`
  if (why === "unauthorized" && host !== "docker.io")
    return `${head}: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`
  if (why === "no-tag") return `rpc error: code = NotFound desc = ${head}: ${full}: not found`
  if (host === "docker.io")
    return `${head}: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`
  if (host === "quay.io")
    return `${head}: unexpected status from HEAD request to https://quay.io/v2/${repository}/manifests/${reference.tag}: 401 UNAUTHORIZED`
  if (host === "ghcr.io")
    return `${head}: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3A${encodeURIComponent(repository)}%3Apull&service=ghcr.io: 403 Forbidden`
  return `rpc error: code = NotFound desc = ${head}: ${full}: not found`
}

export interface Credentials {
  username: string
  password: string
}

/** Whether what a registry's owner asks for is among the credentials given for it. */
export const admits = (wanted: Credentials | undefined, given: readonly Credentials[]): boolean =>
  wanted === undefined || given.some(({ username, password }) => username === wanted.username && password === wanted.password)
