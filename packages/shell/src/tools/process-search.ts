/** pgrep, pkill, pidof, kill, killall: processes found and signalled. As procps-ng 4.0.4 and psmisc. */
import {
  commandName,
  Accounts,
  type Process,
  type ProcessInfo,
  SIGNALS,
  signalNamed,
  type Signal,
  type Steps,
  SystemError,
} from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { compileRegex } from "../text/regex.ts"
import { commandLine } from "./process-columns.ts"
import { parseOptions, usageError } from "./reading.ts"

/** Processes whose name (or whole line) fits a pattern; the asking one is left out. */
/** The nth field of /proc/PID/stat and the like, by letter: sets of numbers or names that a process has to be in. */
const among = (flags: ReadonlyMap<string, string | true>, letter: string, own: (text: string) => string = (text) => text) => {
  const value = flags.get(letter)
  return typeof value === "string" ? new Set(value.split(",").map(own)) : undefined
}

const matching = (process: Process, flags: ReadonlyMap<string, string | true>, pattern: string | undefined): ProcessInfo[] => {
  const regex =
    pattern === undefined
      ? undefined
      : compileRegex(flags.has("x") ? `^(${pattern})$` : pattern, { extended: true, ignoreCase: flags.has("i") })
  const accounts = new Accounts(process.files)
  const users = among(flags, "u")
  const real = among(flags, "U")
  const groups = among(flags, "G")
  const sessions = among(flags, "s", (text) => (text === "0" ? String(process.session) : text))
  const leaders = among(flags, "g", (text) => (text === "0" ? String(process.processGroup) : text))
  const terminals = among(flags, "t", (text) => text.replace("/dev/", ""))
  const parents = among(flags, "P")
  const states = among(flags, "r")
  const older = typeof flags.get("O") === "string" ? Number(flags.get("O")) : 0
  const owner = (one: ProcessInfo) => [accounts.userName(one.credentials.uid), String(one.credentials.uid)]
  return process
    .processes()
    .filter(
      (one) =>
        one.pid !== process.pid &&
        (regex === undefined || regex.test(flags.has("f") ? one.argv.join(" ") : commandName(one)) !== flags.has("v")) &&
        (users === undefined || owner(one).some((name) => users.has(name))) &&
        (real === undefined || owner(one).some((name) => real.has(name))) &&
        (groups === undefined || [accounts.groupName(one.credentials.gid), String(one.credentials.gid)].some((name) => groups.has(name))) &&
        (sessions === undefined || sessions.has(String(one.session))) &&
        (leaders === undefined || leaders.has(String(one.processGroup))) &&
        (terminals === undefined || terminals.has(one.tty ?? "-")) &&
        (parents === undefined || parents.has(String(one.ppid))) &&
        (states === undefined || states.has(one.state)) &&
        process.now() - one.startedAt >= older * 1_000,
    )
}

const SEARCH = {
  letters: "flaxviconweA",
  valued: "uUGPtgsdrOF",
  long: {
    full: "f",
    "list-name": "l",
    "list-full": "a",
    exact: "x",
    inverse: "v",
    "ignore-case": "i",
    count: "c",
    oldest: "o",
    newest: "n",
    "parent=": "P",
    "euid=": "u",
    "uid=": "U",
    "group=": "G",
    "pgroup=": "g",
    "session=": "s",
    "terminal=": "t",
    "runstates=": "r",
    "older=": "O",
    "delimiter=": "d",
    "pidfile=": "F",
    "ignore-ancestors": "A",
    echo: "e",
  },
}

/** Without a pattern there has to be something else to go by. */
const criteria = (flags: ReadonlyMap<string, string | true>): boolean => [..."uUGPtgsrOF"].some((letter) => flags.has(letter))

/** -F: the process that a file names. */
const inFile = (process: Process, flags: ReadonlyMap<string, string | true>, found: ProcessInfo[]): ProcessInfo[] => {
  const path = flags.get("F")
  if (typeof path !== "string") return found
  const pid = process.files.exists(path) ? Number.parseInt(process.files.readText(path), 10) : 0
  return found.filter((one) => one.pid === pid)
}

export const pgrep = defineTool({
  name: "pgrep",
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "look up processes by name",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, SEARCH)
    if (problem || (words.length === 0 && !criteria(flags))) {
      yield* process.error(`pgrep: ${problem ?? "no matching criteria specified"}\nTry \`pgrep --help' for more information.\n`)
      return 2
    }
    let found = inFile(process, flags, matching(process, flags, words[0]))
    if (flags.has("n")) found = found.slice(-1)
    if (flags.has("o")) found = found.slice(0, 1)
    const separator = String(flags.get("d") ?? "\n")
    if (flags.has("c")) yield* process.print(`${found.length}\n`)
    else if (found.length > 0)
      yield* process.print(
        `${found.map((one) => `${one.pid}${flags.has("a") ? ` ${commandLine(one)}` : flags.has("l") ? ` ${commandName(one)}` : ""}`).join(separator)}\n`,
      )
    return found.length > 0 ? 0 : 1
  },
})

