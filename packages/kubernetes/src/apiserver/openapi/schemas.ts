/** Schemas as OpenAPI writes them: named definitions that refer to each other. */
import type { Schema } from "../../api/define-kind.ts"
import { schemaNamed, schemaOf } from "../../api/schema/definitions.ts"
import { wireMessage } from "../../api/schema/wire-types.ts"
import type { Json } from "../../apimachinery/frozen.ts"
import type { AnyKind } from "../context.ts"

const META = "io.k8s.apimachinery.pkg.apis.meta.v1"

/** "core.v1.Pod" → "io.k8s.api.core.v1.Pod". */
export const definitionName = (ref: string): string => {
  const [group] = ref.split(".")
  if (group === "meta") return `io.k8s.apimachinery.pkg.apis.${ref}`
  if (group === "apiextensions") return `io.k8s.apiextensions-apiserver.pkg.apis.${ref}`
  if (group === "apiregistration") return `io.k8s.kube-aggregator.pkg.apis.${ref}`
  return `io.k8s.api.${ref}`
}

const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
const INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"

/** Definitions of values that are text or numbers with a meaning of their own. */
const VALUES: Readonly<Record<string, Json>> = {
  [QUANTITY]: {
    description: "Quantity is a fixed-point representation of a number, written in decimal or binary SI notation, e.g. 100m, 1.5, 128Mi.",
    oneOf: [{ type: "string" }, { type: "number" }],
  },
  [INT_OR_STRING]: {
    description: "IntOrString is a type that can hold an int32 or a string.",
    format: "int-or-string",
    oneOf: [{ type: "integer" }, { type: "string" }],
  },
  [`${META}.Time`]: { description: "Time is a time in RFC 3339 with seconds.", type: "string", format: "date-time" },
  [`${META}.MicroTime`]: { description: "MicroTime is a time in RFC 3339 with microseconds.", type: "string", format: "date-time" },
  [`${META}.FieldsV1`]: { description: "FieldsV1 stores a set of fields in a data structure like a Trie, in JSON format.", type: "object" },
}

/** Collects definitions as they are referred to. `prefix`: "#/components/schemas/" or "#/definitions/". */
export class Definitions {
  readonly found = new Map<string, Json>()
  readonly #prefix: string
  /** Version 3 wraps references, so that a description can stand beside them. */
  readonly #wraps: boolean

  constructor(prefix: string, wraps: boolean) {
    this.#prefix = prefix
    this.#wraps = wraps
  }

  #ref(name: string): Json {
    return { $ref: this.#prefix + name }
  }

