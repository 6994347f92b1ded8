/** cp, mv and install. */
import { Accounts, type FileStat, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { backupName } from "./backups.ts"
import { shellQuoted } from "./each-word.ts"
import { changedMode } from "./modes.ts"
import { baseName } from "./paths.ts"
import { parseOptions, quote, usageError } from "./reading.ts"

type Flags = ReadonlyMap<string, string | true>

const statOf = (process: Process, path: string, follow: boolean): FileStat | undefined => {
  try {
    return follow ? process.files.stat(path) : process.files.lstat(path)
  } catch (error) {
    if (error instanceof SystemError) return undefined
    throw error
  }
}

const isDirectory = (process: Process, path: string): boolean => statOf(process, path, true)?.type === "directory"

/** A yes to a question on standard error. */
export function* agrees(process: Process, question: string): Steps<boolean> {
  yield* process.error(question)
  return /^[yY]/.test((yield* process.readLine(0)) ?? "")
}

class CopyError extends Error {}

class Copier {
  readonly #process: Process
  readonly #flags: Flags
  status = 0

  constructor(process: Process, flags: Flags) {
    this.#process = process
    this.#flags = flags
  }

  #has(letter: string): boolean {
    return this.#flags.has(letter)
  }

  get recursive(): boolean {
    return this.#has("r") || this.#has("R") || this.#has("a")
  }

  *complain(message: string): Steps<void> {
    this.status = 1
    yield* this.#process.error(`cp: ${message}\n`)
  }

  /** Copies what is at `from` to the very path `to`. */
  *copy(from: string, to: string, word: boolean): Steps<void> {
    const { files } = this.#process
    if (this.#process.charge(4)) yield* this.#process.yield()
    const keepsLinks =
      this.#has("P") || this.#has("d") || this.#has("a") || (this.recursive && !this.#has("L") && !(word && this.#has("H")))
    const stat = keepsLinks ? files.lstat(from) : files.stat(from)
    const there = statOf(this.#process, to, true)
    if (stat.type === "directory") {
      if (!this.recursive) return yield* this.complain(`-r not specified; omitting directory ${shellQuoted(from)}`)
      if (there && there.type !== "directory")
        return yield* this.complain(`cannot overwrite non-directory ${shellQuoted(to)} with directory ${shellQuoted(from)}`)
      const inside = `${files.realpath(to.includes("/") ? to.replace(/\/[^/]*$/, "") || "/" : ".")}/`
      if (inside.startsWith(`${files.realpath(from)}/`) && word)
        return yield* this.complain(`cannot copy a directory, ${shellQuoted(from)}, into itself, ${shellQuoted(to)}`)
      if (!there) files.mkdir(to, { mode: stat.mode & 0o7777 })
      if (this.#has("v") && !there) yield* this.#process.print(`${shellQuoted(from)} -> ${shellQuoted(to)}\n`)
      for (const { name } of files.list(from)) {
        try {
          yield* this.copy(`${from.replace(/\/$/, "")}/${name}`, `${to.replace(/\/$/, "")}/${name}`, false)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* this.complain(`cannot open ${shellQuoted(`${from}/${name}`)} for reading: ${error.message}`)
        }
      }
      this.#keep(stat, to, !there)
      return
    }
    if (there?.type === "directory")
      return yield* this.complain(`cannot overwrite directory ${shellQuoted(to)} with non-directory ${shellQuoted(from)}`)
    if (there && there.inode === stat.inode && there.device === stat.device && !this.#has("l"))
      return yield* this.complain(`${shellQuoted(from)} and ${shellQuoted(to)} are the same file`)
    if (there && this.#has("n")) return
    if (there && this.#has("u") && there.modifiedAt >= stat.modifiedAt) return
    if (there && this.#has("i") && !(yield* agrees(this.#process, `cp: overwrite ${shellQuoted(to)}? `))) return
    const kept = there ? backupName(this.#process, this.#flags, to) : undefined
    if (kept !== undefined) files.rename(to, kept)
    if (statOf(this.#process, to, false)?.type === "symlink" && (stat.type === "symlink" || this.#has("remove") || this.#has("f")))
      files.remove(to)
    if (this.#has("l")) files.link(from, to)
    else if (this.#has("s")) files.symlink(from, to)
    else if (stat.type === "symlink") {
      if (statOf(this.#process, to, false)) files.remove(to)
      files.symlink(files.readlink(from), to)
    } else if (stat.type === "fifo" && this.recursive) files.mkfifo(to, stat.mode)
    else yield* this.#content(from, to, stat)
    if (this.#has("v")) yield* this.#process.print(`${shellQuoted(from)} -> ${shellQuoted(to)}\n`)
  }

  *#content(from: string, to: string, stat: FileStat): Steps<void> {
    const { files } = this.#process
    const program = files.program(from)
    if (program) files.install(to, program)
    else if (stat.type === "file") files.write(to, files.readBytes(from), { mode: stat.mode & 0o777 & ~this.#process.umask })
    else {
      const [source, target] = [yield* this.#process.open(from, "r"), yield* this.#process.open(to, "w")]
      for (let chunk = yield* this.#process.read(source); chunk.length > 0; chunk = yield* this.#process.read(source))
        yield* this.#process.write(target, chunk)
      this.#process.close(source)
      this.#process.close(target)
    }
    if (program) files.chmod(to, stat.mode)
    this.#keep(stat, to, true)
  }

  /** -p and -a: mode, owner and times. */
  #keep(stat: FileStat, to: string, _made: boolean): void {
    const { files, credentials } = this.#process
    if (!this.#has("p") && !this.#has("a") && !this.#has("preserve")) return
    if (credentials.uid === 0) files.chown(to, stat.uid, stat.gid)
    files.chmod(to, stat.mode)
    files.utimes(to, stat.accessedAt, stat.modifiedAt)
  }
}

const LONG = {
  recursive: "r",
  archive: "a",
  force: "f",
  verbose: "v",
  "no-clobber": "n",
  interactive: "i",
  update: "u",
  "target-directory=": "t",
  "no-target-directory": "T",
  "backup=?": "backup",
  "suffix=": "S",
  "preserve=?": "preserve",
  "no-preserve=": "no-preserve",
  "no-dereference": "P",
  dereference: "L",
  link: "l",
  "symbolic-link": "s",
  parents: "parents",
  "remove-destination": "remove",
  "strip-trailing-slashes": "strip",
  "reflink=?": "reflink",
  "sparse=": "sparse",
} as const

/** Sources and where they go; undefined after an error was told. */
function* places(
  process: Process,
  tool: string,
  flags: Flags,
  words: readonly string[],
): Steps<{ sources: readonly string[]; target: string; into: boolean } | undefined> {
  const given = flags.get("t")
  if (words.length === 0) {
    yield* usageError(process, tool, "missing file operand")
    return undefined
  }
  const sources = typeof given === "string" ? words : words.slice(0, -1)
  const target = typeof given === "string" ? given : words[words.length - 1]
  if (sources.length === 0) {
    yield* usageError(process, tool, `missing destination file operand after ${shellQuoted(words[0])}`)
    return undefined
  }
  if (flags.has("T") && sources.length > 1) {
    yield* usageError(process, tool, `extra operand ${shellQuoted(words[2])}`)
    return undefined
  }
  const into = !flags.has("T") && isDirectory(process, target)
  if (
    !into &&
    (sources.length > 1 || typeof given === "string" || (target.endsWith("/") && tool === "cp" && !isDirectory(process, sources[0])))
  ) {
    const there = statOf(process, target, true)
    if (sources.length > 1 || typeof given === "string") {
      yield* process.error(`${tool}: target ${shellQuoted(target)}: ${there ? "Not a directory" : "No such file or directory"}\n`)
      return undefined
    }
    yield* process.error(`cp: cannot create regular file ${shellQuoted(target)}: Not a directory\n`)
    return undefined
  }
  return { sources, target, into }
}

export const cp = defineTool({
  name: "cp",
  busybox: true,
  summary: "copy files and directories",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "rRafnpvuidTLPHbslx", valued: "tS", long: LONG })
    if (problem) return yield* usageError(process, "cp", problem)
    const found = yield* places(process, "cp", flags, words)
    if (!found) return 1
    if (flags.has("parents") && !found.into) return yield* usageError(process, "cp", "with --parents, the destination must be a directory")
    const copier = new Copier(process, flags)
    for (const source of found.sources) {
      let to = found.into ? `${found.target.replace(/\/$/, "")}/${baseName(source)}` : found.target
      // "dir/." copies what is in it.
      if (found.into && /(^|\/)\.$/.test(source)) to = found.target
      try {
        if (flags.has("parents") && found.into) {
          to = `${found.target.replace(/\/$/, "")}/${source.replace(/^\/+/, "")}`
          process.files.mkdir(to.replace(/\/[^/]*$/, ""), { parents: true })
        }
        process.files.lstat(source)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* copier.complain(`cannot stat ${shellQuoted(source)}: ${error.message}`)
        continue
      }
      try {
        yield* copier.copy(source, to, true)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        const readable = error.code !== "EACCES" || process.files.access(source, { read: true })
        yield* copier.complain(
          error.code === "ENOSPC" || error.code === "EDQUOT"
            ? `error writing ${shellQuoted(to)}: ${error.message}`
            : !readable
              ? `cannot open ${shellQuoted(source)} for reading: ${error.message}`
              : error.code === "ELOOP" || (error.code === "ENOENT" && statOf(process, source, true) === undefined)
                ? `cannot stat ${shellQuoted(source)}: ${error.message}`
                : isDirectory(process, source)
                  ? `cannot create directory ${shellQuoted(to)}: ${error.message}`
                  : `cannot create regular file ${shellQuoted(to)}: ${error.message}`,
        )
      }
    }
    return copier.status
  },
})

function* move(process: Process, source: string, to: string, flags: Flags): Steps<void> {
  const { files } = process
  const from = files.lstat(source)
  const there = statOf(process, to, false)
  if (there && there.inode === from.inode && there.device === from.device)
    throw new CopyError(`${shellQuoted(source)} and ${shellQuoted(to)} are the same file`)
  if (there) {
    if (flags.has("n")) return
    if (flags.has("u") && there.modifiedAt >= from.modifiedAt) return
    if (flags.has("i") && !(yield* agrees(process, `mv: overwrite ${shellQuoted(to)}? `))) return
    if (there.type === "directory" && from.type !== "directory")
      throw new CopyError(`cannot overwrite directory ${shellQuoted(to)} with non-directory`)
    if (there.type !== "directory" && from.type === "directory")
      throw new CopyError(`cannot overwrite non-directory ${shellQuoted(to)} with directory ${shellQuoted(source)}`)
    const kept = backupName(process, flags, to)
    if (kept !== undefined) files.rename(to, kept)
  }
  try {
    files.rename(source, to)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    if (error.code === "EINVAL") throw new CopyError(`cannot move ${shellQuoted(source)} to a subdirectory of itself, ${shellQuoted(to)}`)
    if (error.code === "ENOTEMPTY") throw new CopyError(`cannot move ${shellQuoted(source)} to ${shellQuoted(to)}: ${error.message}`)
    // Another file system: copied, then removed.
    if (error.code !== "EXDEV") throw error
    const copier = new Copier(process, new Map([["a", true]]))
    yield* copier.copy(source, to, true)
    files.remove(source, { recursive: true })
  }
  if (flags.has("v")) yield* process.print(`renamed ${shellQuoted(source)} -> ${shellQuoted(to)}\n`)
}

export const mv = defineTool({
  name: "mv",
  busybox: true,
  summary: "move (rename) files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "fnvuiTbZ", valued: "tS", long: LONG })
    if (problem) return yield* usageError(process, "mv", problem)
    const found = yield* places(process, "mv", flags, words)
    if (!found) return 1
    let status = 0
    for (const source of found.sources) {
      const to = found.into ? `${found.target.replace(/\/$/, "")}/${baseName(source)}` : found.target
      try {
        process.files.lstat(source)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`mv: cannot stat ${shellQuoted(source)}: ${error.message}\n`)
        status = 1
        continue
      }
      try {
        yield* move(process, source, to, flags)
      } catch (error) {
        if (!(error instanceof SystemError || error instanceof CopyError)) throw error
        yield* process.error(
          error instanceof CopyError
            ? `mv: ${error.message}\n`
            : `mv: cannot move ${shellQuoted(source)} to ${shellQuoted(to)}: ${error.message}\n`,
        )
        status = 1
      }
    }
    return status
  },
})

export const install = defineTool({
  name: "install",
  busybox: true,
  summary: "copy files and set attributes",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "dDpvbcCsT",
      valued: "mogtS",
      long: { directory: "d", "mode=": "m", "owner=": "o", "group=": "g", "target-directory=": "t", verbose: "v" },
    })
    if (problem) return yield* usageError(process, "install", problem)
    const accounts = new Accounts(process.files)
    const mode = changedMode(String(flags.get("m") ?? "755"), 0, false)
    if (mode === undefined) {
      yield* process.error(`install: invalid mode ${quote(process, String(flags.get("m")))}\n`)
      return 1
    }
    const named = (kind: "o" | "g"): number | undefined => {
      const name = flags.get(kind)
      if (typeof name !== "string") return undefined
      return (kind === "o" ? accounts.user(name)?.uid : accounts.group(name)?.gid) ?? (/^\d+$/.test(name) ? Number(name) : -1)
    }
    const [uid, gid] = [named("o"), named("g")]
    if (uid === -1 || gid === -1) {
      yield* process.error(
        `install: invalid ${uid === -1 ? "user" : "group"} ${quote(process, String(flags.get(uid === -1 ? "o" : "g")))}\n`,
      )
      return 1
    }
    const finish = (path: string) => {
      process.files.chmod(path, mode)
      if (uid !== undefined || gid !== undefined) process.files.chown(path, uid ?? process.credentials.uid, gid ?? process.credentials.gid)
    }
    if (flags.has("d")) {
      if (words.length === 0) return yield* usageError(process, "install", "missing file operand")
      for (const word of words) {
        process.files.mkdir(word, { parents: true })
        finish(word)
      }
      return 0
    }
    const parents = flags.has("D") ? String(flags.get("t") ?? words.at(-1)) : undefined
    if (parents !== undefined) process.files.mkdir(flags.has("t") ? parents : parents.replace(/\/?[^/]*$/, "") || ".", { parents: true })
    const found = yield* places(process, "install", flags, words)
    if (!found) return 1
    let status = 0
    for (const source of found.sources) {
      const to = found.into ? `${found.target.replace(/\/$/, "")}/${baseName(source)}` : found.target
      try {
        if (isDirectory(process, source)) {
          yield* process.error(`install: omitting directory ${shellQuoted(source)}\n`)
          status = 1
          continue
        }
        const program = process.files.program(source)
        if (process.files.exists(to)) process.files.remove(to)
        if (program) process.files.install(to, program)
        else process.files.write(to, process.files.readBytes(source))
        finish(to)
        if (flags.has("v")) yield* process.print(`${shellQuoted(source)} -> ${shellQuoted(to)}\n`)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(
          `install: ${process.files.exists(source) ? `cannot create regular file ${shellQuoted(to)}` : `cannot stat ${shellQuoted(source)}`}: ${error.message}\n`,
        )
        status = 1
      }
    }
    return status
  },
})
