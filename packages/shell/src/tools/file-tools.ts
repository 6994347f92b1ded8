/** ls, cp, mv, rm, mkdir, rmdir, touch, ln, chmod. */
import { type FileStat, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool, type Tool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { parseOptions, usageError, withNewlines } from "./reading.ts"

/** Runs `work` for each word; what fails is told as "tool: <what> 'word': why". */
function* forEach(
  process: Process,
  tool: string,
  words: readonly string[],
  what: (word: string) => string,
  work: (word: string) => Steps<void> | void,
): Steps<number> {
  let status = 0
  for (const word of words) {
    if (process.charge(2)) yield* process.yield()
    try {
      const steps = work(word)
      if (steps) yield* steps
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`${tool}: ${what(word)}: ${error.message}\n`)
      status = 1
    }
  }
  return status
}

const TYPES: Readonly<Record<FileStat["type"], string>> = {
  file: "-",
  directory: "d",
  symlink: "l",
  fifo: "p",
  socket: "s",
  "character-device": "c",
  "block-device": "b",
}

/** The bits above the others, each in the place of one's right to execute: set-user-ID, set-group-ID, sticky. */
const SPECIAL = [
  { bit: 0o4000, letter: "s" },
  { bit: 0o2000, letter: "s" },
  { bit: 0o1000, letter: "t" },
]

export const modeText = (stat: FileStat): string =>
  TYPES[stat.type] +
  [6, 3, 0]
    .map((shift, who) => {
      const executes = ((stat.mode >> shift) & 1) !== 0
      const { bit, letter } = SPECIAL[who]
      const last = stat.mode & bit ? (executes ? letter : letter.toUpperCase()) : executes ? "x" : "-"
      return `${(stat.mode >> shift) & 4 ? "r" : "-"}${(stat.mode >> shift) & 2 ? "w" : "-"}${last}`
    })
    .join("")

const userNames = (process: Process, file: string): Map<number, string> =>
  new Map(
    (process.files.exists(file) ? process.files.readText(file) : "")
      .split("\n")
      .map((line) => line.split(":"))
      .filter((parts) => parts.length > 2)
      .map(([name, , id]) => [Number(id), name]),
  )

const human = (bytes: number): string => {
  if (bytes < 1024) return String(bytes)
  const power = Math.min(4, Math.floor(Math.log(bytes) / Math.log(1024)))
  const value = bytes / 1024 ** power
  return `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${"KMGT"[power - 1]}`
}

/** Names in as many columns as fit, each as wide as its longest, filled downwards: as ls lists them. */
const inVaryingColumns = (names: readonly string[], width: number): string => {
  const lengths = names.map((name) => [...name].length)
  for (let rows = 1; rows <= names.length; rows++) {
    const columns = Math.ceil(names.length / rows)
    const widths = Array.from({ length: columns }, (_, column) => Math.max(...lengths.slice(column * rows, (column + 1) * rows)))
    if (rows < names.length && widths.reduce((sum, one) => sum + one + 2, -2) > width) continue
    let text = ""
    for (let row = 0; row < rows; row++) {
      const cells: string[] = []
      for (let column = 0; column < columns; column++) {
        const name = names[column * rows + row]
        if (name !== undefined) cells.push(name + " ".repeat(widths[column] - lengths[column * rows + row]))
      }
      text += `${cells.join("  ").trimEnd()}\n`
    }
    return text
  }
  return ""
}

