/** Ingresses as locations of one web server: which backend answers for a host and a path. As ingress-nginx's controller.go and template.go. */
import { RE2JS } from "re2js"
import type { Ingress } from "../api/index.ts"

const PREFIX = "nginx.ingress.kubernetes.io/"

export interface Backend {
  namespace: string
  service: string
  /** Number or name. */
  port: number | string
}

/** Another backend that gets some of the requests. */
interface Canary {
  backend: Backend
  /** 0–100. */
  weight: number
  header: string | undefined
  headerValue: string | undefined
  cookie: string | undefined
}

export interface Location {
  ingress: Ingress
  host: string
  path: string
  exact: boolean
  backend: Backend
  /** Set where paths are regular expressions. */
  pattern: RE2JS | undefined
  rewrite: string | undefined
  /** The host has a certificate, and plain requests are sent to it. */
  toTls: boolean
  redirect: { code: number; to: string } | undefined
  appRoot: string | undefined
  /** Name of the secret with users, "namespace/name", and the realm. */
  auth: { secret: string; realm: string } | undefined
  canaries: Canary[]
}

export interface Routes {
  locations: readonly Location[]
  /** Hosts with TLS → "namespace/name" of the secret. */
  secrets: ReadonlyMap<string, string>
}

export const annotationOf = (ingress: Ingress, name: string): string | undefined =>
  (ingress.metadata.annotations as Record<string, string> | undefined)?.[`${PREFIX}${name}`]

const flag = (ingress: Ingress, name: string): boolean => annotationOf(ingress, name) === "true"

const backendOf = (ingress: Ingress, service: { name: string; port?: { number?: number; name?: string } }): Backend => ({
  namespace: ingress.metadata.namespace as string,
  service: service.name,
  port: service.port?.number ?? service.port?.name ?? 80,
})

const compiled = (path: string): RE2JS | undefined => {
  try {
    return RE2JS.compile(`^${path}`, RE2JS.CASE_INSENSITIVE)
  } catch {
    // nginx would refuse the configuration and go on with the one before.
    return undefined
  }
}

const redirectOf = (ingress: Ingress): Location["redirect"] => {
  const permanent = annotationOf(ingress, "permanent-redirect")
  if (permanent !== undefined) return { code: Number(annotationOf(ingress, "permanent-redirect-code") ?? 301), to: permanent }
  const temporal = annotationOf(ingress, "temporal-redirect")
  return temporal === undefined ? undefined : { code: 302, to: temporal }
}

/** @param ingresses those of this controller's class, oldest first: of two that want the same, the older has it */
export const routesOf = (ingresses: readonly Ingress[]): Routes => {
  const secrets = new Map<string, string>()
  for (const { metadata, spec } of ingresses)
    for (const { hosts, secretName } of spec.tls ?? [])
      for (const host of hosts ?? []) if (secretName) secrets.set(host, `${metadata.namespace}/${secretName}`)
  const regexHosts = new Set<string>()
  for (const ingress of ingresses)
    if (flag(ingress, "use-regex") || annotationOf(ingress, "rewrite-target") !== undefined)
      for (const { host } of ingress.spec.rules ?? []) regexHosts.add(host ?? "")
  const locations: Location[] = []
  const canaries: { host: string; path: string; canary: Canary }[] = []
  for (const ingress of ingresses) {
    const rules = (ingress.spec.rules ?? []).flatMap(({ host = "", http }) => (http?.paths ?? []).map((path) => ({ host, path })))
    const fallback = ingress.spec.defaultBackend?.service
    const auth = annotationOf(ingress, "auth-secret")
    for (const { host, path } of rules) {
      const { service } = path.backend
      if (!service) continue
      const text = path.path ?? "/"
      const backend = backendOf(ingress, service as never)
      if (flag(ingress, "canary")) {
        const weight = Number(annotationOf(ingress, "canary-weight") ?? 0)
        const canary: Canary = {
          backend,
          weight: Number.isFinite(weight) ? weight : 0,
          header: annotationOf(ingress, "canary-by-header")?.toLowerCase(),
          headerValue: annotationOf(ingress, "canary-by-header-value"),
          cookie: annotationOf(ingress, "canary-by-cookie"),
        }
        canaries.push({ host, path: text, canary })
        continue
      }
      const exact = path.pathType === "Exact"
      if (locations.some((one) => one.host === host && one.path === text && one.exact === exact)) continue
      const pattern = regexHosts.has(host) && !exact ? compiled(text) : undefined
      if (regexHosts.has(host) && !exact && !pattern) continue
      locations.push({
        ingress,
        host,
        path: text,
        exact,
        backend,
        pattern,
        rewrite: annotationOf(ingress, "rewrite-target"),
        toTls: (secrets.has(host) && annotationOf(ingress, "ssl-redirect") !== "false") || flag(ingress, "force-ssl-redirect"),
        redirect: redirectOf(ingress),
        appRoot: annotationOf(ingress, "app-root"),
        auth:
          annotationOf(ingress, "auth-type") === "basic" && auth !== undefined
            ? {
                secret: auth.includes("/") ? auth : `${ingress.metadata.namespace}/${auth}`,
                realm: annotationOf(ingress, "auth-realm") ?? "Authentication Required",
              }
            : undefined,
        canaries: [],
      })
    }
    if (fallback)
      locations.push({
        ingress,
        host: "",
        path: "/",
        exact: false,
        backend: backendOf(ingress, fallback as never),
        pattern: undefined,
        rewrite: undefined,
        toTls: false,
        redirect: undefined,
        appRoot: undefined,
        auth: undefined,
        canaries: [],
      })
  }
  for (const { host, path, canary } of canaries)
    for (const location of locations) if (location.host === host && location.path === path) location.canaries.push(canary)
  // The longest path first, exact ones before prefixes, as nginx's template sorts them.
  locations.sort((a, b) => b.path.length - a.path.length || Number(b.exact) - Number(a.exact))
  return { locations, secrets }
}

