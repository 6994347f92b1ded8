/** What a kind of object is: everything the API server needs to serve it, as one value. */
import type { AnyStored, KubernetesObject, Stored } from "../apimachinery/object.ts"
import type { FieldError } from "../apimachinery/status.ts"

/** An OpenAPI v3 schema, resolved: what explain, validation, strategic merge and managed fields read. */
export interface Schema {
  type?: "object" | "array" | "string" | "integer" | "number" | "boolean"
  format?: string
  description?: string
  properties?: Readonly<Record<string, Schema>>
  additionalProperties?: Schema | boolean
  items?: Schema
  required?: readonly string[]
  enum?: readonly unknown[]
  default?: unknown
  nullable?: boolean
  /** Name in the definitions, e.g. "io.k8s.api.core.v1.PodSpec". */
  ref?: string
  "x-kubernetes-list-type"?: "atomic" | "set" | "map"
  "x-kubernetes-list-map-keys"?: readonly string[]
  "x-kubernetes-map-type"?: "atomic" | "granular"
  "x-kubernetes-patch-strategy"?: string
  "x-kubernetes-patch-merge-key"?: string
  "x-kubernetes-int-or-string"?: boolean
  "x-kubernetes-preserve-unknown-fields"?: boolean
  "x-kubernetes-embedded-resource"?: boolean
  readonly [constraint: string]: unknown
}

/** A column of a Table, as pkg/printers/internalversion/printers.go defines them. */
export interface Column<T> {
  name: string
  type?: "string" | "integer" | "number" | "boolean" | "date"
  format?: string
  /** 0: always shown; 1: only with -o wide. */
  priority?: 0 | 1
  description?: string
  /** `now`: ms since the epoch, for ages. */
  cell: (object: T, now: number) => string | number | boolean | null
  /** Whether the cell of this object changes with time alone. Default: whether `cell` takes `now`. */
  ages?: (object: T) => boolean
}

export interface ValidationContext {
  /** Virtual time, ms since the epoch. */
  now: number
  user?: string
  /** What is there already: the object is an update's. */
  old?: AnyStored
}

export type Verb = "create" | "delete" | "deletecollection" | "get" | "list" | "patch" | "update" | "watch"

export interface KindOptions<T extends KubernetesObject> {
  /** "" is the core group. */
  group: string
  version: string
  kind: string
  plural: string
  singular?: string
  shortNames?: readonly string[]
  namespaced: boolean
  categories?: readonly string[]
  /** e.g. ["status", "scale", "log"]. */
  subresources?: readonly string[]
  /** Default: all of them. */
  verbs?: readonly Verb[]
  /** Thunk: schemas are large and shared; made once, when first needed. */
  schema: () => Schema
  /** Fills in defaults (SetDefaults_*), in place, on a fresh mutable copy. */
  defaults?: (object: T) => void
  /** Before create: drops status, sets generation 1 … The strategy of pkg/registry. In place. */
  prepareForCreate?: (object: T, context: ValidationContext) => void
  /** After admission on create: what the strategy adds that its author does not manage. In place. */
  complete?: (object: T) => void
  /** Before update: keeps what this door may not change, bumps generation when the spec changed. In place. */
  prepareForUpdate?: (object: T, old: Stored<T>, context: ValidationContext) => void
  prepareForStatusUpdate?: (object: T, old: Stored<T>, context: ValidationContext) => void
  validate?: (object: T, context: ValidationContext) => FieldError[]
  validateUpdate?: (object: T, old: Stored<T>, context: ValidationContext) => FieldError[]
  /** Warnings sent with a successful create or update. */
  warnings?: (object: T, old?: Stored<T>) => string[]
  /** Fields for field selectors beyond metadata.name and metadata.namespace. */
  selectableFields?: (object: Stored<T>) => Readonly<Record<string, string>>
  /** Annotations that come with the conversion to this version: an object's metadata alone is shown without. */
  convertedAnnotations?: readonly string[]
  /** Their names, where the kind refuses others before it looks at objects. */
  selectableFieldNames?: readonly string[]
  /** Said with every answer about the kind. */
  deprecation?: string
  /** Objects that are there beside those that are stored, which go before them. `since`: when the server began, ms. */
  implied?: (kinds: readonly AnyKind[], since: number) => readonly AnyStored[]
  /** Never stored: made when asked for. */
  computed?: () => readonly KubernetesObject[]
  /** The version in which etcd holds it, where that is not the served one. */
  storageVersion?: string
  /** Another kind's objects in other words: converted on the way in and out. */
  storedAs?: { kind: Kind; from: (stored: KubernetesObject) => object; to: (object: KubernetesObject) => object }
  /** Stands for a CustomResourceDefinition. */
  custom?: boolean
  /** Its versions are converted by a webhook; `key` tells one definition's state from another's. */
  conversion?: { storage: Kind; webhook: { clientConfig: object; conversionReviewVersions: readonly string[] }; key: string }
  /** Replica paths of the scale subresource. */
  scale?: { specReplicas: string; statusReplicas: string; selector: string }
  columns: readonly Column<Stored<T>>[]
  /** Order of a table's rows, where its printer has one. */
  tableOrder?: (a: Stored<T>, b: Stored<T>) => number
  /** Grace period when deleting without one, in seconds (Pods: from the object). */
  defaultGracePeriodSeconds?: (object: Stored<T>) => number
  /** metadata.generation is kept (objects with a spec and status). Default: whether there is a "status" subresource. */
  generation?: boolean
  /** "default": needs a namespace finalizer pass etc. Reserved for Namespace itself. */
  finalizerSubresource?: boolean
  /** Answered on POST alone, never stored: reviews, tokens, bindings, evictions. */
  virtual?: boolean
  /** metadata.name rules. Default "subdomain". */
  nameRule?: "subdomain" | "label" | "label1035" | "path"
  /** How a default propagation policy is chosen when the client names none. Default "Background"; "Orphan" for old ones. */
  defaultPropagation?: "Background" | "Orphan" | "Foreground"
}

export interface Kind<T extends KubernetesObject = KubernetesObject> extends Readonly<KindOptions<T>> {
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly subresources: readonly string[]
  readonly verbs: readonly Verb[]
  readonly generation: boolean
  /** "apps/v1" or "v1". */
  readonly apiVersion: string
  /** "/registry/deployments" */
  readonly storagePrefix: string
}

/** A kind whose object type is not known to the caller. */
export type AnyKind = Kind<never> | Kind

const ALL: readonly Verb[] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]

export const defineKind = <T extends KubernetesObject>(options: KindOptions<T>): Kind<T> => ({
  ...options,
  singular: options.singular ?? options.kind.toLowerCase(),
  shortNames: options.shortNames ?? [],
  categories: options.categories ?? [],
  subresources: options.subresources ?? [],
  verbs: options.verbs ?? (options.virtual ? ["create"] : ALL),
  generation: options.generation ?? options.subresources?.includes("status") ?? false,
  apiVersion: options.group ? `${options.group}/${options.version}` : options.version,
  storagePrefix: `/registry/${options.group?.includes(".") && !options.group.endsWith(".k8s.io") ? `${options.group}/` : ""}${options.plural}`,
})

export type { AnyStored }
