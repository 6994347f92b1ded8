/** Making, checking, packing and looking at charts: create, lint, package, pull, show. */
import { goYaml, jsonPath, JsonPathError, parseVersion } from "@drydock/gotemplate"
import type { Steps } from "@drydock/machine"
import { type Chart, definitionsOf, textOf } from "../chart/chart.ts"
import { type Finding, lintChart } from "../chart/lint.ts"
import { loadChart, unpackChart } from "../chart/load.ts"
import { missingDependencies } from "../chart/dependencies.ts"
import { archiveName, packChart } from "../chart/save.ts"
import { scaffold } from "../chart/scaffold.ts"
import type { Context } from "../context.ts"
import { HelmError } from "../errors.ts"
import { bool, string } from "../flags.ts"
import { baseName, directoryOf, joinPath } from "../paths.ts"
import { downloadChart, locateChart, rawText } from "../repositories/locate.ts"
import { updateDependencies } from "../repositories/manager.ts"
import { CHART_FLAGS, type Command, defineCommand, VALUE_FLAGS } from "./define-command.ts"
import { userValues } from "./values.ts"
import { archived } from "./archived.ts"

const create = defineCommand({
  path: "create",
  usage: "NAME",
  summary: "create a new chart with the given name",
  args: [1, 1],
  flags: { starter: string("p") },
  *run(context) {
    const [given] = context.words
    const { files } = context.process
    const [name, parent] = [baseName(given), directoryOf(given)]
    yield* context.print(`Creating ${given}\n`)
    if (!/^[a-zA-Z0-9._-]+$/.test(name)) throw new HelmError('chart name must match the regular expression "^[a-zA-Z0-9._-]+$"')
    if (name.length > 250) throw new HelmError("chart name must be between 1 and 250 characters")
    if (!files.exists(parent)) throw new HelmError(`stat ${files.resolve(parent)}: no such file or directory`)
    const base = joinPath(parent, name)
    if (files.exists(base) && files.stat(base).type !== "directory")
      throw new HelmError(`file ${files.resolve(base)} already exists and is not a directory`)
    for (const [path, text] of scaffold(name)) {
      const target = `${base}/${path}`
      if (files.exists(target))
        yield* context.print(`WARNING: File ${JSON.stringify(files.resolve(target))} already exists. Overwriting.\n`)
      files.mkdir(directoryOf(target), { parents: true })
      files.write(target, text, { mode: 0o644 })
    }
    files.mkdir(`${base}/charts`, { parents: true })
  },
})

function* lintOne(context: Context, path: string, values: Parameters<typeof lintChart>[0]["values"]): Steps<Finding[] | string> {
  const { process, archives, flags } = context
  const { files } = process
  let directory = path
  if (/\.(tgz|tar\.gz)$/.test(path)) {
    if (!files.exists(path)) return `unable to open tarball: open ${path}: no such file or directory`
    const chart = loadChart(files, path, archives)
    directory = `/tmp/helm-lint${Math.floor(process.random() * 1e9)}/${chart.metadata.name}`
    for (const { name, data } of unpackChart(files.readBytes(path), archives)) {
      files.mkdir(directoryOf(`${directory}/${name}`), { parents: true })
      files.write(`${directory}/${name}`, data)
    }
  }
  if (!files.exists(`${directory}/Chart.yaml`))
    return `unable to check Chart.yaml file in chart: stat ${joinPath(directory, "Chart.yaml")}: no such file or directory`
  const version = flags.text("kube-version")
  const notes: Parameters<Parameters<typeof lintChart>[0]["said"]>[] = []
  const findings = lintChart({
    said: (...note) => notes.push(note),
    files,
    archives,
    directory,
    values,
    namespace: flags.text("namespace", "default"),
    skipSchema: flags.on("skip-schema-validation"),
    now: () => process.now(),
    ...(version !== undefined && { kubeVersion: version }),
  })
  for (const [level, text, message, chart] of notes)
    yield* context.log(level, text, chart === undefined ? { message } : { path: message, chart })
  return findings
}

const lint = defineCommand({
  path: "lint",
  usage: "PATH",
  summary: "examine a chart for possible issues",
  args: [1, Number.POSITIVE_INFINITY],
  flags: {
    ...VALUE_FLAGS,
    strict: bool(),
    quiet: bool(),
    "with-subcharts": bool(),
    "skip-schema-validation": bool(),
    "kube-version": string(),
  },
  *run(context) {
    const { flags, words, process } = context
    const paths = [...words]
    if (flags.on("with-subcharts"))
      for (const path of [...paths]) {
        const inner = `${path}/charts`
        if (process.files.exists(inner))
          for (const { name } of process.files.list(inner))
            if (/\.(tgz|tar\.gz)$/.test(name) || process.files.exists(`${inner}/${name}/Chart.yaml`)) paths.push(`${inner}/${name}`)
      }
    const values = yield* userValues(context)
    let [text, failed, noted] = ["", 0, 0]
    const least = flags.on("strict") ? ["WARNING", "ERROR"] : ["ERROR"]
    for (const path of paths) {
      const found = yield* lintOne(context, path, values)
      const broken = typeof found === "string" || found.some(({ severity }) => least.includes(severity))
      const notable = typeof found === "string" || found.some(({ severity }) => severity !== "INFO")
      if (notable) noted++
      if (flags.on("quiet") && !notable) continue
      text += `==> Linting ${path}\n`
      if (typeof found === "string") text += `Error ${found}\n`
      else
        for (const { severity, path: place, message } of found)
          if (!flags.on("quiet") || severity !== "INFO") text += `[${severity}] ${place}: ${message}\n`
      if (broken) failed++
      text += "\n"
    }
    yield* context.print(text)
    const summary = `${paths.length} chart(s) linted, ${failed} chart(s) failed`
    if (failed > 0) throw new HelmError(summary)
    if (!flags.on("quiet") || noted > 0) yield* context.print(`${summary}\n`)
  },
})