/** Elements of a prefix, as the Ingress specification compares them. */
const isBelow = (prefix: string, path: string): boolean => {
  const bare = prefix.replace(/\/+$/, "")
  return bare === "" || path === bare || path.startsWith(`${bare}/`)
}

const matchesPath = (location: Location, path: string): boolean => {
  if (location.exact) return path === location.path
  if (location.pattern) return location.pattern.matcher(path).find()
  return isBelow(location.path, path)
}

const matchesHost = (pattern: string, host: string): boolean =>
  pattern === host || (pattern.startsWith("*.") && host.slice(host.indexOf(".")) === pattern.slice(1) && host.indexOf(".") > 0)

/** The location for a request; hosts that are named come before wildcards, those before rules for all. */
export const locate = ({ locations }: Routes, host: string, path: string): Location | undefined => {
  const named = locations.some((one) => one.host === host)
  const wildcard = !named && locations.find((one) => one.host !== "" && matchesHost(one.host, host))?.host
  const server = named ? host : wildcard || ""
  return locations.find((one) => one.host === server && matchesPath(one, path))
}

/** The path that the backend sees. */
export const rewritten = ({ rewrite, pattern, path: own }: Location, path: string): string => {
  if (rewrite === undefined) return path
  const question = path.indexOf("?")
  const [bare, query] = question < 0 ? [path, ""] : [path.slice(0, question), path.slice(question)]
  const matcher = (pattern ?? compiled(own))?.matcher(bare)
  if (!matcher?.find()) return path
  const groups = matcher.groupCount()
  return `${rewrite.replace(/\$(\d)/g, (_, digit: string) => (Number(digit) <= groups ? (matcher.group(Number(digit)) ?? "") : ""))}${query}`
}

/** Which backend gets this request; `chance` is a number in [0, 100). */
export const backendFor = (location: Location, headers: Readonly<Record<string, string>>, chance: () => number): Backend => {
  for (const { backend, weight, header, headerValue, cookie } of location.canaries) {
    const given = header === undefined ? undefined : headers[header]
    if (given !== undefined) {
      if (headerValue !== undefined ? given === headerValue : given === "always") return backend
      if (headerValue === undefined && given === "never") continue
    }
    const crumb =
      cookie === undefined
        ? undefined
        : new Map((headers.cookie ?? "").split(/;\s*/).map((one) => one.split("=", 2) as [string, string])).get(cookie)
    if (crumb === "always") return backend
    if (crumb === "never") continue
    if (weight > 0 && chance() < weight) return backend
  }
  return location.backend
}