  /** Makes the definition of a named schema; returns its name. */
  define(schema: Schema): string {
    const name = definitionName(schema.ref as string)
    if (this.found.has(name)) return name
    const definition: Json = {}
    this.found.set(name, definition)
    Object.assign(definition, this.#object(schema))
    return name
  }

  #object(schema: Schema): Json {
    const message = wireMessage(schema.ref ?? "")
    const properties = Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([field, below]) => [
        field,
        this.#field(below, message?.json.get(field)?.type, message?.json.get(field)?.written),
      ]),
    )
    // References name their target's type always.
    const always = ["apiGroup", "apiVersion", "kind"].filter((field) => message?.json.get(field)?.written === true)
    const required = [...new Set([...(schema.required ?? []), ...always])]
    const enumless = ["apiVersion", "kind"]
    for (const field of enumless) {
      const property = properties[field] as Json | undefined
      // A kind's own name; elsewhere a field of that name may have a choice.
      if ((property?.enum as unknown[] | undefined)?.length === 1) properties[field] = this.#typeMeta(field)
    }
    return {
      ...(schema.description && { description: schema.description }),
      ...(required.length > 0 && { required }),
      ...(Object.keys(properties).length > 0 && { properties }),
      type: "object",
      ...(message?.atomic && { "x-kubernetes-map-type": "atomic" }),
    }
  }

  #typeMeta(field: string): Json {
    return {
      description:
        field === "apiVersion"
          ? "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources"
          : "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds",
      type: "string",
    }
  }

  #value(name: string): Json {
    const definition = VALUES[name]
    if (!this.found.has(name))
      this.found.set(
        name,
        this.#wraps
          ? definition
          : { description: definition.description, type: "string", ...(definition.format !== undefined && { format: definition.format }) },
      )
    return this.#ref(name)
  }

  /** `wire`: the Go type behind the field, which knows more of numbers and times. */
  #field(schema: Schema, wire: string | undefined, written = false): Json {
    const extensions = Object.fromEntries(
      Object.entries(schema).filter(
        ([key]) =>
          key.startsWith("x-kubernetes-") && key !== "x-kubernetes-int-or-string" && key !== "x-kubernetes-preserve-unknown-fields",
      ),
    )
    const { description } = schema
    const about = { ...(description && { description }), ...extensions }
    const reference = this.#reference(schema, wire)
    if (reference) {
      if (!this.#wraps || Object.keys(about).length === 0) return this.#wraps ? reference : { ...about, ...reference }
      return { ...about, allOf: [reference], ...(written && { default: {} }) }
    }
    if (schema.type === "array") return { ...about, type: "array", items: schema.items ? this.#item(schema.items, wire) : {} }
    if (typeof schema.additionalProperties === "object")
      return { ...about, type: "object", additionalProperties: this.#item(schema.additionalProperties, wire) }
    if (schema.type === undefined) return about
    const format =
      schema.type === "integer"
        ? wire === "int64"
          ? "int64"
          : "int32"
        : schema.type === "number"
          ? "double"
          : wire === "bytes"
            ? "byte"
            : schema.format
    return {
      ...about,
      type: schema.type === "integer" && wire === "double" ? "number" : schema.type,
      ...(format && { format: wire === "double" ? "double" : format }),
      ...((schema.enum ?? enumIn(description)) && { enum: schema.enum ?? enumIn(description) }),
      ...(this.#wraps && written && schema.type === "string" && { default: "" }),
      ...(this.#wraps && written && schema.type === "integer" && { default: 0 }),
    }
  }

  #item(schema: Schema, wire: string | undefined): Json {
    const reference = this.#reference(schema, wire)
    if (reference) return this.#wraps && schema.ref ? { allOf: [reference], default: {} } : reference
    return this.#field({ ...plain(schema) }, wire)
  }

  #reference(schema: Schema, wire: string | undefined): Json | undefined {
    // The field's copy carries the field's own description.
    if (schema.ref) return this.#ref(this.define(schemaNamed(schema.ref) ?? schema))
    if (wire === "meta.v1.FieldsV1") return this.#value(`${META}.FieldsV1`)
    if (schema.format === "quantity") return this.#value(QUANTITY)
    if (schema.format === "int-or-string") return this.#value(INT_OR_STRING)
    if (schema.format === "date-time" && schema.type === "string")
      return this.#value(`${META}.${wire === "microtime" ? "MicroTime" : "Time"}`)
    return undefined
  }
}

/** Generators append the values of an enumeration to its description. */
const enumIn = (description: string | undefined): string[] | undefined => {
  const list = description?.split("\n\nPossible enum values:")[1]
  const values = list && [...list.matchAll(/^ - `"([^"]*)"`/gm)].map(([, value]) => value)
  return values && values.length > 0 ? values : undefined
}

const plain = (schema: Schema): Schema => {
  const { description: _, ...rest } = schema
  return rest
}

const gvkOf = (kind: AnyKind, name = kind.kind) => ({ group: kind.group, kind: name, version: kind.version })

/** A custom resource's own schema, as crd openapi builders complete it. */
const customDefinition = (kind: AnyKind, definitions: Definitions, prefix: string): Json => {
  definitions.define(schemaOf("IoK8sApimachineryPkgApisMetaV1ObjectMeta"))
  const { type = "object", properties, ...rest } = kind.schema() as Schema & { type?: string }
  const metadata = {
    description:
      "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
    allOf: [{ $ref: `${prefix}${META}.ObjectMeta` }],
  }
  return {
    ...rest,
    type,
    properties: {
      ...properties,
      apiVersion: {
        description:
          "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources",
        type: "string",
      },
      kind: {
        description:
          "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds",
        type: "string",
      },
      metadata,
    },
  }
}

/** Defines a kind and its list; returns the kind's name among the definitions. */
export const defineKindSchemas = (kind: AnyKind, definitions: Definitions, prefix: string): string => {
  const schema = kind.schema()
  const name = schema.ref ? definitions.define(schema) : `${kind.group.split(".").reverse().join(".")}.${kind.version}.${kind.kind}`
  if (!schema.ref) definitions.found.set(name, customDefinition(kind, definitions, prefix))
  const definition = definitions.found.get(name) as Json
  definition["x-kubernetes-group-version-kind"] = [gvkOf(kind)]
  if (!kind.virtual && !definitions.found.has(`${name}List`)) {
    definitions.define(schemaOf("IoK8sApimachineryPkgApisMetaV1ListMeta"))
    definitions.found.set(`${name}List`, {
      description: `${kind.kind}List is a list of ${kind.kind} objects.`,
      required: ["items"],
      properties: {
        items: { type: "array", items: { allOf: [{ $ref: prefix + name }], default: {} } },
        metadata: { allOf: [{ $ref: `${prefix}${META}.ListMeta` }], default: {} },
        apiVersion: { type: "string" },
        kind: { type: "string" },
      },
      type: "object",
      "x-kubernetes-group-version-kind": [gvkOf(kind, `${kind.kind}List`)],
    })
  }
  return name
}
