/** helm repo, search and dependency. As helm/pkg/cmd/repo_*.go, search_*.go, dependency*.go. */
import { goYaml, parseConstraint, parseVersion, sha256Hex } from "@drydock/gotemplate"
import type { Steps } from "@drydock/machine"
import type { Chart, Dependency } from "../chart/chart.ts"
import { loadChart } from "../chart/load.ts"
import type { Context } from "../context.ts"
import { HelmError, reasonOf } from "../errors.ts"
import { bool, int, string } from "../flags.ts"
import { joinPath } from "../paths.ts"
import { stamp } from "../release/release.ts"
import { buildDependencies, updateDependencies } from "../repositories/manager.ts"
import {
  cachedIndex,
  downloadIndex,
  forgetCache,
  type Index,
  type IndexEntry,
  parseIndex,
  readRepositories,
  type Repository,
  writeRepositories,
} from "../repositories/repositories.ts"
import { uiTable } from "../table.ts"
import { type Command, defineCommand, OUTPUT } from "./define-command.ts"
import { jsonLine, outputOf, yamlText } from "./report.ts"

const GONE: readonly (readonly [string, string])[] = [
  ["//kubernetes-charts.storage.googleapis.com", "https://charts.helm.sh/stable"],
  ["//kubernetes-charts-incubator.storage.googleapis.com", "https://charts.helm.sh/incubator"],
]
const ANY = Number.POSITIVE_INFINITY

