/** The builtin kill: processes and jobs. */
import { type Signal, SIGNALS, signalNamed, SystemError } from "@drydock/machine"
import type { Builtin } from "../define-builtin.ts"

export const kill: readonly Builtin[] = [
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
