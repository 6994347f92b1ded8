/** mkdir, touch, ln, link, mkfifo, truncate, chmod. */
import { type FileStat, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseDate } from "../text/parse-date.ts"
import { timeZone } from "../text/time-zone.ts"
import { eachWord, shellQuoted } from "./each-word.ts"
import { changedMode, permissionText } from "./modes.ts"
import { baseName } from "./paths.ts"
import { parseOptions, quote, usageError } from "./reading.ts"

const isDirectory = (process: Process, path: string): boolean => process.files.exists(path) && process.files.stat(path).type === "directory"

const linkStat = (process: Process, path: string): FileStat | undefined => {
  try {
    return process.files.lstat(path)
  } catch (error) {
    if (error instanceof SystemError) return undefined
    throw error
  }
}

export const mkdir = defineTool({
  name: "mkdir",
  busybox: true,
  summary: "make directories",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "pvZ",
      valued: "m",
      long: { parents: "p", "mode=": "m", verbose: "v" },
    })
    if (problem) return yield* usageError(process, "mkdir", problem)
    if (words.length === 0) return yield* usageError(process, "mkdir", "missing operand")
    const given = flags.get("m")
    const mode = typeof given === "string" ? changedMode(given, 0o777, false, process.umask) : undefined
    if (given !== undefined && mode === undefined) {
      yield* process.error(`mkdir: invalid mode ${quote(process, String(given))}\n`)
      return 1
    }
    const make = (path: string, own?: number) => {
      process.files.mkdir(path, own === undefined ? {} : { mode: own })
      // The mode that was asked for, whatever umask says.
      if (own !== undefined) process.files.chmod(path, own)
    }
    let status = 0
    for (const word of words) {
      if (process.charge(2)) yield* process.yield()
      let path = word
      try {
        if (flags.has("p")) {
          const parts = word.split("/")
          for (let count = 1; count <= parts.length; count++) {
            path = parts.slice(0, count).join("/")
            if (path === "" || parts[count - 1] === "") continue
            if (isDirectory(process, path)) continue
            if (linkStat(process, path)) throw new SystemError(count < parts.length ? "ENOTDIR" : "EEXIST")
            make(path, count === parts.length ? mode : undefined)
            if (flags.has("v")) yield* process.print(`mkdir: created directory ${shellQuoted(path)}\n`)
          }
        } else {
          make(word, mode)
          if (flags.has("v")) yield* process.print(`mkdir: created directory ${shellQuoted(word)}\n`)
        }
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`mkdir: cannot create directory ${quote(process, path)}: ${error.message}\n`)
        status = 1
      }
    }
    return status
  },
})

/** "[[CC]YY]MMDDhhmm[.ss]" of touch -t, in ms. */
const stamp = (text: string, now: number): number | undefined => {
  const match = /^(?:(\d{2})?(\d{2}))?(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{2}))?$/.exec(text)
  if (!match) return undefined
  const [, century, short, month, day, hour, minute, second = "0"] = match
  const year =
    short === undefined
      ? new Date(now).getUTCFullYear()
      : century === undefined
        ? Number(short) + (Number(short) < 69 ? 2000 : 1900)
        : Number(century + short)
  return Date.UTC(year, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}

export const touch = defineTool({
  name: "touch",
  busybox: true,
  summary: "change file timestamps",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "acmhf",
      valued: "drt",
      long: { "date=": "d", "reference=": "r", "no-create": "c", "no-dereference": "h", "time=": "time" },
    })
    if (problem) return yield* usageError(process, "touch", problem)
    if (words.length === 0) return yield* usageError(process, "touch", "missing file operand")
    let [accessed, modified] = [process.now(), process.now()]
    const reference = flags.get("r")
    if (typeof reference === "string") {
      try {
        const stat = process.files.stat(reference)
        ;[accessed, modified] = [stat.accessedAt, stat.modifiedAt]
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`touch: failed to get attributes of ${shellQuoted(reference)}: ${error.message}\n`)
        return 1
      }
    }
    for (const [letter, read] of [
      ["d", parseDate],
      ["t", stamp],
    ] as const) {
      const text = flags.get(letter)
      if (typeof text !== "string") continue
      const at = read(text, process.now(), timeZone(process.env.get("TZ")))
      if (at === undefined) {
        yield* process.error(`touch: invalid date format ${quote(process, text)}\n`)
        return 1
      }
      accessed = modified = at
    }
    const only = (letter: string) => flags.has(letter) && !(flags.has("a") && flags.has("m"))
    return yield* eachWord(
      process,
      "touch",
      words,
      (word) => `cannot touch ${shellQuoted(word)}`,
      (word) => {
        const link = flags.has("h") && linkStat(process, word)?.type === "symlink"
        if (!link && !process.files.exists(word)) {
          if (flags.has("c") || flags.has("h")) return
          process.files.write(word, "")
        }
        const stat = link ? process.files.lstat(word) : process.files.stat(word)
        if (link) return
        process.files.utimes(word, only("m") ? stat.accessedAt : accessed, only("a") ? stat.modifiedAt : modified)
      },
    )
  },
})