export const pkill = defineTool({
  name: "pkill",
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "signal processes by name",
  *run(process, args) {
    let signal: Signal | 0 = "SIGTERM"
    const rest = args.filter((word) => {
      if (word === "-0") {
        signal = 0
        return false
      }
      const named = /^-(?:SIG)?([A-Z]{2,}\d?|\d+)$/.exec(word)
      const known = named ? signalNamed(named[1]) : undefined
      if (known) signal = known
      return !known
    })
    const { flags, words, problem } = parseOptions(rest, { ...SEARCH, long: { ...SEARCH.long, "signal=": "sig" } })
    if (problem || (words.length === 0 && !criteria(flags))) {
      yield* process.error(`pkill: ${problem ?? "no matching criteria specified"}\nTry \`pkill --help' for more information.\n`)
      return 2
    }
    if (typeof flags.get("sig") === "string") signal = signalNamed(String(flags.get("sig"))) ?? signal
    let sent = 0
    let found = inFile(process, flags, matching(process, flags, words[0]))
    if (flags.has("n")) found = found.slice(-1)
    if (flags.has("o")) found = found.slice(0, 1)
    if (flags.has("c")) {
      yield* process.print(`${found.length}\n`)
      return found.length > 0 ? 0 : 1
    }
    for (const one of found) {
      try {
        process.kill(one.pid, signal)
        if (flags.has("e")) yield* process.print(`${commandName(one)} killed (pid ${one.pid})\n`)
        sent++
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`pkill: killing pid ${one.pid} failed: ${error.message}\n`)
      }
    }
    return sent > 0 ? 0 : 1
  },
})

export const pidof = defineTool({
  name: "pidof",
  busybox: true,
  summary: "find the process ID of a running program",
  *run(process, args) {
    const names = args.filter((word) => !word.startsWith("-")).map((word) => word.split("/").at(-1))
    const found = process.processes().filter((one) => names.includes(commandName(one)))
    if (found.length === 0) return 1
    const pids = found.map(({ pid }) => pid).reverse()
    yield* process.print(`${(args.includes("-s") ? pids.slice(0, 1) : pids).join(" ")}\n`)
    return 0
  },
})

/** Signals pids or names; kill(1) outside the shell, and killall. */
function* signalAll(process: Process, tool: string, args: readonly string[], find: (word: string) => readonly number[]): Steps<number> {
  let signal: Signal | 0 = "SIGTERM"
  const words: string[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (word === "-l" || word === "-L") {
      yield* process.print(
        `${Object.keys(SIGNALS)
          .map((name) => name.slice(3))
          .join(" ")}\n`,
      )
      return 0
    }
    const name = word === "-s" || word === "-n" || word === "--signal" ? args[++at] : /^-[A-Z0-9]/.test(word) ? word.slice(1) : undefined
    if (name === undefined) {
      if (!word.startsWith("-") || /^-\d/.test(word)) words.push(word)
      continue
    }
    const known = name === "0" ? 0 : signalNamed(name)
    if (known === undefined) {
      yield* process.error(`${tool}: ${name}: unknown signal name\n`)
      return 1
    }
    signal = known
  }
  if (words.length === 0) return yield* usageError(process, tool, "not enough arguments")
  let status = 0
  for (const word of words) {
    const pids = find(word)
    if (pids.length === 0) {
      yield* process.error(tool === "killall" ? `${word}: no process found\n` : `${tool}: failed to parse argument: '${word}'\n`)
      status = 1
    }
    for (const pid of pids) {
      try {
        process.kill(pid, signal)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`${tool}: (${pid}): ${error.message}\n`)
        status = 1
      }
    }
  }
  return status
}

export const kill = defineTool({
  name: "kill",
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "send a signal to a process",
  run: (process, args) => signalAll(process, "kill", args, (word) => (/^-?\d+$/.test(word) ? [Number(word)] : [])),
})

export const killall = defineTool({
  name: "killall",
  busybox: true,
  summary: "kill processes by name",
  run: (process, args) =>
    signalAll(process, "killall", args, (word) =>
      process
        .processes()
        .filter((one) => one.pid !== process.pid && commandName(one) === word)
        .map(({ pid }) => pid),
    ),
})
