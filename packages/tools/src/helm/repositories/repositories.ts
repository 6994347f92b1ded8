/** The list of chart repositories and their indexes. As helm/pkg/repo/v1. */
import { compareVersions, goYaml, parseConstraint, parseVersion, readYaml, YamlError } from "@drydock/gotemplate"
import { bodyText, type Steps } from "@drydock/machine"
import type { Context } from "../context.ts"
import { HelmError } from "../errors.ts"
import { directoryOf } from "../paths.ts"
import { fetchFile } from "./fetch.ts"

export interface Repository {
  name: string
  url: string
  username?: string
  password?: string
}

export interface IndexEntry {
  name: string
  version: string
  appVersion?: string
  description?: string
  urls: string[]
  digest?: string
  created?: string
  deprecated?: boolean
  keywords?: string[]
  [field: string]: unknown
}

export type Index = Record<string, IndexEntry[]>

/** Undefined when there is no list. */
export const readRepositories = ({ process, environment }: Context): Repository[] | undefined => {
  const { repositoryConfig } = environment
  if (!process.files.exists(repositoryConfig)) return undefined
  const file = readYaml(process.files.readText(repositoryConfig))[0] as { repositories?: Repository[] | null } | undefined
  return file?.repositories ?? []
}

export const writeRepositories = ({ process, environment }: Context, repositories: readonly Repository[]): void => {
  const { repositoryConfig } = environment
  process.files.mkdir(directoryOf(repositoryConfig), { parents: true })
  const text = goYaml({
    apiVersion: "",
    generated: "0001-01-01T00:00:00Z",
    repositories: repositories.map(({ name, url, username = "", password = "" }) => ({
      caFile: "",
      certFile: "",
      insecure_skip_tls_verify: false,
      keyFile: "",
      name,
      pass_credentials_all: false,
      password,
      url,
      username,
    })),
  })
  process.files.write(repositoryConfig, text, { mode: 0o600 })
}

const newestFirst = (a: IndexEntry, b: IndexEntry): number => {
  const [left, right] = [parseVersion(a.version), parseVersion(b.version)]
  return left && right ? compareVersions(right, left) : left ? -1 : 1
}

/** Throws HelmError. */
export const parseIndex = (text: string): Index => {
  if (text.trim() === "") throw new HelmError("empty index.yaml file")
  let file: { apiVersion?: string; entries?: Index | null } | undefined
  try {
    file = readYaml(text)[0] as typeof file
  } catch (error) {
    if (error instanceof YamlError) throw new HelmError(`error converting YAML to JSON: ${error.message}`)
    throw error
  }
  if (typeof file !== "object" || file === null)
    throw new HelmError("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type repo.IndexFile")
  if (!file.apiVersion) throw new HelmError("no API version specified")
  const index: Index = {}
  for (const [name, entries] of Object.entries(file.entries ?? {})) index[name] = [...(entries ?? [])].sort(newestFirst)
  return index
}

export const cacheFile = ({ environment }: Context, name: string): string => `${environment.repositoryCache}/${name}-index.yaml`
const chartsFile = ({ environment }: Context, name: string): string => `${environment.repositoryCache}/${name}-charts.txt`

/** Joins what may be relative to a repository's address. */
export const absoluteUrl = (base: string, reference: string): string => {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(reference)) return reference
  if (reference.startsWith("/")) return `${/^\w+:\/\/[^/]+/.exec(base)?.[0] ?? ""}${reference}`
  return `${base.replace(/\/$/, "")}/${reference.replace(/^\.\//, "")}`
}

/** Downloads the index and keeps it. Throws HelmError. */
export function* downloadIndex(context: Context, { name, url }: Repository, keep = true): Steps<Index> {
  const { files } = context.process
  const text = bodyText(yield* fetchFile(context, absoluteUrl(url, "index.yaml")))
  const index = parseIndex(text)
  if (!keep) return index
  files.mkdir(context.environment.repositoryCache, { parents: true })
  files.write(
    chartsFile(context, name),
    Object.keys(index)
      .sort()
      .map((chart) => `${chart}\n`)
      .join(""),
  )
  files.write(cacheFile(context, name), text)
  return index
}

/** The index as it was downloaded last; undefined when it never was. Throws HelmError. */
export const cachedIndex = (context: Context, name: string): Index | undefined => {
  const path = cacheFile(context, name)
  return context.process.files.exists(path) ? parseIndex(context.process.files.readText(path)) : undefined
}

export const forgetCache = (context: Context, name: string): void => {
  for (const path of [chartsFile(context, name), cacheFile(context, name)])
    if (context.process.files.exists(path)) context.process.files.remove(path)
}

/** The version that a constraint wants, the newest of them; "" wants the newest that is no prerelease. Throws HelmError. */
export const findEntry = (index: Index, chart: string, constraint: string): IndexEntry => {
  const entries = Object.hasOwn(index, chart) ? index[chart] : undefined
  if (!entries || entries.length === 0) throw new HelmError("no chart name found")
  const exact = entries.find(({ version }) => version === constraint)
  if (exact) return exact
  const allows = parseConstraint(constraint || "*")
  if (!allows) throw new HelmError(`improper constraint: ${constraint}`)
  const found = entries.find(({ version }) => {
    const parsed = parseVersion(version)
    return parsed !== undefined && allows(parsed)
  })
  if (!found) throw new HelmError(`no chart version found for ${chart}-${constraint}`)
  return found
}
