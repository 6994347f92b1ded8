/** What could be better about a chart. As helm/pkg/chart/v2/lint. */
import { isStrictVersion, parseVersion, readYaml, YamlError } from "@drydock/gotemplate"
import type { Files } from "@drydock/machine"
import type { Archives } from "../../archives.ts"
import { clientCapabilities } from "../engine/capabilities.ts"
import { render, renderValues } from "../engine/render.ts"
import { reasonOf } from "../errors.ts"
import { baseName, extension } from "../paths.ts"
import { type Chart, isTable, type Metadata, textOf, type Values } from "./chart.ts"
import { coalesceTables, coalesceValues, copyValues } from "./coalesce.ts"
import { processDependencies } from "./dependencies.ts"
import { loadChart, readDocument, readMetadata, readValues } from "./load.ts"
import { schemaFaults } from "./schema.ts"

export type Severity = "INFO" | "WARNING" | "ERROR"

export interface Finding {
  readonly severity: Severity
  readonly path: string
  readonly message: string
}

interface LintOptions {
  readonly files: Files
  readonly archives: Archives
  readonly directory: string
  readonly values: Values
  readonly namespace: string
  readonly kubeVersion?: string
  readonly skipSchema: boolean
  readonly now: () => number
  /** Told what required and fail would have refused. */
  readonly said: (level: "WARN" | "INFO", text: string, message: string, chart?: string) => void
}

const DNS_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

class Linter {
  readonly options: LintOptions
  readonly findings: Finding[] = []

  constructor(options: LintOptions) {
    this.options = options
  }

  path(name: string): string {
    return `${this.options.directory}/${name}`
  }

  /** True when there is nothing to say. */
  rule(severity: Severity, path: string, message: string | undefined): boolean {
    if (message !== undefined) this.findings.push({ severity, path, message })
    return message === undefined
  }

  /** What `run` throws, in its words. */
  fault(run: () => void): string | undefined {
    try {
      run()
      return undefined
    } catch (error) {
      return reasonOf(error)
    }
  }

  run(): Finding[] {
    this.chartFile()
    this.valuesFile()
    this.templates()
    this.dependencies()
    this.definitions()
    return this.findings
  }

  chartFile(): void {
    const file = "Chart.yaml"
    const { files } = this.options
    const text = files.readText(this.path(file))
    let metadata: Metadata | undefined
    const unread = this.fault(() => {
      metadata = readMetadata(text)
    })
    if (!this.rule("ERROR", file, unread === undefined ? undefined : `unable to parse YAML\n\t${unread}`) || !metadata) return
    const { name = "", apiVersion = "", version = "", icon = "", type = "", dependencies = [], maintainers = [], sources = [] } = metadata
    const raw = readDocument(text) as Values
    const typeFault = (field: string) => {
      const given = raw[field]
      if (given === undefined || given === null || typeof given === "string") return undefined
      return `${field} should be of type string but it's of type ${typeof given === "number" ? "float64" : typeof given === "boolean" ? "bool" : typeof given}`
    }
    this.rule(
      "ERROR",
      file,
      name === "" ? "name is required" : name !== baseName(name) ? `chart name ${JSON.stringify(name)} is invalid` : undefined,
    )
    this.rule(
      "ERROR",
      file,
      apiVersion === ""
        ? 'apiVersion is required. The value must be either "v1" or "v2"'
        : ["v1", "v2"].includes(apiVersion)
          ? undefined
          : `apiVersion '${apiVersion}' is not valid. The value must be either "v1" or "v2"`,
    )
    this.rule("ERROR", file, typeFault("version"))
    this.rule(
      "ERROR",
      file,
      version === "" ? "version is required" : parseVersion(version) ? undefined : `version '${version}' is not a valid SemVer`,
    )
    this.rule("ERROR", file, typeFault("appVersion"))
    const nameless = maintainers.find((one) => !one?.name)
    this.rule(
      "ERROR",
      file,
      nameless === undefined ? undefined : nameless === null ? "a maintainer entry is empty" : "each maintainer requires a name",
    )
    const badSource = sources.find((source) => !/^[a-z][a-z\d+.-]*:\/\/\S+$/i.test(source))
    this.rule("ERROR", file, badSource === undefined ? undefined : `invalid source URL '${badSource}'`)
    this.rule("INFO", file, icon === "" ? "icon is recommended" : undefined)
    this.rule("ERROR", file, icon !== "" && !/^[a-z][a-z\d+.-]*:\S+$/i.test(icon) ? `invalid icon URL '${icon}'` : undefined)
    this.rule(
      "ERROR",
      file,
      type !== "" && apiVersion !== "v2"
        ? `chart type is not valid in apiVersion '${apiVersion}'. It is valid in apiVersion 'v2'`
        : undefined,
    )
    this.rule(
      "ERROR",
      file,
      dependencies.length > 0 && apiVersion !== "v2"
        ? `dependencies are not valid in the Chart file with apiVersion '${apiVersion}'. They are valid in apiVersion 'v2'`
        : undefined,
    )
    this.rule("WARNING", file, isStrictVersion(version) ? undefined : `version '${version}' is not a valid SemVerV2`)
  }

  valuesFile(): void {
    const file = "values.yaml"
    const { files, values, skipSchema } = this.options
    if (!this.rule("INFO", file, files.exists(this.path(file)) ? undefined : "file does not exist")) return
    let own: Values = {}
    const unread = this.fault(() => {
      own = readValues(files.readText(this.path(file)))
    })
    if (
      !this.rule(
        "ERROR",
        file,
        unread === undefined ? undefined : `unable to parse YAML: ${unread.replace(/^cannot unmarshal yaml document: /, "")}`,
      )
    )
      return
    const schema = this.path("values.schema.json")
    if (skipSchema || !files.exists(schema)) return
    const coalesced = coalesceTables(coalesceTables({}, copyValues(values) as Values), own)
    const faults = schemaFaults(files.readText(schema), coalesced)
    this.rule("ERROR", file, faults === "" ? undefined : faults)
  }

