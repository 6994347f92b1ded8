/** Builtins that steer the shell: break, return, exit, eval, source, exec, trap. */
import { ProcessExit, SIGNALS, signalNamed, type Signal, type Steps, SystemError } from "@drydock/machine"
import type { Builtin } from "../define-builtin.ts"
import { BreakLoop, ReturnFrom } from "../control-flow.ts"
import type { Shell } from "../shell.ts"
import { signalTable } from "../signal-table.ts"
import { readFile } from "../start-files.ts"
import { runReturnTrap } from "../traps.ts"
import { usage } from "./usage.ts"

const PSEUDO = ["EXIT", "DEBUG", "ERR", "RETURN"]

/** What `trap` calls the signal or event; undefined when there is none. */
const trapName = (name: string): string | undefined => {
  const upper = name.toUpperCase().replace(/^SIG(?=EXIT|ERR|DEBUG|RETURN)/, "")
  return PSEUDO.includes(upper) ? upper : name === "0" ? "EXIT" : signalNamed(name)
}

/** EXIT first, signals by number, the other events last. */
const trapOrder = (name: string): number =>
  name === "EXIT" ? 0 : PSEUDO.includes(name) ? 64 + PSEUDO.indexOf(name) : SIGNALS[name as Signal].number

const loop = (name: "break" | "continue"): Builtin => ({
  name,
  *run(shell, [levels = "1"]) {
    yield* shell.tick()
    if (shell.loops === 0) {
      yield* shell.complain(`${name}: only meaningful in a \`for', \`while', or \`until' loop`)
      return 0
    }
    if (!/^[-+]?\d+$/.test(levels)) {
      yield* shell.complain(`${name}: ${levels}: numeric argument required`)
      throw new ProcessExit(128)
    }
    if (Number(levels) < 1) {
      yield* shell.complain(`${name}: ${levels}: loop count out of range`)
      throw new BreakLoop(shell.loops, false, 1)
    }
    throw new BreakLoop(Number(levels), name === "continue")
  },
})

/** Where `source` finds a name without a slash: along PATH a file that can be read, then here. */
function* onPath(shell: Shell, name: string): Steps<string> {
  yield* shell.tick()
  const { files } = shell.process
  for (const directory of (shell.variables.get("PATH") ?? "").split(":")) {
    const path = `${directory || "."}/${name}`
    if (files.access(path, { read: true }) && files.stat(path).type === "file") return path
  }
  return name
}

const constant = (name: string, status: number): Builtin => ({
  name,
  *run(shell) {
    yield* shell.tick()
    return status
  },
})

/** Signals that end a shell let it run its EXIT trap first. */
const endBySignals = (shell: Shell): void => {
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGPIPE"] as const)
    if (!shell.traps.has(signal)) shell.process.onSignal(signal, (received: Signal) => void shell.pendingSignals.push(received))
}

