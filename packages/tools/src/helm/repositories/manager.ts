/** Dependencies fetched into charts/. As helm/pkg/downloader/manager.go. */
import { goYaml, parseConstraint, parseVersion, sha256Hex, goJson } from "@drydock/gotemplate"
import type { Steps } from "@drydock/machine"
import type { Chart, Dependency } from "../chart/chart.ts"
import { loadChart } from "../chart/load.ts"
import { archiveName, packChart } from "../chart/save.ts"
import type { Context } from "../context.ts"
import { HelmError, reasonOf } from "../errors.ts"
import { joinPath } from "../paths.ts"
import { stamp } from "../release/release.ts"
import { type Download, downloadChart, isOci } from "./locate.ts"
import { absoluteUrl, cachedIndex, downloadIndex, findEntry, type Index, readRepositories } from "./repositories.ts"

const sameUrl = (a: string, b: string): boolean => a.replace(/\/+$/, "") === b.replace(/\/+$/, "")

/** As resolver.HashReq. */
const digestOf = (wanted: readonly Dependency[], locked: readonly Dependency[]): string => {
  const plain = (list: readonly Dependency[]) => list.map(({ name, version = "", repository = "" }) => ({ name, version, repository }))
  return `sha256:${sha256Hex(goJson([plain(wanted), plain(locked)], "", true))}`
}

/** The repository that a dependency names, as address. Throws HelmError. */
const addressOf = (context: Context, { name, repository = "" }: Dependency): string => {
  if (!/^(@|alias:)/.test(repository)) return repository
  const alias = repository.replace(/^(@|alias:)/, "")
  const found = readRepositories(context)?.find((one) => one.name === alias)
  if (!found) throw new HelmError(`no repository definition for ${repository}. Please add them via 'helm repo add'`)
  return found.url || name
}

const open = (context: Context, path: string): Chart => {
  const { files } = context.process
  if (!files.exists(path)) throw new HelmError(`could not find ${path}: stat ${path}: no such file or directory`)
  if (files.stat(path).type !== "directory") throw new HelmError("only unpacked charts can be updated")
  return loadChart(files, path, context.archives)
}

/** Repositories' indexes by address, those in the list updated, the others fetched. */
function* indexes(context: Context, dependencies: readonly Dependency[], refresh: boolean): Steps<Map<string, Index>> {
  const known = readRepositories(context) ?? []
  const wanted = [...new Set(dependencies.map((one) => addressOf(context, one)))].filter((url) => /^https?:/.test(url))
  const found = new Map<string, Index>()
  const unmanaged = wanted.filter((url) => !known.some((one) => sameUrl(one.url, url)))
  if (unmanaged.length > 0) yield* context.print("Getting updates for unmanaged Helm repositories...\n")
  for (const url of unmanaged) {
    try {
      found.set(url, yield* downloadIndex(context, { name: "", url }, false))
      yield* context.print(`...Successfully got an update from the ${JSON.stringify(url)} chart repository\n`)
    } catch (error) {
      yield* context.print(`...Unable to get an update from the ${JSON.stringify(url)} chart repository:\n\t${reasonOf(error)}\n`)
    }
  }
  if (known.length > 0 && refresh) yield* context.print("Hang tight while we grab the latest from your chart repositories...\n")
  for (const repository of known) {
    const needed = wanted.find((url) => sameUrl(url, repository.url))
    try {
      const index = refresh ? yield* downloadIndex(context, repository) : cachedIndex(context, repository.name)
      if (needed && index) found.set(needed, index)
      if (refresh) yield* context.print(`...Successfully got an update from the ${JSON.stringify(repository.name)} chart repository\n`)
    } catch (error) {
      yield* context.print(
        `...Unable to get an update from the ${JSON.stringify(repository.name)} chart repository (${repository.url}):\n\t${reasonOf(error)}\n`,
      )
    }
  }
  if (known.length > 0 && refresh) yield* context.print("Update Complete. ⎈Happy Helming!⎈\n")
  return found
}

