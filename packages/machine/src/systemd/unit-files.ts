/** Where units come from: files and drop-ins of two directories, and the links that enable or mask them. */
import type { Files } from "../files/contract.ts"
import { parseUnit, type UnitFile } from "./unit-file.ts"

const ETC = "/etc/systemd/system"
/** Earlier ones win. */
const DIRECTORIES = [ETC, "/run/systemd/system", "/usr/lib/systemd/system"]

export interface LoadedUnit {
  readonly path: string
  readonly dropIns: readonly string[]
  readonly file: UnitFile
}

/** "kubelet" is kubelet.service. */
export const unitName = (unit: string): string =>
  /\.(service|socket|timer|target|mount|slice|scope|path)$/.test(unit) ? unit : `${unit}.service`

export class UnitFiles {
  readonly #files: Files

  constructor(files: Files) {
    this.#files = files
  }

  #find(name: string): string | undefined {
    return DIRECTORIES.map((directory) => `${directory}/${name}`).find((path) => this.#files.exists(path))
  }

  masked(name: string): boolean {
    const path = this.#find(name)
    return path !== undefined && this.#files.realpath(path) === "/dev/null"
  }

  load(name: string): LoadedUnit | undefined {
    const path = this.#find(name)
    if (path === undefined || this.masked(name)) return undefined
    const dropIns = new Map<string, string>()
    // A file of the same name in an earlier directory hides the later one's; all are applied in order of name.
    for (const directory of [...DIRECTORIES].reverse()) {
      const folder = `${directory}/${name}.d`
      if (!this.#files.exists(folder)) continue
      for (const { name: file } of this.#files.list(folder)) if (file.endsWith(".conf")) dropIns.set(file, `${folder}/${file}`)
    }
    const paths = [...dropIns.keys()].sort().map((file) => dropIns.get(file) as string)
    const texts = [path, ...paths].map((each) => this.#files.readText(each))
    return { path, dropIns: paths, file: parseUnit(texts) }
  }

  /** Names of all unit files, links under *.wants included. */
  names(): string[] {
    const names = new Set<string>()
    for (const directory of DIRECTORIES)
      if (this.#files.exists(directory)) for (const { name, type } of this.#files.list(directory)) if (type !== "directory") names.add(name)
    return [...names].filter((name) => name === unitName(name)).sort()
  }

  /** What a target pulls in by links. */
  wantedBy(target: string): string[] {
    const names = new Set<string>()
    for (const directory of DIRECTORIES)
      for (const kind of ["wants", "requires"]) {
        const folder = `${directory}/${target}.${kind}`
        if (this.#files.exists(folder)) for (const { name } of this.#files.list(folder)) names.add(name)
      }
    return [...names].sort()
  }

  #links(name: string, unit: LoadedUnit): string[] {
    const list = (key: string) => (unit.file.values.get(key) ?? []).flatMap((value) => value.split(/\s+/).filter(Boolean))
    return [
      ...list("Install.WantedBy").map((target) => `${ETC}/${target}.wants/${name}`),
      ...list("Install.RequiredBy").map((target) => `${ETC}/${target}.requires/${name}`),
      ...list("Install.Alias").map((alias) => `${ETC}/${alias}`),
    ]
  }

  enablement(name: string): "enabled" | "disabled" | "static" | "masked" {
    if (this.masked(name)) return "masked"
    const unit = this.load(name)
    const links = unit ? this.#links(name, unit) : []
    if (links.some((link) => this.#exists(link))) return "enabled"
    return unit && links.length === 0 ? "static" : "disabled"
  }

  #exists(link: string): boolean {
    const folder = link.slice(0, link.lastIndexOf("/"))
    return this.#files.exists(folder) && this.#files.list(folder).some(({ name }) => name === link.slice(folder.length + 1))
  }

  /** Makes the links of its [Install] section; those that were not there yet. */
  enable(name: string, unit: LoadedUnit): { path: string; target: string }[] {
    const missing = this.#links(name, unit).filter((link) => !this.#exists(link))
    for (const link of missing) {
      this.#files.mkdir(link.slice(0, link.lastIndexOf("/")), { parents: true })
      this.#files.symlink(unit.path, link)
    }
    return missing.map((path) => ({ path, target: unit.path }))
  }

  /** Takes every link to it away; their paths. */
  disable(name: string): string[] {
    const removed: string[] = []
    if (!this.#files.exists(ETC)) return removed
    for (const { name: folder, type } of this.#files.list(ETC)) {
      const path = `${ETC}/${folder}/${name}`
      if (type === "directory" && /\.(wants|requires)$/.test(folder) && this.#exists(path)) removed.push(path)
    }
    for (const path of removed) this.#files.remove(path)
    return removed
  }

  /** False when there is a file in the way, which is kept. */
  mask(name: string): boolean {
    const path = `${ETC}/${name}`
    if (this.masked(name)) return true
    if (this.#exists(path)) return false
    this.#files.mkdir(ETC, { parents: true })
    this.#files.symlink("/dev/null", path)
    return true
  }

  unmask(name: string): void {
    if (this.masked(name) && this.#exists(`${ETC}/${name}`)) this.#files.remove(`${ETC}/${name}`)
  }
}
