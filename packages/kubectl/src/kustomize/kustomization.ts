/** A kustomization file: its fields, and what is refused in it. As sigs.k8s.io/kustomize/api/types/kustomization.go. */
import { readYaml, YamlError } from "@drydock/gotemplate"
import { isObject, type Json } from "@drydock/kubernetes/apimachinery"
import type { Context } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"

export interface GeneratorOptions {
  disableNameSuffixHash?: boolean
  immutable?: boolean
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

export interface Generator {
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

export interface Target {
  group?: string
  version?: string
  kind?: string
  name?: string
  namespace?: string
  labelSelector?: string
  annotationSelector?: string
}

export interface FieldSpec {
  path: string
  create?: boolean
  group?: string
  version?: string
  kind?: string
}

export interface LabelChange {
  pairs: Record<string, string>
  includeSelectors?: boolean
  includeTemplates?: boolean
  fields?: FieldSpec[]
}

export interface ImageChange {
  name: string
  newName?: string
  newTag?: string
  tagSuffix?: string
  digest?: string
}

export interface PatchEntry {
  path?: string
  patch?: string
  target?: Target
  options?: { allowNameChange?: boolean; allowKindChange?: boolean }
}

export interface FieldOptions {
  delimiter?: string
  index?: number
  create?: boolean
}

export interface Replacement {
  path?: string
  source?: Target & { fieldPath?: string; options?: FieldOptions }
  sourceValue?: string
  targets?: { select?: Target; reject?: Target[]; fieldPaths?: string[]; options?: FieldOptions }[]
}

export interface Variable {
  name: string
  objref: { apiVersion?: string; kind?: string; name: string; namespace?: string }
  fieldref?: { fieldpath?: string; fieldPath?: string }
}

export interface Kustomization {
  kind?: string
  apiVersion?: string
  resources?: string[]
  bases?: string[]
  components?: string[]
  namespace?: string
  namePrefix?: string
  nameSuffix?: string
  commonLabels?: Record<string, string>
  labels?: LabelChange[]
  commonAnnotations?: Record<string, string>
  images?: ImageChange[]
  replicas?: { name: string; count: number }[]
  configMapGenerator?: Generator[]
  secretGenerator?: Generator[]
  generatorOptions?: GeneratorOptions
  patches?: PatchEntry[]
  patchesStrategicMerge?: string[]
  patchesJson6902?: PatchEntry[]
  replacements?: Replacement[]
  vars?: Variable[]
  sortOptions?: { order?: string; legacySortOptions?: { orderFirst?: string[]; orderLast?: string[] } }
  buildMetadata?: string[]
  helmCharts?: object[]
  crds?: string[]
  openapi?: Record<string, string>
  transformers?: string[]
  generators?: string[]
}

/** "text", "flag", "number", "any", a list, a map of texts, or a struct with its Go name. */
type Shape = "text" | "flag" | "number" | "any" | "texts" | { readonly list: Shape } | Struct

interface Struct {
  readonly struct: string
  readonly fields: Readonly<Record<string, Shape>>
}

const struct = (name: string, fields: Readonly<Record<string, Shape>>): Struct => ({ struct: name, fields })
const listOf = (list: Shape): Shape => ({ list })

const TEXTS = listOf("text")
const SELECTOR = { group: "text", version: "text", kind: "text", name: "text", namespace: "text" } as const
const OPTIONS = struct("GeneratorOptions", { labels: "texts", annotations: "texts", disableNameSuffixHash: "flag", immutable: "flag" })
const GENERATOR = {
  name: "text",
  namespace: "text",
  behavior: "text",
  literals: TEXTS,
  files: TEXTS,
  envs: TEXTS,
  env: "text",
  options: OPTIONS,
} as const
const SELECT = struct("Selector", { ...SELECTOR, labelSelector: "text", annotationSelector: "text" })
const PATCH = struct("Patch", { path: "text", patch: "text", target: SELECT, options: "any" })
const FIELD_OPTIONS = struct("FieldOptions", { delimiter: "text", index: "number", create: "flag", encoding: "text" })

const SHAPE = struct("Kustomization", {
  apiVersion: "text",
  kind: "text",
  metadata: "any",
  openapi: "texts",
  namePrefix: "text",
  nameSuffix: "text",
  namespace: "text",
  commonLabels: "texts",
  labels: listOf(struct("Label", { pairs: "texts", includeSelectors: "flag", includeTemplates: "flag", fields: listOf("any") })),
  commonAnnotations: "texts",
  patchesStrategicMerge: TEXTS,
  patchesJson6902: listOf(PATCH),
  patches: listOf(PATCH),
  images: listOf(struct("Image", { name: "text", newName: "text", newTag: "text", tagSuffix: "text", digest: "text" })),
  imageTags: listOf("any"),
  replacements: listOf(
    struct("ReplacementField", {
      path: "text",
      sourceValue: "text",
      source: struct("SourceSelector", { ...SELECTOR, fieldPath: "text", options: FIELD_OPTIONS }),
      targets: listOf(struct("TargetSelector", { select: SELECT, reject: listOf(SELECT), fieldPaths: TEXTS, options: FIELD_OPTIONS })),
    }),
  ),
  replicas: listOf(struct("Replica", { name: "text", count: "number" })),
  vars: listOf("any"),
  sortOptions: struct("SortOptions", {
    order: "text",
    legacySortOptions: struct("LegacySortOptions", { orderFirst: TEXTS, orderLast: TEXTS }),
  }),
  resources: TEXTS,
  components: TEXTS,
  crds: TEXTS,
  bases: TEXTS,
  configMapGenerator: listOf(struct("ConfigMapArgs", GENERATOR)),
  secretGenerator: listOf(struct("SecretArgs", { ...GENERATOR, type: "text" })),
  helmGlobals: "any",
  helmCharts: listOf("any"),
  helmChartInflationGenerator: listOf("any"),
  generatorOptions: OPTIONS,
  configurations: TEXTS,
  generators: TEXTS,
  transformers: TEXTS,
  validators: TEXTS,
  inventory: "any",
  buildMetadata: TEXTS,
})

const jsonKind = (value: unknown): string => {
  if (Array.isArray(value)) return "array"
  if (typeof value === "boolean") return "bool"
  return value === null ? "null" : typeof value
}

const goTypeOf = (shape: Shape): string => {
  if (shape === "text") return "string"
  if (shape === "flag") return "bool"
  if (shape === "number") return "int64"
  if (shape === "texts") return "map[string]string"
  if (typeof shape === "string") return "interface {}"
  return "list" in shape ? `[]${goTypeOf(shape.list)}` : `types.${shape.struct}`
}

/** Refuses what Go's decoder would. `where`: the innermost struct and the path of fields that leads there. */
const check = (value: unknown, shape: Shape, name: string, path: readonly string[]): void => {
  if (value === null || value === undefined || shape === "any") return
  const refuse = (given: unknown, wanted: Shape): never => {
    throw new KubectlError(
      `invalid Kustomization: json: cannot unmarshal ${jsonKind(given)} into Go ${path.length > 0 ? `struct field ${name}.${path.join(".")}` : "value"} of type ${goTypeOf(wanted)}`,
    )
  }
  if (shape === "text" || shape === "flag" || shape === "number") {
    const wanted = { text: "string", flag: "boolean", number: "number" }[shape]
    if (typeof value !== wanted) refuse(value, shape)
  } else if (shape === "texts") {
    if (!isObject(value)) return refuse(value, shape)
    for (const one of Object.values(value)) if (typeof one !== "string" && one !== null) refuse(one, "text")
  } else if ("list" in shape) {
    if (!Array.isArray(value)) return refuse(value, shape)
    for (const one of value as unknown[]) check(one, shape.list, name, path)
  } else {
    if (!isObject(value)) return refuse(value, shape)
    for (const [key, member] of Object.entries(value)) {
      const field = Object.keys(shape.fields).find((one) => one.toLowerCase() === key.toLowerCase())
      if (field === undefined) throw new KubectlError(`invalid Kustomization: json: unknown field ${JSON.stringify(key)}`)
      check(member, shape.fields[field], shape.struct, [...path, field])
    }
  }
}

const FILES = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

/** Fields that have had their time, in the order in which they are complained of, and what takes their place. */
const DEPRECATED = [
  ["bases", "resources", ""],
  ["commonLabels", "labels", ""],
  ["patchesJson6902", "patches", ""],
  ["patchesStrategicMerge", "patches", ""],
  ["vars", "replacements", " [EXPERIMENTAL]"],
] as const

/** The kustomization of a directory whose path is absolute, with where it is, and the warnings it earns. Throws KubectlError. */
export const loadKustomization = (
  { process: { files } }: Context,
  directory: string,
): { readonly kustomization: Kustomization; readonly file: string; readonly warnings: string } => {
  const found = FILES.filter((name) => files.exists(`${directory}/${name}`))
  if (found.length === 0)
    throw new KubectlError(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${directory}'`,
      { raw: true },
    )
  if (found.length > 1) throw new KubectlError(`Found multiple kustomization files under: ${directory}\n`)
  let value: unknown
  try {
    ;[value] = readYaml(files.readText(`${directory}/${found[0]}`))
  } catch (error) {
    if (error instanceof YamlError) throw new KubectlError(`invalid Kustomization: ${error.message}`)
    throw error
  }
  if (value === undefined) throw new KubectlError(`${found[0]} is empty`)
  if (!isObject(value))
    throw new KubectlError(`invalid Kustomization: json: cannot unmarshal ${jsonKind(value)} into Go value of type types.Kustomization`)
  check(value, SHAPE, "Kustomization", [])
  const kustomization = value as Json & Kustomization
  const { kind = "Kustomization", apiVersion } = kustomization
  const faults: string[] = []
  if (kind !== "Kustomization" && kind !== "Component") faults.push("kind should be Kustomization or Component")
  const wanted = `kustomize.config.k8s.io/${kind === "Component" ? "v1alpha1" : "v1beta1"}`
  if (apiVersion !== undefined && apiVersion !== "" && apiVersion !== wanted) faults.push(`apiVersion for ${kind} should be ${wanted}`)
  if (faults.length > 0) throw new KubectlError(`Failed to read kustomization file under ${directory}:\n${faults.join("\n")}`)
  const warnings = DEPRECATED.filter(([field]) => kustomization[field])
    .map(
      ([field, instead, note]) =>
        `# Warning: '${field}' is deprecated. Please use '${instead}' instead.${note} Run 'kustomize edit fix' to update your Kustomization automatically.\n`,
    )
    .join("")
  return { kustomization, file: found[0], warnings }
}
