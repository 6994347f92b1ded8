/** What a chart argument means: a path, repo/chart, an address, oci://. As helm/pkg/action's LocateChart and pkg/downloader. */
import { parseConstraint, parseVersion, compareVersions, sha256Hex } from "@drydock/gotemplate"
import { bodyJson, type Steps } from "@drydock/machine"
import { type Chart, textOf } from "../chart/chart.ts"
import { chartOf, loadChart, unpackChart } from "../chart/load.ts"
import type { Context } from "../context.ts"
import { HelmError, reasonOf } from "../errors.ts"
import { baseName } from "../paths.ts"
import { bodyBytes, fetchFile, isAddress } from "./fetch.ts"
import {
  absoluteUrl,
  cacheFile,
  cachedIndex,
  downloadIndex,
  findEntry,
  type Index,
  type IndexEntry,
  readRepositories,
} from "./repositories.ts"

export interface Download {
  readonly name: string
  readonly data: Uint8Array
}

export const isOci = (reference: string): boolean => reference.startsWith("oci://")

function* fromRegistry(context: Context, reference: string, wanted: string): Steps<Download> {
  const [, host, path, tagged] = /^oci:\/\/([^/]+)\/([^:@]+)(?::([^@]+))?/.exec(reference) ?? []
  if (!host) throw new HelmError(`invalid reference: missing registry or repository`)
  const base = `https://${host}/v2/${path}`
  let tag = tagged ?? wanted
  if (!parseVersion(tag)) {
    const { tags = [] } = bodyJson(yield* fetchFile(context, `${base}/tags/list`)) as { tags?: string[] }
    const allows = parseConstraint(tag || "*")
    const versions = tags
      .map((one) => parseVersion(one))
      .filter((one) => one !== undefined && (allows?.(one) ?? false))
      .sort((a, b) => (a && b ? compareVersions(b, a) : 0))
    if (!versions[0]) throw new HelmError(`could not locate a version matching provided version string ${tag}`)
    tag = versions[0].original
  }
  const manifest = bodyJson(yield* fetchFile(context, `${base}/manifests/${tag}`)) as { layers: { digest: string }[]; digest?: string }
  const [layer] = manifest.layers
  const data = bodyBytes(yield* fetchFile(context, `${base}/blobs/${layer.digest}`))
  yield* context.process.error(`Pulled: ${host}/${path}:${tag}\nDigest: ${manifest.digest ?? layer.digest}\n`)
  return { name: `${baseName(path)}-${tag}.tgz`, data }
}

/** Where a repository's chart is. Throws HelmError. */
function* addressOf(context: Context, reference: string): Steps<string> {
  const { flags } = context
  const version = flags.text("version", flags.on("devel") ? ">0.0.0-0" : "")
  const repo = flags.text("repo")
  if (repo) {
    let entry: IndexEntry
    let all: Index
    try {
      all = yield* downloadIndex(context, { name: "", url: repo }, false)
    } catch (error) {
      throw new HelmError(`looks like ${JSON.stringify(repo)} is not a valid chart repository or cannot be reached: ${reasonOf(error)}`)
    }
    const what = `chart ${JSON.stringify(reference)}${version ? ` version ${JSON.stringify(version)}` : ""}`
    try {
      entry = findEntry(all, reference, version)
    } catch {
      throw new HelmError(`${what} not found in ${repo} repository`)
    }
    if (!entry.urls[0]) throw new HelmError(`${what} has no downloadable URLs`)
    return absoluteUrl(repo, entry.urls[0])
  }
  if (isAddress(reference)) return reference
  const slash = reference.indexOf("/")
  if (slash < 0) throw new HelmError(`non-absolute URLs should be in form of repo_name/path_to_chart, got: ${encodeURI(reference)}`)
  const [name, chart] = [reference.slice(0, slash), reference.slice(slash + 1)]
  const repository = readRepositories(context)?.find((one) => one.name === name)
  if (!repository) throw new HelmError(`repo ${name} not found`)
  const index = cachedIndex(context, name)
  if (!index)
    throw new HelmError(`no cached repo found. (try 'helm repo update'): open ${cacheFile(context, name)}: no such file or directory`)
  let entry: IndexEntry
  try {
    entry = findEntry(index, chart, version)
  } catch (error) {
    throw new HelmError(
      `chart ${JSON.stringify(chart)} matching ${version} not found in ${name} index. (try 'helm repo update'): ${reasonOf(error)}`,
    )
  }
  if (!entry.urls[0]) throw new HelmError(`chart ${JSON.stringify(reference)} has no downloadable URLs`)
  return absoluteUrl(repository.url, entry.urls[0])
}

/** The archive that a reference names. Throws HelmError. */
export function* downloadChart(context: Context, reference: string): Steps<Download> {
  const { flags, process, environment } = context
  if (isOci(reference)) return yield* fromRegistry(context, reference, flags.text("version", ""))
  const url = yield* addressOf(context, reference)
  if (isOci(url)) return yield* fromRegistry(context, url, "")
  const data = bodyBytes(yield* fetchFile(context, url))
  const name = baseName(url.replace(/[?#].*$/, ""))
  if (flags.text("repo") === undefined) {
    const place = `${environment.contentCache}/${sha256Hex(url)}.chart`
    process.files.mkdir(environment.contentCache, { parents: true })
    process.files.write(place, data)
  }
  return { name, data }
}

export interface Located {
  readonly chart: Chart
  /** Of a chart in the file system. */
  readonly path: string | undefined
}

/** Throws HelmError. */
export function* locateChart(context: Context, given: string): Steps<Located> {
  const { process, archives, flags } = context
  const reference = given.trim()
  if (flags.text("repo") === undefined && !isOci(reference)) {
    if (process.files.exists(reference)) {
      const path = process.files.resolve(reference)
      return { chart: loadChart(process.files, path, archives), path }
    }
    if (reference.startsWith("/") || reference.startsWith(".")) throw new HelmError(`path ${JSON.stringify(reference)} not found`)
  }
  const { data } = yield* downloadChart(context, reference)
  return { chart: chartOf(unpackChart(data, archives), archives), path: undefined }
}

export const rawText = (chart: Chart, name: string): string | undefined => {
  const file = chart.raw.find((one) => one.name === name)
  return file && textOf(file.data)
}
