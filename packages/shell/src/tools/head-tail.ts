/** head and tail: the ends of files, and what is added to them. */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { eachFile, eachLine, parseOptions, quote, usageError } from "./reading.ts"

const UNITS: Readonly<Record<string, number>> = {
  b: 512,
  k: 1024,
  K: 1024,
  kB: 1000,
  KB: 1000,
  m: 1 << 20,
  M: 1 << 20,
  MB: 1e6,
  G: 2 ** 30,
}

/** "5", "-5", "+5", "1K"; undefined for what is no number. */
const amount = (text: string): number | undefined => {
  const match = /^[-+]?(\d+)([a-zA-Z]*)$/.exec(text)
  if (!match || (match[2] !== "" && UNITS[match[2]] === undefined)) return undefined
  return Number(match[1]) * (UNITS[match[2]] ?? 1)
}

const headings = (names: readonly string[], quiet: boolean, verbose: boolean) => {
  let first = true
  return function* (process: Process, name: string): Steps<void> {
    if ((names.length > 1 || verbose) && !quiet)
      yield* process.print(`${first ? "" : "\n"}==> ${name === "-" ? "standard input" : name} <==\n`)
    first = false
  }
}

const cannotOpen = (process: Process) => (name: string, message: string) =>
  message === "Is a directory" ? `error reading '${name}': ${message}` : `cannot open ${quoted(process, name)} for reading: ${message}`

/** Names of files are quoted for the shell, which leaves plain ones in '…'. */
const quoted = (_: Process, name: string): string => `'${name}'`

export const head = defineTool({
  name: "head",
  busybox: true,
  summary: "output the first part of files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(
      args.map((word, at) => (/^-\d+[qv]*$/.test(word) && !/^-[nc]$/.test(args[at - 1] ?? "") ? `-n${word.slice(1)}` : word)),
      {
        letters: "qvz",
        valued: "nc",
        long: { "lines=": "n", "bytes=": "c", quiet: "q", silent: "q", verbose: "v", "zero-terminated": "z" },
      },
    )
    if (problem) return yield* usageError(process, "head", problem)
    const heading = headings(words, flags.has("q"), flags.has("v"))
    const bytes = flags.get("c")
    const lines = String(flags.get("n") ?? "10")
    const count = amount(String(bytes ?? lines))
    if (count === undefined) {
      yield* process.error(
        `head: invalid number of ${bytes === undefined ? "lines" : "bytes"}: ${quote(process, String(bytes ?? lines))}\n`,
      )
      return 1
    }
    const ok = yield* eachFile(
      process,
      "head",
      words,
      function* (fd, name) {
        yield* heading(process, name)
        if (bytes !== undefined) {
          if (String(bytes).startsWith("-")) {
            const all = yield* process.readAll(fd)
            yield* process.write(1, all.subarray(0, Math.max(0, all.length - count)))
            return
          }
          for (let left = count; left > 0; ) {
            const chunk = yield* process.read(fd, Math.min(65_536, left))
            if (chunk.length === 0) return
            yield* process.write(1, chunk.subarray(0, left))
            left -= chunk.length
          }
          return
        }
        const end = flags.has("z") ? "\0" : "\n"
        if (lines.startsWith("-") || flags.has("z")) {
          const all = new TextDecoder().decode(yield* process.readAll(fd)).split(end)
          const unended = all.pop() ?? ""
          if (unended !== "") all.push(unended)
          const kept = lines.startsWith("-") ? all.slice(0, Math.max(0, all.length - count)) : all.slice(0, count)
          const whole = kept.length === all.length && unended !== ""
          yield* process.print(kept.join(end) + (kept.length > 0 && !whole ? end : ""))
          return
        }
        let left = count
        if (left === 0) return
        let text = ""
        yield* eachLine(
          process,
          fd,
          function* (line, ended) {
            text += line + (ended ? "\n" : "")
            if (--left <= 0) return true
            if (text.length > 4_096) {
              yield* process.print(text)
              text = ""
            }
          },
          function* () {
            if (text !== "") yield* process.print(text)
            text = ""
          },
        )
        if (text !== "") yield* process.print(text)
      },
      cannotOpen(process),
    )
    return ok ? 0 : 1
  },
})

