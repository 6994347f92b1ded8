/** bash as a program: scripts, -c, standard input, terminals, and sessions into which whole commands are put. */
import { type Process, type Program, type Steps, SystemError } from "@drydock/machine"
import { isIncomplete } from "./completeness.ts"
import { type CommandHook, type CommandSource, commandLoop, interact, type InteractiveHooks } from "./interactive.ts"
import { ash } from "./dialects/ash.ts"
import { dash } from "./dialects/dash.ts"
import { isSetOption, isShoptOption, setOptionOf } from "./options.ts"
import type { Shell } from "./shell.ts"
import { makeShell, toEnd } from "./start.ts"
import { loginFiles, readFile } from "./start-files.ts"

interface Invocation {
  base: string
  login: boolean
  interactive: boolean
  command: string | undefined
  /** -s: commands come from standard input, words are parameters. */
  input: boolean
  args: string[]
  noProfile: boolean
  noRc: boolean
  /** --rcfile */
  rcFile: string | undefined
}

function* invocation(shell: Shell, argv: readonly string[]): Steps<Invocation | number> {
  const [called = "bash", ...args] = argv
  const base = called.replace(/^-/, "").split("/").at(-1) ?? "bash"
  const given: Invocation = {
    base,
    login: called.startsWith("-"),
    interactive: false,
    command: undefined,
    input: false,
    args,
    noProfile: false,
    noRc: false,
    rcFile: undefined,
  }
  let wantsCommand = false
  while (/^[-+]./.test(args[0] ?? "")) {
    const option = args.shift() as string
    if (option === "--" || option === "-") break
    if (option === "--login") given.login = true
    else if (option === "--noprofile") given.noProfile = true
    else if (option === "--norc") given.noRc = true
    else if (option === "--rcfile" || option === "--init-file") given.rcFile = args.shift()
    else if (shell.dialect && option.startsWith("--")) {
      yield* shell.process.error(`${shell.dialect.invocation(called, { option: "--" })}\n`)
      return 2
    } else if (option === "--version") {
      yield* shell.process.print("GNU bash, version 5.2.21(1)-release (x86_64-pc-linux-gnu)\n")
      return 0
    } else if (option === "--posix" || option === "--verbose") shell.options[option === "--posix" ? "posix" : "verbose"] = true
    else if (option === "--noediting") continue
    else if (option.startsWith("--")) {
      yield* shell.process.error(`${base}: ${option}: invalid option\n`)
      return 2
    } else
      for (const letter of option.slice(1)) {
        if (letter === "o" || letter === "O") {
          const name = args.shift() ?? ""
          if (isSetOption(name) || isShoptOption(name)) shell.options[name] = option.startsWith("-")
        } else if (letter === "c") wantsCommand = true
        else if (letter === "l") given.login = true
        else if (letter === "i") given.interactive = true
        else if (letter === "s") given.input = true
        else if (letter === "r") continue
        else {
          const name = setOptionOf(letter)
          if (name) {
            shell.options[name] = option.startsWith("-")
            continue
          }
          const problem = shell.dialect?.invocation(called, { option: `-${letter}` }) ?? `${base}: -${letter}: invalid option`
          yield* shell.process.error(`${problem}\n`)
          return 2
        }
      }
  }
  if (wantsCommand) {
    given.command = args.shift()
    if (given.command === undefined) {
      yield* shell.process.error(`${shell.dialect?.invocation(called, "-c") ?? `${base}: -c: option requires an argument`}\n`)
      return 2
    }
  }
  return given
}

/** Commands from standard input, one complete command at a time, so that what they read comes after them. */
function* fromInput(shell: Shell): Steps<number> {
  const { process } = shell
  let pending = ""
  let line = 1
  for (let read = yield* process.readLine(0); read !== undefined; read = yield* process.readLine(0)) {
    pending += `${read}\n`
    if (isIncomplete(pending)) continue
    const from = line
    line += pending.split("\n").length - 1
    const complete = pending
    pending = ""
    yield* shell.runText(complete, from)
  }
  if (pending.trim() !== "") yield* shell.runText(pending, line)
  return shell.status
}

