/** values.schema.json against values. As helm/pkg/chart/common/util/jsonschema.go over santhosh-tekuri/jsonschema, whose words these are. */
import { GoFloat, goNumber, sprig } from "@drydock/gotemplate"
import { type Chart, isTable, textOf, type Values } from "./chart.ts"

type Schema = Readonly<Record<string, unknown>> | boolean

interface Fault {
  readonly at: string
  readonly message: string
  readonly causes: readonly Fault[]
}

const MAX_DEPTH = 60

const typeName = (value: unknown): string => {
  if (value === null || value === undefined) return "null"
  if (Array.isArray(value)) return "array"
  if (typeof value === "number" || value instanceof GoFloat) return "number"
  return typeof value === "object" ? "object" : typeof value
}

const isInteger = (value: unknown): boolean => typeName(value) === "number" && Number.isInteger(Number(value))
const shown = (value: unknown): string =>
  typeof value === "string" ? `'${value}'` : typeName(value) === "number" ? goNumber(Number(value)) : JSON.stringify(value)
const plain = (value: unknown): string => JSON.stringify(value)
const same = (a: unknown, b: unknown): boolean => plain(a) === plain(b)

const fits = (type: string, value: unknown): boolean => (type === "integer" ? isInteger(value) : typeName(value) === type)

type PatternTest = (pattern: string, text: string) => boolean

/** sprig's regexMatch: a learner's pattern never is a native one. */
const { regexMatch } = sprig({ now: () => 0, random: () => 0 })
const re2: PatternTest = (pattern, text) => regexMatch(pattern, text) === true

class Validator {
  readonly root: Schema
  readonly pattern: PatternTest
  constructor(root: Schema, pattern: PatternTest) {
    this.root = root
    this.pattern = pattern
  }

  resolve(reference: string): Schema {
    if (!reference.startsWith("#")) return true
    let at: unknown = this.root
    for (const part of reference.slice(1).split("/").filter(Boolean)) {
      if (!isTable(at)) return true
      at = at[part.replaceAll("~1", "/").replaceAll("~0", "~")]
    }
    return (at ?? true) as Schema
  }

  /** Faults of a value; several at one place become one with causes. */
  check(schema: Schema, value: unknown, at: string, depth = 0): Fault | undefined {
    const faults = this.all(schema, value, at, depth)
    if (faults.length <= 1) return faults[0]
    return { at, message: "validation failed", causes: faults }
  }

  all(schema: Schema, value: unknown, at: string, depth: number): Fault[] {
    if (schema === true || depth > MAX_DEPTH) return []
    const fault = (message: string, causes: readonly Fault[] = []): Fault => ({ at, message, causes })
    if (schema === false) return [fault("false schema")]
    const faults: Fault[] = []
    const inner = (next: unknown, item: unknown, where: string) => {
      const found = this.check(next as Schema, item, where, depth + 1)
      if (found) faults.push(found)
    }
    if (typeof schema.$ref === "string") inner(this.resolve(schema.$ref), value, at)
    if (schema.type !== undefined) {
      const types = [schema.type].flat() as string[]
      if (!types.some((type) => fits(type, value)))
        return [...faults, fault(`got ${typeName(value)}, want ${[...types].sort().join(" or ")}`)]
    }
    if (Array.isArray(schema.enum) && !schema.enum.some((one) => same(one, value)))
      faults.push(fault(`value must be ${schema.enum.length > 1 ? "one of " : ""}${schema.enum.map(shown).join(", ")}`))
    if ("const" in schema && !same(schema.const, value)) faults.push(fault(`value must be ${shown(schema.const)}`))
    if (isTable(value)) this.object(schema, value, at, faults, inner)
    else if (Array.isArray(value)) this.list(schema, value, at, faults, inner)
    else if (typeof value === "string") this.text(schema, value, at, faults)
    else if (typeName(value) === "number") this.number(schema, Number(value), at, faults)
    const alternatives = (key: string) => (schema[key] as Schema[]).map((one) => this.check(one, value, at, depth + 1))
    if (Array.isArray(schema.allOf)) {
      const failed = alternatives("allOf").filter((one) => one !== undefined)
      if (failed.length > 0) faults.push(fault("'allOf' failed", failed))
    }
    if (Array.isArray(schema.anyOf)) {
      const failed = alternatives("anyOf")
      if (!failed.includes(undefined)) faults.push(fault("'anyOf' failed", failed as Fault[]))
    }
    if (Array.isArray(schema.oneOf)) {
      const failed = alternatives("oneOf")
      const good = [...failed.keys()].filter((index) => failed[index] === undefined)
      if (good.length === 0) faults.push(fault("'oneOf' failed, none matched", failed as Fault[]))
      else if (good.length > 1) faults.push(fault(`'oneOf' failed, subschemas ${good.slice(0, 2).join(", ")} matched`))
    }
    if (schema.not !== undefined && !this.check(schema.not as Schema, value, at, depth + 1)) faults.push(fault("'not' failed"))
    if (schema.if !== undefined) {
      const next = this.check(schema.if as Schema, value, at, depth + 1) ? schema.else : schema.then
      if (next !== undefined) inner(next, value, at)
    }
    return faults
  }

