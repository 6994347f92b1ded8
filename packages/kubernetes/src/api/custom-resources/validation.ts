/** Checks values against structural schemas. As k8s.io/apiextensions-apiserver/pkg/apiserver/validation with kube-openapi's texts. */
import { RE2JS } from "re2js"
import type { Schema } from "../define-kind.ts"
import { deepEqual, isObject, type Json } from "../../apimachinery/frozen.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { evaluateRules } from "./rules.ts"

/** As kube-openapi's errors name what was found. */
const typeOf = (value: unknown): string => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "array"
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number"
  return typeof value
}

const hasType = (value: unknown, type: string): boolean => {
  const found = typeOf(value)
  return found === type || (type === "number" && found === "integer")
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  "date-time": /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  uuid: /^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$/,
  ipv4: /^(\d{1,3}\.){3}\d{1,3}$/,
  email: /^[^@\s]+@[^@\s]+$/,
  byte: /^[A-Za-z0-9+/]*={0,2}$/,
}

const matchesPattern = (pattern: string, text: string): boolean => {
  try {
    return RE2JS.compile(pattern).matcher(text).find()
  } catch {
    return true
  }
}

const quoted = (value: unknown): string => JSON.stringify(value)

interface Check {
  errors: FieldError[]
  /** The object before an update; undefined when it is new. */
  old: unknown
  /** It lies in something that the update leaves as it was. */
  unchanged?: boolean
}

/** Errors that rules about a change found. */
const fromRules = new WeakSet<FieldError>()

const numbers = (schema: Schema, value: number, path: string, errors: FieldError[]): void => {
  const say = (detail: string) => errors.push({ type: "Invalid", field: path, value, detail: `${path} in body should be ${detail}` })
  const { maximum, minimum, multipleOf } = schema as { maximum?: number; minimum?: number; multipleOf?: number }
  if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum))
    say(`less than ${schema.exclusiveMaximum ? "" : "or equal to "}${maximum}`)
  if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum))
    say(`greater than ${schema.exclusiveMinimum ? "" : "or equal to "}${minimum}`)
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) say(`a multiple of ${multipleOf}`)
}

const strings = (schema: Schema, value: string, path: string, errors: FieldError[]): void => {
  const { maxLength, minLength, pattern } = schema as { maxLength?: number; minLength?: number; pattern?: string }
  const length = [...value].length
  if (maxLength !== undefined && length > maxLength)
    errors.push({ type: "TooLong", field: path, value, detail: `may not be more than ${maxLength} bytes` })
  if (minLength !== undefined && length < minLength)
    errors.push({ type: "Invalid", field: path, value, detail: `${path} in body should be at least ${minLength} chars long` })
  if (pattern !== undefined && !matchesPattern(pattern, value))
    errors.push({ type: "Invalid", field: path, value, detail: `${path} in body should match '${pattern}'` })
  const format = schema.format !== undefined && Object.hasOwn(FORMATS, schema.format) ? FORMATS[schema.format] : undefined
  if (format && !format.test(value))
    errors.push({ type: "Invalid", field: path, value, detail: `${path} in body must be of type ${schema.format}: ${quoted(value)}` })
}

const lists = (schema: Schema, value: readonly unknown[], path: string, check: Check): void => {
  const { maxItems, minItems } = schema as { maxItems?: number; minItems?: number }
  const { errors } = check
  if (maxItems !== undefined && value.length > maxItems)
    errors.push({ type: "TooMany", field: path, value: value.length, detail: `must have at most ${maxItems} items` })
  if (minItems !== undefined && value.length < minItems)
    errors.push({ type: "Invalid", field: path, value: value.length, detail: `${path} in body should have at least ${minItems} items` })
  const keys = schema["x-kubernetes-list-map-keys"]
  const kind = schema["x-kubernetes-list-type"]
  if (kind === "set" || kind === "map" || schema.uniqueItems)
    for (const [index, item] of value.entries()) {
      const key = (one: unknown) => (kind === "map" && isObject(one) ? (keys ?? []).map((name) => one[name] ?? null) : one)
      if (value.slice(0, index).some((other) => deepEqual(key(other), key(item))))
        errors.push({
          type: "Duplicate",
          field: `${path}[${index}]`,
          value: kind === "map" && isObject(item) ? Object.fromEntries((keys ?? []).map((name) => [name, item[name]])) : item,
        })
    }
  const old = Array.isArray(check.old) ? check.old : []
  for (const [index, item] of value.entries())
    if (schema.items)
      validateValue(schema.items, item, `${path}[${index}]`, {
        ...check,
        old:
          kind === "map"
            ? old.find((one) => isObject(one) && isObject(item) && (keys ?? []).every((name) => one[name] === item[name]))
            : undefined,
      })
}

