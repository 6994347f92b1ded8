/** A chart's templates run over its values. As helm/pkg/engine/engine.go. */
import { TemplateError, TemplateSet, typed } from "@drydock/gotemplate"
import { type Chart, fullPath, isTable, textOf, type Values } from "../chart/chart.ts"
import { coalesceValues } from "../chart/coalesce.ts"
import { validateSchemas } from "../chart/schema.ts"
import { HelmError } from "../errors.ts"
import { baseName } from "../paths.ts"
import { type Capabilities, capabilitiesObject } from "./capabilities.ts"
import { filesObject } from "./files.ts"
import { type FunctionOptions, helmFunctions, warningIn } from "./functions.ts"

const MAX_NESTED = 500

export interface ReleaseOptions {
  name: string
  namespace: string
  revision: number
  install: boolean
  upgrade: boolean
}

/** Metadata as templates see it: every field is there. */
const chartObject = ({ metadata, parent }: Chart): Record<string, unknown> => ({
  Name: metadata.name,
  Version: metadata.version,
  APIVersion: metadata.apiVersion,
  AppVersion: metadata.appVersion ?? "",
  Annotations: metadata.annotations ?? {},
  Condition: metadata.condition ?? "",
  Dependencies: metadata.dependencies ?? [],
  Deprecated: metadata.deprecated ?? false,
  Description: metadata.description ?? "",
  Home: metadata.home ?? "",
  Icon: metadata.icon ?? "",
  IsRoot: parent === undefined,
  Keywords: metadata.keywords ?? [],
  KubeVersion: metadata.kubeVersion ?? "",
  Maintainers: (metadata.maintainers ?? []).map((one) => ({ Name: one?.name ?? "", Email: one?.email ?? "", URL: one?.url ?? "" })),
  Sources: metadata.sources ?? [],
  Tags: metadata.tags ?? "",
  Type: metadata.type ?? "",
})

/** .Values, .Release and the rest, the values checked against schemas. Throws HelmError. */
export const renderValues = (
  chart: Chart,
  values: Values,
  release: ReleaseOptions,
  capabilities: Capabilities,
  { skipSchema = false, warn }: { skipSchema?: boolean; warn?: (message: string) => void } = {},
): Values => {
  const coalesced = coalesceValues(chart, values, warn)
  if (!skipSchema) {
    const faults = validateSchemas(chart, coalesced)
    if (faults !== "") throw new HelmError(`values don't meet the specifications of the schema(s) in the following chart(s):\n${faults}`)
  }
  return {
    Chart: chartObject(chart),
    Capabilities: capabilitiesObject(capabilities),
    Release: {
      Name: release.name,
      Namespace: release.namespace,
      Revision: release.revision,
      IsInstall: release.install,
      IsUpgrade: release.upgrade,
      Service: "Helm",
    },
    Values: coalesced,
  }
}

interface Renderable {
  readonly text: string
  readonly scope: Values
  readonly base: string
}

const collect = (chart: Chart, values: Values, into: Map<string, Renderable>): Values => {
  const inner = (values.Values ?? {}) as Values
  const subcharts: Values = {}
  const scope: Values = {
    Chart: chartObject(chart),
    Files: filesObject(chart.files),
    Release: values.Release,
    Capabilities: values.Capabilities,
    Values: chart.parent === undefined ? inner : isTable(inner[chart.metadata.name]) ? inner[chart.metadata.name] : {},
    Subcharts: subcharts,
  }
  for (const child of chart.dependencies) subcharts[child.metadata.name] = collect(child, scope, into)
  const path = fullPath(chart)
  for (const { name, data } of chart.templates) {
    if (chart.metadata.type === "library" && !baseName(name).startsWith("_")) continue
    into.set(`${path}/${name}`, { text: textOf(data), scope, base: `${path}/templates` })
  }
  return scope
}

const slashes = (path: string): number => path.split("/").length

/** What ends up in the "<no value>" of a template is nothing. */
const withoutHoles = (text: string): string => text.replaceAll("<no value>", "")

const parseFault = (file: string, message: string): HelmError => {
  const parts = message.split(": ")
  return new HelmError(parts.length === 1 ? `parse error in (${file}): ${message}` : `parse error at (${parts[1]}): ${parts.at(-1)}`)
}

