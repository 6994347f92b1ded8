/** Builtins that steer the shell: break, return, exit, eval, source, exec, trap, set, shopt … */
import { ProcessExit, SIGNALS, signalNamed, type Signal, SystemError } from "@drydock/machine"
import type { Builtin } from "../define-builtin.ts"
import { BreakLoop, quoteWord, ReturnFrom, type ShellOptions } from "../shell.ts"

const loop = (name: "break" | "continue"): Builtin => ({
  name,
  *run(shell, [levels = "1"]) {
    yield* shell.tick()
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

const LETTERS: Readonly<Record<string, keyof ShellOptions>> = {
  e: "errexit",
  u: "nounset",
  x: "xtrace",
  f: "noglob",
  C: "noclobber",
  a: "allexport",
  v: "verbose",
  n: "noexec",
  m: "monitor",
  H: "histexpand",
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
      throw new ReturnFrom(code === undefined ? shell.status : Number(code) & 0xff)
    },
  },
  {
    name: "exit",
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
  },
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
        const outer = shell.positional
        if (args.length > 0) shell.positional = [...args]
        try {
          return yield* shell.runText(content)
        } catch (error) {
          if (!(error instanceof ReturnFrom)) throw error
          return error.code
        } finally {
          shell.positional = outer
        }
      },
    }),
  ),
  {
    name: "exec",
    *run(shell, args) {
      const words = [...args]
      if (words[0] === "-a") words.splice(0, 2)
      const path = shell.findCommand(words[0])
      if (path === undefined) {
        yield* shell.complain(`exec: ${words[0]}: not found`)
        throw new ProcessExit(127)
      }
      try {
        throw new ProcessExit(yield* shell.process.exec(path, words, shell.variables.exported()))
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
  {
    name: "set",
    *run(shell, args) {
      if (args.length === 0) {
        yield* shell.process.print(
          shell.variables
            .names()
            .map((name) => [name, shell.variables.find(name)] as const)
            .filter(([, variable]) => variable?.value !== undefined)
            .map(([name, variable]) => `${name}=${quoteWord(variable?.value ?? "")}\n`)
            .join(""),
        )
        return 0
      }
      for (let at = 0; at < args.length; at++) {
        const word = args[at]
        if (word === "--" || word === "-") {
          shell.positional = [...args.slice(at + 1)]
          return 0
        }
        if (!/^[-+]./.test(word)) {
          shell.positional = [...args.slice(at)]
          return 0
        }
        const on = word.startsWith("-")
        for (const letter of word.slice(1)) {
          if (letter === "o") {
            const name = args[at + 1]
            if (name === undefined) {
              yield* shell.process.print(
                Object.entries(shell.options)
                  .map(([option, value]) => `${option.padEnd(15)}\t${value ? "on" : "off"}\n`)
                  .join(""),
              )
              return 0
            }
            at++
            if (name === "posix" || name === "emacs" || name === "vi" || name === "history" || name === "errtrace" || name === "functrace")
              continue
            if (!Object.hasOwn(shell.options, name)) {
              yield* shell.complain(`set: ${name}: invalid option name`)
              return 2
            }
            shell.options[name as keyof ShellOptions] = on
          } else if (Object.hasOwn(LETTERS, letter)) shell.options[LETTERS[letter]] = on
          else if (!"hbEBTPkptr".includes(letter)) {
            yield* shell.complain(`set: -${letter}: invalid option`)
            return 2
          }
        }
      }
      return 0
    },
  },
  {
    name: "shopt",
    *run(shell, args) {
      const flags = args.filter((word) => word.startsWith("-")).join("")
      const names = args.filter((word) => !word.startsWith("-"))
      let status = 0
      for (const name of names) {
        if (!Object.hasOwn(shell.options, name)) {
          if (
            !/^(globstar|nocaseglob|nocasematch|inherit_errexit|checkwinsize|histappend|cmdhist|cdspell|failglob|sourcepath|progcomp|autocd|direxpand|huponexit|login_shell|interactive_comments|promptvars)$/.test(
              name,
            )
          ) {
            yield* shell.complain(`shopt: ${name}: invalid shell option name`)
            status = 1
          }
          continue
        }
        const key = name as keyof ShellOptions
        if (flags.includes("s")) shell.options[key] = true
        else if (flags.includes("u")) shell.options[key] = false
        else {
          if (!flags.includes("q")) yield* shell.process.print(`${name.padEnd(15)}\t${shell.options[key] ? "on" : "off"}\n`)
          if (!shell.options[key]) status = 1
        }
      }
      return status
    },
  },
  {
    name: "kill",
    *run(shell, args) {
      let signal: Signal | 0 = "SIGTERM"
      const words = [...args]
      if ((words[0] === "-l" || words[0] === "-L") && words[1] !== undefined) {
        yield* shell.process.print(`${(signalNamed(Number(words[1]) > 128 ? Number(words[1]) - 128 : words[1]) ?? "SIG").slice(3)}\n`)
        return 0
      }
      if (words[0] === "-l" || words[0] === "-L") {
        yield* shell.process.print(
          `${Object.entries(SIGNALS)
            .map(([name, { number }]) => `${String(number).padStart(2)}) ${name}`)
            .join("\t")}\n`,
        )
        return 0
      }
      const flag = words[0]
      if (flag?.startsWith("-") && flag !== "--") {
        words.shift()
        const name = flag === "-s" || flag === "-n" ? (words.shift() ?? "") : flag.slice(1)
        const found = name === "0" ? 0 : signalNamed(name)
        if (found === undefined) {
          yield* shell.complain(`kill: ${name}: invalid signal specification`)
          return 1
        }
        signal = found
      }
      if (words[0] === "--") words.shift()
      if (words.length === 0) {
        yield* shell.process.error("kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n")
        return 2
      }
      let status = 0
      for (const word of words) {
        const job = word.startsWith("%") ? shell.jobs.find(word) : undefined
        if (word.startsWith("%") && !job) {
          yield* shell.complain(`kill: ${word}: no such job`)
          status = 1
          continue
        }
        if (!job && !/^-?\d+$/.test(word)) {
          yield* shell.complain(`kill: ${word}: arguments must be process or job IDs`)
          status = 1
          continue
        }
        try {
          if (job) {
            shell.process.kill(shell.options.monitor ? -job.group : job.group, signal)
            if (job.state === "Stopped" && signal !== 0 && signal !== "SIGSTOP")
              shell.process.kill(shell.options.monitor ? -job.group : job.group, "SIGCONT")
          } else shell.process.kill(Number(word), signal)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* shell.complain(`kill: (${job ? job.group : word}) - ${error.message}`)
          status = 1
        }
      }
      return status
    },
  },
]
