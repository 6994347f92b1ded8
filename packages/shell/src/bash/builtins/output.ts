/** echo and printf, and where test and [ are. */
import { writtenBytes } from "../../text/bytes.ts"
import { echoText } from "../../text/echo.ts"
import { timeZone } from "../../text/time-zone.ts"
import { formatPrintf } from "../../text/printf.ts"
import type { Builtin } from "../define-builtin.ts"
import { test } from "./test.ts"
import { usage } from "./usage.ts"

/** Rounds of a format between two payments. */
const ROUNDS = 512

/** How many arguments one round of a format takes. */
const argumentsOf = (format: string): number => {
  let count = 0
  for (const [spec] of format.matchAll(/%(?:%|[-+ #0']*(?:\*|\d+)?(?:\.(?:\*|\d+)?)?[hlLjzt]*(?:\([^)]*\))?[a-zA-Z])/g))
    if (spec !== "%%") count += 1 + (spec.match(/\*/g)?.length ?? 0)
  return count
}

export const output: readonly Builtin[] = [
  {
    name: "echo",
    *run(shell, args) {
      yield* shell.process.write(1, writtenBytes(echoText(shell.options.xpg_echo && !args[0]?.startsWith("-") ? ["-e", ...args] : args)))
      return 0
    },
  },
  {
    name: "printf",
    *run(shell, args) {
      let words = args[0] === "--" ? args.slice(1) : [...args]
      let target: string | undefined
      if (words[0]?.startsWith("-v")) {
        target = words[0].slice(2) || words[1]
        words = words.slice(words[0] === "-v" ? 2 : 1)
      }
      const [format, ...values] = words
      if (format === undefined) return yield* usage(shell, "printf")
      const zone = timeZone(shell.variables.get("TZ"))
      const problems: string[] = []
      const parts: string[] = []
      // Rounds of the format, many at a time, so that others have their turns between them.
      const step = Math.max(1, argumentsOf(format)) * ROUNDS
      for (let at = 0; at === 0 || at < values.length; at += step) {
        const done = formatPrintf(format, values.length <= step ? values : values.slice(at, at + step), shell.process.now(), zone)
        parts.push(done.text)
        problems.push(...done.problems)
        if (values.length > step) yield* shell.tick(ROUNDS)
        if (done.ended || argumentsOf(format) === 0) break
      }
      const text = parts.join("")
      if (target !== undefined) {
        const element = /^([A-Za-z_]\w*)\[(.+)\]$/.exec(target)
        if (!element && !/^[A-Za-z_]\w*$/.test(target)) {
          yield* shell.complain(`printf: \`${target}': not a valid identifier`)
          return 2
        }
        if (element) shell.variables.setElement(element[1], yield* shell.subscript(element[1], element[2]), text)
        else shell.variables.set(target, text)
      } else yield* shell.process.write(1, writtenBytes(text))
      for (const problem of problems) yield* shell.complain(`printf: ${problem}`)
      return problems.some((problem) => !problem.startsWith("warning: ")) ? 1 : 0
    },
  },
  { name: "test", run: (shell, args) => test(shell, args, "test") },
  { name: "[", run: (shell, args) => test(shell, args, "[") },
]
