/** tee and seq. */
import { type Process, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatPrintf } from "../text/printf.ts"
import { parseOptions, quote, usageError } from "./reading.ts"

export const tee = defineTool({
  name: "tee",
  busybox: true,
  summary: "read from standard input and write to standard output and files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "aip", long: { append: "a", "ignore-interrupts": "i" } })
    if (problem) return yield* usageError(process, "tee", problem)
    let status = 0
    const targets: { fd: number; name: string }[] = [{ fd: 1, name: "standard output" }]
    if (flags.has("i")) process.onSignal("SIGINT", "ignore")
    for (const name of words) {
      try {
        targets.push({ fd: yield* process.open(name, flags.has("a") ? "a" : "w"), name })
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`tee: ${name}: ${error.message}\n`)
        status = 1
      }
    }
    for (let chunk = yield* process.read(0); chunk.length > 0; chunk = yield* process.read(0))
      for (const target of [...targets]) {
        try {
          yield* process.write(target.fd, chunk)
        } catch (error) {
          if (!(error instanceof SystemError) || error.code === "EPIPE" || error.code === "EINTR") throw error
          yield* process.error(`tee: ${target.name}: ${error.message}\n`)
          targets.splice(targets.indexOf(target), 1)
          status = 1
        }
      }
    return status
  },
})

/** As seq.c's long_double_format: one directive, for floating point. */
const formatProblem = (process: Process, format: string): string | undefined => {
  const shown = quote(process, format)
  const plain = format.replaceAll("%%", "")
  if (!plain.includes("%")) return `format ${shown} has no % directive`
  const match = /%[-+#0 ']*\d*(?:\.\d*)?L?(.?)/.exec(plain)
  if (!match?.[1]) return `format ${shown} ends in %`
  if (!/[efgaEFGA]/.test(match[1])) return `format ${shown} has unknown %${match[1]} directive`
  return plain.slice(match.index + 1).includes("%") ? `format ${shown} has too many % directives` : undefined
}

export const seq = defineTool({
  name: "seq",
  busybox: true,
  summary: "print a sequence of numbers",
  *run(process, args) {
    const { flags, words } = parseOptions(
      args.map((word) => (/^-\d/.test(word) ? `\0${word}` : word)),
      { letters: "w", valued: "sf", long: { "separator=": "s", "equal-width": "w", "format=": "f" } },
    )
    const numbers = words.map((word) => Number(word.replace("\0", "")))
    if (numbers.length === 0) return yield* usageError(process, "seq", "missing operand")
    const none = words.findIndex((word) => /^[-+\0]*nan$/i.test(word))
    if (none >= 0)
      return yield* usageError(process, "seq", `invalid ${quote(process, "not-a-number")} argument: ${quote(process, words[none])}`)
    const wrong = numbers.findIndex(Number.isNaN)
    if (wrong >= 0) return yield* usageError(process, "seq", `invalid floating point argument: ${quote(process, words[wrong])}`)
    if (numbers.length > 3) return yield* usageError(process, "seq", `extra operand ${quote(process, words[3])}`)
    if (numbers.length === 3 && numbers[1] === 0)
      return yield* usageError(process, "seq", `invalid Zero increment value: ${quote(process, words[1])}`)
    const format = flags.get("f")
    const wrongFormat = typeof format === "string" ? formatProblem(process, format) : undefined
    if (wrongFormat !== undefined) {
      yield* process.error(`seq: ${wrongFormat}\n`)
      return 1
    }
    if (typeof format === "string" && flags.has("w"))
      return yield* usageError(process, "seq", "format string may not be specified when printing equal width strings")
    const [first, step, last] = numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers
    const decimals = Math.max(...words.map((word) => word.split(".")[1]?.length ?? 0))
    const width = flags.has("w") ? Math.max(first.toFixed(decimals).length, last.toFixed(decimals).length) : 0
    const separator = String(flags.get("s") ?? "\n")
    let text = ""
    let any = false
    for (let at = 0; ; at++) {
      const value = first + at * step
      if (step >= 0 ? value > last + 1e-12 : value < last - 1e-12) break
      if (process.charge(1)) yield* process.yield()
      const shown =
        typeof format === "string" ? formatPrintf(format, [value.toFixed(decimals)], 0).text : value.toFixed(decimals).padStart(width, "0")
      text += (any ? separator : "") + shown
      any = true
      if (text.length > 32_768) {
        yield* process.print(text)
        text = ""
      }
    }
    yield* process.print(any ? `${text}\n` : "")
    return 0
  },
})
