/** What discovery found, as files: ~/.kube/cache/discovery/<server>/…, and the answers themselves under http/. As client-go/discovery/cached/disk. */
import { sha256Hex } from "@drydock/gotemplate"
import { bodyText, type HttpResponse, type Process, SystemError } from "@drydock/machine"
import type { Aggregated, Resource } from "./discovery.ts"

/** How long files are believed without asking again: ms. */
const FRESH = 6 * 3_600_000

interface Group {
  readonly name: string
  readonly versions: readonly { readonly groupVersion: string; readonly version: string }[]
}

interface Listed {
  readonly name: string
  readonly singularName: string
  readonly namespaced: boolean
  readonly kind: string
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

const groupVersion = (group: string, version: string): string => (group === "" ? version : `${group}/${version}`)

/** One text for all worlds whose servers have the same types. */
const texts = new Map<string, string>()
const MOST_TEXTS = 200

const shared = (text: string): string => {
  const known = texts.get(text)
  if (known !== undefined) return known
  if (texts.size >= MOST_TEXTS) texts.clear()
  texts.set(text, text)
  return text
}

type AggregatedGroup = Aggregated["items"][number]

const groupOf = ({ metadata: { name = "" }, versions }: AggregatedGroup) => {
  const all = versions.map(({ version }) => ({ groupVersion: groupVersion(name, version), version }))
  return { name, versions: all, preferredVersion: all[0] }
}

/** A version's types, each with its subresources behind it. As discovery.convertAPIResource. */
const listedOf = (group: string, { version, resources }: AggregatedGroup["versions"][number]): Listed[] =>
  resources.flatMap((one) => {
    const { resource, singularResource: singularName, scope, responseKind, verbs, shortNames, categories, subresources = [] } = one
    const namespaced = scope === "Namespaced"
    return [
      {
        name: resource,
        singularName,
        namespaced,
        kind: responseKind.kind,
        verbs,
        ...(shortNames && { shortNames }),
        ...(categories && { categories }),
      },
      ...subresources.map(({ subresource, responseKind: kind, verbs: its }) => ({
        name: `${resource}/${subresource}`,
        singularName,
        namespaced,
        ...(kind &&
          kind.version !== "" &&
          (kind.group !== group || kind.version !== version) && { group: kind.group, version: kind.version }),
        kind: kind?.kind ?? responseKind.kind,
        verbs: its ?? [],
      })),
    ]
  })

const understoodGroup = ({ name: group, versions }: Group, lists: readonly (readonly Listed[])[]): Resource[] => {
  const met = new Set<string>()
  return versions.flatMap(({ version }, at) => {
    const own = lists[at].filter(({ name }) => !name.includes("/"))
    const found = own.map(
      (one): Resource => ({
        group,
        version,
        plural: one.name,
        singular: one.singularName,
        kind: one.kind,
        namespaced: one.namespaced,
        shortNames: one.shortNames ?? [],
        categories: one.categories ?? [],
        verbs: one.verbs,
        subresources: lists[at].flatMap(({ name }) => (name.startsWith(`${one.name}/`) ? [name.slice(one.name.length + 1)] : [])),
        preferred: !met.has(one.name),
      }),
    )
    for (const { name } of own) met.add(name)
    return found
  })
}

/** The types that the server told of. */
export const resourcesOf = (answers: readonly Aggregated[]): readonly Resource[] =>
  answers
    .flatMap(({ items }) => items)
    .flatMap((group) =>
      understoodGroup(
        groupOf(group),
        group.versions.map((version) => listedOf(group.metadata.name ?? "", version)),
      ),
    )

/** The last sets of files, understood: the next kubectl most likely finds the same. */
let remembered: readonly { readonly files: readonly string[]; readonly resources: readonly Resource[] }[] = []
const MOST_REMEMBERED = 4

/** The groups of the last texts of servergroups.json. */
const groupsOf = new Map<string, readonly Group[]>()

const parsedGroups = (text: string): readonly Group[] => {
  let groups = groupsOf.get(text)
  if (!groups) {
    if (groupsOf.size >= MOST_REMEMBERED) groupsOf.clear()
    groupsOf.set(text, (groups = (JSON.parse(text) as { groups: readonly Group[] }).groups))
  }
  return groups
}

export class DiscoveryCache {
  readonly #process: Process
  readonly #root: string
  readonly #directory: string
  readonly #server: string

  /** `root`: --cache-dir. `server`: the address as the kubeconfig has it. `host`: of it, with its port. */
  constructor(process: Process, root: string, server: string, host: string) {
    this.#process = process
    this.#root = root
    this.#server = server.replace(/\/$/, "")
    this.#directory = `${root}/discovery/${host.replaceAll(/[^\w./]/g, "_")}`
  }

  get #groups(): string {
    return `${this.#directory}/servergroups.json`
  }

  #file(version: string): string {
    return `${this.#directory}/${version}/serverresources.json`
  }

  /** Young enough to be believed. */
  get young(): boolean {
    const { files } = this.#process
    return files.exists(this.#groups) && this.#process.now() - files.stat(this.#groups).modifiedAt <= FRESH
  }

  /** Undefined when a file is missing or damaged. */
  read(): readonly Resource[] | undefined {
    const { files } = this.#process
    try {
      const first = files.readText(this.#groups)
      const groups = parsedGroups(first)
      const found = [first]
      for (const { versions } of groups) for (const one of versions) found.push(files.readText(this.#file(one.groupVersion)))
      const known = remembered.find((one) => one.files.length === found.length && one.files.every((text, at) => text === found[at]))
      if (known) return known.resources
      let at = 1
      const resources = groups.flatMap((group) =>
        understoodGroup(
          group,
          group.versions.map(() => (JSON.parse(found[at++]) as { resources: readonly Listed[] }).resources),
        ),
      )
      remembered = [{ files: found, resources }, ...remembered.slice(0, MOST_REMEMBERED - 1)]
      return resources
    } catch {
      return undefined
    }
  }

  /** Keeps what the server said. A cache that cannot be written is none. */
  write(answers: readonly Aggregated[]): void {
    const groups = answers.flatMap(({ items }) => items)
    try {
      this.#put(this.#groups, JSON.stringify({ kind: "APIGroupList", apiVersion: "v1", groups: groups.map(groupOf) }))
      for (const { metadata, versions } of groups)
        for (const one of versions) {
          const version = groupVersion(metadata.name ?? "", one.version)
          const resources = listedOf(metadata.name ?? "", one)
          this.#put(this.#file(version), JSON.stringify({ kind: "APIResourceList", apiVersion: "v1", groupVersion: version, resources }))
        }
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
  }

  /** Keeps a whole answer, to ask later whether it still holds. As gregjones/httpcache over peterbourgon/diskv. */
  writeAnswer(path: string, { status, headers, body }: HttpResponse): void {
    const lines = Object.entries(headers).map(
      ([name, value]) => `${name.replace(/(^|-)\w/g, (letter) => letter.toUpperCase())}: ${value}\r\n`,
    )
    const text = `HTTP/2.0 ${status} OK\r\n${lines.sort().join("")}\r\n${body === undefined ? "" : bodyText(body)}`
    try {
      this.#put(`${this.#root}/http/${sha256Hex(`${this.#server}${path}`)}`, text)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
  }

  #put(path: string, text: string): void {
    const { files } = this.#process
    files.mkdir(path.slice(0, path.lastIndexOf("/")), { parents: true, mode: 0o750 })
    files.write(path, shared(text), { mode: 0o660 })
  }
}
