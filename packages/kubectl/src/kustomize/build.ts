/** Builds a kustomization: its resources, generated and transformed. As sigs.k8s.io/kustomize/api/internal/target. */
import { goYaml, readYaml, YamlError } from "@drydock/gotemplate"
import { deepCopy } from "@drydock/kubernetes/apimachinery"
import { type Steps, SystemError } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import type { Context } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"
import { fetchUrl } from "../fetch-url.ts"
import { klog } from "../klog.ts"
import { toYaml } from "../printing/yaml.ts"
import { runPlugin } from "./builtin-plugins.ts"
import { contentHash } from "./content-hash.ts"
import { absorb, generate } from "./generators.ts"
import { type Kustomization, loadKustomization, type Replacement, type Variable } from "./kustomization.ts"
import { renameReferences } from "./name-references.ts"
import { applyPatch } from "./patches.ts"
import { replaceValues } from "./replacements.ts"
import { type Building, building, idText, sameId, sorted } from "./resources.ts"
import { addAnnotations, addLabels, rename, setImages, setNamespace, setReplicas } from "./transformers.ts"
import { substitute } from "./variables.ts"

export interface BuildOptions {
  /** Files outside of the kustomization's directory may be read. */
  readonly anywhere?: boolean
}

/** One run of kustomize build. */
interface Run extends BuildOptions {
  readonly context: Context
  /** The directory that is built, absolute. */
  readonly root: string
  readonly variables: Variable[]
}

/** `label`: as Go's filesystem names the path. The first part of it that is not there is what lstat complains of. */
const missing = (context: Context, path: string, label = path): KubectlError => {
  let part = path
  for (
    let above = part;
    above.length > 1 && !context.process.files.exists(above);
    above = above.slice(0, Math.max(1, above.lastIndexOf("/")))
  )
    part = above
  return new KubectlError(`evalsymlink failure on '${label}' : lstat ${part}: no such file or directory`)
}

const within = (root: string, path: string): boolean => path === root || path.startsWith(root === "/" ? "/" : `${root}/`)

const absolute = ({ process: { files } }: Context, directory: string, path: string): string =>
  files.resolve(path.startsWith("/") ? path : `${directory}/${path}`)

/** A file that a kustomization names. */
const read = ({ context, anywhere }: Run, directory: string, path: string): string => {
  const { files } = context.process
  const full = absolute(context, directory, path)
  if (!files.exists(full)) throw missing(context, full)
  if (files.stat(full).type === "directory") throw new KubectlError(`'${full}' must resolve to a file`)
  if (!anywhere && !within(directory, full)) throw new KubectlError(`security; file '${full}' is not in or below '${directory}'`)
  return files.readText(full)
}

/** A resource's documents; an error says whether it lies in the YAML, which no directory would mend. */
class MalformedError extends KubectlError {}

const objectsOf = (text: string, origin: string): Building[] => {
  let documents: unknown[]
  try {
    documents = readYaml(text, { plainWords: true })
  } catch (error) {
    if (error instanceof YamlError) throw new MalformedError(`MalformedYAMLError: ${error.message} in File: ${origin}`)
    throw error
  }
  return documents
    .flatMap((value) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) throw new KubectlError("missing Resource metadata")
      const object = value as KubeObject
      return object.kind?.endsWith("List") && Array.isArray(object.items) ? (object.items as KubeObject[]) : [object]
    })
    .map((object) => {
      const { apiVersion = "", kind = "", metadata } = object as Partial<KubeObject>
      const { name = "", namespace = "", labels = {}, annotations = {} } = metadata ?? ({} as Partial<KubeObject["metadata"]>)
      const told = (map: Readonly<Record<string, string>>) =>
        `map[${Object.entries(map)
          .map(([key, value]) => `${key}:${value}`)
          .sort()
          .join(" ")}]`
      const shown = `{{${apiVersion} ${kind}} {{${name} ${namespace}} ${told(labels)} ${told(annotations)}}}`
      if (!kind) throw new KubectlError(`missing kind in object ${shown}`)
      if (!name) throw new KubectlError(`missing metadata.name in object ${shown}`)
      return building(deepCopy(object), origin)
    })
}