export const ls = defineTool({
  name: "ls",
  busybox: true,
  summary: "list directory contents",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "laA1hdtrSRFinsgoC",
      long: { all: "a", "almost-all": "A", "human-readable": "h", "color=": "color", color: "color", directory: "d", reverse: "r" },
    })
    if (problem) return yield* usageError(process, "ls", problem, 2)
    const users = userNames(process, "/etc/passwd")
    const groups = userNames(process, "/etc/group")
    const long = flags.has("l") || flags.has("n") || flags.has("g")
    const show = function* (base: string, names: readonly string[]): Steps<void> {
      const entries = names.map((name) => {
        const path = name.startsWith("/") || base === "" ? name : `${base}/${name}`
        return { name, path, stat: process.files.lstat(path) }
      })
      if (flags.has("t")) entries.sort((a, b) => b.stat.modifiedAt - a.stat.modifiedAt)
      if (flags.has("S")) entries.sort((a, b) => b.stat.size - a.stat.size)
      if (flags.has("r")) entries.reverse()
      const mark = (stat: FileStat) =>
        flags.has("F") ? (stat.type === "directory" ? "/" : stat.type === "symlink" ? "@" : stat.mode & 0o111 ? "*" : "") : ""
      if (!long) {
        const tty = process.fds.get(1)?.kind === "tty" && !flags.has("1")
        yield* process.print(
          tty
            ? entries.length > 0
              ? inVaryingColumns(
                  entries.map(({ name, stat }) => name + mark(stat)),
                  process.tty?.columns ?? 80,
                )
              : ""
            : withNewlines(entries.map(({ name, stat }) => name + mark(stat))),
        )
        return
      }
      const rows = entries.map(({ name, path, stat }) => [
        modeText(stat),
        String(stat.links),
        flags.has("n") ? String(stat.uid) : (users.get(stat.uid) ?? String(stat.uid)),
        flags.has("n") ? String(stat.gid) : (groups.get(stat.gid) ?? String(stat.gid)),
        flags.has("h") ? human(stat.size) : String(stat.size),
        formatDate(process.now() - stat.modifiedAt > 15_552_000_000 ? "%b %e  %Y" : "%b %e %H:%M", stat.modifiedAt),
        name + (stat.type === "symlink" ? ` -> ${process.files.readlink(path)}` : mark(stat)),
      ])
      const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row[column].length)))
      yield* process.print(
        withNewlines(
          rows.map(
            ([mode, links, user, group, size, time, name]) =>
              `${mode} ${links.padStart(widths[1])} ${user.padEnd(widths[2])} ${group.padEnd(widths[3])} ${size.padStart(widths[4])} ${time} ${name}`,
          ),
        ),
      )
    }
    const files: string[] = []
    const directories: string[] = []
    const status = yield* forEach(
      process,
      "ls",
      words.length > 0 ? words : ["."],
      (word) => `cannot access '${word}'`,
      (word) => {
        const stat = flags.has("d") || long ? process.files.lstat(word) : process.files.stat(word)
        ;(stat.type === "directory" && !flags.has("d") ? directories : files).push(word)
      },
    )
    if (files.length > 0) yield* show("", files)
    let first = files.length === 0
    const visit = function* (directory: string): Steps<void> {
      const names = process.files
        .list(directory)
        .map(({ name }) => name)
        .filter((name) => flags.has("a") || flags.has("A") || !name.startsWith("."))
      if (flags.has("a")) names.unshift(".", "..")
      if (directories.length > 1 || flags.has("R") || files.length > 0) yield* process.print(`${first ? "" : "\n"}${directory}:\n`)
      first = false
      if (long) yield* process.print(`total ${names.length * 4}\n`)
      yield* show(directory, names)
      if (flags.has("R"))
        for (const name of names)
          if (name !== "." && name !== ".." && process.files.lstat(`${directory}/${name}`).type === "directory")
            yield* visit(`${directory}/${name}`)
    }
    for (const directory of directories) {
      try {
        yield* visit(directory)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`ls: cannot open directory '${directory}': ${error.message}\n`)
        return 2
      }
    }
    return status === 0 ? 0 : 2
  },
})

const baseName = (path: string): string => path.replace(/\/+$/, "").split("/").at(-1) || "/"
const isDirectory = (process: Process, path: string): boolean => process.files.exists(path) && process.files.stat(path).type === "directory"

