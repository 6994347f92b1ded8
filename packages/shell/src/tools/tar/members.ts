/** What goes into an archive: members made of files. */
import { Accounts, type Process, type Steps, SystemError } from "@drydock/machine"
import { matchPattern } from "../../bash/pattern.ts"
import type { TarOptions } from "./command-line.ts"
import type { Entry } from "./format.ts"

/** Whether a name, or its last part, is one that was excluded. */
export const excluded = (options: TarOptions, name: string): boolean =>
  options.excludes.some(
    (one) => matchPattern(one, name) || matchPattern(one, name.split("/").at(-1) ?? "") || matchPattern(one, name.replace(/^\.\//, "")),
  )

/** A name in the directory that was gone to. */
export const within = (directory: string, path: string): string =>
  directory === "" || path.startsWith("/") ? path : `${directory.replace(/\/$/, "")}/${path}`

const identity = (given: string | undefined, id: number, name: string): { id: number; name: string } => {
  if (given === undefined) return { id, name }
  const [label, number] = given.split(":")
  return { id: Number(number ?? (/^\d+$/.test(label) ? label : id)), name: /^\d+$/.test(label) ? "" : label }
}

/** Makes members; counts what could not be read. */
export class Gatherer {
  failed = false
  readonly #process: Process
  readonly #options: TarOptions
  readonly #accounts: Accounts
  #told = false

  constructor(process: Process, options: TarOptions) {
    this.#process = process
    this.#options = options
    this.#accounts = new Accounts(process.files)
  }

  /** Adds what is at and below `name`. */
  *add(name: string, directory: string, entries: Entry[]): Steps<void> {
    const process = this.#process
    const { files } = process
    if (process.charge(16)) yield* process.yield()
    const path = within(directory, name)
    try {
      const stat = this.#options.follow ? files.stat(path) : files.lstat(path)
      if (excluded(this.#options, name.replace(/\/$/, ""))) return
      const isDirectory = stat.type === "directory"
      const bare = yield* this.#inside(name)
      const whole = isDirectory ? `${bare.replace(/\/+$/, "")}/` : bare
      const shown = this.#options.transforms.reduce((text, transform) => transform.apply(text), whole)
      if (this.#options.verbose > 0) yield* this.#options.file === "-" ? process.error(`${shown}\n`) : process.print(`${shown}\n`)
      const owner = identity(this.#options.owner, stat.uid, this.#accounts.userName(stat.uid))
      const group = identity(this.#options.group, stat.gid, this.#accounts.groupName(stat.gid))
      const { permissions } = this.#options
      entries.push({
        name: shown,
        stat: {
          ...stat,
          mode: permissions === undefined ? stat.mode : (stat.mode & ~0o7777) | permissions,
          uid: owner.id,
          gid: group.id,
        },
        user: owner.name,
        group: group.name,
        link: stat.type === "symlink" ? files.readlink(path) : "",
        content: stat.type === "file" ? files.readBytes(path) : new Uint8Array(),
      })
      if (isDirectory && !this.#options.noRecursion) {
        const children = files.list(path).map((child) => child.name)
        for (const child of this.#options.sorted ? children.sort() : children)
          yield* this.add(`${name.replace(/\/+$/, "")}/${child}`, directory, entries)
      }
      if (this.#options.removeFiles) files.remove(path)
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
      this.failed = true
      yield* process.error(`tar: ${name}: Cannot ${error.code === "ENOENT" ? "stat" : "open"}: ${error.message}\n`)
    }
  }

  /** Without what would lead out of where it is unpacked. */
  *#inside(name: string): Steps<string> {
    if (this.#options.absolute) return name
    const inside = name.replace(/^\/+/, "")
    if (inside !== name && !this.#told) {
      this.#told = true
      yield* this.#process.error("tar: Removing leading `/' from member names\n")
    }
    return inside
  }
}
