/** sync, arch, getconf, nice, renice, setsid, whereis, pathchk, look, zgrep and the like. */
import { type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { shellQuoted } from "./each-word.ts"
import { findExecutable } from "./executables.ts"
import { runCommand } from "./process-tools.ts"
import { sizeOf } from "./option-values.ts"
import { allLines, parseOptions, quote, readFile, usageError, withNewlines } from "./reading.ts"

export const sync = defineTool({
  name: "sync",
  busybox: true,
  summary: "synchronize cached writes to persistent storage",
  *run(process) {
    yield* process.yield()
    return 0
  },
})

export const arch = defineTool({
  name: "arch",
  busybox: true,
  summary: "print machine hardware name",
  *run(process) {
    yield* process.print("x86_64\n")
    return 0
  },
})

const CONFIGURATION: Readonly<Record<string, string>> = {
  PAGE_SIZE: "4096",
  PAGESIZE: "4096",
  ARG_MAX: "2097152",
  LONG_BIT: "64",
  OPEN_MAX: "1024",
  CLK_TCK: "100",
  PATH_MAX: "4096",
  NAME_MAX: "255",
  HOST_NAME_MAX: "64",
  GNU_LIBC_VERSION: "glibc 2.39",
}

export const getconf = defineTool({
  name: "getconf",
  summary: "query system configuration variables",
  *run(process, args) {
    const [name] = args.filter((word) => !word.startsWith("-"))
    if (name === undefined) {
      yield* process.error("Usage: getconf [-v SPEC] VAR\n  or:  getconf [-v SPEC] PATH_VAR PATH\n")
      return 2
    }
    const processors = () =>
      (process.files.exists("/proc/cpuinfo") ? process.files.readText("/proc/cpuinfo").match(/^processor/gm)?.length : undefined) ?? 2
    const value =
      name === "_NPROCESSORS_ONLN" || name === "_NPROCESSORS_CONF"
        ? String(processors())
        : Object.hasOwn(CONFIGURATION, name)
          ? CONFIGURATION[name]
          : undefined
    if (value === undefined) {
      yield* process.error(`getconf: Unrecognized variable \`${name}'\n`)
      return 2
    }
    yield* process.print(`${value}\n`)
    return 0
  },
})

export const nice = defineTool({
  name: "nice",
  aliases: ["ionice", "chrt", "stdbuf", "setpriv"],
  busybox: true,
  summary: "run a program with modified scheduling priority",
  *run(process, args) {
    const called = process.argv[0]?.split("/").at(-1) ?? "nice"
    const { flags, words, problem } = parseOptions(
      args.map((word) => (/^--?\d+$/.test(word) && called === "nice" ? `-n${word.slice(1)}` : word)),
      {
        letters: "itbfr",
        valued: called === "stdbuf" ? "ioe" : "ncpk",
        stopAtWord: true,
        long: { "adjustment=": "n", "output=": "o", "input=": "i", "error=": "e" },
      },
    )
    if (problem) return yield* usageError(process, called, problem, 125)
    const before = Number(process.env.get("DRYDOCK_NICE") ?? 0)
    if (words.length === 0) {
      yield* process.print(`${before}\n`)
      return 0
    }
    if (called === "stdbuf") {
      if (!["i", "o", "e"].some((letter) => flags.has(letter)))
        return yield* usageError(process, "stdbuf", "you must specify a buffering mode option", 125)
      for (const letter of ["i", "o", "e"]) {
        const mode = flags.get(letter)
        if (typeof mode === "string" && mode !== "L" && sizeOf(mode) === undefined) {
          yield* process.error(`stdbuf: invalid mode ${quote(process, mode)}\n`)
          return 125
        }
      }
    }
    if (called === "nice" && flags.has("n") && !/^[-+]?\d+$/.test(String(flags.get("n")))) {
      yield* process.error(`nice: invalid adjustment ${quote(process, String(flags.get("n")))}\n`)
      return 125
    }
    const wanted = Math.min(19, Math.max(-20, before + Number(flags.get("n") ?? 10)))
    return yield* runCommand(process, words, {
      tool: called,
      ...(called === "nice" && { env: new Map([...process.env, ["DRYDOCK_NICE", String(wanted)]]) }),
    })
  },
})

export const setsid = defineTool({
  name: "setsid",
  busybox: true,
  summary: "run a program in a new session",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "cfw", stopAtWord: true, long: { wait: "w", fork: "f", ctty: "c" } })
    if (problem) return yield* usageError(process, "setsid", problem)
    if (words.length === 0) {
      yield* process.error("setsid: no command specified\nTry 'setsid --help' for more information.\n")
      return 1
    }
    const path = findExecutable(process, words[0])
    if (path === undefined) {
      yield* process.error(`setsid: failed to execute ${words[0]}: No such file or directory\n`)
      return 127
    }
    const child = process.spawnFile(path, { argv: words, session: "new" })
    // A group's leader forks, and does not wait unless it is told to.
    if (process.pid === process.processGroup && !flags.has("w")) return 0
    const ended = yield* process.waitFor({ pid: child.pid })
    return ended?.status.kind === "exited" ? ended.status.code : 1
  },
})