/** Whether a process still runs: one that only waits to be reaped does not. */
const isRunning = (process: Process, pid: string): boolean =>
  process.files.exists(`/proc/${pid}/stat`) && !/\) Z /.test(process.files.readText(`/proc/${pid}/stat`))

export const tail = defineTool({
  name: "tail",
  busybox: true,
  summary: "output the last part of files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(
      args.map((word, at) =>
        /^[-+]\d+f?$/.test(word) && !/^-[ncs]$/.test(args[at - 1] ?? "")
          ? `-${word.endsWith("f") ? "f" : ""}n${word.replace(/^-|f$/g, "")}`
          : word,
      ),
      {
        letters: "fFqvz",
        valued: "ncs",
        long: {
          "lines=": "n",
          "bytes=": "c",
          follow: "f",
          quiet: "q",
          verbose: "v",
          retry: "retry",
          "pid=": "pid",
          "sleep-interval=": "s",
          "zero-terminated": "z",
        },
      },
    )
    if (problem) return yield* usageError(process, "tail", problem)
    const heading = headings(words, flags.has("q"), flags.has("v"))
    const bytes = flags.get("c")
    const lines = String(flags.get("n") ?? "10")
    const count = amount(String(bytes ?? lines))
    if (count === undefined) {
      yield* process.error(
        `tail: invalid number of ${bytes === undefined ? "lines" : "bytes"}: ${quote(process, String(bytes ?? lines))}\n`,
      )
      return 1
    }
    const sizes = new Map<string, number>()
    const end = flags.has("z") ? "\0" : "\n"
    const follows = flags.has("f") || flags.has("F")
    const ok = yield* eachFile(
      process,
      "tail",
      words,
      function* (fd, name) {
        yield* heading(process, name)
        const data = yield* process.readAll(fd)
        sizes.set(name, data.length)
        if (bytes !== undefined) {
          yield* process.write(
            1,
            String(bytes).startsWith("+") ? data.subarray(Math.max(0, count - 1)) : data.subarray(Math.max(0, data.length - count)),
          )
          return
        }
        const code = end.charCodeAt(0)
        let from: number
        if (lines.startsWith("+")) {
          from = 0
          for (let line = 1; line < count && from < data.length; line++) {
            const next = data.indexOf(code, from)
            from = next < 0 ? data.length : next + 1
          }
        } else {
          from = data.length
          for (let line = 0; line < count && from > 0; line++) {
            const before = from >= 2 ? data.lastIndexOf(code, from - 2) : -1
            from = before + 1
          }
        }
        if (process.charge(data.length >> 12)) yield* process.yield()
        yield* process.write(1, data.subarray(from))
      },
      cannotOpen(process),
    )
    const followed = words.filter((name) => name !== "-" && (sizes.has(name) || flags.has("F") || flags.has("retry")))
    if (!follows) return ok ? 0 : 1
    if (followed.length === 0) {
      if (words.length === 0) return 0
      yield* process.error("tail: no files remaining\n")
      return 1
    }
    const pid = flags.get("pid")
    if (typeof pid === "string" && !/^\d+$/.test(pid)) {
      yield* process.error(`tail: invalid PID: ${quote(process, pid)}\n`)
      return 1
    }
    const pause = 1_000 * Number(flags.get("s") ?? 1)
    const changed = process.queue()
    const stops = followed.map((name) => process.files.watch(name, () => changed.wake()))
    let shown = words.at(-1)
    try {
      for (;;) {
        for (const name of followed) {
          if (!process.files.exists(name)) continue
          const { size } = process.files.stat(name)
          const from = sizes.get(name) ?? 0
          if (size < from) yield* process.error(`tail: ${name}: file truncated\n`)
          if (size !== from) {
            const data = process.files.readBytes(name)
            if (shown !== name && words.length > 1 && !flags.has("q")) yield* process.print(`\n==> ${name} <==\n`)
            shown = name
            yield* process.write(1, data.subarray(size < from ? 0 : from))
            sizes.set(name, data.length)
          }
        }
        if (typeof pid === "string" && !isRunning(process, pid)) return ok ? 0 : 1
        yield* process.wait({ queues: [changed], until: process.now() + (typeof pid === "string" ? pause : 60_000) })
      }
    } finally {
      for (const stop of stops) stop()
    }
  },
})