const packageChart = defineCommand({
  path: "package",
  usage: "[CHART_PATH] [...]",
  summary: "package a chart directory into a chart archive",
  args: [0, Number.POSITIVE_INFINITY],
  flags: {
    version: string(),
    "app-version": string(),
    destination: string("d"),
    "dependency-update": bool("u"),
    sign: bool(),
    key: string(),
    keyring: string(),
    "skip-schema-validation": bool(),
    "passphrase-file": string(),
  },
  *run(context) {
    const { flags, words, process, archives } = context
    if (words.length === 0) throw new HelmError("need at least one argument, the path to the chart")
    if (flags.on("sign") && !flags.text("key")) throw new HelmError("--key is required for signing a package")
    for (const word of words) {
      if (!process.files.exists(word)) throw new HelmError(`stat ${word}: no such file or directory`)
      const path = process.files.resolve(word)
      if (flags.on("dependency-update")) yield* updateDependencies(context, path)
      const chart = loadChart(process.files, path, archives)
      const version = flags.text("version")
      if (version !== undefined) {
        if (!parseVersion(version)) throw new HelmError("invalid semantic version")
        chart.metadata.version = version
      }
      if (flags.has("app-version")) chart.metadata.appVersion = flags.text("app-version", "")
      const missing = missingDependencies(chart)
      if (missing.length > 0) throw new HelmError(`found in Chart.yaml, but missing in charts/ directory: ${missing.join(", ")}`)
      const to = process.files.resolve(flags.text("destination", "."))
      if (!process.files.exists(to)) process.files.mkdir(to, { parents: true })
      const target = joinPath(to, archiveName(chart))
      process.files.write(target, packChart(chart, process.now(), archives))
      yield* context.print(`Successfully packaged chart and saved it to: ${target}\n`)
    }
  },
})

const pull = defineCommand({
  path: "pull",
  aliases: ["fetch"],
  usage: "[chart URL | repo/chartname] [...]",
  summary: "download a chart from a repository and (optionally) unpack it in local directory",
  args: [1, Number.POSITIVE_INFINITY],
  flags: { ...CHART_FLAGS, untar: bool(), untardir: string("d"), destination: string(), prov: bool() },
  *run(context) {
    const { flags, words, process, archives } = context
    const { files } = process
    for (const word of words) {
      const { name, data } = yield* downloadChart(context, word)
      const to = flags.text("destination", ".")
      if (!flags.on("untar")) {
        if (!files.exists(to)) throw new HelmError(`open ${joinPath(to, name)}: no such file or directory`)
        files.write(joinPath(to, name), data)
        continue
      }
      const under = joinPath(to, flags.text("untardir", "."))
      const check = joinPath(under, baseName(word))
      if (files.exists(check)) throw new HelmError(`failed to untar: a file or directory with the name ${check} already exists`)
      for (const entry of archived(data, archives)) {
        const target = joinPath(under, entry.name)
        if (entry.type === "directory") files.mkdir(target, { parents: true })
        else {
          files.mkdir(directoryOf(target), { parents: true })
          files.write(target, entry.data)
        }
      }
    }
  },
})

type Shown = "all" | "chart" | "values" | "readme" | "crds"

const shownText = (chart: Chart, what: Shown, path: string | undefined): string => {
  let text = ""
  if (what === "chart" || what === "all") text += `${goYaml(chart.metadata)}\n`
  if (what === "values" || what === "all") {
    if (what === "all") text += "---\n"
    if (path !== undefined) {
      try {
        text += jsonPath(path, chart.values)
      } catch (error) {
        if (error instanceof JsonPathError) throw new HelmError(`error parsing jsonpath ${path}: ${error.message}`)
        throw error
      }
    } else {
      const values = rawText(chart, "values.yaml")
      if (values !== undefined) text += `${values}\n`
    }
  }
  if (what === "readme" || what === "all") {
    const readme = chart.files.find(({ name }) => /^readme(\.md|\.txt)?$/i.test(name))
    if (readme) text += `${what === "all" ? "---\n" : ""}${textOf(readme.data)}\n`
  }
  if (what === "crds" || what === "all")
    for (const { file } of definitionsOf(chart)) {
      const content = textOf(file.data)
      text += `${content.startsWith("---") ? "" : "---\n"}${content}\n`
    }
  return text
}

const show = (what: Shown, summary: string): Command =>
  defineCommand({
    path: `show ${what}`,
    usage: "[CHART]",
    summary,
    args: [1, 1],
    flags: { ...CHART_FLAGS, ...(what === "values" && { jsonpath: string() }) },
    *run(context) {
      const { chart } = yield* locateChart(context, context.words[0])
      yield* context.print(shownText(chart, what, context.flags.text("jsonpath")))
    },
  })

export const CHART_COMMANDS: readonly Command[] = [
  create,
  lint,
  packageChart,
  pull,
  show("all", "show all information of the chart"),
  show("chart", "show the chart's definition"),
  show("values", "show the chart's values"),
  show("readme", "show the chart's README"),
  show("crds", "show the chart's CRDs"),
]
