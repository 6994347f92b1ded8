/** history and fc. */
import { SystemError } from "@drydock/machine"
import type { Builtin } from "../define-builtin.ts"
import { loadHistory, saveHistory } from "../history.ts"

const numbered = (lines: readonly string[], from: number): string =>
  lines.map((line, at) => `${String(from + at + 1).padStart(5)}  ${line}\n`).join("")

export const historyBuiltins: readonly Builtin[] = [
  {
    name: "history",
    *run(shell, [option, argument]) {
      const file = argument ?? shell.variables.get("HISTFILE") ?? ""
      const { history } = shell
      switch (option) {
        case "-c":
          history.length = 0
          return 0
        case "-d": {
          const at = Number(argument)
          const index = at < 0 ? history.length + at : at - 1
          if (!Number.isInteger(index) || history[index] === undefined) {
            yield* shell.complain(`history: ${argument}: history position out of range`)
            return 1
          }
          history.splice(index, 1)
          return 0
        }
        case "-a":
        case "-w":
          if (option === "-w" && shell.process.files.exists(file)) shell.process.files.truncate(file, 0)
          saveHistory(shell.process, file, history.slice(option === "-a" ? (shell.savedHistory ?? 0) : 0), shell.variables)
          shell.savedHistory = history.length
          return 0
        case "-r":
        case "-n":
          history.push(...loadHistory(shell.process, file))
          return 0
        case "-s":
          history.push(argument ?? "")
          return 0
      }
      if (option !== undefined && !/^\d+$/.test(option)) {
        yield* shell.complain(`history: ${option}: ${option.startsWith("-") ? "invalid option" : "numeric argument required"}`)
        return option.startsWith("-") ? 2 : 1
      }
      const from = option === undefined ? 0 : Math.max(0, history.length - Number(option))
      yield* shell.process.print(numbered(history.slice(from), from))
      return 0
    },
  },
  {
    name: "fc",
    *run(shell, args) {
      const { history } = shell
      // The fc itself is the last entry.
      const last = history.length - 1
      if (args.includes("-l")) {
        const [first, to] = args.filter((word) => !/^-[lnr]+$/.test(word)).map(Number)
        const from = first === undefined ? Math.max(0, last - 16) : first < 0 ? Math.max(0, last + first) : first - 1
        const end = to === undefined ? last : to < 0 ? last + to + 1 : to
        const lines = history.slice(from, end)
        yield* shell.process.print(lines.map((line, at) => `${from + at + 1}\t ${line}\n`).join(""))
        return 0
      }
      if (args[0] === "-s") {
        const replacement = args.slice(1).find((word) => word.includes("="))
        const prefix = args.slice(1).find((word) => !word.includes("="))
        let line = history.slice(0, last).findLast((one) => prefix === undefined || one.startsWith(prefix))
        if (line === undefined) {
          yield* shell.complain("fc: no command found")
          return 1
        }
        if (replacement) {
          const [from, to] = replacement.split("=")
          line = line.replace(from, () => to)
        }
        yield* shell.process.error(`${line}\n`)
        history[last] = line
        return yield* shell.runText(line)
      }
      // The editor gets the last command, and what it leaves is run.
      const path = `/tmp/bash-fc.${shell.process.pid}`
      try {
        shell.process.files.write(path, `${history[last - 1] ?? ""}\n`)
        const editor = shell.variables.get("FCEDIT") ?? shell.variables.get("EDITOR") ?? "vi"
        if ((yield* shell.runText(`${editor} ${path}`)) !== 0) return 1
        const text = shell.process.files.readText(path)
        yield* shell.process.error(text)
        return yield* shell.runText(text)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* shell.complain(`fc: ${error.message}`)
        return 1
      }
    },
  },
]