/** From the directory of `path` to `target`, as ln -r writes it. */
const relative = (process: Process, target: string, path: string): string => {
  const from = process.files.resolve(path).split("/").slice(1, -1)
  const to = process.files.resolve(target).split("/").slice(1)
  let same = 0
  while (same < from.length && same < to.length && from[same] === to[same]) same++
  return [...from.slice(same).map(() => ".."), ...to.slice(same)].join("/") || "."
}

export const ln = defineTool({
  name: "ln",
  aliases: ["link"],
  busybox: true,
  summary: "make links between files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "sfnvrTibLPd",
      valued: "tS",
      long: {
        symbolic: "s",
        force: "f",
        verbose: "v",
        relative: "r",
        "no-dereference": "n",
        "no-target-directory": "T",
        "target-directory=": "t",
        backup: "b",
      },
    })
    if (problem) return yield* usageError(process, "ln", problem)
    if (words.length === 0) return yield* usageError(process, "ln", "missing file operand")
    const given = flags.get("t")
    const alone = words.length === 1 && given === undefined
    const goal = typeof given === "string" ? given : alone ? "." : (words.at(-1) as string)
    const targets = given !== undefined || alone ? words : words.slice(0, -1)
    const into =
      alone ||
      given !== undefined ||
      (!flags.has("T") && isDirectory(process, goal) && !(flags.has("n") && linkStat(process, goal)?.type === "symlink"))
    if (targets.length > 1 && !into) {
      yield* process.error(
        `ln: target ${shellQuoted(goal)}: ${process.files.exists(goal) ? "Not a directory" : "No such file or directory"}\n`,
      )
      return 1
    }
    const kind = flags.has("s") ? "symbolic" : "hard"
    let status = 0
    for (const target of targets) {
      const path = into ? `${goal.replace(/\/$/, "")}/${baseName(target)}` : goal
      const fail = function* (message: string): Steps<void> {
        yield* process.error(`ln: ${message}\n`)
        status = 1
      }
      try {
        if (kind === "hard") {
          const stat = linkStat(process, target)
          if (!stat) {
            yield* fail(`failed to access ${shellQuoted(target)}: No such file or directory`)
            continue
          }
          if (stat.type === "directory") {
            yield* fail(`${target}: hard link not allowed for directory`)
            continue
          }
        }
        const there = linkStat(process, path)
        if (there && flags.has("f") && there.type !== "directory") process.files.remove(path)
        else if (there && flags.has("b")) process.files.rename(path, `${path}~`)
        if (kind === "symbolic") process.files.symlink(flags.has("r") ? relative(process, target, path) : target, path)
        else process.files.link(target, path)
        if (flags.has("v"))
          yield* process.print(`${shellQuoted(path.replace(/^\.\//, ""))} ${kind === "hard" ? "=>" : "->"} ${shellQuoted(target)}\n`)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* fail(
          `failed to create ${kind} link ${shellQuoted(path)}${kind === "hard" && error.code !== "EEXIST" ? ` => ${shellQuoted(target)}` : ""}: ${error.message}`,
        )
      }
    }
    return status
  },
})

export const mkfifo = defineTool({
  name: "mkfifo",
  busybox: true,
  summary: "make FIFOs (named pipes)",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "", valued: "m", long: { "mode=": "m" } })
    if (problem) return yield* usageError(process, "mkfifo", problem)
    if (words.length === 0) return yield* usageError(process, "mkfifo", "missing operand")
    const mode = changedMode(String(flags.get("m") ?? "666"), 0o666, false)
    return yield* eachWord(
      process,
      "mkfifo",
      words,
      (word) => `cannot create fifo ${shellQuoted(word)}`,
      (word) => process.files.mkfifo(word, flags.has("m") ? mode : (mode ?? 0o666) & ~process.umask),
    )
  },
})

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4, KB: 1e3, MB: 1e6, GB: 1e9 }