const append = (all: Building[], added: readonly Building[]): void => {
  for (const one of added) {
    if (all.some((other) => sameId(other.object, one.object)))
      throw new KubectlError(`may not add resource with an already registered id: ${idText(one.object)}`)
    all.push(one)
  }
}

const prefixed = (error: unknown, prefix: string): unknown =>
  error instanceof KubectlError
    ? new (error instanceof MalformedError ? MalformedError : KubectlError)(`${prefix}: ${error.message}`)
    : error

/** "../base/web.yaml" as seen from the directory that is built. */
const relative = (root: string, path: string): string => {
  const [from, to] = [root.split("/"), path.split("/")]
  let same = 0
  while (same < from.length && same < to.length && from[same] === to[same]) same++
  return [...from.slice(same).map(() => ".."), ...to.slice(same)].join("/")
}

/**
 * Where a directory of a repository is asked for: "github.com/owner/name//path?ref=v1" and the like (api/internal/git/repospec.go).
 * No repository is cloned here: what its directory builds is read from that address. Undefined: the path is one of this machine.
 */
const remoteAddress = (path: string): string | undefined => {
  const [, rest] = /^(?:git::)?(?:https:\/\/)?(github\.com\/[^/]+\/.+)$/.exec(path) ?? []
  return rest && `https://${rest.replace(/\/{2,}/g, "/")}`
}

