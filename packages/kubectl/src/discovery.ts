/** Which types the server has, and what a word on the command line means among them. As client-go/discovery and restmapper. */
import { bodyJson, type Steps } from "@drydock/machine"
import type { Api, KubeObject } from "./api.ts"
import { ConnectionError, KubectlError, serverError } from "./errors.ts"
import { klog } from "./klog.ts"

export interface Resource {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
  readonly subresources: readonly string[]
  /** The version of its group that is used unless another is named. */
  readonly preferred: boolean
}

interface Aggregated {
  items: {
    metadata: { name?: string }
    versions: {
      version: string
      resources: {
        resource: string
        responseKind: { kind: string }
        scope: string
        singularResource: string
        shortNames?: string[]
        categories?: string[]
        verbs: string[]
        subresources?: { subresource: string }[]
      }[]
    }[]
  }[]
}

const ACCEPT =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

const resourcesOf = (answer: Aggregated): readonly Resource[] =>
  answer.items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources }, at) =>
      resources.map(
        (one): Resource => ({
          group: metadata.name ?? "",
          version,
          plural: one.resource,
          singular: one.singularResource,
          kind: one.responseKind.kind,
          namespaced: one.scope === "Namespaced",
          shortNames: one.shortNames ?? [],
          categories: one.categories ?? [],
          verbs: one.verbs,
          subresources: (one.subresources ?? []).map(({ subresource }) => subresource),
          preferred:
            at === 0 || !versions.slice(0, at).some((earlier) => earlier.resources.some(({ resource }) => resource === one.resource)),
        }),
      ),
    ),
  )

const cacheFile = (api: Api): string =>
  `${api.process.env.get("HOME") ?? "/root"}/.kube/cache/discovery/${api.host.replaceAll(/[^\w.]/g, "_")}/servergroups.json`

/** How long what discovery found is believed without asking again: ms. */
const FRESH = 6 * 3_600_000
/** The last texts of cache files, understood: the next kubectl most likely finds the same. */
const understood = new Map<string, readonly Resource[]>()
const REMEMBERED = 4

const readCache = ({ process }: Api, file: string): readonly Resource[] | undefined => {
  try {
    const text = process.files.readText(file)
    const known = understood.get(text)
    if (known) return known
    const found = JSON.parse(text) as Resource[]
    if (!Array.isArray(found)) return undefined
    if (understood.size >= REMEMBERED) understood.clear()
    understood.set(text, found)
    return found
  } catch {
    return undefined
  }
}

const writeCache = ({ process }: Api, file: string, found: readonly Resource[]): void => {
  try {
    process.files.mkdir(file.slice(0, file.lastIndexOf("/")), { parents: true })
    process.files.write(file, JSON.stringify(found))
  } catch {
    // A cache that cannot be written is none.
  }
}

/**
 * All types, from the cache in ~/.kube/cache or, when that is old or `fresh` is asked for, from the server.
 * `attempts`: how often Go's client asks before it gives up.
 * A server that is away is asked (and complained about) only by those who never knew it. Throws ConnectionError.
 */
export function* discover(api: Api, fresh: boolean, attempts: number): Steps<readonly Resource[]> {
  const { process } = api
  const file = cacheFile(api)
  const young = process.files.exists(file) && process.now() - process.files.stat(file).modifiedAt <= FRESH
  const cached = young && !fresh ? readCache(api, file) : undefined
  if (cached) return cached
  const found: Resource[] = []
  try {
    if (fresh && api.verbosity >= 3) yield* process.error(klog(process, "I", "discovery.go:214", "Invalidating discovery information"))
    for (const path of ["/api?timeout=32s", "/apis?timeout=32s"]) {
      const response = yield* api.send("GET", path, { accept: ACCEPT })
      if (response.status >= 400) throw serverError(response)
      found.push(...resourcesOf(bodyJson(response.body) as Aggregated))
    }
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    const old = readCache(api, file)
    if (old) return old
    for (let attempt = 0; attempt < attempts && !api.silent; attempt++)
      yield* process.error(
        klog(
          process,
          "E",
          "memcache.go:265",
          `"Unhandled Error" err="couldn't get current server API group list: ${error.cause.replaceAll('"', '\\"').replace(/\/apis?(?=[?\\])/, "/api")}"`,
        ),
      )
    throw error
  }
  writeCache(api, file, found)
  return found
}

export const apiVersion = ({ group, version }: { group: string; version: string }): string => (group ? `${group}/${version}` : version)

/** "deployments.apps" */
export const qualifiedName = ({ plural, group }: Resource): string => (group ? `${plural}.${group}` : plural)

/** "deployment.apps/web", "pod/x": how results name an object. */
export const shown = (resource: Resource, name: string): string =>
  `${resource.singular || resource.kind.toLowerCase()}${resource.group ? `.${resource.group}` : ""}/${name}`

export const pathOf = (resource: Resource, namespace: string | undefined, name?: string, subresource?: string): string =>
  `/${resource.group ? `apis/${resource.group}` : "api"}/${resource.version}${resource.namespaced && namespace ? `/namespaces/${namespace}` : ""}/${resource.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}${subresource ? `/${subresource}` : ""}`

/** As resource.Builder.mappingFor: "deploy", "Deployment", "deployments.apps", "deployments.v1.apps", a prefix of the group. */
export const resourceNamed = (all: readonly Resource[], word: string): Resource => {
  const [name, second = "", ...third] = word.split(".")
  const plain = name.toLowerCase()
  const matches = (one: Resource) =>
    one.plural === plain || one.singular === plain || one.shortNames.includes(name) || one.kind.toLowerCase() === plain
  const candidates = all.filter(matches)
  const group = [second, ...third].join(".")
  const found =
    (third.length > 0 ? candidates.find((one) => one.version === second && one.group === third.join(".")) : undefined) ??
    candidates.find((one) => one.preferred && (group === "" || one.group === group)) ??
    (group === "" ? undefined : candidates.find((one) => one.preferred && one.group !== "" && one.group.startsWith(group))) ??
    // Of a short name the version may be one that there is not.
    (third.length > 0
      ? candidates.find((one) => one.preferred && one.shortNames.includes(name) && one.group === third.join("."))
      : undefined)
  if (!found) throw new KubectlError(`the server doesn't have a resource type ${JSON.stringify(name)}`)
  return found
}

export const resourceFor = (all: readonly Resource[], object: KubeObject, source: string): Resource => {
  const found = all.find((one) => one.kind === object.kind && apiVersion(one) === object.apiVersion)
  if (!found)
    throw new KubectlError(
      `resource mapping not found for name: ${JSON.stringify(object.metadata?.name ?? "")} namespace: ${JSON.stringify(object.metadata?.namespace ?? "")} from ${JSON.stringify(source)}: no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}\nensure CRDs are installed first`,
    )
  return found
}