/** Exact versions of what is wanted. Throws HelmError. */
const resolve = (
  context: Context,
  chart: Chart,
  path: string,
  wanted: readonly Dependency[],
  known: ReadonlyMap<string, Index>,
): Dependency[] => {
  const missing: string[] = []
  const locked = wanted.map((dependency): Dependency => {
    const { name, version = "", repository = "" } = dependency
    const allows = parseConstraint(version || "*")
    if (!allows)
      throw new HelmError(`dependency ${JSON.stringify(name)} has an invalid version/constraint format: improper constraint: ${version}`)
    if (repository === "") {
      const inside = chart.dependencies.find(({ metadata }) => metadata.name === name)
      if (!inside) throw new HelmError(`directory ${joinPath(path, "charts", name)} not found`)
      return { name, version: inside.metadata.version, repository: "" }
    }
    if (repository.startsWith("file://")) {
      const place = joinPath(path, repository.slice("file://".length))
      if (!context.process.files.exists(place)) throw new HelmError(`directory ${place} not found`)
      const local = loadChart(context.process.files, place, context.archives)
      const parsed = parseVersion(local.metadata.version)
      if (!parsed || !allows(parsed))
        missing.push(`${JSON.stringify(name)} (repository ${JSON.stringify(repository)}, version ${JSON.stringify(version)})`)
      return { name, version: local.metadata.version, repository }
    }
    if (isOci(repository)) return { name, version, repository }
    const index = known.get(addressOf(context, dependency))
    if (!index) {
      const key = `helm-manager-${sha256Hex(addressOf(context, dependency))}`
      throw new HelmError(
        `no cached repository for ${key} found. (try 'helm repo update'): open ${context.environment.repositoryCache}/${key}-index.yaml: no such file or directory`,
      )
    }
    try {
      return { name, version: findEntry(index, name, version).version, repository }
    } catch {
      missing.push(`${JSON.stringify(name)} (repository ${JSON.stringify(repository)}, version ${JSON.stringify(version)})`)
      return { name, version, repository }
    }
  })
  if (missing.length > 0)
    throw new HelmError(
      `can't get a valid version for ${missing.length} subchart(s): ${missing.join(", ")}. Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml`,
    )
  return locked
}

function* fetchAll(context: Context, path: string, locked: readonly Dependency[], known: ReadonlyMap<string, Index>): Steps<void> {
  const { files, now } = { files: context.process.files, now: context.process.now() }
  const place = joinPath(path, "charts")
  files.mkdir(place, { parents: true })
  yield* context.print(`Saving ${locked.length} charts\n`)
  const saved: Download[] = []
  for (const dependency of locked) {
    const { name, version = "", repository = "" } = dependency
    if (repository === "") {
      yield* context.print(`Dependency ${name} did not declare a repository. Assuming it exists in the charts directory\n`)
      continue
    }
    if (repository.startsWith("file://")) {
      yield* context.print(`Archiving ${name} from repo ${repository}\n`)
      const local = loadChart(files, joinPath(path, repository.slice("file://".length)), context.archives)
      saved.push({ name: archiveName(local), data: packChart(local, now, context.archives) })
      continue
    }
    yield* context.print(`Downloading ${name} from repo ${repository}\n`)
    const url = addressOf(context, dependency)
    try {
      const reference = isOci(url) ? `${url}/${name}:${version}` : absoluteUrl(url, findEntry(known.get(url) ?? {}, name, version).urls[0])
      saved.push(yield* downloadChart(context, reference))
    } catch (error) {
      throw new HelmError(`could not download ${url}: ${reasonOf(error)}`)
    }
  }
  yield* context.print("Deleting outdated charts\n")
  for (const { name } of files.list(place))
    if (name.endsWith(".tgz") && locked.some((one) => name.startsWith(`${one.name}-`))) files.remove(`${place}/${name}`)
  for (const { name, data } of saved) files.write(`${place}/${name}`, data)
}

/** helm dependency update. Throws HelmError. */
export function* updateDependencies(context: Context, path: string): Steps<void> {
  const chart = open(context, path)
  const wanted = chart.metadata.dependencies ?? []
  if (wanted.length === 0) return
  for (const dependency of wanted) addressOf(context, dependency)
  const known = yield* indexes(context, wanted, !context.flags.on("skip-refresh"))
  const locked = resolve(context, chart, path, wanted, known)
  yield* fetchAll(context, path, locked, known)
  const digest = digestOf(wanted, locked)
  if (chart.lock?.digest === digest) return
  context.process.files.write(
    joinPath(path, "Chart.lock"),
    goYaml({
      dependencies: locked.map(({ name, repository = "", version = "" }) => ({ name, repository, version })),
      digest,
      generated: stamp(context.process.now()),
    }),
  )
}

/** helm dependency build. Throws HelmError. */
export function* buildDependencies(context: Context, path: string): Steps<void> {
  const chart = open(context, path)
  const wanted = chart.metadata.dependencies ?? []
  if (!chart.lock) return yield* updateDependencies(context, path)
  const locked = chart.lock.dependencies ?? []
  if (chart.lock.digest !== digestOf(wanted, locked) && !wanted.every(({ name }) => locked.some((one) => one.name === name)))
    throw new HelmError("the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies")
  const known = yield* indexes(context, locked, !context.flags.on("skip-refresh"))
  yield* fetchAll(context, path, locked, known)
}
