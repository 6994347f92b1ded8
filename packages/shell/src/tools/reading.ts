/** What text tools share: options, and input that is files or standard input. */
import { type Process, type Steps, SystemError } from "@drydock/machine"

export interface Options {
  /** Letter or long name → last value, or true. */
  readonly flags: ReadonlyMap<string, string | true>
  /** Every value of options that repeat. */
  readonly all: ReadonlyMap<string, readonly string[]>
  readonly words: readonly string[]
  readonly problem: string | undefined
}

/** GNU's option syntax. `valued`: letters with a value; `optional`: letters whose value may stand right behind them; `long`: long names, with "=" for a value ("=?" where it may be left out), mapped to letters. */
export const parseOptions = (
  args: readonly string[],
  spec: { letters: string; valued?: string; optional?: string; long?: Readonly<Record<string, string>>; stopAtWord?: boolean },
): Options => {
  const flags = new Map<string, string | true>()
  const all = new Map<string, string[]>()
  const words: string[] = []
  let problem: string | undefined
  const put = (name: string, value: string | true) => {
    flags.set(name, value)
    if (value !== true) all.set(name, [...(all.get(name) ?? []), value])
  }
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (word === "--") {
      words.push(...args.slice(at + 1))
      break
    }
    if (word.startsWith("--")) {
      const [name, ...value] = word.slice(2).split("=")
      const found =
        spec.long &&
        (Object.keys(spec.long).find((one) => one.replace(/=\??$/, "") === name) ??
          Object.keys(spec.long).find((one) => one.startsWith(name)))
      if (!found) {
        problem ??= `unrecognized option '--${name}${value.length > 0 ? `=${value.join("=")}` : ""}'`
        continue
      }
      const letter = spec.long?.[found] ?? name
      if (!found.endsWith("=")) {
        if (value.length > 0 && !found.endsWith("=?")) problem ??= `option '--${found}' doesn't allow an argument`
        put(letter, value.length > 0 ? value.join("=") : true)
      } else if (value.length > 0) put(letter, value.join("="))
      else {
        const next = args[++at]
        if (next === undefined) problem ??= `option '--${found.slice(0, -1)}' requires an argument`
        put(letter, next ?? "")
      }
    } else if (word.startsWith("-") && word.length > 1) {
      for (let letter = 1; letter < word.length; letter++) {
        const option = word[letter]
        if (spec.valued?.includes(option)) {
          const value = word.slice(letter + 1) || args[++at]
          if (value === undefined) problem ??= `option requires an argument -- '${option}'`
          put(option, value ?? "")
          break
        }
        if (spec.optional?.includes(option)) {
          put(option, word.slice(letter + 1) || true)
          break
        }
        if (!spec.letters.includes(option)) problem ??= `invalid option -- '${option}'`
        put(option, true)
      }
    } else {
      words.push(word)
      if (spec.stopAtWord) {
        words.push(...args.slice(at + 1))
        break
      }
    }
  }
  return { flags, all, words, problem }
}

/** Characters that one program may hold of its input. */
const MOST = 64 * 1024 * 1024

/** A word of an error text in the quotes of the process's locale, as gnulib's quote(). */
export const quote = (process: Process, text: string): string =>
  /utf-?8/i.test(process.env.get("LC_ALL") || process.env.get("LC_MESSAGES") || process.env.get("LANG") || "") ? `‘${text}’` : `'${text}'`

/** One character a byte, so that what is no text comes through unharmed. */
export const bytesToText = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192))
  return text
}

export const textToBytes = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}

/** All of a file, a pipe (<(…)) or, for "-", standard input. */
export function* readFile(process: Process, name: string): Steps<Uint8Array> {
  if (name === "-") return yield* process.readAll(0)
  if (process.files.exists(name) && process.files.stat(name).type === "directory") throw new SystemError("EISDIR")
  const fd = yield* process.open(name, "r")
  try {
    return yield* process.readAll(fd)
  } finally {
    process.close(fd)
  }
}

