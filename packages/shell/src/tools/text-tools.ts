/** tee, rev, tac, seq. */
import { SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatPrintf } from "../text/printf.ts"
import { printEach } from "./pacing.ts"
import { allLines, eachFile, parseOptions, quote, usageError } from "./reading.ts"

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

const lineTool = (name: string, summary: string, change: (line: string) => string) =>
  defineTool({
    name,
    busybox: true,
    summary,
    *run(process, args) {
      const { lines, ok } = yield* allLines(
        process,
        name,
        args.filter((word) => !word.startsWith("-") || word === "-"),
      )
      yield* printEach(process, lines, (line) => `${change(line)}\n`)
      return ok ? 0 : 1
    },
  })

export const rev = lineTool("rev", "reverse lines characterwise", (line) => [...line].reverse().join(""))

export const tac = defineTool({
  name: "tac",
  busybox: true,
  summary: "concatenate and print files in reverse",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "br",
      valued: "s",
      long: { "separator=": "s", before: "b", regex: "r" },
    })
    if (problem) return yield* usageError(process, "tac", problem)
    const separator = String(flags.get("s") ?? "\n") || "\0"
    const ok = yield* eachFile(
      process,
      "tac",
      words,
      function* (fd) {
        const text = new TextDecoder().decode(yield* process.readAll(fd))
        if (process.charge(text.length >> 8)) yield* process.yield()
        // Every record keeps the separator that ends it, or with -b the one before it.
        const records: string[] = []
        let from = 0
        for (let at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, at + separator.length)) {
          const cut = flags.has("b") ? at : at + separator.length
          if (cut > from) records.push(text.slice(from, cut))
          from = cut
          if (process.charge(1)) yield* process.yield()
        }
        if (from < text.length) records.push(text.slice(from))
        yield* printEach(process, records.reverse(), (record) => record)
      },
      (name, message) => `failed to open '${name}' for reading: ${message}`,
    )
    return ok ? 0 : 1
  },
})
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
    const wrong = numbers.findIndex(Number.isNaN)
    if (wrong >= 0) return yield* usageError(process, "seq", `invalid floating point argument: ${quote(process, words[wrong])}`)
    if (numbers.length > 3) return yield* usageError(process, "seq", `extra operand ${quote(process, words[3])}`)
    if (numbers.length === 3 && numbers[1] === 0)
      return yield* usageError(process, "seq", `invalid Zero increment value: ${quote(process, words[1])}`)
    const [first, step, last] = numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers
    const decimals = Math.max(...words.map((word) => word.split(".")[1]?.length ?? 0))
    const width = flags.has("w") ? Math.max(first.toFixed(decimals).length, last.toFixed(decimals).length) : 0
    const separator = String(flags.get("s") ?? "\n")
    const format = flags.get("f")
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