const objects = (schema: Schema, value: Json, path: string, check: Check): void => {
  const { maxProperties, minProperties } = schema as { maxProperties?: number; minProperties?: number }
  const { errors } = check
  const count = Object.keys(value).length
  if (maxProperties !== undefined && count > maxProperties)
    errors.push({ type: "TooMany", field: path, value: count, detail: `must have at most ${maxProperties} items` })
  if (minProperties !== undefined && count < minProperties)
    errors.push({ type: "Invalid", field: path, value, detail: `${path} in body should have at least ${minProperties} properties` })
  for (const name of schema.required ?? [])
    if (value[name] === undefined) errors.push({ type: "Required", field: path === "" ? name : `${path}.${name}` })
  const old = isObject(check.old) ? check.old : {}
  for (const [name, member] of Object.entries(value)) {
    const below =
      schema.properties && Object.hasOwn(schema.properties, name)
        ? schema.properties[name]
        : typeof schema.additionalProperties === "object"
          ? schema.additionalProperties
          : undefined
    if (below) validateValue(below, member, path === "" ? name : `${path}.${name}`, { ...check, old: old[name] })
  }
}

/** Adds what is wrong with `value` to `check.errors`. */
export const validateValue = (schema: Schema, value: unknown, path: string, check: Check): void => {
  const { errors } = check
  if (value === null && schema.nullable) return
  // As ratcheting has it: what an update leaves as it was is not held against it, but for rules about the change itself.
  const unchanged = check.unchanged || (check.old !== undefined && deepEqual(check.old, value))
  if (unchanged) {
    const members = { errors: [], old: check.old, unchanged }
    if (isObject(value)) objects(schema, value, path, members)
    else if (Array.isArray(value)) lists(schema, value, path, members)
    // What was found below about values themselves is forgiven; what rules found is not.
    errors.push(...members.errors.filter((error) => fromRules.has(error)))
    for (const error of evaluateRules(schema, value, check.old, path, true)) {
      fromRules.add(error)
      errors.push(error)
    }
    return
  }
  if (schema["x-kubernetes-int-or-string"]) {
    if (typeOf(value) !== "integer" && typeof value !== "string")
      errors.push({
        type: "TypeInvalid",
        field: path,
        value: typeOf(value),
        detail: `${path} in body must be of type integer,string: ${quoted(typeOf(value))}`,
      })
  } else if (schema.type !== undefined && !hasType(value, schema.type)) {
    errors.push({
      type: "TypeInvalid",
      field: path,
      value: typeOf(value),
      detail: `${path} in body must be of type ${schema.type}: ${quoted(typeOf(value))}`,
    })
    return
  }
  if (schema.enum && !schema.enum.some((one) => deepEqual(one, value)))
    errors.push({ type: "NotSupported", field: path, value, detail: `supported values: ${schema.enum.map(quoted).join(", ")}` })
  if (typeof value === "number") numbers(schema, value, path, errors)
  else if (typeof value === "string") strings(schema, value, path, errors)
  else if (Array.isArray(value)) lists(schema, value, path, check)
  else if (isObject(value)) objects(schema, value, path, check)
  logic(schema, value, path, check)
  errors.push(...evaluateRules(schema, value, check.old, path))
}

const passes = (schema: Schema, value: unknown, path: string): boolean => {
  const errors: FieldError[] = []
  validateValue(schema, value, path, { errors, old: undefined })
  return errors.length === 0
}

const logic = (schema: Schema, value: unknown, path: string, { errors }: Check): void => {
  const of = (name: string) => (Array.isArray(schema[name]) ? (schema[name] as Schema[]) : [])
  for (const one of of("allOf")) validateValue(one, value, path, { errors, old: undefined })
  const any = of("anyOf")
  if (any.length > 0 && !any.some((one) => passes(one, value, path)))
    errors.push({ type: "Invalid", field: path, value, detail: `${path} in body must validate at least one schema (anyOf)` })
  const one = of("oneOf")
  if (one.length > 0) {
    const count = one.filter((each) => passes(each, value, path)).length
    if (count !== 1)
      errors.push({
        type: "Invalid",
        field: path,
        value,
        detail: `${path} in body must validate one and only one schema (oneOf). ${count === 0 ? "Found none valid" : `Found ${count} valid alternatives`}`,
      })
  }
  if (isObject(schema.not) && passes(schema.not as Schema, value, path))
    errors.push({ type: "Invalid", field: path, value, detail: `${path} in body must not validate the schema (not)` })
}

/** Fills in the schema's defaults, in place. As apiserver/schema/defaulting. */
export const fillDefaults = (schema: Schema | undefined, value: unknown): void => {
  if (!schema) return
  if (Array.isArray(value)) {
    for (const item of value) fillDefaults(schema.items, item)
    return
  }
  if (!isObject(value)) return
  for (const [name, below] of Object.entries(schema.properties ?? {})) {
    const given = value[name]
    // A null where none may be is as good as absent.
    if ((given === undefined || (given === null && !below.nullable)) && below.default !== undefined) value[name] = structured(below.default)
    fillDefaults(below, value[name])
  }
  if (typeof schema.additionalProperties === "object")
    for (const [name, member] of Object.entries(value))
      if (!schema.properties || !Object.hasOwn(schema.properties, name)) fillDefaults(schema.additionalProperties, member)
}

const structured = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(structured)
    : isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, structured(member)]))
      : value
