/** Builtins that steer the shell: break, return, exit, eval, source, exec, trap. */
import { ProcessExit, SIGNALS, signalNamed, type Signal, SystemError } from "@drydock/machine"
import type { Builtin } from "../define-builtin.ts"
import { BreakLoop, ReturnFrom } from "../control-flow.ts"
import { quoteWord } from "../quoting.ts"

const loop = (name: "break" | "continue"): Builtin => ({
  name,
  *run(shell, [levels = "1"]) {
    yield* shell.tick()
    if (shell.loops === 0) {
      yield* shell.complain(`${name}: only meaningful in a \`for', \`while', or \`until' loop`)
      return 0
    }
    throw new BreakLoop(Math.max(1, Number(levels) || 1), name === "continue")
  },
})

const constant = (name: string, status: number): Builtin => ({
  name,
  *run(shell) {
    yield* shell.tick()
    return status
  },
})

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
      if (shell.depth === 0 && shell.sourced === 0) {
        yield* shell.complain("return: can only `return' from a function or sourced script")
        return 2
      }
      throw new ReturnFrom(code === undefined ? shell.status : Number(code) & 0xff)
    },
  },
  ...["exit", "logout"].map(
    (name): Builtin => ({
      name,
      *run(shell, [code]) {
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
        throw new ProcessExit(code === undefined ? shell.status : Number(code) & 0xff)
      },
    }),
  ),
  {
    name: "eval",
    *run(shell, args) {
      return yield* shell.runText(args.join(" "), shell.line)
    },
  },
  ...["source", "."].map(
    (name): Builtin => ({
      name,
      *run(shell, [file, ...args]) {
        if (file === undefined) {
          yield* shell.complain(`${name}: filename argument required`)
          return 2
        }
        const path = file.includes("/") || shell.process.files.exists(file) ? file : (shell.findCommand(file) ?? file)
        let content: string
        try {
          if (path.startsWith("/dev/fd/") || path === "/dev/stdin") {
            const fd = yield* shell.process.open(path, "r")
            content = new TextDecoder().decode(yield* shell.process.readAll(fd))
            shell.process.close(fd)
          } else content = shell.process.files.readText(path)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* shell.complain(`${file}: ${error.message}`)
          return 1
        }
        const { positional: outer, file: outerFile } = shell
        shell.file = file
        shell.sourced++
        if (args.length > 0) shell.positional = [...args]
        try {
          return yield* shell.runText(content)
        } catch (error) {
          if (!(error instanceof ReturnFrom)) throw error
          return error.code
        } finally {
          shell.sourced--
          shell.file = outerFile
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
      while (words[0]?.startsWith("-")) {
        const option = words.shift()
        if (option === "--") break
        if (option === "-a") called = words.shift()
      }
      if (words.length === 0) return 0
      const path = shell.findCommand(words[0])
      if (path === undefined) {
        yield* shell.complain(`exec: ${words[0]}: not found`)
        throw new ProcessExit(127)
      }
      try {
        throw new ProcessExit(
          yield* shell.process.exec(path, called === undefined ? words : [called, ...words.slice(1)], shell.variables.exported()),
        )
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* shell.complain(`${words[0]}: ${error.message}`)
        throw new ProcessExit(error.code === "ENOENT" ? 127 : 126)
      }
    },
  },
  {
    name: "trap",
    *run(shell, args) {
      const words = args[0] === "--" ? args.slice(1) : [...args]
      if (words.length === 0 || words[0] === "-p") {
        yield* shell.process.print(
          [...shell.traps]
            .map(([signal, action]) => `trap -- ${quoteWord(action).startsWith("'") ? quoteWord(action) : `'${action}'`} ${signal}\n`)
            .join(""),
        )
        return 0
      }
      if (words[0] === "-l") {
        yield* shell.process.print(
          Object.entries(SIGNALS)
            .map(([name, { number }]) => `${String(number).padStart(2)}) ${name}`)
            .join("\t") + "\n",
        )
        return 0
      }
      const [action, ...names] = words.length === 1 ? ["-", words[0]] : words
      for (const name of names) {
        const pseudo = ["EXIT", "ERR", "DEBUG", "RETURN"].includes(name.toUpperCase())
          ? name.toUpperCase()
          : name === "0"
            ? "EXIT"
            : undefined
        const signal = pseudo ? undefined : signalNamed(name)
        if (!pseudo && !signal) {
          yield* shell.complain(`trap: ${name}: invalid signal specification`)
          return 1
        }
        const key = pseudo ?? (signal as string)
        if (action === "-") {
          shell.traps.delete(key)
          if (signal) shell.process.onSignal(signal, "default")
        } else {
          shell.traps.set(key, action)
          if (signal)
            shell.process.onSignal(signal, action === "" ? "ignore" : (received: Signal) => void shell.pendingSignals.push(received))
        }
      }
      return 0
    },
  },
]
