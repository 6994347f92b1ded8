/** The objects of a release and the server's: made, changed, deleted. As helm/pkg/kube/client.go. */
import { readYaml, YamlError } from "@drydock/gotemplate"
import type { Steps } from "@drydock/machine"
import { ApiError, type KubeClient, type KubeObject, pathOf, type ResourceType } from "../../kube/client.ts"
import { HelmError, reasonOf } from "../errors.ts"

export interface Resource {
  readonly object: KubeObject
  readonly type: ResourceType
  readonly namespace: string
  readonly name: string
}

export interface ApplyOptions {
  readonly serverSide: boolean
  readonly forceConflicts?: boolean
  readonly forceReplace?: boolean
  readonly validate?: boolean
}

const MANAGER = "helm"
const isNotFound = (error: unknown): boolean => error instanceof ApiError && error.code === 404

/** What a manifest says, with the server's types. Throws HelmError. */
export function* buildResources(client: KubeClient, manifest: string, namespace: string): Steps<Resource[]> {
  let objects: KubeObject[]
  try {
    objects = (readYaml(manifest) as KubeObject[]).flatMap((object) =>
      object.kind?.endsWith("List") && Array.isArray(object.items) ? (object.items as KubeObject[]) : [object],
    )
  } catch (error) {
    if (error instanceof YamlError) throw new HelmError(`error parsing : error converting YAML to JSON: ${error.message}`)
    throw error
  }
  const resources: Resource[] = []
  const faults: string[] = []
  for (const object of objects) {
    if (!object.kind) {
      faults.push(`unable to decode "": Object 'Kind' is missing in '${JSON.stringify(object)}'`)
      continue
    }
    const type = yield* client.typeOf(object.apiVersion, object.kind)
    if (!type) {
      faults.push(
        `resource mapping not found for name: ${JSON.stringify(object.metadata?.name ?? "")} namespace: ${JSON.stringify(object.metadata?.namespace ?? "")} from "": no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion ?? "")}\nensure CRDs are installed first`,
      )
      continue
    }
    object.metadata ??= { name: "" }
    if (type.namespaced) object.metadata.namespace ??= namespace
    resources.push({
      object,
      type,
      name: object.metadata.name ?? "",
      namespace: type.namespaced ? (object.metadata.namespace ?? namespace) : "",
    })
  }
  if (faults.length > 0) throw new HelmError(faults.length === 1 ? faults[0] : `[${faults.join(", ")}]`)
  return resources
}

export const getObject = (client: KubeClient, { type, namespace, name }: Resource): Steps<KubeObject> =>
  client.json<KubeObject>("GET", pathOf(type, namespace, name))

/** Undefined when it is not there. */
export function* findObject(client: KubeClient, resource: Resource): Steps<KubeObject | undefined> {
  try {
    return yield* getObject(client, resource)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** "Deployment \"web\" in namespace \"default\"" */
export const resourceText = ({ type, name, namespace }: Resource): string =>
  `${type.kind} ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)}`

/** Marks objects as the release's. */
export const own = (resources: readonly Resource[], release: string, namespace: string): void => {
  for (const { object } of resources) {
    object.metadata.labels = { ...object.metadata.labels, "app.kubernetes.io/managed-by": "Helm" }
    object.metadata.annotations = {
      ...object.metadata.annotations,
      "meta.helm.sh/release-name": release,
      "meta.helm.sh/release-namespace": namespace,
    }
  }
}

const missingMark = (marks: Readonly<Record<string, string>> | undefined, key: string, value: string): string | undefined => {
  const actual = marks?.[key]
  if (actual === undefined) return `missing key ${JSON.stringify(key)}: must be set to ${JSON.stringify(value)}`
  return actual === value
    ? undefined
    : `key ${JSON.stringify(key)} must equal ${JSON.stringify(value)}: current value is ${JSON.stringify(actual)}`
}

/** Those of `resources` that exist; with `take` whoever they belong to. Throws HelmError for somebody else's. */
export function* existing(
  client: KubeClient,
  resources: readonly Resource[],
  release: string,
  namespace: string,
  take: boolean,
): Steps<Resource[]> {
  const found: Resource[] = []
  for (const resource of resources) {
    if (resource.name === "" && resource.object.metadata.generateName) continue
    let object: KubeObject | undefined
    try {
      object = yield* findObject(client, resource)
    } catch (error) {
      throw new HelmError(`could not get information about the resource ${resourceText(resource)}: ${reasonOf(error)}`)
    }
    if (!object) continue
    if (!take) {
      const { labels, annotations } = object.metadata
      const label = missingMark(labels, "app.kubernetes.io/managed-by", "Helm")
      const name = missingMark(annotations, "meta.helm.sh/release-name", release)
      const place = missingMark(annotations, "meta.helm.sh/release-namespace", namespace)
      const faults = [
        ...(label ? [`label validation error: ${label}`] : []),
        ...[name, place].flatMap((one) => (one ? [`annotation validation error: ${one}`] : [])),
      ]
      if (faults.length > 0)
        throw new HelmError(
          `${resourceText(resource)} exists and cannot be imported into the current release: invalid ownership metadata; ${faults.join("; ")}`,
        )
    }
    found.push(resource)
  }
  return found
}

function* apply(client: KubeClient, { object, type, namespace, name }: Resource, options: ApplyOptions): Steps<void> {
  const validation = options.validate === false ? "Ignore" : "Strict"
  try {
    yield* client.json(
      "PATCH",
      `${pathOf(type, namespace, name)}?fieldManager=${MANAGER}&fieldValidation=${validation}&force=${options.forceConflicts === true}`,
      { body: JSON.stringify(object), type: "application/apply-patch+yaml" },
    )
  } catch (error) {
    if (error instanceof ApiError && error.code === 409)
      throw new HelmError(
        `conflict occurred while applying object ${namespace}/${name} ${type.group ? `${type.group}/${type.version}` : `/${type.version}`}, Kind=${type.kind}: ${error.message}`,
      )
    throw error
  }
}

function* createOne(client: KubeClient, resource: Resource, options: ApplyOptions): Steps<void> {
  const { object, type, namespace, name } = resource
  if (options.serverSide && name !== "") return yield* apply(client, resource, options)
  yield* client.json("POST", `${pathOf(type, namespace)}?fieldManager=${MANAGER}`, { body: object })
}

/** Makes all; failures of objects of one kind come together. Throws HelmError. */
export function* createResources(client: KubeClient, resources: readonly Resource[], options: ApplyOptions): Steps<void> {
  const faults: string[] = []
  for (const resource of resources) {
    try {
      yield* createOne(client, resource, options)
    } catch (error) {
      faults.push(reasonOf(error))
    }
  }
  if (faults.length > 0) throw new HelmError(faults.join("\n"))
}

/** RFC 7386: what turns `from` into `to`. */
const mergePatch = (from: unknown, to: unknown): unknown => {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value)
  if (!isObject(from) || !isObject(to)) return to
  const patch: Record<string, unknown> = {}
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) patch[key] = null
  for (const [key, value] of Object.entries(to))
    if (JSON.stringify(from[key]) !== JSON.stringify(value)) patch[key] = mergePatch(from[key], value)
  return patch
}