/** Each template on the way to the fault, one below the other. As reformatExecErrorMsg. */
const executionFault = (file: string, message: string): HelmError => {
  const [, location, rest] = /^([^:]*(?:: )?template: )?/.test(message) ? splitThree(message) : []
  if (location === undefined || rest === undefined) return new HelmError(`execution error in (${file}): ${message}`)
  const warning = warningIn(rest)
  if (warning !== undefined) return new HelmError(`execution error at (${location}): ${warning}`)
  const lines: string[] = []
  let left = message
  for (;;) {
    if (left.startsWith("template: no template ")) {
      lines.push(`${left}\n`)
      break
    }
    const found = /^template: ([\s\S]*?): executing ("(?:[^"\\]|\\.)*") at <([\s\S]*?)>: ([\s\S]*)$/.exec(left)
    if (!found) return new HelmError(message)
    const [, at, name, source, reason] = found
    const deeper = reason.indexOf(" template:")
    const inner = /^error calling \w+: (?=template: )/.exec(reason)
    // An error of a function's own has no place in the chain: upstream then shows the message as it is.
    if (!inner && reason.startsWith("error calling ")) return new HelmError(message)
    lines.push(`${at}\n  executing ${name} at <${source}>:\n    ${deeper < 0 ? reason : reason.slice(0, deeper)}\n`)
    if (!inner) break
    left = reason.slice(inner[0].length)
  }
  return new HelmError(lines.join("").trim())
}

const splitThree = (message: string): string[] => {
  const first = message.indexOf(": ")
  const second = message.indexOf(": ", first + 2)
  return first < 0 || second < 0 ? [] : [message.slice(0, first), message.slice(first + 2, second), message.slice(second + 2)]
}

/** Texts by template's path. Throws HelmError. */
export const render = (chart: Chart, values: Values, options: FunctionOptions): Map<string, string> => {
  const templates = new Map<string, Renderable>()
  collect(chart, values, templates)
  const nested = new Map<string, number>()
  const late = (of: () => TemplateSet, name: string) => ({
    include: typed("string, any", (template: string, data: unknown) => {
      const depth = nested.get(template) ?? 0
      if (depth > MAX_NESTED) throw new Error(`rendering template has a nested reference name: ${template}: unable to execute template`)
      nested.set(template, depth + 1)
      try {
        if (!of().has(template))
          throw new TemplateError(`template: no template ${JSON.stringify(template)} associated with template "gotpl"`)
        return of().execute(template, data)
      } finally {
        nested.set(template, depth)
      }
    }),
    tpl: typed("string, any", (text: string, data: unknown) => {
      const copy: TemplateSet = of().clone(late(() => copy, name))
      try {
        copy.parse(name, text)
      } catch (error) {
        if (error instanceof TemplateError) throw new Error(`cannot parse template ${JSON.stringify(text)}: ${error.message}`)
        throw error
      }
      try {
        return withoutHoles(copy.execute(name, data))
      } catch (error) {
        if (error instanceof TemplateError)
          throw new Error(`error during tpl function execution for ${JSON.stringify(text)}: ${error.message}`)
        throw error
      }
    }),
  })
  const set: TemplateSet = new TemplateSet({ ...helmFunctions(options), ...late(() => set, "gotpl") }, { missingKey: "zero" })
  // Deeper ones first: a parent's definitions replace those of its subcharts.
  const names = [...templates.keys()].sort((a, b) => slashes(b) - slashes(a) || (a < b ? 1 : -1))
  for (const name of names) {
    try {
      set.parse(name, templates.get(name)?.text ?? "")
    } catch (error) {
      throw error instanceof TemplateError ? parseFault(name, error.message) : error
    }
  }
  const rendered = new Map<string, string>()
  for (const name of names) {
    if (baseName(name).startsWith("_")) continue
    const { scope, base } = templates.get(name) as Renderable
    scope.Template = { Name: name, BasePath: base }
    try {
      rendered.set(name, set.has(name) ? withoutHoles(set.execute(name, scope)) : "")
    } catch (error) {
      if (error instanceof TemplateError) throw executionFault(name, error.message)
      if (error instanceof RangeError)
        throw new HelmError(`rendering template has a nested reference name: ${name}: unable to execute template`)
      throw error
    }
  }
  return rendered
}