  object(
    schema: Readonly<Record<string, unknown>>,
    value: Values,
    at: string,
    faults: Fault[],
    inner: (schema: unknown, item: unknown, at: string) => void,
  ): void {
    const fault = (message: string) => faults.push({ at, message, causes: [] })
    const names = Object.keys(value)
    const quoted = (list: readonly string[]) => list.map((name) => `'${name}'`).join(", ")
    if (typeof schema.minProperties === "number" && names.length < schema.minProperties)
      fault(`minProperties: got ${names.length}, want ${schema.minProperties}`)
    if (typeof schema.maxProperties === "number" && names.length > schema.maxProperties)
      fault(`maxProperties: got ${names.length}, want ${schema.maxProperties}`)
    const missing = ((schema.required as string[] | undefined) ?? []).filter((name) => !Object.hasOwn(value, name))
    if (missing.length > 0) fault(`missing propert${missing.length === 1 ? "y" : "ies"} ${quoted(missing)}`)
    const properties = isTable(schema.properties) ? schema.properties : {}
    const patterns = Object.entries(isTable(schema.patternProperties) ? schema.patternProperties : {})
    const extra: string[] = []
    for (const name of names.sort()) {
      const where = `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`
      let known = false
      if (Object.hasOwn(properties, name)) {
        known = true
        inner(properties[name], value[name], where)
      }
      for (const [pattern, next] of patterns)
        if (this.pattern(pattern, name)) {
          known = true
          inner(next, value[name], where)
        }
      if (known || schema.additionalProperties === undefined) continue
      if (schema.additionalProperties === false) extra.push(name)
      else inner(schema.additionalProperties, value[name], where)
    }
    if (extra.length > 0) fault(`additional properties ${quoted(extra)} not allowed`)
  }

  list(
    schema: Readonly<Record<string, unknown>>,
    value: readonly unknown[],
    at: string,
    faults: Fault[],
    inner: (schema: unknown, item: unknown, at: string) => void,
  ): void {
    const fault = (message: string) => faults.push({ at, message, causes: [] })
    if (typeof schema.minItems === "number" && value.length < schema.minItems)
      fault(`minItems: got ${value.length}, want ${schema.minItems}`)
    if (typeof schema.maxItems === "number" && value.length > schema.maxItems)
      fault(`maxItems: got ${value.length}, want ${schema.maxItems}`)
    if (schema.uniqueItems === true) {
      const second = value.findIndex((item, index) => value.findIndex((other) => same(item, other)) < index)
      if (second >= 0) fault(`items at ${value.findIndex((other) => same(other, value[second]))} and ${second} are equal`)
    }
    if (schema.items !== undefined)
      for (const [index, item] of value.entries())
        inner(Array.isArray(schema.items) ? (schema.items[index] ?? true) : schema.items, item, `${at}/${index}`)
  }

  text(schema: Readonly<Record<string, unknown>>, value: string, at: string, faults: Fault[]): void {
    const fault = (message: string) => faults.push({ at, message, causes: [] })
    const { length } = [...value]
    if (typeof schema.minLength === "number" && length < schema.minLength) fault(`minLength: got ${length}, want ${schema.minLength}`)
    if (typeof schema.maxLength === "number" && length > schema.maxLength) fault(`maxLength: got ${length}, want ${schema.maxLength}`)
    if (typeof schema.pattern === "string" && !this.pattern(schema.pattern, value))
      fault(`'${value}' does not match pattern '${schema.pattern}'`)
  }

  number(schema: Readonly<Record<string, unknown>>, value: number, at: string, faults: Fault[]): void {
    const limit = (name: string, bad: (limit: number) => boolean) => {
      const given = schema[name]
      if (typeof given === "number" && bad(given))
        faults.push({ at, message: `${name}: got ${goNumber(value)}, want ${goNumber(given)}`, causes: [] })
    }
    limit("minimum", (least) => value < least)
    limit("maximum", (most) => value > most)
    limit("exclusiveMinimum", (least) => value <= least)
    limit("exclusiveMaximum", (most) => value >= most)
    limit("multipleOf", (unit) => value % unit !== 0)
  }
}

/** One line a fault, causes indented. A fault at the top that only collects is not shown. */
const lines = (fault: Fault, indent: string): string =>
  `${indent}- at '${fault.at}': ${fault.message}\n${fault.causes.map((cause) => lines(cause, `${indent}  `)).join("")}`

export const schemaFaults = (schemaText: string, values: Values, pattern: PatternTest = re2): string => {
  let schema: Schema
  try {
    schema = JSON.parse(schemaText) as Schema
  } catch (error) {
    return `unable to validate schema: invalid character in values.schema.json: ${(error as Error).message}\n`
  }
  const fault = new Validator(schema, pattern).check(schema, values, "")
  if (!fault) return ""
  return fault.at === "" && fault.message === "validation failed"
    ? fault.causes.map((cause) => lines(cause, "")).join("")
    : lines(fault, "")
}

/** Faults of a chart and its subcharts; "" when values are as they should be. */
export const validateSchemas = (chart: Chart, values: Values, pattern: PatternTest = re2): string => {
  let text = ""
  if (chart.schema) {
    const faults = schemaFaults(textOf(chart.schema), values, pattern)
    if (faults !== "") text += `${chart.metadata.name}:\n${faults}`
  }
  for (const child of chart.dependencies) {
    const inner = values[child.metadata.name]
    if (isTable(inner)) text += validateSchemas(child, inner, pattern)
  }
  return text
}