function* fromFile(shell: Shell, base: string, [file, ...rest]: readonly string[]): Steps<number> {
  const { process } = shell
  shell.name = shell.errorName = shell.file = file
  shell.positional = rest
  let script: string
  try {
    const path = process.files.exists(file) ? file : (shell.findCommand(file) ?? file)
    if (process.files.stat(path).type === "directory") {
      yield* process.error(`${file}: ${file}: Is a directory\n`)
      return 126
    }
    if (path.startsWith("/dev/")) {
      const fd = yield* process.open(path, "r")
      script = new TextDecoder().decode(yield* process.readAll(fd))
      process.close(fd)
    } else script = process.files.readText(path)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    const problem = shell.dialect?.invocation(base, { file, reason: error.message }) ?? `${base}: ${file}: ${error.message}`
    yield* process.error(`${problem}\n`)
    if (shell.dialect) return 2
    return error.code === "ENOENT" ? 127 : 126
  }
  return yield* shell.runText(script)
}

/** `bash`, `bash FILE args`, `bash -c TEXT`, `sh`, or `-bash`, by its arguments; on a terminal an interactive one. */
export const interactiveBash = (hooks: InteractiveHooks = {}): Program =>
  function* (process: Process) {
    const { dialect } = hooks
    const shell = makeShell(process, process.argv[0]?.split("/").at(-1) ?? "bash", dialect)
    const given = yield* invocation(shell, process.argv)
    if (typeof given === "number") return given
    const { base, login, command, args } = given
    // An Almquist shell says what it was called by, path and all.
    const called = dialect ? (process.argv[0] ?? base) : base
    shell.errorName = dialect ? called : login ? `-${base}` : base
    return yield* toEnd(shell, function* () {
      const onTerminal = process.fds.get(0)?.kind === "tty" && process.fds.get(2)?.kind === "tty"
      const { tty } = process
      if (command === undefined && args.length === 0 && tty && onTerminal) {
        if (base !== "bash") shell.variables.set("PS1", dialect?.prompt ?? "\\$ ")
        shell.login = login
        return yield* interact(shell, tty, hooks, login)
      }
      shell.errorName = called
      shell.login = login
      if (shell.options.posix) shell.variables.set("POSIXLY_CORRECT", "y")
      if (login && !given.noProfile) yield* loginFiles(shell)
      if (given.interactive) {
        // -i with commands that come from elsewhere: as on a terminal, without its lines being edited.
        Object.assign(shell, { interactive: true, plainErrors: true })
        shell.options.expand_aliases = true
        if (!login && !given.noRc) yield* readFile(shell, given.rcFile ?? `${shell.variables.get("HOME") ?? ""}/.bashrc`)
      }
      const start = given.interactive || shell.options.posix ? undefined : shell.variables.get("BASH_ENV")
      if (start && base === "bash") yield* readFile(shell, yield* shell.textOf(`"${start}"`))
      shell.from = command !== undefined ? "c" : args[0] === undefined || given.input ? "s" : ""
      if (command !== undefined) {
        shell.executionString = command
        if (args[0] !== undefined) shell.name = shell.errorName = args[0]
        shell.positional = args.slice(1)
        // dash, the sh of Debian and Ubuntu, always makes a child.
        return yield* shell.runText(command, 1, base === "bash" ? "bash -c" : dialect?.name === "ash" ? "ash -c" : "")
      }
      if (given.input) shell.positional = [...args]
      else if (args[0] !== undefined) return yield* fromFile(shell, base, args)
      return yield* fromInput(shell)
    })
  }

export const bashProgram: Program = interactiveBash()

/** ash, as busybox has it. */
export const ashProgram: Program = interactiveBash({ dialect: ash })

/** The sh of Debian and Ubuntu. */
export const dashProgram: Program = interactiveBash({ dialect: dash })

/** A login shell in interactive mode that takes commands from `source` instead of reading them from descriptor 0. */
export const commandSession = (source: CommandSource, onCommand?: CommandHook): Program =>
  function* (process) {
    const shell = makeShell(process, "bash")
    shell.errorName = "-bash"
    return yield* toEnd(shell, () => commandLoop(shell, source, onCommand))
  }
