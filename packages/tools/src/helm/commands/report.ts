/** How a release is told about. As helm/pkg/cmd/status.go. */
import { goJson, goYaml, isMap, sortedKeys } from "@drydock/gotemplate"
import type { Steps } from "@drydock/machine"
import { coalesceValues } from "../chart/coalesce.ts"
import type { Context } from "../context.ts"
import { ansiTime, type Release, releaseJson } from "../release/release.ts"

export type Output = "table" | "json" | "yaml"

export const outputOf = ({ flags }: Context): Output => flags.text("output", "table") as Output

/** Maps in Go's order, below objects whose fields keep theirs. */
const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : isMap(value)
      ? Object.fromEntries(sortedKeys(value).map((key) => [key, sorted(value[key])]))
      : value

/** One line of JSON, as json.Encoder; `struct`: fields as they come. */
export const jsonLine = (value: unknown, struct = false): string => `${goJson(struct ? value : sorted(value), "", true)}\n`
export const yamlText = (value: unknown): string => goYaml(value)

export interface ReportOptions {
  readonly debug?: boolean
  readonly metadata?: boolean
  readonly hideNotes?: boolean
  /** Tables of its objects, by type. */
  readonly resources?: string
}

export const releaseText = (release: Release, { debug, metadata, hideNotes, resources }: ReportOptions): string => {
  const { info, chart } = release
  let text = `NAME: ${release.name}\nLAST DEPLOYED: ${ansiTime(info.lastDeployed)}\nNAMESPACE: ${release.namespace}\nSTATUS: ${info.status}\nREVISION: ${release.version}\n`
  if (metadata)
    text += `CHART: ${chart.metadata.name}\nVERSION: ${chart.metadata.version}\nAPP_VERSION: ${chart.metadata.appVersion ?? ""}\n`
  text += `DESCRIPTION: ${info.description}\n`
  if (resources) text += `RESOURCES:\n${resources}\n`
  const tests = release.hooks.filter(({ events }) => events.includes("test"))
  if (tests.length === 0) text += "TEST SUITE: None\n"
  for (const { name, lastRun } of tests)
    if (lastRun?.startedAt !== undefined)
      text += `TEST SUITE:     ${name}\nLast Started:   ${ansiTime(lastRun.startedAt)}\nLast Completed: ${ansiTime(lastRun.completedAt ?? 0)}\nPhase:          ${lastRun.phase}\n`
  if (debug)
    text += `USER-SUPPLIED VALUES:\n${yamlText(release.config)}\nCOMPUTED VALUES:\n${yamlText(coalesceValues(chart, release.config))}\n`
  if (info.description.toLowerCase() === "dry run complete" || debug)
    text += `HOOKS:\n${release.hooks.map(({ path, manifest }) => `---\n# Source: ${path}\n${manifest}\n`).join("")}MANIFEST:\n${release.manifest}\n`
  if (!hideNotes && info.notes) text += `NOTES:\n${info.notes.trim()}\n`
  return text
}

export function* report(context: Context, release: Release, options: ReportOptions & { withChart?: boolean }): Steps<void> {
  const output = outputOf(context)
  if (output === "table") return yield* context.print(releaseText(release, options))
  const value = releaseJson(release, { withChart: options.withChart ?? true })
  const plain = { ...value, ...(value.config && { config: sorted(value.config) }) }
  yield* context.print(output === "json" ? jsonLine(plain, true) : yamlText(plain))
}