/** Opens each file ("-" is standard input), tells of those that cannot be read, and closes them. Returns whether all were. */
export function* eachFile(
  process: Process,
  tool: string,
  names: readonly string[],
  work: (fd: number, name: string) => Steps<void>,
  problem: (name: string, message: string) => string = (name, message) => `${name}: ${message}`,
): Steps<boolean> {
  let ok = true
  for (const name of names.length > 0 ? names : ["-"]) {
    try {
      if (name === "-") {
        yield* work(0, name)
        continue
      }
      if (process.files.exists(name) && process.files.stat(name).type === "directory") throw new SystemError("EISDIR")
      const fd = yield* process.open(name, "r")
      try {
        yield* work(fd, name)
      } finally {
        process.close(fd)
      }
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === "EPIPE" || error.code === "EINTR") throw error
      ok = false
      if (error.code === "ENOSPC" || error.code === "EFBIG" || error.code === "EDQUOT") {
        // It was the output that was full.
        yield* process.error(
          `${tool}: ${tool === "head" || tool === "tail" ? "error writing 'standard output'" : "write error"}: ${error.message}\n`,
        )
        return false
      }
      yield* process.error(`${tool}: ${problem(name, error.message)}\n`)
    }
  }
  return ok
}

/** Lines as they come, in blocks that keep pipes fast. `ended` is false for a last line without newline. */
export function* eachLine(
  process: Process,
  fd: number,
  work: (line: string, ended: boolean) => Steps<boolean | void> | boolean | void,
  /** After every block, before more is waited for: what was gathered is to go on. */
  flush?: () => Steps<void>,
): Steps<void> {
  let rest = ""
  const stream = new TextDecoder()
  for (;;) {
    const chunk = yield* process.read(fd)
    const text = rest + (chunk.length === 0 ? "" : stream.decode(chunk, { stream: true }))
    const lines = text.split("\n")
    rest = lines.pop() as string
    for (const line of lines) {
      if (process.charge(1)) yield* process.yield()
      const result = work(line, true)
      if ((typeof result === "object" ? yield* result : result) === true) return
    }
    if (flush) yield* flush()
    if (chunk.length === 0) break
  }
  if (rest !== "") {
    const result = work(rest, false)
    if (typeof result === "object") yield* result
  }
}

/** All lines of files or standard input. */
export function* allLines(
  process: Process,
  tool: string,
  names: readonly string[],
  options: { end?: string; problem?: (name: string, message: string) => string } = {},
): Steps<{ lines: string[]; ok: boolean }> {
  const lines: string[] = []
  const end = options.end ?? "\n"
  const ok = yield* eachFile(
    process,
    tool,
    names,
    function* (fd) {
      const stream = new TextDecoder()
      // What was read of a line that is not at its end.
      let begun: string[] = []
      for (let size = 0; ; ) {
        const chunk = yield* process.read(fd, 16_384)
        const text = stream.decode(chunk, { stream: chunk.length > 0 })
        size += text.length
        if (size > MOST) throw new SystemError("ENOMEM")
        const [first, ...rest] = text.split(end)
        begun.push(first)
        if (rest.length > 0) {
          lines.push(begun.join(""))
          const last = rest.pop() as string
          for (const line of rest) lines.push(line)
          begun = [last]
        }
        if (process.charge(1 + (text.length >> 5))) yield* process.yield()
        if (chunk.length === 0) break
      }
      const last = begun.join("")
      if (last !== "") lines.push(last)
    },
    options.problem,
  )
  return { lines, ok }
}

/** "tool: problem" and where help is; exit code `code`. */
export function* usageError(process: Process, tool: string, problem: string, code = 1): Steps<number> {
  yield* process.error(`${tool}: ${problem}\nTry '${tool} --help' for more information.\n`)
  return code
}

export const withNewlines = (lines: readonly string[]): string => (lines.length === 0 ? "" : `${lines.join("\n")}\n`)
