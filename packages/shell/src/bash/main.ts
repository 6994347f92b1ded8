/** bash as a program: scripts, -c, standard input, and sessions into which whole commands are put. */
import { type Process, ProcessExit, type Program, type Steps, SystemError, type WaitQueue } from "@drydock/machine"
import { builtins } from "./builtins/index.ts"
import { BreakLoop, ReturnFrom, Shell } from "./shell.ts"

/** Told of each command line that a session finished. */
export type CommandHook = (process: Process, line: string, exit: number, startedAt: number) => void

/** Where a session's commands come from. */
export interface CommandSource {
  next(): { text: string } | undefined
  readonly queue: WaitQueue
  done(exit: number): void
}

const makeShell = (process: Process, name: string): Shell => {
  const shell = new Shell({ process, name, builtins, interactive: false })
  shell.variables.set("IFS", " \t\n")
  shell.variables.set("PWD", process.cwd)
  shell.variables.declare("PWD", false).exported = true
  shell.variables.set("OPTIND", "1")
  shell.variables.set("BASH_VERSION", "5.2.21(1)-release")
  shell.variables.set("BASH", "/usr/bin/bash")
  shell.variables.set("HOSTNAME", process.hostname)
  shell.variables.set("OSTYPE", "linux-gnu")
  if (shell.variables.get("PATH") === undefined) shell.variables.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
  shell.rootPid = process.pid
  return shell
}

function* readFile(shell: Shell, path: string): Steps<void> {
  if (!shell.process.files.exists(path)) return
  try {
    yield* shell.runText(shell.process.files.readText(path))
  } catch (error) {
    if (!(error instanceof ReturnFrom)) throw error
  }
}

function* loginFiles(shell: Shell): Steps<void> {
  const home = shell.variables.get("HOME") ?? "/root"
  yield* readFile(shell, "/etc/profile")
  const own = [".bash_profile", ".bash_login", ".profile"].map((name) => `${home}/${name}`).find((path) => shell.process.files.exists(path))
  if (own) yield* readFile(shell, own)
}

/** Runs `work`, and turns what ends a shell into its exit code. */
function* toEnd(shell: Shell, work: () => Steps<number>): Steps<number> {
  try {
    const status = yield* work()
    yield* shell.runTraps()
    yield* shell.runExitTrap()
    return status === shell.status ? shell.status : status
  } catch (error) {
    if (error instanceof ReturnFrom) return error.code
    if (error instanceof BreakLoop) return 0
    if (error instanceof SystemError && error.code === "EPIPE") return 141
    return yield* shell.fatal(error)
  }
}

/** `bash`, `bash FILE args`, `bash -c TEXT`, `sh`, or `-bash`, by its arguments. */
export const bashProgram: Program = function* (process) {
  const [called = "bash", ...args] = process.argv
  const login = called.startsWith("-")
  const base = called.replace(/^-/, "").split("/").at(-1) ?? "bash"
  const shell = makeShell(process, base)
  shell.errorName = base === "bash" ? "bash" : base
  let wantsLogin = login
  let text: string | undefined
  while (args[0]?.startsWith("-") || args[0]?.startsWith("+")) {
    const option = args.shift() as string
    if (option === "--") break
    if (option === "--login" || option === "-l") wantsLogin = true
    else if (option.startsWith("--")) continue
    else if (option === "-o") shell.options[(args.shift() ?? "errexit") as "errexit"] = true
    else {
      if (option.includes("l")) wantsLogin = true
      for (const letter of option.slice(1)) {
        const name = ({ e: "errexit", u: "nounset", x: "xtrace", f: "noglob", v: "verbose" } as unknown as Record<string, "errexit">)[
          letter
        ]
        if (name) shell.options[name] = true
      }
      if (option.includes("c")) text = args.shift() ?? ""
    }
  }
  return yield* toEnd(shell, function* () {
    if (wantsLogin) yield* loginFiles(shell)
    if (text !== undefined) {
      if (args[0] !== undefined) shell.name = args[0]
      shell.positional = args.slice(1)
      return yield* shell.runText(text)
    }
    if (args[0] !== undefined) {
      const [file, ...rest] = args
      shell.name = shell.errorName = file
      shell.positional = rest
      let script: string
      try {
        script = process.files.readText(process.files.exists(file) ? file : (shell.findCommand(file) ?? file))
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`${base}: ${file}: ${error.message}\n`)
        return error.code === "ENOENT" ? 127 : 126
      }
      return yield* shell.runText(script)
    }
    // Commands from standard input, one complete command at a time, so that what they read comes after them.
    let pending = ""
    let line = 1
    for (let read = yield* process.readLine(0); read !== undefined; read = yield* process.readLine(0)) {
      pending += `${read}\n`
      const parsed = shell.parse(pending)
      if ("error" in parsed && parsed.incomplete) continue
      const from = line
      line += pending.split("\n").length - 1
      const complete = pending
      pending = ""
      yield* shell.runText(complete, from)
    }
    if (pending.trim() !== "") yield* shell.runText(pending, line)
    return shell.status
  })
}

/** A login shell in interactive mode that takes commands from `source` instead of reading them from descriptor 0. */
export const commandSession = (source: CommandSource, onCommand?: CommandHook): Program =>
  function* (process) {
    const shell = makeShell(process, "bash")
    shell.errorName = "-bash"
    shell.options.expand_aliases = true
    for (const signal of ["SIGINT", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGQUIT", "SIGTERM"] as const) process.onSignal(signal, "ignore")
    process.onSignal("SIGINT", () => {})
    try {
      yield* loginFiles(shell)
    } catch (error) {
      yield* shell.fatal(error)
    }
    shell.interactive = true
    shell.options.monitor = true
    for (;;) {
      const command = source.next()
      if (!command) {
        yield* process.wait({ queues: [source.queue] })
        continue
      }
      const startedAt = process.now()
      shell.history.push(command.text)
      let ended: number | undefined
      try {
        yield* shell.runText(command.text)
      } catch (error) {
        if (error instanceof ProcessExit && error.code !== 130) ended = error.code
        else if (error instanceof BreakLoop || error instanceof ReturnFrom) shell.status = 0
        else if (error instanceof SystemError && error.code === "EINTR") shell.status = 130
        else shell.status = yield* shell.fatal(error)
      }
      for (const job of yield* shell.jobs.poll(process)) {
        yield* process.error(`${shell.jobs.format(job)}\n`)
        shell.jobs.remove(job)
      }
      onCommand?.(process, command.text, ended ?? shell.status, startedAt)
      source.done(ended ?? shell.status)
      if (ended !== undefined) return ended
    }
  }