function* accumulateFile(run: Run, all: Building[], directory: string, path: string): Steps<void> {
  try {
    const remote = remoteAddress(path) ?? (/^https?:\/\//.test(path) ? path : undefined)
    if (remote !== undefined) {
      const text = yield* fetchUrl(run.context, remote)
      append(all, objectsOf(text, `path: ${path}\n`))
      return
    }
    const text = read(run, directory, path)
    const found = objectsOf(text, `path: ${relative(run.root, absolute(run.context, directory, path))}\n`)
    try {
      append(all, found)
    } catch (error) {
      throw prefixed(error, `merging resources from '${path}'`)
    }
  } catch (error) {
    if (error instanceof KubectlError && !error.message.startsWith("merging resources"))
      throw prefixed(error, `accumulating resources from '${path}'`)
    throw error
  }
}

/** The directory that a path leads to. Throws KubectlError. */
const confirmDirectory = ({ context }: Run, path: string): string => {
  const { files } = context.process
  const full = files.resolve(path)
  if (!files.exists(full)) throw new KubectlError(`must build at directory: not a valid directory: ${missing(context, full, path).message}`)
  if (files.stat(full).type !== "directory") throw new KubectlError(`must build at directory: '${path}': file is not directory`)
  return full
}

function* accumulateDirectory(run: Run, all: Building[], directory: string, visited: readonly string[], component: boolean): Steps<void> {
  let loaded: ReturnType<typeof loadKustomization>
  try {
    loaded = loadKustomization(run.context, directory)
  } catch (error) {
    throw prefixed(error, `couldn't make target for path '${directory}'`)
  }
  yield* run.context.process.error(loaded.warnings)
  const { kind = "Kustomization" } = loaded.kustomization
  if (component && kind !== "Component") throw new KubectlError(`expected kind 'Component' for path '${directory}' but got '${kind}'`)
  if (!component && kind === "Component") throw new KubectlError(`expected kind != 'Component' for path '${directory}'`)
  const below = component ? all : []
  try {
    yield* accumulate(run, below, directory, loaded, [...visited, directory])
  } catch (error) {
    throw prefixed(error, `recursed accumulation of path '${directory}'`)
  }
  if (component) return
  try {
    append(all, below)
  } catch (error) {
    throw prefixed(error, `recursed merging from path '${directory}'`)
  }
}

/** As errIfArgEqualOrHigher: a root may not lie in, or be, one that is being built. */
const refuseCycle = (directory: string, visited: readonly string[]): void => {
  const cyclic = visited.findLast((one) => within(directory, one))
  if (cyclic !== undefined) throw new KubectlError(`cycle detected: candidate root '${directory}' contains visited root '${cyclic}'`)
}

function* accumulateResources(
  run: Run,
  all: Building[],
  directory: string,
  paths: readonly string[],
  visited: readonly string[],
): Steps<void> {
  for (const path of paths) {
    let asFile: unknown
    try {
      yield* accumulateFile(run, all, directory, path)
      continue
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error
      asFile = error
    }
    try {
      const below = confirmDirectory(run, absolute(run.context, directory, path))
      refuseCycle(below, visited)
      yield* accumulateDirectory(run, all, below, visited, false)
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error
      if (asFile instanceof MalformedError) throw asFile
      throw new KubectlError(`accumulation err='${(asFile as KubectlError).message}': ${error.message}`)
    }
  }
}

/** A patch list's entry may be a file or the patch itself. */
const patchText = (run: Run, directory: string, text: string): string => (/[\n{]/.test(text) ? text : read(run, directory, text))

/** What a file of transformers or generators holds. */
const pluginsOf = (run: Run, directory: string, path: string): KubeObject[] => {
  try {
    return objectsOf(/\n/.test(path) ? path : read(run, directory, path), "").map(({ object }) => object)
  } catch (error) {
    throw prefixed(error, `accumulation err='accumulating resources from '${path}'`)
  }
}

const generateAll = (run: Run, all: Building[], directory: string, file: string, kustomization: Kustomization): void => {
  const origin = (kind: string) =>
    `configuredIn: ${relative(run.root, `${directory}/${file}`)}\nconfiguredBy:\n  apiVersion: builtin\n  kind: ${kind}Generator\n`
  const [chart] = kustomization.helmCharts ?? []
  const readHere = (path: string) => read(run, directory, path)
  for (const kind of ["ConfigMap", "Secret"] as const)
    for (const given of (kind === "ConfigMap" ? kustomization.configMapGenerator : kustomization.secretGenerator) ?? [])
      absorb(all, generate(kind, given, kustomization.generatorOptions ?? {}, origin(kind), readHere), given.behavior)
  if (chart)
    throw new KubectlError(
      `trouble configuring builtin HelmChartInflationGenerator with config: \`\n${toYaml(chart)}\`: must specify --enable-helm`,
    )
  for (const path of kustomization.generators ?? []) for (const config of pluginsOf(run, directory, path)) runPlugin(all, config, readHere)
}

const transformAll = (run: Run, all: Building[], directory: string, kustomization: Kustomization): void => {
  const readHere = (path: string) => read(run, directory, path)
  for (const text of kustomization.patchesStrategicMerge ?? []) applyPatch(all, patchText(run, directory, text), {})
  const entries = [...(kustomization.patches ?? []), ...(kustomization.patchesJson6902 ?? [])]
  for (const entry of entries) {
    let text = entry.patch
    if (!text)
      try {
        text = readHere(entry.path ?? "")
      } catch (error) {
        throw prefixed(
          error,
          `trouble configuring builtin PatchTransformer with config: \`\n${goYaml(entry)}\`: failed to get the patch file from path(${entry.path ?? ""})`,
        )
      }
    applyPatch(all, text, entry)
  }
  if (kustomization.namespace) setNamespace(all, kustomization.namespace)
  rename(all, kustomization.namePrefix ?? "", kustomization.nameSuffix ?? "")
  for (const change of kustomization.labels ?? []) addLabels(all, change)
  if (kustomization.commonLabels) addLabels(all, { pairs: kustomization.commonLabels, includeSelectors: true })
  if (kustomization.commonAnnotations) addAnnotations(all, kustomization.commonAnnotations)
  for (const change of kustomization.replicas ?? []) setReplicas(all, change)
  setImages(all, kustomization.images ?? [])
  for (const replacement of kustomization.replacements ?? []) {
    const [held] = replacement.path ? readYaml(readHere(replacement.path)) : []
    const list = replacement.path ? ((Array.isArray(held) ? held : [held]) as Replacement[]) : [replacement]
    for (const one of list) replaceValues(all, one)
  }
  for (const path of kustomization.transformers ?? [])
    for (const config of pluginsOf(run, directory, path)) runPlugin(all, config, readHere)
}

/** Names that changed are changed where they stand in others too. */
const settleNames = (all: readonly Building[], before: ReadonlyMap<Building, string>): void => {
  renameReferences(all, before)
  for (const [one, name] of before) {
    const { metadata } = one.object
    if (metadata.name !== name && !one.names.includes(metadata.name)) one.names.push(metadata.name)
    if (!one.namespaces.includes(metadata.namespace)) one.namespaces.push(metadata.namespace)
  }
}

const namesOf = (all: readonly Building[]): Map<Building, string> => new Map(all.map((one) => [one, one.object.metadata.name]))

function* accumulate(
  run: Run,
  all: Building[],
  directory: string,
  { kustomization, file }: ReturnType<typeof loadKustomization>,
  visited: readonly string[],
): Steps<void> {
  const paths = [...(kustomization.resources ?? []), ...(kustomization.bases ?? [])]
  try {
    yield* accumulateResources(run, all, directory, paths, visited)
  } catch (error) {
    throw prefixed(error, "accumulating resources")
  }
  for (const path of kustomization.components ?? [])
    try {
      const below = confirmDirectory(run, absolute(run.context, directory, path))
      refuseCycle(below, visited)
      yield* accumulateDirectory(run, all, below, visited, true)
    } catch (error) {
      throw prefixed(error, "accumulating components: accumulateDirectory")
    }
  for (const path of kustomization.crds ?? [])
    try {
      read(run, directory, path)
    } catch (error) {
      throw prefixed(error, `loading CRDs [${(kustomization.crds ?? []).join(" ")}]`)
    }
  generateAll(run, all, directory, file, kustomization)
  const before = namesOf(all)
  transformAll(run, all, directory, kustomization)
  settleNames(all, before)
  run.variables.push(...(kustomization.vars ?? []))
}

const VERSION = "kustomize-v5.7.1"

/** The objects of the kustomization in `directory`, as kustomize build prints them. Throws KubectlError. */
export function* buildKustomization(context: Context, directory: string, options: BuildOptions = {}): Steps<KubeObject[]> {
  const { files } = context.process
  const remote = remoteAddress(directory)
  if (remote !== undefined) return objectsOf(yield* fetchUrl(context, remote), `path: ${directory}\n`).map(({ object }) => object)
  const root = files.resolve(directory)
  const run: Run = { ...options, context, root, variables: [] }
  if (!files.exists(root))
    throw new KubectlError(`must build at directory: not a valid directory: ${missing(context, root, directory).message}`)
  if (files.stat(root).type !== "directory") throw new KubectlError(`must build at directory: '${directory}': file is not directory`)
  const loaded = loadKustomization(context, root)
  yield* context.process.error(loaded.warnings)
  const { openapi, sortOptions, buildMetadata = [] } = loaded.kustomization
  const all: Building[] = []
  try {
    if (openapi?.path) read(run, root, openapi.path)
    yield* accumulate(run, all, root, loaded, [root])
  } catch (error) {
    if (error instanceof SystemError) throw new KubectlError(error.message)
    throw error
  }
  const before = namesOf(all)
  for (const one of all)
    if (one.hashed) one.object.metadata = { ...one.object.metadata, name: `${one.object.metadata.name}-${contentHash(one.object, "")}` }
  settleNames(all, before)
  const unused = substitute(all, run.variables)
  if (unused.length > 0)
    yield* context.process.error(
      klog(context.process, "I", "log.go:244", `well-defined vars that were never replaced: ${unused.join(",")}`),
    )
  if (buildMetadata.includes("managedByLabel")) addLabels(all, { pairs: { "app.kubernetes.io/managed-by": VERSION } })
  if (buildMetadata.includes("originAnnotations"))
    for (const one of all)
      if (one.origin)
        one.object.metadata = {
          ...one.object.metadata,
          annotations: { ...one.object.metadata.annotations, "config.kubernetes.io/origin": one.origin },
        }
  const { order = "legacy", legacySortOptions: own } = sortOptions ?? {}
  const ordered = order === "fifo" ? all : sorted(all, own && (own.orderFirst ?? []), own && (own.orderLast ?? []))
  return ordered.map(({ object }) => object)
}