const repoAdd = defineCommand({
  path: "repo add",
  usage: "[NAME] [URL]",
  summary: "add a chart repository",
  args: [2, 2],
  flags: {
    username: string(),
    password: string(),
    "password-stdin": bool(),
    "force-update": bool(),
    "no-update": bool(),
    "cert-file": string(),
    "key-file": string(),
    "ca-file": string(),
    "insecure-skip-tls-verify": bool(),
    "allow-deprecated-repos": bool(),
    "pass-credentials": bool(),
    timeout: { kind: "duration" },
  },
  *run(context) {
    const { flags, words } = context
    const [name, url] = words
    const gone = GONE.find(([old]) => url.includes(old))
    if (gone && !flags.on("allow-deprecated-repos"))
      throw new HelmError(`repo ${JSON.stringify(url)} is no longer available; try ${JSON.stringify(gone[1])} instead`)
    const repositories = readRepositories(context) ?? []
    if (name.includes("/")) throw new HelmError(`repository name (${name}) contains '/', please specify a different name without '/'`)
    const added: Repository = { name, url, username: flags.text("username", ""), password: flags.text("password", "") }
    const held = repositories.find((one) => one.name === name)
    if (held && !flags.on("force-update")) {
      if (held.url !== url) throw new HelmError(`repository name (${name}) already exists, please specify a different name`)
      return yield* context.print(`${JSON.stringify(name)} already exists with the same configuration, skipping\n`)
    }
    if (!/^[a-z][a-z\d+.-]*:\/\//i.test(url))
      throw new HelmError(`could not find protocol handler for: ${/^([a-z]+):/i.exec(url)?.[1] ?? ""}`)
    try {
      yield* downloadIndex(context, added)
    } catch (error) {
      throw new HelmError(`looks like ${JSON.stringify(url)} is not a valid chart repository or cannot be reached: ${reasonOf(error)}`)
    }
    writeRepositories(context, held ? repositories.map((one) => (one === held ? added : one)) : [...repositories, added])
    yield* context.print(`${JSON.stringify(name)} has been added to your repositories\n`)
  },
})

const repoList = defineCommand({
  path: "repo list",
  aliases: ["ls"],
  usage: "",
  summary: "list chart repositories",
  args: [0, 0],
  flags: { ...OUTPUT, "no-headers": bool() },
  *run(context) {
    const repositories = (readRepositories(context) ?? []).map(({ name, url }) => ({ name, url }))
    const output = outputOf(context)
    if (output === "json") return yield* context.print(jsonLine(repositories, true))
    if (output === "yaml") return yield* context.print(yamlText(repositories))
    if (repositories.length === 0) return yield* context.process.error("no repositories to show\n")
    const rows = repositories.map(({ name, url }) => [name, url])
    yield* context.print(`${uiTable(context.flags.on("no-headers") ? rows : [["NAME", "URL"], ...rows])}\n`)
  },
})

const repoUpdate = defineCommand({
  path: "repo update",
  aliases: ["up"],
  usage: "[REPO1 [REPO2 ...]]",
  summary: "update information of available charts locally from chart repositories",
  args: [0, ANY],
  flags: { timeout: { kind: "duration" } },
  *run(context) {
    const { words } = context
    const repositories = readRepositories(context) ?? []
    if (repositories.length === 0) throw new HelmError("no repositories found. You must add one before updating")
    const unknown = words.find((word) => !repositories.some(({ name }) => name === word))
    if (unknown !== undefined) throw new HelmError(`no repositories found matching '${unknown}'.  Nothing will be updated`)
    yield* context.print("Hang tight while we grab the latest from your chart repositories...\n")
    const failed: string[] = []
    for (const repository of repositories.filter(({ name }) => words.length === 0 || words.includes(name))) {
      try {
        yield* downloadIndex(context, repository)
        yield* context.print(`...Successfully got an update from the ${JSON.stringify(repository.name)} chart repository\n`)
      } catch (error) {
        failed.push(repository.url)
        yield* context.print(
          `...Unable to get an update from the ${JSON.stringify(repository.name)} chart repository (${repository.url}):\n\t${reasonOf(error)}\n`,
        )
      }
    }
    if (failed.length > 0) throw new HelmError(`failed to update the following repositories: [${failed.join(" ")}]`)
    yield* context.print("Update Complete. ⎈Happy Helming!⎈\n")
  },
})

const repoRemove = defineCommand({
  path: "repo remove",
  aliases: ["rm"],
  usage: "[REPO1 [REPO2 ...]]",
  summary: "remove one or more chart repositories",
  args: [1, ANY],
  *run(context) {
    let repositories = readRepositories(context) ?? []
    if (repositories.length === 0) throw new HelmError("no repositories configured")
    for (const name of context.words) {
      if (!repositories.some((one) => one.name === name)) throw new HelmError(`no repo named ${JSON.stringify(name)} found`)
      repositories = repositories.filter((one) => one.name !== name)
      writeRepositories(context, repositories)
      forgetCache(context, name)
      yield* context.print(`${JSON.stringify(name)} has been removed from your repositories\n`)
    }
  },
})

const archivesIn = (context: Context, directory: string): { path: string; chart: Chart; data: Uint8Array }[] => {
  const { files } = context.process
  return [
    directory,
    ...files
      .list(directory)
      .filter(({ type }) => type === "directory")
      .map(({ name }) => joinPath(directory, name)),
  ].flatMap((place) =>
    files
      .list(place)
      .filter(({ name }) => name.endsWith(".tgz"))
      .map(({ name }) => {
        const path = joinPath(place, name)
        return { path, chart: loadChart(files, path, context.archives), data: files.readBytes(path) }
      }),
  )
}

const repoIndex = defineCommand({
  path: "repo index",
  usage: "[DIR]",
  summary: "generate an index file given a directory containing packaged charts",
  args: [1, 1],
  flags: { url: string(), merge: string(), json: bool() },
  *run(context) {
    const { files } = context.process
    const directory = files.resolve(context.words[0])
    if (!files.exists(directory)) throw new HelmError(`open ${directory}: no such file or directory`)
    const base = context.flags.text("url", "").replace(/\/$/, "")
    const entries: Index = {}
    for (const { path, chart, data } of archivesIn(context, directory)) {
      const file = path.slice(directory.length + 1)
      const entry = {
        ...chart.metadata,
        created: stamp(context.process.now()),
        digest: sha256Hex(String.fromCharCode(...data.slice(0, 4_096))),
        urls: [base ? `${base}/${file}` : file],
      } as unknown as IndexEntry
      entries[chart.metadata.name] = [...(entries[chart.metadata.name] ?? []), entry]
    }
    const merge = context.flags.text("merge")
    if (merge !== undefined && files.exists(merge))
      for (const [name, list] of Object.entries(parseIndex(files.readText(merge))))
        for (const entry of list)
          if (!entries[name]?.some(({ version }) => version === entry.version)) entries[name] = [...(entries[name] ?? []), entry]
    const index = { apiVersion: "v1", entries, generated: stamp(context.process.now()) }
    files.write(joinPath(directory, "index.yaml"), context.flags.on("json") ? JSON.stringify(index) : goYaml(index))
    yield* context.print("")
  },
})

interface Hit {
  readonly name: string
  readonly entry: IndexEntry
  readonly score: number
}

/** As helm/pkg/cmd/search: every word must be in name, keywords or description; earlier is better. */
const scoreOf = (name: string, entry: IndexEntry, term: string): number | undefined => {
  const text = [name, ...(entry.keywords ?? []), entry.description ?? ""].join("\v").toLowerCase()
  const at = text.indexOf(term.toLowerCase())
  return at < 0 ? undefined : at
}

function* hits(context: Context): Steps<Hit[]> {
  const { flags, words } = context
  const repositories = readRepositories(context) ?? []
  if (repositories.length === 0) throw new HelmError("no repositories configured")
  const term = words.join(" ")
  const constraint = flags.text("version", flags.on("devel") ? ">0.0.0-0" : ">0.0.0")
  const allows = parseConstraint(constraint)
  if (!allows) throw new HelmError(`an invalid version/constraint format: improper constraint: ${constraint}`)
  const found: Hit[] = []
  for (const { name } of repositories) {
    const index = cachedIndex(context, name)
    if (!index) {
      yield* context.log("WARN", "repo is corrupt or missing", {
        repo: name,
        error: `open ${context.environment.repositoryCache}/${name}-index.yaml: no such file or directory`,
      })
      continue
    }
    for (const [chart, entries] of Object.entries(index)) {
      const full = `${name}/${chart}`
      const fitting = entries.filter(({ version }) => {
        const parsed = parseVersion(version)
        return parsed !== undefined && allows(parsed)
      })
      for (const entry of flags.on("versions") || flags.has("version") ? fitting : fitting.slice(0, 1)) {
        const score = flags.on("regexp") ? 0 : scoreOf(full, entry, term)
        if (score !== undefined) found.push({ name: full, entry, score })
      }
      if (flags.has("version") && !flags.on("versions")) {
        const first = found.findIndex((hit) => hit.name === full)
        if (first >= 0) found.splice(first + 1, found.length)
      }
    }
  }
  return found.sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

const searchRepo = defineCommand({
  path: "search repo",
  usage: "[keyword]",
  summary: "search repositories for a keyword in charts",
  args: [0, ANY],
  flags: {
    ...OUTPUT,
    regexp: bool("r"),
    versions: bool("l"),
    devel: bool(),
    version: string(),
    "max-col-width": int(),
    "fail-on-no-result": bool(),
  },
  *run(context) {
    const found = yield* hits(context)
    const { flags } = context
    if (found.length === 0 && flags.on("fail-on-no-result")) throw new HelmError("no results found")
    const list = found.map(({ name, entry }) => ({
      name,
      version: entry.version,
      app_version: entry.appVersion ?? "",
      description: entry.description ?? "",
    }))
    const output = outputOf(context)
    if (output === "json") return yield* context.print(jsonLine(list, true))
    if (output === "yaml") return yield* context.print(yamlText(list))
    if (list.length === 0) return yield* context.print("No results found\n")
    const rows = [["NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION"], ...list.map((one) => Object.values(one))]
    yield* context.print(`${uiTable(rows, flags.number("max-col-width", 50))}\n`)
  },
})

const searchHub = defineCommand({
  path: "search hub",
  usage: "[KEYWORD]",
  summary: "search for charts in the Artifact Hub or your own hub instance",
  args: [0, ANY],
  flags: { ...OUTPUT, endpoint: string(), "max-col-width": int(), "list-repo-url": bool(), "fail-on-no-result": bool() },
  *run(context) {
    yield* context.print("")
    throw new HelmError(`unable to perform search against ${JSON.stringify(context.flags.text("endpoint", "https://hub.helm.sh"))}`)
  },
})

const dependencyStatus = (context: Context, path: string, dependency: Dependency, chart: Chart): string => {
  const { files } = context.process
  const place = joinPath(path, "charts")
  const archives = files.exists(place)
    ? files.list(place).filter(({ name }) => name.startsWith(`${dependency.name}-`) && name.endsWith(".tgz"))
    : []
  const versionFits = (version: string): string => {
    if (version === dependency.version) return ""
    const [allows, parsed] = [parseConstraint(dependency.version ?? ""), parseVersion(version)]
    if (!allows || !parsed) return "invalid version"
    return allows(parsed) ? "" : "wrong version"
  }
  if (archives.length === 1) {
    const packed = loadChart(files, joinPath(place, archives[0].name), context.archives)
    if (packed.metadata.name !== dependency.name) return "misnamed"
    return versionFits(packed.metadata.version) || "ok"
  }
  if (archives.length > 1) return "too many matches"
  const inside = chart.dependencies.find(({ metadata }) => metadata.name === dependency.name)
  return inside ? versionFits(inside.metadata.version) || "unpacked" : "missing"
}

const dependencyList = defineCommand({
  path: "dependency list",
  aliases: ["ls"],
  usage: "CHART",
  summary: "list the dependencies for the given chart",
  args: [0, 1],
  flags: { "max-col-width": int() },
  *run(context) {
    const path = joinPath(context.words[0] ?? ".")
    const { files } = context.process
    const chart = loadChart(files, path, context.archives)
    const { dependencies } = chart.metadata
    if (!dependencies) return yield* context.print(`WARNING: no dependencies at ${joinPath(path, "charts")}\n`)
    const rows = dependencies.map((one) => [one.name, one.version ?? "", one.repository ?? "", dependencyStatus(context, path, one, chart)])
    yield* context.print(
      `${uiTable([["NAME", "VERSION", "REPOSITORY", "STATUS"], ...rows], context.flags.number("max-col-width", 80))}\n\n`,
    )
    const place = joinPath(path, "charts")
    for (const { name, type } of files.exists(place) ? files.list(place) : []) {
      if (type !== "directory" && !name.endsWith(".tgz")) continue
      const inner = loadChart(files, joinPath(place, name), context.archives)
      if (!dependencies.some((one) => one.name === inner.metadata.name))
        yield* context.print(`WARNING: ${JSON.stringify(joinPath(place, name))} is not in Chart.yaml.\n`)
    }
  },
})

const DEPENDENCY_FLAGS = { verify: bool(), keyring: string(), "skip-refresh": bool(), username: string(), password: string() }

const dependencyUpdate = defineCommand({
  path: "dependency update",
  aliases: ["up"],
  usage: "CHART",
  summary: "update charts/ based on the contents of Chart.yaml",
  args: [0, 1],
  flags: DEPENDENCY_FLAGS,
  run: (context) => updateDependencies(context, joinPath(context.words[0] ?? ".")),
})

const dependencyBuild = defineCommand({
  path: "dependency build",
  usage: "CHART",
  summary: "rebuild the charts/ directory based on the Chart.lock file",
  args: [0, 1],
  flags: DEPENDENCY_FLAGS,
  run: (context) => buildDependencies(context, joinPath(context.words[0] ?? ".")),
})

export const REPOSITORY_COMMANDS: readonly Command[] = [
  repoAdd,
  repoList,
  repoUpdate,
  repoRemove,
  repoIndex,
  searchRepo,
  searchHub,
  dependencyList,
  dependencyUpdate,
  dependencyBuild,
]
