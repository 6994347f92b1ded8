/** How values of parents, subcharts and the user come together. As helm/pkg/chart/common/util/coalesce.go. */
import { goValue } from "@drydock/gotemplate"
import { type Chart, isTable, type Values } from "./chart.ts"

export const copyValues = (values: unknown): unknown =>
  Array.isArray(values)
    ? values.map(copyValues)
    : isTable(values)
      ? Object.fromEntries(Object.entries(values).map(([key, value]) => [key, copyValues(value)]))
      : values

const prefixed = (prefix: string, key: string): string => (prefix ? `${prefix}.${key}` : key)

/** `merge`: nulls stay, for what is coalesced again later. `warn` gets what could not be joined. */
interface Mode {
  readonly merge: boolean
  readonly warn: (message: string) => void
}

const tables = (target: Values, source: Values, prefix: string, mode: Mode): Values => {
  const given = new Set(Object.keys(source).filter((key) => source[key] !== null && source[key] !== undefined))
  for (const [key, value] of Object.entries(target)) if (value === null) source[key] = null
  for (const [key, value] of Object.entries(source)) {
    const full = prefixed(prefix, key)
    const held = target[key]
    const has = Object.hasOwn(target, key)
    if (has && !mode.merge && held === null && given.has(key)) delete target[key]
    else if (!has) target[key] = value
    else if (isTable(value)) {
      if (isTable(held)) tables(held, value, full, mode)
      else mode.warn(`warning: cannot overwrite table with non table for ${full} (${goValue(value)})`)
    } else if (isTable(held) && value !== null)
      mode.warn(`warning: destination for ${full} is a table. Ignoring non-table value (${goValue(value)})`)
  }
  return target
}

const globals = (target: Values, source: Values, prefix: string, mode: Mode): void => {
  const into = target.global ?? {}
  const from = source.global ?? {}
  if (!isTable(into)) return mode.warn("warning: skipping globals because destination global is not a table.")
  if (!isTable(from)) return mode.warn("warning: skipping globals because source global is not a table.")
  for (const [key, value] of Object.entries(from)) {
    const held = into[key]
    if (isTable(value)) {
      const copy = { ...value }
      if (!Object.hasOwn(into, key)) into[key] = copy
      else if (isTable(held)) into[key] = tables(copy, held, prefixed(prefix, key), { ...mode, merge: true })
      else mode.warn(`Conflict: cannot merge map onto non-map for ${JSON.stringify(key)}. Skipping.`)
    } else if (isTable(held)) mode.warn(`key ${key} is table. Skipping`)
    else into[key] = value
  }
  target.global = into
}

const own = (chart: Chart, values: Values, prefix: string, mode: Mode): void => {
  const inner = prefixed(prefix, chart.metadata.name)
  for (const [key, value] of Object.entries(copyValues(chart.values) as Values)) {
    if (!Object.hasOwn(values, key)) {
      values[key] = value
      continue
    }
    const given = values[key]
    if (given === null && !mode.merge) delete values[key]
    else if (isTable(given)) {
      if (!isTable(value)) {
        if (value !== null) mode.warn(`warning: skipped value for ${inner}.${key}: Not a table.`)
        continue
      }
      const child = chart.dependencies.some(({ metadata }) => metadata.name === key)
      tables(given, value, prefixed(inner, key), { ...mode, merge: mode.merge || child })
    }
  }
}

const coalesce = (chart: Chart, values: Values, prefix: string, mode: Mode): Values => {
  own(chart, values, prefix, mode)
  for (const child of chart.dependencies) {
    const { name } = child.metadata
    values[name] ??= {}
    const inner = values[name]
    if (!isTable(inner)) throw new Error(`type mismatch on ${name}: %!t(${typeof inner}=${goValue(inner)})`)
    globals(inner, values, prefixed(prefix, chart.metadata.name), mode)
    values[name] = coalesce(child, inner, prefixed(prefix, chart.metadata.name), mode)
  }
  return values
}

const silent = () => {}

/** The user's values over the chart's, and down into its dependencies. */
export const coalesceValues = (chart: Chart, values: Values, warn: (message: string) => void = silent): Values =>
  coalesce(chart, copyValues(values) as Values, "", { merge: false, warn })

export const mergeValues = (chart: Chart, values: Values): Values =>
  coalesce(chart, copyValues(values) as Values, "", { merge: true, warn: silent })

/** What `target` lacks comes from `source`. */
export const coalesceTables = (target: Values, source: Values): Values => tables(target, source, "", { merge: false, warn: silent })
export const mergeTables = (target: Values, source: Values): Values => tables(target, source, "", { merge: true, warn: silent })

/** The table at "a.b.c". */
export const tableAt = (values: unknown, path: string): Values | undefined => {
  let at: unknown = values
  for (const part of path.split(".")) {
    if (!isTable(at)) return undefined
    at = at[part]
  }
  return isTable(at) ? at : undefined
}

/** What is no table at "a.b.c"; undefined when nothing is there. */
export const leafAt = (values: unknown, path: string): { value: unknown } | undefined => {
  const dot = path.lastIndexOf(".")
  const table = dot < 0 ? (isTable(values) ? values : undefined) : tableAt(values, path.slice(0, dot))
  const name = path.slice(dot + 1)
  return table && Object.hasOwn(table, name) && !isTable(table[name]) ? { value: table[name] } : undefined
}