export const truncate = defineTool({
  name: "truncate",
  busybox: true,
  summary: "shrink or extend the size of a file to the specified size",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "co",
      valued: "sr",
      long: { "size=": "s", "reference=": "r", "no-create": "c" },
    })
    if (problem) return yield* usageError(process, "truncate", problem)
    const size = flags.get("s")
    const reference = flags.get("r")
    if (size === undefined && reference === undefined)
      return yield* usageError(
        process,
        "truncate",
        `you must specify either ${quote(process, "--size")} or ${quote(process, "--reference")}`,
      )
    if (words.length === 0) return yield* usageError(process, "truncate", "missing file operand")
    const match = /^([-+<>/%]?)(\d+)([KMGT]?B?|[kmgt])$/.exec(String(size ?? "0"))
    if (!match) {
      yield* process.error(`truncate: Invalid number: ${quote(process, String(size))}\n`)
      return 1
    }
    const amount = Number(match[2]) * (UNITS[match[3].toUpperCase()] ?? 1)
    return yield* eachWord(
      process,
      "truncate",
      words,
      (word) => `cannot open ${shellQuoted(word)} for writing`,
      (word) => {
        if (!process.files.exists(word)) {
          if (flags.has("c")) return
          process.files.write(word, "")
        }
        const old = process.files.stat(word).size
        const base = typeof reference === "string" ? process.files.stat(reference).size : old
        const signed: Readonly<Record<string, number>> = {
          "+": base + amount,
          "-": Math.max(0, base - amount),
          "<": Math.min(base, amount),
          ">": Math.max(base, amount),
          "/": amount > 0 ? Math.floor(base / amount) * amount : base,
          "%": amount > 0 ? Math.ceil(base / amount) * amount : base,
        }
        process.files.truncate(word, match[1] === "" ? (size === undefined ? base : amount) : signed[match[1]])
      },
    )
  },
})

export const chmod = defineTool({
  name: "chmod",
  busybox: true,
  summary: "change file mode bits",
  *run(process, args) {
    // A mode may begin with "-": what names bits is no option.
    const isMode = (word: string) => /^-[rwxXst]+$/.test(word) || (/^-[ugoa]*[-+=][rwxXstugo]/.test(word) && !word.startsWith("--"))
    const modeAt = args.findIndex((word) => word === "--" || isMode(word))
    const optionWords = modeAt >= 0 && args[modeAt] !== "--" ? [...args.slice(0, modeAt), ...args.slice(modeAt + 1)] : args
    const { flags, words, problem } = parseOptions(optionWords, {
      letters: "Rvcf",
      long: { recursive: "R", verbose: "v", changes: "c", quiet: "f", silent: "f", "reference=": "ref", "preserve-root": "p" },
    })
    if (problem) return yield* usageError(process, "chmod", problem)
    const reference = flags.get("ref")
    const dashed = modeAt >= 0 && args[modeAt] !== "--" ? args[modeAt] : undefined
    if (typeof reference === "string" && !process.files.exists(reference)) {
      yield* process.error(`chmod: failed to get attributes of ${shellQuoted(reference)}: No such file or directory\n`)
      return 1
    }
    const spec = typeof reference === "string" ? "" : (dashed ?? words[0])
    const names = typeof reference === "string" || dashed !== undefined ? words : words.slice(1)
    if (spec === undefined) return yield* usageError(process, "chmod", "missing operand")
    if (names.length === 0) return yield* usageError(process, "chmod", `missing operand after ${quote(process, spec)}`)
    if (typeof reference !== "string" && changedMode(spec, 0, false) === undefined)
      return yield* usageError(process, "chmod", `invalid mode: ${quote(process, spec)}`)
    let status = 0
    const change = function* (path: string, word: boolean): Steps<void> {
      if (process.charge(2)) yield* process.yield()
      try {
        if (!word && process.files.lstat(path).type === "symlink") return
        const stat = process.files.stat(path)
        const old = stat.mode & 0o7777
        const mode =
          typeof reference === "string"
            ? process.files.stat(reference).mode & 0o7777
            : (changedMode(spec, old, stat.type === "directory", process.umask) ?? old)
        process.files.chmod(path, mode)
        const shown = (bits: number) => `${bits.toString(8).padStart(4, "0")} (${permissionText(bits)})`
        if (flags.has("v") || (flags.has("c") && mode !== old))
          yield* process.print(
            mode === old
              ? `mode of ${shellQuoted(path)} retained as ${shown(mode)}\n`
              : `mode of ${shellQuoted(path)} changed from ${shown(old)} to ${shown(mode)}\n`,
          )
        if (flags.has("R") && stat.type === "directory")
          for (const { name } of process.files.list(path)) yield* change(`${path.replace(/\/$/, "")}/${name}`, false)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        status = 1
        if (!flags.has("f"))
          yield* process.error(
            error.code === "ENOENT" || error.code === "ENOTDIR"
              ? `chmod: cannot access ${shellQuoted(path)}: ${error.message}\n`
              : `chmod: changing permissions of ${shellQuoted(path)}: ${error.message}\n`,
          )
      }
    }
    for (const name of names) yield* change(name, true)
    return status
  },
})
