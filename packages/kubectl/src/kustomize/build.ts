/** Builds a kustomization: its resources, generated and transformed. As sigs.k8s.io/kustomize/api. */
import { deepCopy, isObject, type Json, jsonPatch, strategicMerge, mergePatch, PatchError } from "@drydock/kubernetes/apimachinery"
import { type Steps, SystemError } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import { encodeBase64Bytes, utf8 } from "../bytes.ts"
import type { Context } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"
import { fetchUrl } from "../fetch-url.ts"
import { schemaFor } from "../patching/strategic.ts"
import { toYaml } from "../printing/yaml.ts"
import { parseDocuments } from "../yaml-documents.ts"
import { contentHash } from "./content-hash.ts"
import { renameReferences } from "./name-references.ts"
import { addAnnotations, addLabels, setImages, setReplicas, type ImageChange } from "./transformers.ts"

const FILES = ["kustomization.yaml", "kustomization.yml", "Kustomization"]
const DEPTH = 32

interface Generator {
  name: string
  namespace?: string
  behavior?: "create" | "replace" | "merge"
  literals?: string[]
  files?: string[]
  envs?: string[]
  env?: string
  type?: string
  options?: GeneratorOptions
}

interface GeneratorOptions {
  disableNameSuffixHash?: boolean
  immutable?: boolean
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

interface Target {
  group?: string
  version?: string
  kind?: string
  name?: string
  namespace?: string
}

interface Kustomization {
  resources?: string[]
  bases?: string[]
  components?: string[]
  namespace?: string
  namePrefix?: string
  nameSuffix?: string
  commonLabels?: Record<string, string>
  labels?: { pairs: Record<string, string>; includeSelectors?: boolean; includeTemplates?: boolean }[]
  commonAnnotations?: Record<string, string>
  images?: ImageChange[]
  replicas?: { name: string; count: number }[]
  configMapGenerator?: Generator[]
  secretGenerator?: Generator[]
  generatorOptions?: GeneratorOptions
  patches?: { path?: string; patch?: string; target?: Target }[]
  patchesStrategicMerge?: string[]
  helmCharts?: object[]
  patchesJson6902?: { path?: string; patch?: string; target: Target }[]
}

/** An object on its way: what it was called first, and whether its name waits for a hash. */
export interface Building {
  object: KubeObject
  readonly original: string
  hashed: boolean
}

/** Types that are in no namespace; others take the kustomization's. */
const CLUSTER_SCOPED = new Set(
  "Namespace Node PersistentVolume ClusterRole ClusterRoleBinding CustomResourceDefinition StorageClass PriorityClass IngressClass APIService".split(
    " ",
  ),
)

/** `shown`: the path as the kustomization has it. */
const read = ({ process }: Context, path: string, shown = path): string => {
  const { files } = process
  try {
    return files.readText(path)
  } catch (error) {
    if (error instanceof SystemError)
      throw new KubectlError(
        `accumulating resources: accumulation err='accumulating resources from '${shown}': evalsymlink failure on '${files.resolve(path)}' : lstat ${files.resolve(path)}: no such file or directory': must build at directory: not a valid directory: evalsymlink failure on '${files.resolve(path)}' : lstat ${files.resolve(path)}: no such file or directory`,
      )
    throw error
  }
}

const join = (directory: string, path: string): string => (path.startsWith("/") ? path : `${directory}/${path}`)

const load = (context: Context, directory: string): Kustomization => {
  const { files } = context.process
  const found = FILES.map((name) => `${directory}/${name}`).filter((path) => files.exists(path))
  if (found.length === 0)
    throw new KubectlError(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${files.resolve(directory)}'`,
      { raw: true },
    )
  if (found.length > 1) throw new KubectlError(`Found multiple kustomization files under: ${files.resolve(directory)}\n`)
  const [value] = parseDocuments(files.readText(found[0]), found[0])
  if (value === undefined) throw new KubectlError(`${found[0].slice(found[0].lastIndexOf("/") + 1)} is empty`)
  if (!isObject(value))
    throw new KubectlError("invalid Kustomization: json: cannot unmarshal string into Go value of type types.Kustomization")
  return value as Kustomization
}

const identity = ({ apiVersion, kind, metadata }: KubeObject): string =>
  `${apiVersion}|${kind}|${metadata.namespace ?? ""}|${metadata.name}`

function* loadResource(context: Context, directory: string, path: string, depth: number): Steps<Building[]> {
  const { files } = context.process
  if (/^https?:\/\//.test(path)) return objectsOf(yield* fetchUrl(context, path), path)
  const full = join(directory, path)
  if (files.exists(full) && files.stat(full).type === "directory") return yield* accumulate(context, full, depth + 1)
  return objectsOf(read(context, full, path), path)
}

const objectsOf = (text: string, source: string): Building[] =>
  (parseDocuments(text, source) as KubeObject[])
    .flatMap((object) => (object.kind === "List" && Array.isArray(object.items) ? (object.items as KubeObject[]) : [object]))
    .map((object) => {
      if (!object.kind || !object.metadata?.name)
        throw new KubectlError(`accumulating resources: missing ${object.kind ? "metadata.name" : "kind"} in object ${source}`)
      return { object: deepCopy(object), original: object.metadata.name, hashed: false }
    })

const envPairs = (text: string): [string, string][] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.trimStart().startsWith("#"))
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)])