function* copyTree(process: Process, from: string, to: string): Steps<void> {
  if (process.charge(4)) yield* process.yield()
  const stat = process.files.lstat(from)
  if (stat.type === "directory") {
    if (!process.files.exists(to)) process.files.mkdir(to)
    for (const { name } of process.files.list(from)) yield* copyTree(process, `${from}/${name}`, `${to}/${name}`)
  } else if (stat.type === "symlink") process.files.symlink(process.files.readlink(from), to)
  else {
    const program = process.files.program(from)
    if (program) process.files.install(to, program)
    else process.files.write(to, process.files.readBytes(from))
    process.files.chmod(to, stat.mode)
  }
}

const transfer = (name: "cp" | "mv", work: (process: Process, from: string, to: string, recursive: boolean) => Steps<void>): Tool =>
  defineTool({
    name,
    busybox: true,
    summary: name === "cp" ? "copy files" : "move or rename files",
    *run(process, args) {
      const { flags, words, problem } = parseOptions(args, {
        letters: "rRafnpvuiTdLP",
        valued: "t",
        long: { recursive: "r", archive: "a", force: "f", verbose: "v", "no-clobber": "n", "target-directory=": "t" },
      })
      if (problem) return yield* usageError(process, name, problem)
      const target = (flags.get("t") as string | undefined) ?? words[words.length - 1]
      const sources = flags.has("t") ? words : words.slice(0, -1)
      if (words.length === 0) return yield* usageError(process, name, "missing file operand")
      if (sources.length === 0) return yield* usageError(process, name, `missing destination file operand after '${words[0]}'`)
      const into = isDirectory(process, target)
      if (sources.length > 1 && !into) {
        yield* process.error(
          `${name}: target '${target}': ${process.files.exists(target) ? "Not a directory" : "No such file or directory"}\n`,
        )
        return 1
      }
      let status = 0
      for (const source of sources) {
        const to = into ? `${target.replace(/\/$/, "")}/${baseName(source)}` : target
        try {
          process.files.lstat(source)
        } catch (error) {
          yield* process.error(`${name}: cannot stat '${source}': ${(error as Error).message}\n`)
          status = 1
          continue
        }
        if (name === "cp" && isDirectory(process, source) && !flags.has("r") && !flags.has("R") && !flags.has("a")) {
          yield* process.error(`cp: -r not specified; omitting directory '${source}'\n`)
          status = 1
          continue
        }
        if (flags.has("n") && process.files.exists(to)) continue
        try {
          yield* work(process, source, to, true)
          if (flags.has("v")) yield* process.print(name === "cp" ? `'${source}' -> '${to}'\n` : `renamed '${source}' -> '${to}'\n`)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* process.error(
            name === "cp"
              ? `cp: cannot create regular file '${to}': ${error.message}\n`
              : `mv: cannot move '${source}' to '${to}': ${error.message}\n`,
          )
          status = 1
        }
      }
      return status
    },
  })

export const cp = transfer("cp", copyTree)
export const mv = transfer("mv", function* (process, from, to) {
  try {
    process.files.rename(from, to)
  } catch (error) {
    // Another file system: copied, then removed.
    if (!(error instanceof SystemError && error.code === "EXDEV")) throw error
    yield* copyTree(process, from, to)
    process.files.remove(from, { recursive: true })
  }
})

export const rm = defineTool({
  name: "rm",
  busybox: true,
  summary: "remove files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "rRfivd", long: { recursive: "r", force: "f", verbose: "v" } })
    if (problem) return yield* usageError(process, "rm", problem)
    if (words.length === 0 && !flags.has("f")) return yield* usageError(process, "rm", "missing operand")
    return yield* forEach(
      process,
      "rm",
      words,
      (word) => `cannot remove '${word}'`,
      (word) => {
        try {
          process.files.remove(word, { recursive: flags.has("r") || flags.has("R") })
        } catch (error) {
          if (!(error instanceof SystemError && error.code === "ENOENT" && flags.has("f"))) throw error
        }
      },
    )
  },
})

