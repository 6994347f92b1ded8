/** Charts out of directories and archives. As helm/pkg/chart/v2/loader. */
import { floatsIn, goFloatText, parseVersion, readYaml, YamlError } from "@drydock/gotemplate"
import type { Files } from "@drydock/machine"
import type { Archives } from "../../archives.ts"
import { HelmError, reasonOf } from "../errors.ts"
import { baseName, extension } from "../paths.ts"
import { adopt, type Chart, type ChartFile, type Dependency, isTable, type Metadata, textOf, type Values } from "./chart.ts"
import { ignoreRules } from "./ignore.ts"

const MAX_FILES = 10_000

/** One YAML document as sigs.k8s.io/yaml reads it; null for an empty one. Throws Error in its words. */
export const readDocument = (text: string): unknown => {
  try {
    return readYaml(text, { lastWins: true })[0] ?? null
  } catch (error) {
    if (error instanceof YamlError) throw new HelmError(`error converting YAML to JSON: ${error.message}`)
    throw error
  }
}

const kindName = (value: unknown): string =>
  Array.isArray(value) ? "array" : typeof value === "string" ? "string" : typeof value === "boolean" ? "bool" : "number"

/** Values of a file, its documents merged. */
export const readValues = (text: string): Values => {
  let values: Values = {}
  let documents: unknown[]
  try {
    documents = readYaml(text, { lastWins: true })
  } catch (error) {
    if (error instanceof YamlError) throw new HelmError(`cannot unmarshal yaml document: error converting YAML to JSON: ${error.message}`)
    throw error
  }
  for (const document of documents) {
    if (!isTable(document))
      throw new HelmError(
        `cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kindName(document)} into Go value of type map[string]interface {}`,
      )
    values = mergeMaps(values, floatsIn(document) as Values)
  }
  return values
}

export const mergeMaps = (a: Values, b: Values): Values => {
  const merged: Values = { ...a }
  for (const [key, value] of Object.entries(b)) {
    const held = merged[key]
    merged[key] = isTable(value) && isTable(held) ? mergeMaps(held, value) : value
  }
  return merged
}

const validate = (metadata: Metadata): void => {
  const fail = (message: string): never => {
    throw new HelmError(`validation: ${message}`)
  }
  const { name, version } = metadata
  if (!metadata.apiVersion) fail("chart.metadata.apiVersion is required")
  if (!name) fail("chart.metadata.name is required")
  if (name !== baseName(name)) fail(`chart.metadata.name ${JSON.stringify(name)} is invalid`)
  if (!version) fail("chart.metadata.version is required")
  if (!parseVersion(version)) fail(`chart.metadata.version ${JSON.stringify(version)} is invalid`)
  if (!["", "application", "library"].includes(metadata.type ?? "")) fail("chart.metadata.type must be application or library")
  const seen = new Set<string>()
  for (const dependency of metadata.dependencies ?? []) {
    const key = dependency.alias || dependency.name
    if (seen.has(key)) fail(`more than one dependency with name or alias ${JSON.stringify(key)}`)
    seen.add(key)
  }
}

const TEXTS = ["name", "version", "apiVersion", "appVersion", "description", "type", "kubeVersion", "icon", "home", "condition", "tags"]
const DEPENDENCY_TEXTS = ["name", "version", "repository", "condition", "alias"]

/** What a text field takes: the converter makes texts of numbers and booleans ("off" is "false"), never of lists. */
const asTexts = (value: Values, fields: readonly string[], struct: string): void => {
  for (const field of fields) {
    const given = value[field]
    if (given === undefined || given === null || typeof given === "string") continue
    if (typeof given === "object")
      throw new HelmError(
        `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${Array.isArray(given) ? "array" : "object"} into Go struct field ${struct}.${field} of type string`,
      )
    value[field] = typeof given === "number" ? goFloatText(given) : String(given)
  }
}

export const readMetadata = (text: string): Metadata => {
  const value = readDocument(text)
  if (!isTable(value)) {
    if (value === null) return {} as Metadata
    throw new HelmError(
      `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kindName(value)} into Go value of type v2.Metadata`,
    )
  }
  asTexts(value, TEXTS, "Metadata")
  for (const dependency of Array.isArray(value.dependencies) ? value.dependencies : [])
    if (isTable(dependency)) {
      asTexts(dependency, DEPENDENCY_TEXTS, "Dependency")
      dependency.repository ??= ""
    }
  return value as unknown as Metadata
}

