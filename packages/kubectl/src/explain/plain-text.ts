/** An OpenAPI v3 schema as kubectl explain shows it. As kubectl/pkg/explain/v2/templates/plaintext.tmpl. */
import { indent, wordWrap } from "./word-wrap.ts"

export interface OpenApiSchema {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, OpenApiSchema>>
  readonly additionalProperties?: OpenApiSchema | boolean
  readonly items?: OpenApiSchema
  readonly allOf?: readonly OpenApiSchema[]
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly $ref?: string
  readonly "x-kubernetes-group-version-kind"?: readonly { group: string; version: string; kind: string }[]
}

export interface OpenApiDocument {
  readonly components?: { readonly schemas?: Readonly<Record<string, OpenApiSchema>> }
}

export interface ExplainOptions {
  readonly recursive: boolean
  readonly path: readonly string[]
}

type Resolve = (schema: OpenApiSchema) => OpenApiSchema

const resolver =
  ({ components }: OpenApiDocument): Resolve =>
  (schema) =>
    (schema.$ref && components?.schemas?.[schema.$ref.split("/").at(-1) ?? ""]) || schema

const mapValue = ({ additionalProperties }: OpenApiSchema): OpenApiSchema | undefined =>
  typeof additionalProperties === "object" ? additionalProperties : undefined

export const typeName = (schema: OpenApiSchema, resolve: Resolve): string => {
  if (schema.items) return `[]${typeName(schema.items, resolve)}`
  const value = mapValue(schema)
  if (value) return `map[string]${typeName(value, resolve)}`
  if (schema.allOf?.length === 1 && !schema.properties) return typeName(schema.allOf[0], resolve)
  if (schema.$ref) {
    const target = resolve(schema)
    if (target === schema || !target.type || target.type === "object") return schema.$ref.split("/").at(-1)?.split(".").at(-1) || "Object"
    return target.type
  }
  return !schema.type || schema.type === "object" ? "Object" : schema.type
}

const enumText = (values: readonly unknown[] | undefined, long: boolean, by = 0): string => {
  if (!values?.length) return ""
  const shown = values.map((value) => (value === "" ? '""' : String(value)))
  if (long) return `ENUM:${shown.map((value) => `\n    ${value}`).join("")}`
  return `\n${" ".repeat(by)}enum: ${shown.length > 4 ? `${shown.slice(0, 4).join(", ")}, ....` : shown.join(", ")}`
}

const description = (schema: OpenApiSchema, resolve: Resolve): string => {
  const target = resolve(schema)
  const value = mapValue(target)
  return [
    target.description ? `${target.description}\n` : "",
    ...(target.allOf ?? []).map((one) => description(one, resolve)),
    target.items ? description(target.items, resolve) : "",
    value ? description(value, resolve) : "",
  ].join("")
}

const fields = (schema: OpenApiSchema, resolve: Resolve, recursive: boolean, level: number, seen: ReadonlySet<string>): string => {
  if (schema.$ref && seen.has(schema.$ref)) return ""
  const inner = schema.$ref ? new Set([...seen, schema.$ref]) : seen
  const target = resolve(schema)
  const by = level * 2
  const own = Object.keys(target.properties ?? {})
    .sort()
    .map((name) => {
      const field = target.properties?.[name] as OpenApiSchema
      const head = `${" ".repeat(by)}${name}\t<${typeName(field, resolve)}>${target.required?.includes(name) ? " -required-" : ""}${enumText(field.enum, false, by)}\n`
      if (recursive) return head + fields(field, resolve, true, level + 1, inner)
      return `${head}${indent(wordWrap(field.description || "<no description>", 78 - by), by + 2)}\n\n`
    })
  const value = mapValue(target)
  return [
    ...own,
    ...(target.allOf ?? []).map((one) => fields(one, resolve, recursive, level, inner)),
    target.items ? fields(target.items, resolve, recursive, level, inner) : "",
    value ? fields(value, resolve, recursive, level, inner) : "",
  ].join("")
}

/** "" when the path leads nowhere. */
const output = (
  schema: OpenApiSchema,
  path: readonly string[],
  resolve: Resolve,
  recursive: boolean,
  seen: ReadonlySet<string>,
): string => {
  const target = resolve(schema)
  if (path.length === 0) {
    const list = fields(target, resolve, recursive, 1, new Set())
    return `DESCRIPTION:\n${indent(wordWrap(description(target, resolve) || "<empty>", 76), 4)}\n${list ? `FIELDS:\n${list}` : ""}`
  }
  if (schema.$ref && seen.has(schema.$ref)) return ""
  const inner = schema.$ref ? new Set([...seen, schema.$ref]) : seen
  const field = target.properties?.[path[0]]
  if (field) {
    const head = path.length === 1 ? `FIELD: ${path[0]} <${typeName(field, resolve)}>\n${enumText(field.enum, true)}\n\n` : ""
    const rest = output(field, path.slice(1), resolve, recursive, new Set())
    return rest && head + rest
  }
  if (target.items) return output(target.items, path, resolve, recursive, inner)
  const value = mapValue(target)
  if (value) return output(value, path, resolve, recursive, inner)
  for (const one of target.allOf ?? []) {
    const text = output(one, path, resolve, recursive, inner)
    if (text) return text
  }
  return ""
}

/** Undefined when the path leads nowhere. */
export const plainText = (document: OpenApiDocument, schema: OpenApiSchema, { recursive, path }: ExplainOptions): string | undefined => {
  const text = output(schema, path, resolver(document), recursive, new Set())
  return text === "" ? undefined : `${text}\n`
}

export const explainResolver = resolver
export const explainDescription = description
