/** Schemas by definition name, made out of the generated file when first asked for and shared by all worlds. */
import type { Schema } from "../define-kind.ts"
import generated from "./generated/definitions.json" with { type: "json" }
import listTypes from "./list-types.json" with { type: "json" }

interface Definition {
  /** Description. */
  d?: string
  /** Required fields. */
  r?: string[]
  /** Field → type code and description. */
  p: Record<string, string[]>
}

const definitions = generated as unknown as Record<string, Definition>
const facts = new Map(Object.entries(listTypes as Record<string, Record<string, unknown>>))

const made = new Map<string, Schema>()

/** "IoK8sApiCoreV1PodSpec" as "core.v1.PodSpec", how list types are filed. */
const dotted = (key: string): string => {
  const match =
    /^IoK8s(?:Api|ApimachineryPkgApis|KubeAggregatorPkgApis|ApiextensionsApiserverPkgApis)([A-Z][a-z]+)(V\d+(?:(?:alpha|beta)\d+)?)(\w+)$/.exec(
      key,
    )
  return match ? `${match[1].toLowerCase()}.${match[2].toLowerCase()}.${match[3]}` : key
}

const ofCode = (code: string): Schema => {
  if (code.startsWith("[")) return { type: "array", items: ofCode(code.slice(1)) }
  if (code.startsWith("{")) return { type: "object", additionalProperties: ofCode(code.slice(1)) }
  if (code.startsWith("enum:")) return { type: "string", enum: code.slice(5).split("|") }
  if (code.startsWith("#")) return schemaOf(code.slice(1))
  switch (code) {
    case "quantity":
      return { type: "string", format: "quantity" }
    case "intstr":
      return { "x-kubernetes-int-or-string": true, format: "int-or-string" }
    case "time":
    case "microtime":
      return { type: "string", format: "date-time" }
    case "any":
      return { "x-kubernetes-preserve-unknown-fields": true }
    case "object":
      return { type: "object", "x-kubernetes-preserve-unknown-fields": true }
    default:
      return { type: code as "string" }
  }
}

/** The description of "core.v1.PodStatus.podIP", without the list of values that generators append. */
export const descriptionOf = (path: string): string => {
  const at = path.lastIndexOf(".")
  const [type, field] = [path.slice(0, at), path.slice(at + 1)]
  for (const key in definitions)
    if (dotted(key) === type) return (definitions[key].p[field]?.[1] ?? "").split("\n\nPossible enum values")[0]
  return ""
}

/** Where v1.35 asks for nothing and the package, which is a version ahead, does. */
const OPTIONAL = new Set(["IoK8sApiAutoscalingV1HorizontalPodAutoscaler"])

/** The schema of a definition, e.g. "IoK8sApiCoreV1Pod". Unknown names give an open object. */
export const schemaOf = (key: string): Schema => {
  const known = made.get(key)
  if (known) return known
  const definition = Object.hasOwn(definitions, key) ? definitions[key] : undefined
  if (!definition) return { type: "object", "x-kubernetes-preserve-unknown-fields": true }
  const name = dotted(key)
  let properties: Record<string, Schema> | undefined
  const schema: Schema = {
    type: "object",
    ref: name,
    ...(definition.d && { description: definition.d }),
    ...(definition.r && !OPTIONAL.has(key) && { required: definition.r }),
    // Definitions refer to each other in circles (JSONSchemaProps): fields are made when first read.
    get properties() {
      properties ??= Object.fromEntries(
        Object.entries(definition.p).map(([field, [code, description]]) => {
          const extension = Object.fromEntries(
            Object.entries(facts.get(`${name}.${field}`) ?? {}).map(([fact, value]) => [`x-kubernetes-${fact}`, value]),
          )
          const below = ofCode(code)
          if (!description && Object.keys(extension).length === 0) return [field, below]
          return [
            field,
            Object.create(null, {
              ...Object.getOwnPropertyDescriptors(below),
              ...Object.getOwnPropertyDescriptors({ ...(description && { description }), ...extension }),
            }) as Schema,
          ]
        }),
      )
      return properties
    },
  }
  made.set(key, schema)
  byName.set(name, schema)
  return schema
}

const byName = new Map<string, Schema>()

/** A definition by its name, e.g. "core.v1.PodSpec", without what a field that refers to it says of it. Made before, as part of another. */
export const schemaNamed = (name: string): Schema | undefined => byName.get(name)
