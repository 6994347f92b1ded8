/** Which types the server has, and what a word on the command line means among them. As client-go/discovery and restmapper. */
import { bodyJson, type Steps } from "@drydock/machine"
import type { Api, KubeObject } from "./api.ts"
import { ConnectionError, KubectlError, serverError } from "./errors.ts"
import { resourcesOf } from "./discovery-cache.ts"
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

/** How the server tells of all its types at once. */
export interface Aggregated {
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
        subresources?: { subresource: string; responseKind?: { group: string; version: string; kind: string }; verbs?: string[] }[]
      }[]
    }[]
  }[]
}

const ACCEPT =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

/**
 * All types, from the cache or, when that is old or `fresh` is asked for, from the server.
 * `attempts`: how often Go's client asks before it gives up.
 * A server that is away is asked (and complained about) only by those who never knew it. Throws ConnectionError.
 */
export function* discover(api: Api, fresh: boolean, attempts: number): Steps<readonly Resource[]> {
  const { process, discoveryCache: cache } = api
  const cached = !fresh && cache.young ? cache.read() : undefined
  if (cached) return cached
  const answers: Aggregated[] = []
  try {
    if (fresh && api.verbosity >= 3) yield* process.error(klog(process, "I", "discovery.go:214", "Invalidating discovery information"))
    for (const path of ["/api?timeout=32s", "/apis?timeout=32s"]) {
      const response = yield* api.send("GET", path, { accept: ACCEPT })
      if (response.status >= 400) throw serverError(response)
      answers.push(bodyJson(response.body) as Aggregated)
      cache.writeAnswer(path, response)
    }
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    const old = cache.read()
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
  cache.write(answers)
  return resourcesOf(answers)
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
