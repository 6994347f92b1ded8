/** Which subcharts take part, under which name, and what they give to their parent. As helm/pkg/chart/v2/util/dependencies.go. */
import { parseConstraint, parseVersion } from "@drydock/gotemplate"
import { adopt, type Chart, type Dependency, type Values } from "./chart.ts"
import { coalesceValues, copyValues, leafAt, mergeTables, mergeValues, tableAt } from "./coalesce.ts"

const fits = (range: string | undefined, version: string): boolean => {
  const parsed = parseVersion(version)
  return parsed !== undefined && (parseConstraint(range ?? "")?.(parsed) ?? false)
}

const byTags = (dependencies: readonly Dependency[], values: Values): void => {
  const tags = tableAt(values, "tags")
  if (!tags) return
  for (const dependency of dependencies) {
    const said = (dependency.tags ?? []).map((tag) => tags[tag]).filter((value) => typeof value === "boolean")
    dependency.enabled = said.length === 0 || said.includes(true)
  }
}

/** Told of a condition that is neither true nor false. */
type Warn = (path: string, chart: string) => void

const byConditions = (dependencies: readonly Dependency[], values: Values, path: string, warn: Warn): void => {
  for (const dependency of dependencies)
    for (const condition of (dependency.condition ?? "").trim().split(",")) {
      const leaf = condition ? leafAt(values, path + condition) : undefined
      if (leaf === undefined) continue
      if (typeof leaf.value === "boolean") {
        dependency.enabled = leaf.value
        break
      }
      warn(condition, dependency.name)
    }
}

const aliased = (charts: readonly Chart[], dependency: Dependency): Chart | undefined => {
  const found = charts.find(({ metadata }) => metadata.name === dependency.name && fits(dependency.version, metadata.version))
  if (!found) return undefined
  const copy: Chart = {
    ...found,
    metadata: {
      ...found.metadata,
      ...(found.metadata.dependencies && { dependencies: found.metadata.dependencies.map((one) => ({ ...one })) }),
    },
  }
  adopt(
    copy,
    found.dependencies.map((one) => ({ ...one })),
  )
  if (dependency.alias) copy.metadata.name = dependency.alias
  return copy
}

const enabled = (chart: Chart, values: Values, path: string, warn: Warn): void => {
  const wanted = chart.metadata.dependencies
  if (!wanted) return
  const unnamed = chart.dependencies.filter(
    ({ metadata }) => !wanted.some(({ name, version }) => name === metadata.name && fits(version, metadata.version)),
  )
  const named = wanted.map((dependency) => aliased(chart.dependencies, dependency)).filter((one) => one !== undefined)
  for (const dependency of wanted) {
    if (dependency.alias) dependency.name = dependency.alias
    dependency.enabled = true
  }
  adopt(chart, [...unnamed, ...named])
  const coalesced = coalesceValues(chart, values)
  byTags(wanted, coalesced)
  byConditions(wanted, coalesced, path, warn)
  const gone = new Set(wanted.filter((dependency) => !dependency.enabled).map(({ name }) => name))
  const kept = chart.dependencies.filter(({ metadata }) => !gone.has(metadata.name))
  for (const child of kept) enabled(child, coalesced, `${path}${child.metadata.name}.`, warn)
  chart.metadata.dependencies = wanted.filter(({ name }) => !gone.has(name))
  adopt(chart, kept)
}

const atPath = (path: string, values: Values): Values =>
  path === "." ? values : path.split(".").reduceRight<Values>((inner, part) => ({ [part]: inner }), values)

const imports = (chart: Chart): void => {
  for (const child of chart.dependencies) imports(child)
  if (!chart.metadata.dependencies) return
  const values = mergeValues(chart, {})
  let imported: Values = {}
  for (const dependency of chart.metadata.dependencies) {
    const wanted = (dependency["import-values"] ?? []).map((one) =>
      typeof one === "string" ? { child: `exports.${one}`, parent: "." } : (one as { child: string; parent: string }),
    )
    if (dependency["import-values"]) dependency["import-values"] = wanted
    for (const { child, parent } of wanted) {
      const table = tableAt(values, `${dependency.name}.${child}`)
      if (table) imported = mergeTables(imported, atPath(parent, copyValues(table) as Values))
    }
  }
  chart.values = mergeTables(copyValues(values) as Values, imported)
}

/** Changes the chart: disabled dependencies leave it, aliases are in force, import-values are among its values. */
export const processDependencies = (chart: Chart, values: Values, warn: Warn = () => {}): void => {
  enabled(chart, values, "", warn)
  imports(chart)
}

/** Names that Chart.yaml has and charts/ has not. */
export const missingDependencies = (chart: Chart): string[] =>
  (chart.metadata.dependencies ?? [])
    .map(({ name }) => name)
    .filter((name) => !chart.dependencies.some(({ metadata }) => metadata.name === name))