export const control: readonly Builtin[] = [
  constant(":", 0),
  constant("true", 0),
  constant("false", 1),
  loop("break"),
  loop("continue"),
  {
    name: "return",
    *run(shell, [code]) {
      yield* shell.tick()
      if (code !== undefined && !/^\s*[-+]?\d+\s*$/.test(code) && shell.depth === 0 && shell.sourced === 0) {
        yield* shell.complain(`return: ${code}: numeric argument required`)
        return 2
      }
      if (shell.depth === 0 && shell.sourced === 0) {
        // An Almquist shell's script just ends.
        if (shell.dialect && !shell.interactive) throw new ProcessExit(code === undefined ? shell.status : Number(code) & 0xff)
        yield* shell.complain("return: can only `return' from a function or sourced script")
        return 2
      }
      if (code !== undefined && !/^\s*[-+]?\d+\s*$/.test(code)) {
        yield* shell.complain(`return: ${code}: numeric argument required`)
        throw new ReturnFrom(2)
      }
      throw new ReturnFrom(code === undefined ? shell.status : Number(code) & 0xff)
    },
  },
  ...["exit", "logout"].map(
    (name): Builtin => ({
      name,
      *run(shell, [code, ...more]) {
        if (name === "logout" && !shell.login) {
          yield* shell.complain("logout: not login shell: use `exit'")
          return 1
        }
        if (shell.interactive) {
          yield* shell.process.error(shell.errorName.startsWith("-") ? "logout\n" : "exit\n")
          if (!shell.warnedOfJobs && shell.jobs.list.some(({ state }) => state === "Stopped")) {
            shell.warnedOfJobs = true
            yield* shell.process.error("There are stopped jobs.\n")
            return 1
          }
        }
        if (code !== undefined && !/^[-+]?\d+$/.test(code)) {
          yield* shell.complain(`exit: ${code}: numeric argument required`)
          throw new ProcessExit(2)
        }
        if (more.length > 0) {
          yield* shell.complain(`${name}: too many arguments`)
          if (shell.interactive) return 1
          throw new ProcessExit(1)
        }
        const status = code === undefined ? shell.status : Number(code) & 0xff
        if (shell.login && shell.subshell === 0) {
          shell.login = false
          yield* readFile(shell, `${shell.variables.get("HOME") ?? ""}/.bash_logout`)
        }
        throw new ProcessExit(status)
      },
    }),
  ),
  {
    name: "eval",
    *run(shell, args) {
      shell.level++
      try {
        return yield* shell.runText(args[0] === "--" ? args.slice(1).join(" ") : args.join(" "), shell.line, "eval")
      } finally {
        shell.level--
      }
    },
  },
  ...["source", "."].map(
    (name): Builtin => ({
      name,
      *run(shell, [file, ...args]) {
        if (file === undefined) {
          yield* shell.complain(`${name}: filename argument required`)
          return yield* usage(shell, name)
        }
        const path = file.includes("/") ? file : yield* onPath(shell, file)
        let content: string
        if (shell.process.files.exists(path) && shell.process.files.stat(path).type === "directory") {
          yield* shell.complain(`${name}: ${file}: is a directory`)
          return 1
        }
        try {
          if (path.startsWith("/dev/fd/") || path === "/dev/stdin") {
            const fd = yield* shell.process.open(path, "r")
            content = new TextDecoder().decode(yield* shell.process.readAll(fd))
            shell.process.close(fd)
          } else content = shell.process.files.readText(path)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* shell.complain(`${shell.dialect ? `${name}: ` : ""}${file}: ${error.message}`)
          return 1
        }
        const { positional: outer, file: outerFile } = shell
        shell.frames.push({ name: "source", line: shell.line, file })
        shell.file = file
        shell.sourced++
        shell.level++
        if (args.length > 0) shell.positional = [...args]
        try {
          let status: number
          try {
            status = yield* shell.runText(content)
          } catch (error) {
            if (!(error instanceof ReturnFrom)) throw error
            status = error.code
          }
          shell.status = status
          if (shell.traps.size > 0) yield* runReturnTrap(shell)
          return status
        } finally {
          shell.sourced--
          shell.level--
          shell.file = outerFile
          shell.frames.pop()
          if (args.length > 0) shell.positional = outer
        }
      },
    }),
  ),
  {
    name: "exec",
    *run(shell, args) {
      const words = [...args]
      let called: string | undefined
      let login = false
      let bare = false
      while (words[0]?.startsWith("-")) {
        const option = words.shift() as string
        if (option === "--") break
        if (option.includes("l")) login = true
        if (option.includes("c")) bare = true
        if (option.endsWith("a")) called = words.shift()
      }
      if (login) called = `-${called ?? words[0]}`
      if (words.length === 0) return 0
      const path = shell.findCommand(words[0])
      if (path === undefined) {
        yield* shell.complain(`exec: ${words[0]}: not found`)
        if (shell.options.execfail) return 127
        throw new ProcessExit(127)
      }
      try {
        throw new ProcessExit(
          yield* shell.process.exec(
            path,
            called === undefined ? words : [called, ...words.slice(1)],
            bare ? new Map() : shell.variables.exported(),
          ),
        )
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        const { files } = shell.process
        if (files.exists(path) && files.stat(path).type === "directory") {
          yield* shell.complain(`${words[0]}: Is a directory`)
          yield* shell.complain(`exec: ${words[0]}: cannot execute: Is a directory`)
        } else yield* shell.complain(`${words[0]}: ${error.message}`)
        const code = error.code === "ENOENT" ? 127 : 126
        if (shell.options.execfail) return code
        throw new ProcessExit(code)
      }
    },
  },
  {
    name: "trap",
    *run(shell, args) {
      const words = args[0] === "--" ? args.slice(1) : [...args]
      if (words.length === 0 || words[0] === "-p") {
        const wanted = words.slice(1).map(trapName)
        const listed = [...(shell.listedTraps ?? shell.traps)]
          .filter(([name]) => wanted.length === 0 || wanted.includes(name))
          .sort(([one], [other]) => trapOrder(one) - trapOrder(other))
        yield* shell.process.print(listed.map(([name, action]) => `trap -- '${action.replaceAll("'", "'\\''")}' ${name}\n`).join(""))
        return 0
      }
      if (words[0] === "-l") {
        yield* shell.process.print(signalTable())
        return 0
      }
      if (words.length === 1 && !trapName(words[0])) return yield* usage(shell, "trap")
      const [action, ...names] = words.length === 1 || /^\d+$/.test(words[0]) ? ["-", ...words] : words
      let status = 0
      shell.listedTraps = undefined
      for (const name of names) {
        const key = trapName(name)
        if (key === undefined) {
          yield* shell.complain(`trap: ${name}: invalid signal specification`)
          status = 1
          continue
        }
        const signal = PSEUDO.includes(key) ? undefined : signalNamed(key)
        if (action === "-") {
          shell.traps.delete(key)
          if (signal) shell.process.onSignal(signal, "default")
          if (signal && shell.traps.has("EXIT") && !shell.interactive) endBySignals(shell)
        } else {
          shell.traps.set(key, action)
          if (key === "EXIT" && !shell.interactive) endBySignals(shell)
          if (signal)
            shell.process.onSignal(signal, action === "" ? "ignore" : (received: Signal) => void shell.pendingSignals.push(received))
        }
      }
      return status
    },
  },
]