  load(path: string, prefix = ""): Chart | undefined {
    let chart: Chart | undefined
    const { files, archives, directory } = this.options
    const unread = this.fault(() => {
      chart = loadChart(files, directory, archives)
    })
    this.rule("ERROR", path, unread === undefined ? undefined : `${prefix}${unread}`)
    return chart
  }

  templates(): void {
    const place = "templates/"
    const { files, values, namespace, kubeVersion, skipSchema, now, said } = this.options
    if (!this.rule("WARNING", place, files.exists(this.path("templates")) ? undefined : "directory does not exist")) return
    if (!this.rule("ERROR", place, files.stat(this.path("templates")).type === "directory" ? undefined : "not a directory")) return
    const chart = this.load(place)
    if (!chart) return
    let rendered = new Map<string, string>()
    const unrendered = this.fault(() => {
      processDependencies(chart, values, (path, name) => said("WARN", "returned non-bool value", path, name))
      const scope = renderValues(
        chart,
        coalesceValues(chart, values),
        { name: "test-release", namespace, revision: 0, install: false, upgrade: false },
        clientCapabilities(kubeVersion),
        { skipSchema },
      )
      rendered = render(chart, scope, { now, random: () => 0.5, lint: said })
    })
    if (!this.rule("ERROR", place, unrendered)) return
    for (const { name } of chart.templates) {
      const kind = extension(name)
      this.rule(
        "ERROR",
        name,
        [".yaml", ".yml", ".tpl", ".txt"].includes(kind)
          ? undefined
          : `file extension '${kind}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt`,
      )
      if (![".yaml", ".yml"].includes(kind.toLowerCase())) continue
      const text = rendered.get(`${chart.metadata.name}/${name}`) ?? ""
      if (text.trim() !== "" && !this.template(name, text)) return
    }
  }

  template(name: string, text: string): boolean {
    const first = text.split("\n").find((line) => line.trim() !== "") ?? ""
    this.rule(
      "WARNING",
      name,
      /^[ \t]/.test(first)
        ? `document starts with an illegal indent: ${JSON.stringify(first)}, which may cause parsing problems`
        : undefined,
    )
    let documents: unknown[] = []
    const unread = this.fault(() => {
      documents = readYaml(text)
    })
    if (!this.rule("ERROR", name, unread === undefined ? undefined : `unable to parse YAML: error converting YAML to JSON: ${unread}`))
      return false
    for (const document of documents) {
      if (!isTable(document)) continue
      const metadata = isTable(document.metadata) ? document.metadata : {}
      const [kind, objectName] = [String(document.kind ?? ""), String(metadata.name ?? "")]
      this.rule("WARNING", name, nameFault(kind, objectName))
      if (["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"].includes(kind) && !/matchLabels|matchExpressions/.test(text))
        this.rule("ERROR", name, `a ${kind} must contain matchLabels or matchExpressions, and ${JSON.stringify(objectName)} does not`)
    }
    return true
  }

  dependencies(): void {
    const directory = this.options.files.resolve(this.options.directory)
    const chart = this.load("", "unable to load chart\n\t")
    if (!chart) return
    const wanted = chart.metadata.dependencies ?? []
    const said = new Set(wanted.map(({ name }) => name))
    const there = new Set(chart.dependencies.map(({ metadata }) => metadata.name))
    const unsaid = [...there].filter((name) => !said.has(name))
    this.rule("ERROR", directory, unsaid.length > 0 ? `chart metadata is missing these dependencies: ${unsaid.join(",")}` : undefined)
    const missing = [...said].filter((name) => !there.has(name))
    this.rule("WARNING", directory, missing.length > 0 ? `chart directory is missing these dependencies: ${missing.join(",")}` : undefined)
  }

  definitions(): void {
    const { files } = this.options
    if (!files.exists(this.path("crds"))) return
    const chart = this.load("crds/")
    for (const { name, data } of chart?.files ?? []) {
      if (!name.startsWith("crds/") || !/\.ya?ml$/.test(name)) continue
      try {
        for (const document of readYaml(textOf(data))) {
          if (!isTable(document)) continue
          this.rule(
            "ERROR",
            name,
            String(document.apiVersion ?? "").startsWith("apiextensions.k8s.io")
              ? undefined
              : "apiVersion is not in 'apiextensions.k8s.io'",
          )
          this.rule(
            "ERROR",
            name,
            document.kind === "CustomResourceDefinition" ? undefined : "object kind is not 'CustomResourceDefinition'",
          )
        }
      } catch (error) {
        if (!(error instanceof YamlError)) throw error
        this.rule("ERROR", name, `unable to parse YAML: error converting YAML to JSON: ${error.message}`)
      }
    }
  }
}

const nameFault = (kind: string, name: string): string | undefined => {
  const lower = kind.toLowerCase()
  if (["role", "clusterrole", "rolebinding", "clusterrolebinding", "certificatesigningrequest"].includes(lower)) return undefined
  const service = lower === "service"
  if ((service || lower === "namespace" ? DNS_LABEL : DNS_SUBDOMAIN).test(name) && name.length <= (service ? 63 : 253)) return undefined
  const why = service
    ? "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
    : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  return `object name does not conform to Kubernetes naming requirements: ${JSON.stringify(name)}: metadata.name: Invalid value: ${JSON.stringify(name)}: ${why}`
}

export const lintChart = (options: LintOptions): Finding[] => new Linter(options).run()
