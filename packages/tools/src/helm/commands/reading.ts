/** What is told about releases: list, status, history, get. As helm/pkg/cmd and pkg/action. */
import { formatTime, RFC3339, sprig } from "@drydock/gotemplate"
import { bodyJson, type Steps } from "@drydock/machine"
import { coalesceValues } from "../chart/coalesce.ts"
import { buildResources, type Resource } from "../cluster/resources.ts"
import { pathOf } from "../../kube/client.ts"
import { objectTable, TABLE_ACCEPT, type ServerTable } from "../../kube/table.ts"
import type { Context } from "../context.ts"
import { HelmError } from "../errors.ts"
import { bool, int, string } from "../flags.ts"
import { ansiTime, chartLabel, goTimeText, type Release, stamp } from "../release/release.ts"
import { Storage } from "../release/storage.ts"
import { uiTable } from "../table.ts"
import { type Command, defineCommand, OUTPUT } from "./define-command.ts"
import { jsonLine, outputOf, releaseText, report, yamlText } from "./report.ts"

const { regexMatch } = sprig({ now: () => 0, random: () => 0 })

const STATES: Readonly<Record<string, readonly string[]>> = {
  deployed: ["deployed"],
  failed: ["failed"],
  pending: ["pending-install", "pending-upgrade", "pending-rollback"],
  superseded: ["superseded"],
  uninstalled: ["uninstalled"],
  uninstalling: ["uninstalling"],
}

const matchesSelector = (selector: string, labels: Readonly<Record<string, string>>): boolean =>
  selector
    .split(",")
    .filter(Boolean)
    .every((part) => {
      const [, name, operator, value] = /^([^=!]+?)\s*(==|=|!=)\s*(.*)$/.exec(part) ?? []
      if (name === undefined) return part.startsWith("!") ? labels[part.slice(1)] === undefined : labels[part] !== undefined
      return operator === "!=" ? labels[name] !== value : labels[name] === value
    })

/** Releases' last revisions, filtered and sorted as the flags say. */
function* listed(context: Context): Steps<Release[]> {
  const { flags } = context
  yield* context.reach()
  const all = yield* new Storage(context, flags.on("all-namespaces") ? "" : context.namespace).query({})
  const filter = flags.text("filter", "")
  const named = all.filter(({ name }) => filter === "" || regexMatch(filter, name) === true)
  const states = Object.keys(STATES).filter((state) => flags.on(state))
  const onlySuperseded = states.length === 1 && states[0] === "superseded"
  const latest = onlySuperseded
    ? named
    : named.filter(
        (one) => !named.some((other) => other.name === one.name && other.namespace === one.namespace && other.version > one.version),
      )
  const wanted = states.flatMap((state) => STATES[state])
  const found = latest.filter(
    ({ info, labels }) => (wanted.length === 0 || wanted.includes(info.status)) && matchesSelector(flags.text("selector", ""), labels),
  )
  const byDate = flags.on("date")
  found.sort((a, b) =>
    byDate ? a.info.lastDeployed - b.info.lastDeployed : a.name < b.name ? -1 : a.name > b.name ? 1 : a.namespace < b.namespace ? -1 : 1,
  )
  if (flags.on("reverse")) found.reverse()
  const offset = flags.number("offset", 0)
  const most = flags.number("max", 256)
  return found.slice(offset, most > 0 ? offset + most : undefined)
}