const generate = (
  context: Context,
  directory: string,
  kind: "ConfigMap" | "Secret",
  given: Generator,
  shared: GeneratorOptions = {},
): Building => {
  const entries = new Map<string, Uint8Array>()
  const encoder = new TextEncoder()
  for (const literal of given.literals ?? []) {
    const equals = literal.indexOf("=")
    if (equals < 1) throw new KubectlError(`invalid literal source ${literal}, expected key=value`)
    entries.set(literal.slice(0, equals), encoder.encode(literal.slice(equals + 1).replace(/^(["'])([\s\S]*)\1$/, "$2")))
  }
  for (const file of given.files ?? []) {
    const [key, path] = file.includes("=")
      ? [file.slice(0, file.indexOf("=")), file.slice(file.indexOf("=") + 1)]
      : [file.split("/").at(-1) ?? file, file]
    entries.set(key, encoder.encode(read(context, join(directory, path))))
  }
  for (const file of [...(given.envs ?? []), ...(given.env ? [given.env] : [])])
    for (const [key, value] of envPairs(read(context, join(directory, file)))) entries.set(key, encoder.encode(value))
  const options = {
    ...shared,
    ...given.options,
    labels: { ...shared.labels, ...given.options?.labels },
    annotations: { ...shared.annotations, ...given.options?.annotations },
  }
  const data: Record<string, string> = {}
  const binaryData: Record<string, string> = {}
  for (const [key, value] of entries) {
    const text = utf8(value)
    if (kind === "Secret") data[key] = encodeBase64Bytes(value)
    else if (text === undefined) binaryData[key] = encodeBase64Bytes(value)
    else data[key] = text
  }
  const object: KubeObject = {
    apiVersion: "v1",
    kind,
    metadata: {
      name: given.name,
      ...(given.namespace && { namespace: given.namespace }),
      ...(Object.keys(options.labels).length > 0 && { labels: options.labels }),
      ...(Object.keys(options.annotations).length > 0 && { annotations: options.annotations }),
    },
    ...(Object.keys(data).length > 0 && { data }),
    ...(Object.keys(binaryData).length > 0 && { binaryData }),
    ...(kind === "Secret" && { type: given.type ?? "Opaque" }),
    ...(options.immutable && { immutable: true }),
  }
  return { object, original: given.name, hashed: !options.disableNameSuffixHash }
}

const absorb = (all: Building[], made: Building, behavior: Generator["behavior"]): void => {
  const existing = all.find(({ object, original }) => object.kind === made.object.kind && original === made.original)
  if (!existing) {
    if (behavior === "merge" || behavior === "replace")
      throw new KubectlError(`id ${made.object.kind}.v1.[noGrp]/${made.original}.[noNs] does not exist; cannot merge or replace`)
    all.push(made)
  } else if (behavior === "replace") existing.object = { ...made.object, metadata: existing.object.metadata }
  else if (behavior === "merge")
    existing.object = { ...existing.object, data: { ...(existing.object.data as Json), ...(made.object.data as Json) } }
  else
    throw new KubectlError(
      `merging from generator: id ${made.object.kind}.v1.[noGrp]/${made.original}.[noNs] exists; behavior must be merge or replace`,
    )
}

const fits = ({ object, original }: Building, { group, version, kind, name, namespace }: Target): boolean => {
  const [objectGroup, objectVersion] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : ["", object.apiVersion]
  const same = (wanted: string | undefined, actual: string | undefined) => {
    if (wanted === undefined || wanted === "") return true
    return wanted.endsWith(".*") ? (actual ?? "").startsWith(wanted.slice(0, -2)) : wanted === actual
  }
  return (
    same(group, objectGroup) &&
    same(version, objectVersion) &&
    same(kind, object.kind) &&
    (same(name, original) || same(name, object.metadata.name)) &&
    same(namespace, object.metadata.namespace)
  )
}

const applyStrategic = (one: Building, patch: Json): void => {
  const schema = schemaFor(one.object)
  const { name } = one.object.metadata
  const merged = (schema ? strategicMerge(one.object, patch, schema) : mergePatch(one.object, patch)) as KubeObject
  one.object = { ...merged, metadata: { ...merged.metadata, name } }
}

const applyPatch = (all: Building[], text: string, target: Target | undefined): void => {
  const [first] = parseDocuments(text, "patch")
  if (Array.isArray(first)) {
    const meant = target ? all.filter((one) => fits(one, target)) : []
    for (const one of meant)
      try {
        one.object = jsonPatch(one.object, first as never) as KubeObject
      } catch (error) {
        if (error instanceof PatchError) throw new KubectlError(error.message)
        throw error
      }
    return
  }
  for (const document of parseDocuments(text, "patch") as KubeObject[]) {
    const [group, version] = (document.apiVersion ?? "").includes("/") ? document.apiVersion.split("/") : ["", document.apiVersion ?? ""]
    const meant = all.filter((one) => fits(one, target ?? { group, version, kind: document.kind, name: document.metadata?.name ?? "" }))
    if (meant.length === 0 && !target)
      throw new KubectlError(
        `no resource matches strategic merge patch "${document.kind}.${version}.${group || "[noGrp]"}/${document.metadata?.name}.[noNs]": no matches for Id ${document.kind}.${version}.${group || "[noGrp]"}/${document.metadata?.name}.[noNs]; failed to find unique target for patch ${document.kind}.${version}.${group || "[noGrp]"}/${document.metadata?.name}.[noNs]`,
      )
    for (const one of meant) {
      if ((document as unknown as Json).$patch === "delete") all.splice(all.indexOf(one), 1)
      else applyStrategic(one, document as unknown as Json)
    }
  }
}

/** A patch list's entry may be a file or the patch itself. */
const patchText = (context: Context, directory: string, text: string): string =>
  /[\n{]/.test(text) ? text : read(context, join(directory, text))

const rename = (all: readonly Building[], prefix: string, suffix: string): void => {
  for (const { object } of all)
    if (object.kind !== "Namespace" && object.kind !== "CustomResourceDefinition")
      object.metadata = { ...object.metadata, name: `${prefix}${object.metadata.name}${suffix}` }
}

/** What takes the place of older fields. */
const INSTEAD = { commonLabels: "labels", bases: "resources", patchesStrategicMerge: "patches", patchesJson6902: "patches" } as const

function* accumulate(context: Context, directory: string, depth: number, start: Building[] = []): Steps<Building[]> {
  if (depth > DEPTH) throw new KubectlError(`cycle detected: candidate root '${directory}' contains visited root '${directory}'`)
  const kustomization = load(context, directory)
  for (const field of ["commonLabels", "bases", "patchesStrategicMerge", "patchesJson6902"] as const)
    if (kustomization[field])
      yield* context.process.error(
        `# Warning: '${field}' is deprecated. Please use '${INSTEAD[field]}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.\n`,
      )
  const [chart] = kustomization.helmCharts ?? []
  if (chart)
    throw new KubectlError(
      `trouble configuring builtin HelmChartInflationGenerator with config: \`\n${toYaml(chart)}\`: must specify --enable-helm`,
    )
  const all = start
  for (const path of [...(kustomization.resources ?? []), ...(kustomization.bases ?? [])])
    for (const one of yield* loadResource(context, directory, path, depth)) {
      if (all.some((other) => identity(other.object) === identity(one.object)))
        throw new KubectlError(
          `accumulating resources: may not add resource with an already registered id: ${one.object.kind}.${one.object.apiVersion}/${one.object.metadata.name}.[noNs]`,
        )
      all.push(one)
    }
  for (const path of kustomization.components ?? []) yield* accumulate(context, join(directory, path), depth + 1, all)
  const made = [
    ...(kustomization.configMapGenerator ?? []).map((given) => ({
      given,
      one: generate(context, directory, "ConfigMap", given, kustomization.generatorOptions),
    })),
    ...(kustomization.secretGenerator ?? []).map((given) => ({
      given,
      one: generate(context, directory, "Secret", given, kustomization.generatorOptions),
    })),
  ]
  for (const { given, one } of made) absorb(all, one, given.behavior)
  for (const text of kustomization.patchesStrategicMerge ?? []) applyPatch(all, patchText(context, directory, text), undefined)
  for (const { path, patch, target } of [...(kustomization.patches ?? []), ...(kustomization.patchesJson6902 ?? [])])
    applyPatch(all, patch ?? read(context, join(directory, path ?? "")), target)
  const before = new Map(all.map((one) => [one, one.object.metadata.name]))
  if (kustomization.namespace)
    for (const { object } of all) {
      if (object.kind === "Namespace") continue
      if (!CLUSTER_SCOPED.has(object.kind)) object.metadata = { ...object.metadata, namespace: kustomization.namespace }
      if (object.kind.endsWith("RoleBinding"))
        for (const subject of (object.subjects as Json[] | undefined) ?? [])
          if (
            subject.kind === "ServiceAccount" &&
            (subject.name === "default" ||
              all.some((other) => other.object.kind === "ServiceAccount" && other.object.metadata.name === subject.name))
          )
            subject.namespace = kustomization.namespace
    }
  rename(all, kustomization.namePrefix ?? "", kustomization.nameSuffix ?? "")
  const labels = [
    ...(kustomization.labels ?? []),
    ...(kustomization.commonLabels ? [{ pairs: kustomization.commonLabels, includeSelectors: true }] : []),
  ]
  for (const { pairs, includeSelectors = false, includeTemplates = false } of labels as NonNullable<Kustomization["labels"]>)
    for (const { object } of all) addLabels(object, pairs, includeSelectors, includeTemplates || includeSelectors)
  if (kustomization.commonAnnotations) for (const { object } of all) addAnnotations(object, kustomization.commonAnnotations)
  for (const { object } of all) setImages(object, kustomization.images ?? [])
  for (const { name, count } of kustomization.replicas ?? []) {
    const meant = all.filter(({ original, object }) => (original === name || object.metadata.name === name) && setReplicas(object, count))
    if (meant.length === 0)
      throw new KubectlError(
        `resource with name ${name} does not match a config with the following GVK [Deployment.v1.apps ReplicationController.v1.[noGrp] ReplicaSet.v1.apps StatefulSet.v1.apps]`,
      )
  }
  renameReferences(all, before)
  return all
}

/** The order in which kustomize prints: what others need comes first. */
const FIRST =
  "Namespace ResourceQuota StorageClass CustomResourceDefinition ServiceAccount PodSecurityPolicy Role ClusterRole RoleBinding ClusterRoleBinding ConfigMap Secret Endpoints Service LimitRange PriorityClass PersistentVolume PersistentVolumeClaim Deployment StatefulSet CronJob PodDisruptionBudget".split(
    " ",
  )
const LAST = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]

const rank = ({ object: { kind } }: Building): number => {
  const first = FIRST.indexOf(kind)
  if (first >= 0) return first
  const last = LAST.indexOf(kind)
  return last >= 0 ? 2_000 + last : 1_000
}

/** As resid.LegacySortString. */
const sortKey = ({ object: { apiVersion, kind, metadata } }: Building): string => {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["~G", apiVersion]
  return `${group}_${version}_${kind}|${metadata.namespace ?? "~X"}|${metadata.name}`
}

/** The objects of the kustomization in `directory`, as kustomize build prints them. Throws KubectlError. */
export function* buildKustomization(context: Context, directory: string): Steps<KubeObject[]> {
  const { files } = context.process
  if (!files.exists(directory))
    throw new KubectlError(
      `must build at directory: not a valid directory: evalsymlink failure on '${directory}' : lstat ${files.resolve(directory)}: no such file or directory`,
    )
  if (files.stat(directory).type !== "directory") throw new KubectlError(`must build at directory: '${directory}': file is not directory`)
  const all = yield* accumulate(context, directory.replace(/\/$/, ""), 0)
  const before = new Map(all.map((one) => [one, one.object.metadata.name]))
  for (const one of all)
    if (one.hashed) one.object.metadata = { ...one.object.metadata, name: `${one.object.metadata.name}-${contentHash(one.object, "")}` }
  renameReferences(all, before)
  return all
    .map((one) => ({ one }))
    .sort((a, b) => rank(a.one) - rank(b.one) || (sortKey(a.one) < sortKey(b.one) ? -1 : 1))
    .map(({ one }) => one.object)
}
