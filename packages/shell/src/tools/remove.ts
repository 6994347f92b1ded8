/** rm and rmdir. */
import { type FileStat, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { agrees } from "./copy.ts"
import { eachWord, shellQuoted } from "./each-word.ts"
import { parseOptions, usageError } from "./reading.ts"

const kindOf = (stat: FileStat): string =>
  stat.type === "directory"
    ? "directory"
    : stat.type === "symlink"
      ? "symbolic link"
      : stat.type === "file"
        ? stat.size === 0
          ? "regular empty file"
          : "regular file"
        : stat.type === "fifo"
          ? "fifo"
          : stat.type

class Remover {
  readonly #process: Process
  readonly #flags: ReadonlyMap<string, string | true>
  status = 0

  constructor(process: Process, flags: ReadonlyMap<string, string | true>) {
    this.#process = process
    this.#flags = flags
  }

  *#complain(message: string): Steps<void> {
    this.status = 1
    yield* this.#process.error(`rm: ${message}\n`)
  }

  *remove(path: string): Steps<boolean> {
    const process = this.#process
    if (process.charge(2)) yield* process.yield()
    const recursive = this.#flags.has("r") || this.#flags.has("R")
    const asks = this.#flags.has("i")
    let stat: FileStat
    try {
      stat = process.files.lstat(path)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      if (!(this.#flags.has("f") && (error.code === "ENOENT" || error.code === "ENOTDIR")))
        yield* this.#complain(`cannot remove ${shellQuoted(path)}: ${error.message}`)
      return false
    }
    const directory = stat.type === "directory"
    if (directory && !recursive && !this.#flags.has("d")) {
      yield* this.#complain(`cannot remove ${shellQuoted(path)}: Is a directory`)
      return false
    }
    try {
      if (directory && recursive) {
        const entries = process.files.list(path)
        if (asks && entries.length > 0 && !(yield* agrees(process, `rm: descend into directory ${shellQuoted(path)}? `))) return false
        if (!asks && !this.#flags.has("v")) {
          process.files.remove(path, { recursive: true })
          return true
        }
        let all = true
        for (const { name } of entries) if (!(yield* this.remove(`${path.replace(/\/$/, "")}/${name}`))) all = false
        if (!all) return false
      }
      if (asks && !(yield* agrees(process, `rm: remove ${kindOf(stat)} ${shellQuoted(path)}? `))) return false
      if (directory) process.files.rmdir(path)
      else process.files.remove(path)
      if (this.#flags.has("v")) yield* process.print(`removed ${directory ? "directory " : ""}${shellQuoted(path)}\n`)
      return true
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* this.#complain(`cannot remove ${shellQuoted(path)}: ${error.message}`)
      return false
    }
  }
}

export const rm = defineTool({
  name: "rm",
  busybox: true,
  summary: "remove files or directories",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "rRfivdI",
      long: {
        recursive: "r",
        force: "f",
        verbose: "v",
        dir: "d",
        "interactive=?": "i",
        "no-preserve-root": "no-preserve-root",
        "preserve-root": "preserve-root",
        "one-file-system": "one",
      },
    })
    if (problem) return yield* usageError(process, "rm", problem)
    if (words.length === 0) return flags.has("f") ? 0 : yield* usageError(process, "rm", "missing operand")
    // The last of -f and -i counts.
    const asks = [...args].reverse().find((word) => /^-[a-zA-Z]*[fi]/.test(word))
    const effective = new Map(flags)
    if (asks && asks.lastIndexOf("f") > asks.lastIndexOf("i")) effective.delete("i")
    if (flags.get("i") === "never") effective.delete("i")
    const remover = new Remover(process, effective)
    const recursive = flags.has("r") || flags.has("R")
    for (const word of words) {
      if (recursive && /(^|\/)\.\.?\/*$/.test(word)) {
        yield* process.error(`rm: refusing to remove '.' or '..' directory: skipping ${shellQuoted(word)}\n`)
        remover.status = 1
      } else if (recursive && process.files.resolve(word) === "/" && !flags.has("no-preserve-root")) {
        yield* process.error(`rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n`)
        remover.status = 1
      } else yield* remover.remove(word)
    }
    return remover.status
  },
})

export const rmdir = defineTool({
  name: "rmdir",
  busybox: true,
  summary: "remove empty directories",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "pv",
      long: { parents: "p", verbose: "v", "ignore-fail-on-non-empty": "quiet" },
    })
    if (problem) return yield* usageError(process, "rmdir", problem)
    if (words.length === 0) return yield* usageError(process, "rmdir", "missing operand")
    const told: string[] = []
    const status = yield* eachWord(
      process,
      "rmdir",
      words,
      (word) => `failed to remove ${shellQuoted(word)}`,
      (word) => {
        for (
          let path = word.replace(/\/+$/, "");
          path !== "" && path !== ".";
          path = path.includes("/") ? path.replace(/\/[^/]*$/, "") : ""
        ) {
          if (flags.has("v")) told.push(`rmdir: removing directory, ${shellQuoted(path)}\n`)
          try {
            process.files.rmdir(path)
          } catch (error) {
            if (flags.has("quiet") && error instanceof SystemError && error.code === "ENOTEMPTY") return
            throw error
          }
          if (!flags.has("p")) return
        }
      },
    )
    yield* process.print(told.join(""))
    return status
  },
})