const list = defineCommand({
  path: "list",
  aliases: ["ls"],
  usage: "",
  summary: "list releases",
  args: [0, 0],
  flags: {
    ...OUTPUT,
    short: bool("q"),
    "no-headers": bool(),
    "time-format": string(),
    date: bool("d"),
    reverse: bool("r"),
    all: bool("a"),
    ...Object.fromEntries(Object.keys(STATES).map((state) => [state, bool()])),
    "all-namespaces": bool("A"),
    max: int("m"),
    offset: int(),
    filter: string("f"),
    selector: string("l"),
  },
  *run(context) {
    const { flags } = context
    const releases = yield* listed(context)
    const output = outputOf(context)
    if (flags.on("short")) {
      const names = releases.map(({ name }) => name)
      return yield* context.print(
        output === "json" ? jsonLine(names) : output === "yaml" ? yamlText(names) : names.map((name) => `${name}\n`).join(""),
      )
    }
    const layout = flags.text("time-format")
    const rows = releases.map(({ name, namespace, version, info, chart }) => ({
      name,
      namespace,
      revision: String(version),
      updated: layout ? formatTime(layout, info.lastDeployed) : goTimeText(info.lastDeployed),
      status: info.status,
      chart: chartLabel(chart),
      app_version: chart.metadata.appVersion ?? "",
    }))
    if (output === "json") return yield* context.print(jsonLine(rows, true))
    if (output === "yaml") return yield* context.print(yamlText(rows))
    const head = ["NAME", "NAMESPACE", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION"]
    yield* context.print(`${uiTable([...(flags.on("no-headers") ? [] : [head]), ...rows.map((row) => Object.values(row))])}\n`)
  },
})

const history = defineCommand({
  path: "history",
  aliases: ["hist"],
  usage: "RELEASE_NAME",
  summary: "fetch release history",
  args: [1, 1],
  flags: { ...OUTPUT, max: int() },
  *run(context) {
    yield* context.reach()
    const all = yield* new Storage(context).history(context.words[0])
    const shown = all.slice(-Math.max(1, context.flags.number("max", 256)))
    const output = outputOf(context)
    const rows = shown.map(({ version, info, chart }) => ({
      revision: version,
      updated: output === "table" ? ansiTime(info.lastDeployed) : stamp(info.lastDeployed),
      status: info.status,
      chart: chartLabel(chart),
      app_version: chart.metadata.appVersion ?? "",
      description: info.description,
    }))
    if (output === "json") return yield* context.print(jsonLine(rows, true))
    if (output === "yaml") return yield* context.print(yamlText(rows))
    const head = ["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "DESCRIPTION"]
    yield* context.print(`${uiTable([head, ...rows.map((row) => Object.values(row))])}\n`)
  },
})

const REVISION = { revision: int() }

function* releaseOf(context: Context): Steps<Release> {
  yield* context.reach()
  return yield* new Storage(context).get(context.words[0], context.flags.number("revision", 0))
}

const selectorOf = ({ object }: Resource): Record<string, string> | undefined => {
  const spec = (object.spec ?? {}) as { selector?: { matchLabels?: Record<string, string> } & Record<string, unknown> }
  if (object.kind === "ReplicationController") return spec.selector as Record<string, string> | undefined
  return ["ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job"].includes(object.kind) ? spec.selector?.matchLabels : undefined
}

/** Tables of a release's objects and their Pods, by type. */
function* resourceTables(context: Context, release: Release): Steps<string> {
  const groups = new Map<string, ServerTable[]>()
  const add = (key: string, table: ServerTable) => groups.set(key, [...(groups.get(key) ?? []), table])
  const seen = new Set<string>()
  const ask = function* (path: string): Steps<ServerTable | undefined> {
    const answer = yield* context.client.send("GET", path, { accept: TABLE_ACCEPT })
    return answer.status < 400 ? (bodyJson(answer.body) as ServerTable) : undefined
  }
  for (const resource of yield* buildResources(context.client, release.manifest, release.namespace)) {
    const { type, namespace, name } = resource
    const table = yield* ask(`${pathOf(type, namespace, name)}?includeObject=Object`)
    if (!table) continue
    add(`${type.version}/${type.kind}`, table)
    const selector = selectorOf(resource)
    if (!selector) continue
    const text = Object.keys(selector)
      .sort()
      .map((key) => `${key}=${selector[key]}`)
      .join(",")
    if (seen.has(text)) continue
    seen.add(text)
    const pods = yield* ask(`/api/v1/namespaces/${namespace}/pods?includeObject=Object&labelSelector=${encodeURIComponent(text)}`)
    if (pods) add("v1/Pod(related)", pods)
  }
  // Upstream goes through a map, whose order is any.
  const last = [...groups].at(-1)
  return [...(last ? [last] : []), ...[...groups].slice(0, -1)].map(([key, tables]) => `==> ${key}\n${objectTable(tables)}\n`).join("")
}

const status = defineCommand({
  path: "status",
  usage: "RELEASE_NAME",
  summary: "display the status of the named release",
  args: [1, 1],
  flags: { ...OUTPUT, ...REVISION, "show-desc": bool(), "show-resources": bool() },
  *run(context) {
    const release = yield* releaseOf(context)
    const resources = outputOf(context) === "table" ? yield* resourceTables(context, release) : ""
    yield* report(context, release, { resources, withChart: false })
  },
})

const getValues = defineCommand({
  path: "get values",
  usage: "RELEASE_NAME",
  summary: "download the values file for a named release",
  args: [1, 1],
  flags: { ...OUTPUT, ...REVISION, all: bool("a") },
  *run(context) {
    const release = yield* releaseOf(context)
    const all = context.flags.on("all")
    const values = all ? coalesceValues(release.chart, release.config) : release.config
    const shown = !all && Object.keys(values).length === 0 ? null : values
    const output = outputOf(context)
    if (output === "json") return yield* context.print(jsonLine(shown))
    yield* context.print(`${output === "table" ? `${all ? "COMPUTED" : "USER-SUPPLIED"} VALUES:\n` : ""}${yamlText(shown)}`)
  },
})

const getManifest = defineCommand({
  path: "get manifest",
  usage: "RELEASE_NAME",
  summary: "download the manifest for a named release",
  args: [1, 1],
  flags: REVISION,
  *run(context) {
    yield* context.print(`${(yield* releaseOf(context)).manifest}\n`)
  },
})

const getNotes = defineCommand({
  path: "get notes",
  usage: "RELEASE_NAME",
  summary: "download the notes for a named release",
  args: [1, 1],
  flags: REVISION,
  *run(context) {
    const { notes } = (yield* releaseOf(context)).info
    if (notes) yield* context.print(`NOTES:\n${notes}\n`)
  },
})

const getHooks = defineCommand({
  path: "get hooks",
  usage: "RELEASE_NAME",
  summary: "download all hooks for a named release",
  args: [1, 1],
  flags: REVISION,
  *run(context) {
    for (const { path, manifest } of (yield* releaseOf(context)).hooks) yield* context.print(`---\n# Source: ${path}\n${manifest}\n`)
  },
})

const getAll = defineCommand({
  path: "get all",
  usage: "RELEASE_NAME",
  summary: "download all information for a named release",
  args: [1, 1],
  flags: { ...REVISION, template: string() },
  *run(context) {
    const release = yield* releaseOf(context)
    if (context.flags.has("template")) throw new HelmError("the --template flag is not simulated")
    yield* context.print(releaseText(release, { debug: true, metadata: true }))
  },
})

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.keys(labels)
    .sort()
    .map((label) => `${label}=${labels[label]}`)
    .join(",")

const getMetadata = defineCommand({
  path: "get metadata",
  usage: "RELEASE_NAME",
  summary: "This command fetches metadata for a given release",
  args: [1, 1],
  flags: { ...OUTPUT, ...REVISION },
  *run(context) {
    const { name, namespace, version, labels, chart, info, applyMethod } = yield* releaseOf(context)
    const { metadata } = chart
    const dependencies = (metadata.dependencies ?? []).map((one) => one.name).sort()
    const deployedAt = formatTime(RFC3339, info.lastDeployed)
    const output = outputOf(context)
    if (output !== "table") {
      const value = {
        name,
        chart: metadata.name,
        version: metadata.version,
        appVersion: metadata.appVersion ?? "",
        ...(metadata.annotations && { annotations: metadata.annotations }),
        ...(Object.keys(labels).length > 0 && { labels }),
        ...(metadata.dependencies?.length && { dependencies: metadata.dependencies }),
        namespace,
        revision: version,
        status: info.status,
        deployedAt,
        applyMethod,
      }
      return yield* context.print(output === "json" ? jsonLine(value, true) : yamlText(value))
    }
    yield* context.print(
      `NAME: ${name}\nCHART: ${metadata.name}\nVERSION: ${metadata.version}\nAPP_VERSION: ${metadata.appVersion ?? ""}\nANNOTATIONS: ${labelText(metadata.annotations ?? {})}\nLABELS: ${labelText(labels)}\nDEPENDENCIES: ${dependencies.join(",")}\nNAMESPACE: ${namespace}\nREVISION: ${version}\nSTATUS: ${info.status}\nDEPLOYED_AT: ${deployedAt}\nAPPLY_METHOD: ${applyMethod === "ssa" ? "server-side apply" : "client-side apply"}\n`,
    )
  },
})

export const READING_COMMANDS: readonly Command[] = [list, history, status, getAll, getHooks, getManifest, getMetadata, getNotes, getValues]
