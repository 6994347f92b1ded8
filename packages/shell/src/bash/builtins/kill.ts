/** The builtin kill: processes and jobs. */
import { type Signal, SIGNALS, signalNamed, SystemError } from "@drydock/machine"
import { signalTable } from "../signal-table.ts"
import type { Builtin } from "../define-builtin.ts"

export const kill: readonly Builtin[] = [
  {
    name: "kill",
    *run(shell, args) {
      let signal: Signal | 0 = "SIGTERM"
      const words = [...args]
      if (words[0] === "-l" || words[0] === "-L") {
        if (words.length === 1) {
          yield* shell.process.print(signalTable())
          return 0
        }
        let status = 0
        for (const word of words.slice(1)) {
          if (word === "0") {
            yield* shell.process.print("EXIT\n")
            continue
          }
          const number = Number(word) > 128 ? Number(word) - 128 : word
          const found = signalNamed(number)
          if (!found) {
            yield* shell.complain(`kill: ${word}: invalid signal specification`)
            status = 1
          } else yield* shell.process.print(`${/^\d+$/.test(word) ? found.slice(3) : SIGNALS[found].number}\n`)
        }
        return status
      }
      const flag = words[0]
      if (flag?.startsWith("-") && flag !== "--") {
        words.shift()
        if ((flag === "-s" || flag === "-n") && words.length === 0) {
          yield* shell.complain(`kill: ${flag}: option requires an argument`)
          return 1
        }
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
        if (shell.dialect) yield* shell.complain("kill: no operands")
        else yield* shell.process.error("kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n")
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
          // A signal to the shell itself is handled once it gives way.
          yield* shell.process.yield()
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