export const mkdir = defineTool({
  name: "mkdir",
  busybox: true,
  summary: "make directories",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "pv", valued: "m", long: { parents: "p", "mode=": "m" } })
    if (problem) return yield* usageError(process, "mkdir", problem)
    if (words.length === 0) return yield* usageError(process, "mkdir", "missing operand")
    const mode = flags.has("m") ? Number.parseInt(String(flags.get("m")), 8) : undefined
    return yield* forEach(
      process,
      "mkdir",
      words,
      (word) => `cannot create directory '${word}'`,
      (word) => process.files.mkdir(word, { parents: flags.has("p"), ...(mode !== undefined && { mode }) }),
    )
  },
})

export const rmdir = defineTool({
  name: "rmdir",
  busybox: true,
  summary: "remove empty directories",
  run: (process, args) =>
    forEach(
      process,
      "rmdir",
      args.filter((word) => !word.startsWith("-")),
      (word) => `failed to remove '${word}'`,
      (word) => process.files.rmdir(word),
    ),
})

export const touch = defineTool({
  name: "touch",
  busybox: true,
  summary: "change file timestamps",
  run: (process, args) =>
    forEach(
      process,
      "touch",
      parseOptions(args, { letters: "acmh", valued: "drt" }).words,
      (word) => `cannot touch '${word}'`,
      (word) => {
        if (process.files.exists(word)) process.files.utimes(word, process.now(), process.now())
        else process.files.write(word, "")
      },
    ),
})

export const ln = defineTool({
  name: "ln",
  busybox: true,
  summary: "make links between files",
  *run(process, args) {
    const { flags, words } = parseOptions(args, { letters: "sfnvrT", long: { symbolic: "s", force: "f" } })
    const [target = "", given] = words
    const path =
      given === undefined
        ? baseName(target)
        : isDirectory(process, given) && !flags.has("n")
          ? `${given.replace(/\/$/, "")}/${baseName(target)}`
          : given
    try {
      if (flags.has("f") && process.files.exists(path)) process.files.remove(path)
      if (flags.has("s")) process.files.symlink(target, path)
      else process.files.link(target, path)
      return 0
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`ln: failed to create ${flags.has("s") ? "symbolic" : "hard"} link '${path}': ${error.message}\n`)
      return 1
    }
  },
})

const changedMode = (text: string, old: number, directory: boolean): number => {
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8)
  let mode = old
  for (const clause of text.split(",")) {
    const [, who = "", operator, what] = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause) ?? []
    if (!operator) return old
    let bits = 0
    for (const letter of what)
      bits |= letter === "r" ? 4 : letter === "w" ? 2 : letter === "x" || (letter === "X" && (directory || old & 0o111)) ? 1 : 0
    for (const [name, shift] of [
      ["u", 6],
      ["g", 3],
      ["o", 0],
    ] as const) {
      if (who !== "" && !who.includes("a") && !who.includes(name)) continue
      if (operator === "+") mode |= bits << shift
      else if (operator === "-") mode &= ~(bits << shift)
      else mode = (mode & ~(7 << shift)) | (bits << shift)
    }
  }
  return mode
}

export const chmod = defineTool({
  name: "chmod",
  busybox: true,
  summary: "change file modes",
  *run(process, args) {
    const recursive = args.includes("-R")
    const [mode = "", ...words] = args.filter((word) => word !== "-R" && word !== "-v")
    const change = function* (path: string): Steps<void> {
      const stat = process.files.stat(path)
      process.files.chmod(path, changedMode(mode, stat.mode, stat.type === "directory"))
      if (recursive && stat.type === "directory") for (const { name } of process.files.list(path)) yield* change(`${path}/${name}`)
    }
    return yield* forEach(process, "chmod", words, (word) => `cannot access '${word}'`, change)
  },
})