/** @throws HelmError */
export const chartOf = (raw: readonly ChartFile[], archives: Archives): Chart => {
  const part = <Result>(file: string, run: () => Result): Result => {
    try {
      return run()
    } catch (error) {
      throw new HelmError(`cannot load ${file}: ${reasonOf(error)}`)
    }
  }
  const find = (name: string) => raw.find((file) => file.name === name)
  const chartYaml = find("Chart.yaml")
  if (!chartYaml) throw new HelmError("Chart.yaml file is missing")
  const metadata = part("Chart.yaml", () => readMetadata(textOf(chartYaml.data)))
  metadata.apiVersion ||= "v1"
  const requirements = find("requirements.yaml")
  if (requirements)
    part("requirements.yaml", () => {
      const value = readDocument(textOf(requirements.data))
      if (isTable(value)) metadata.dependencies = value.dependencies as Dependency[]
    })
  const lockFile = find("Chart.lock") ?? find("requirements.lock")
  const lock = lockFile && part(lockFile.name, () => readDocument(textOf(lockFile.data)) as Chart["lock"])
  const valuesFile = find("values.yaml")
  const values = valuesFile ? part("values.yaml", () => readValues(textOf(valuesFile.data))) : {}
  validate(metadata)
  const known = new Set(["Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json", "requirements.yaml", "requirements.lock"])
  const chart: Chart = {
    metadata,
    lock,
    values,
    raw,
    schema: find("values.schema.json")?.data,
    templates: raw.filter(({ name }) => name.startsWith("templates/")),
    files: raw.filter(
      ({ name }) => !known.has(name) && !name.startsWith("templates/") && (!name.startsWith("charts/") || name.endsWith(".prov")),
    ),
    dependencies: [],
    parent: undefined,
  }
  adopt(chart, subcharts(chart, archives))
  return chart
}

const subcharts = (chart: Chart, archives: Archives): Chart[] => {
  const groups = new Map<string, ChartFile[]>()
  for (const { name, data } of chart.raw) {
    if (!name.startsWith("charts/") || name.endsWith(".prov")) continue
    const inner = name.slice("charts/".length)
    const [first] = inner.split("/")
    if (/^[_.]/.test(first)) continue
    groups.set(first, [...(groups.get(first) ?? []), { name: inner, data }])
  }
  return [...groups].flatMap(([name, files]) => {
    try {
      if (extension(name) === ".tgz") return [chartOf(unpackChart(files[0].data, archives), archives)]
      const inner = files.filter((file) => file.name.includes("/")).map((file) => ({ ...file, name: file.name.slice(name.length + 1) }))
      return inner.length === 0 ? [] : [chartOf(inner, archives)]
    } catch (error) {
      throw new HelmError(`error unpacking subchart ${name} in ${chart.metadata.name}: ${reasonOf(error)}`)
    }
  })
}

/** The files of a .tgz, without its first directory. Throws HelmError. */
export const unpackChart = (data: Uint8Array, archives: Archives): ChartFile[] => {
  let entries: ReturnType<Archives["unpack"]>
  try {
    entries = archives.unpack(archives.gunzip(data))
  } catch {
    throw new HelmError("gzip: invalid header")
  }
  const files = entries
    .filter(({ type, name }) => type === "file" && name.includes("/"))
    .map(({ name, data: content }) => ({ name: name.slice(name.indexOf("/") + 1), data: content }))
  if (files.length === 0) throw new HelmError("no files in chart archive")
  return files
}

const walk = (files: Files, top: string): ChartFile[] => {
  const ignoreFile = `${top}/.helmignore`
  const rules = ignoreRules(files.exists(ignoreFile) ? files.readText(ignoreFile) : "")
  const found: ChartFile[] = []
  const visit = (inner: string): void => {
    for (const { name } of files.list(inner ? `${top}/${inner}` : top)) {
      const path = inner ? `${inner}/${name}` : name
      const directory = files.stat(`${top}/${path}`).type === "directory"
      if (rules.ignores(path, directory)) continue
      if (directory) visit(path)
      else if (found.length < MAX_FILES) found.push({ name: path, data: files.readBytes(`${top}/${path}`) })
    }
  }
  visit("")
  return found
}

/** A chart's directory or archive. Throws HelmError. */
export const loadChart = (files: Files, path: string, archives: Archives): Chart => {
  if (!files.exists(path)) throw new HelmError(`stat ${path}: no such file or directory`)
  if (files.stat(path).type === "directory") return chartOf(walk(files, path), archives)
  const data = files.readBytes(path)
  if (data[0] !== 0x1f || data[1] !== 0x8b) {
    if (/\.ya?ml$/.test(path)) throw new HelmError(`file '${path}' seems to be a YAML file, but expected a gzipped archive`)
    throw new HelmError(`file '${path}' does not appear to be a gzipped archive; got 'text/plain; charset=utf-8'`)
  }
  return chartOf(unpackChart(data, archives), archives)
}