function* updateOne(client: KubeClient, original: Resource, target: Resource, options: ApplyOptions): Steps<void> {
  const { type, namespace, name, object } = target
  const path = pathOf(type, namespace, name)
  if (options.forceReplace) {
    const live = yield* getObject(client, target)
    const body = { ...object, metadata: { ...object.metadata, resourceVersion: live.metadata.resourceVersion } }
    try {
      yield* client.json("PUT", `${path}?fieldManager=${MANAGER}`, { body })
    } catch (error) {
      throw new HelmError(`failed to replace object: ${reasonOf(error)}`)
    }
    return
  }
  if (options.serverSide) return yield* apply(client, target, options)
  const patch = mergePatch(original.object, object)
  if (JSON.stringify(patch) === "{}") return
  try {
    yield* client.json("PATCH", `${path}?fieldManager=${MANAGER}`, { body: JSON.stringify(patch), type: "application/merge-patch+json" })
  } catch (error) {
    throw new HelmError(`cannot patch ${JSON.stringify(name)} with kind ${type.kind}: ${reasonOf(error)}`)
  }
}

const sameObject = (a: Resource, b: Resource): boolean =>
  a.name === b.name && a.namespace === b.namespace && a.type.kind === b.type.kind && a.type.group === b.type.group

export interface UpdateResult {
  readonly created: Resource[]
}

/** From one state of a release to the next; what is no longer in it goes. Throws HelmError. */
export function* updateResources(
  client: KubeClient,
  originals: readonly Resource[],
  targets: readonly Resource[],
  options: ApplyOptions,
  result: UpdateResult = { created: [] },
): Steps<UpdateResult> {
  const faults: string[] = []
  for (const target of targets) {
    let live: KubeObject | undefined
    try {
      live = yield* findObject(client, target)
    } catch (error) {
      throw new HelmError(`could not get information about the resource: ${reasonOf(error)}`)
    }
    if (!live) {
      result.created.push(target)
      try {
        yield* createOne(client, target, options)
      } catch (error) {
        throw new HelmError(`failed to create resource: ${reasonOf(error)}`)
      }
      continue
    }
    const original = originals.find((one) => sameObject(one, target))
    if (!original) throw new HelmError(`original object ${target.type.kind} with the name ${JSON.stringify(target.name)} not found`)
    try {
      yield* updateOne(client, original, target, options)
    } catch (error) {
      faults.push(reasonOf(error))
    }
  }
  if (faults.length > 0) throw new HelmError(faults.join(" && "))
  for (const gone of originals.filter((one) => !targets.some((target) => sameObject(one, target)))) {
    const live = yield* findObject(client, gone)
    if (!live || live.metadata.annotations?.["helm.sh/resource-policy"] === "keep") continue
    try {
      yield* deleteResource(client, gone)
    } catch (error) {
      if (!isNotFound(error)) faults.push(`failed to delete resource ${gone.name}: ${reasonOf(error)}`)
    }
  }
  if (faults.length > 0) throw new HelmError(faults.join(" && "))
  return result
}

export type Propagation = "Background" | "Foreground" | "Orphan"

function* deleteResource(client: KubeClient, { type, namespace, name }: Resource, propagation: Propagation = "Background"): Steps<void> {
  yield* client.json("DELETE", pathOf(type, namespace, name), {
    body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: propagation },
  })
}

/** Faults' texts; what is not there is no fault. */
export function* deleteResources(client: KubeClient, resources: readonly Resource[], propagation?: Propagation): Steps<string[]> {
  const faults: string[] = []
  for (const resource of resources) {
    try {
      yield* deleteResource(client, resource, propagation)
    } catch (error) {
      if (!isNotFound(error)) faults.push(reasonOf(error))
    }
  }
  return faults
}