export const whereis = defineTool({
  name: "whereis",
  summary: "locate the binary, source, and manual page files for a command",
  *run(process, args) {
    for (const word of args.filter((one) => !one.startsWith("-"))) {
      const found = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/bin", "/sbin"]
        .map((directory) => `${directory}/${word}`)
        .filter((path) => process.files.exists(path) && process.files.realpath(path) === path)
      yield* process.print(`${word}:${found.map((path) => ` ${path}`).join("")}\n`)
    }
    return 0
  },
})

export const pathchk = defineTool({
  name: "pathchk",
  summary: "check whether file names are valid or portable",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "pP", long: { portability: "both" } })
    if (problem) return yield* usageError(process, "pathchk", problem)
    if (words.length === 0) return yield* usageError(process, "pathchk", "missing operand")
    const [portable, careful] = [flags.has("p") || flags.has("both"), flags.has("P") || flags.has("both")]
    const most = portable ? 14 : 255
    const wrong = (word: string): string | undefined => {
      if (careful && /(^|\/)-/.test(word)) return `leading '-' in a component of file name ${shellQuoted(word)}`
      if (word === "") return portable || careful ? "empty file name" : "'': No such file or directory"
      const odd = portable ? [...word].find((character) => !/[A-Za-z0-9._/-]/.test(character)) : undefined
      if (odd !== undefined) return `nonportable character ${quote(process, odd)} in file name ${shellQuoted(word)}`
      const long = word.split("/").find((part) => new TextEncoder().encode(part).length > most)
      if (long === undefined) return undefined
      if (!portable) return `${word}: File name too long`
      return `limit ${most} exceeded by length ${long.length} of file name component ${quote(process, long)}`
    }
    let status = 0
    for (const word of words) {
      const problemOf = wrong(word)
      if (problemOf === undefined) continue
      yield* process.error(`pathchk: ${problemOf}\n`)
      status = 1
    }
    return status
  },
})

export const look = defineTool({
  name: "look",
  summary: "display lines beginning with a given string",
  *run(process, args) {
    const { flags, words } = parseOptions(args, { letters: "abdf", valued: "t" })
    const [start = "", file = "/usr/share/dict/words"] = words
    const { lines, ok } = yield* allLines(process, "look", [file])
    const fold = (text: string) => (flags.has("f") ? text.toLowerCase() : text)
    const found = lines.filter((line) => fold(line).startsWith(fold(start)))
    yield* process.print(withNewlines(found))
    return found.length > 0 && ok ? 0 : 1
  },
})

/** zgrep, zless, zdiff …: the tool after z, on what gzip -dc makes of the files. */
const zTool = (name: string, tool: string, run = tool) =>
  defineTool({
    name,
    summary: `${tool} on compressed files`,
    *run(process, args) {
      const files = args.filter(
        (word, at) => !word.startsWith("-") && (tool !== "grep" || at !== args.findIndex((one) => !one.startsWith("-"))),
      )
      const options = args.filter((word) => !files.includes(word))
      let status = tool === "grep" ? 1 : 0
      const many = files.length > 1 && tool === "grep"
      for (const file of files.length > 0 ? files : ["-"]) {
        try {
          yield* readFile(process, file === "-" ? "/dev/null" : file)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* process.error(`gzip: ${file}: ${error.message}\n`)
          status = 2
          continue
        }
        const command = `gzip -dcf -- "$0" | ${run} "$@"`
        const labelled: readonly string[] = many ? ["-H", `--label=${file}`, ...options] : options
        const result: number = yield* runShell(process, command, [file, ...labelled])
        if (result === 0 && status === 1) status = 0
        else if (result > 1) status = result
      }
      return status
    },
  })

function* runShell(process: Parameters<typeof runCommand>[0], command: string, args: readonly string[]): Steps<number> {
  return yield* runCommand(process, ["/bin/sh", "-c", command, ...args], { tool: "sh" })
}

export const zgrep = zTool("zgrep", "grep")
export const zegrep = zTool("zegrep", "grep", "grep -E")
export const zfgrep = zTool("zfgrep", "grep", "grep -F")

/** diff and cmp of what is in two compressed files, or in one and what it was made from. */
const comparing = (name: string, tool: string) =>
  defineTool({
    name,
    summary: `${tool} on compressed files`,
    *run(process, args) {
      const options = args.filter((word) => word.startsWith("-") && word !== "-")
      const [left, right] = args.filter((word) => !word.startsWith("-") || word === "-")
      if (left === undefined) {
        yield* process.error(`Usage: ${name} [OPTION]... FILE1 [FILE2]\n`)
        return 2
      }
      for (const file of [left, right])
        if (file !== undefined && file !== "-" && !process.files.exists(file)) {
          yield* process.error(`gzip: ${file}: No such file or directory\n`)
          return 2
        }
      const other = right ?? left.replace(/\.(gz|z|Z)$/, "")
      const command = `${tool} ${options.join(" ")} <(gzip -cdf -- "$0") <(gzip -cdf -- "$1")`
      return yield* runCommand(process, ["/bin/bash", "-c", command, left, other], { tool: "bash" })
    },
  })

export const zdiff = comparing("zdiff", "diff")
export const zcmp = comparing("zcmp", "cmp")
export const zless = zTool("zless", "less")
export const zmore = zTool("zmore", "more")
