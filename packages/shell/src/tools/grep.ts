/** grep: lines that match. */
import { type OpenFile, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { matchPattern } from "../bash/pattern.ts"
import { type Regex, RegexError } from "../text/regex.ts"
import { MatchLimitError, PerlRegex, PerlSyntaxError } from "../text/perl-regex.ts"
import { grepColors, painted } from "./grep-colors.ts"
import { compilePatterns, firstMatch, type Matcher } from "./grep-patterns.ts"
import { parseOptions, quote, readFile } from "./reading.ts"

const MATCHERS: readonly (readonly [string, Matcher])[] = [
  ["G", "basic"],
  ["E", "extended"],
  ["F", "fixed"],
  ["P", "perl"],
]

/** Columns of numbers before a tab (-T): enough for the file's size, or for any where that is not known. */
const numberColumns = (file: OpenFile | undefined, lines: boolean): number => {
  const stat = file?.stat()
  return stat?.type === "file" ? String(stat.size + (lines ? 1 : 0)).length : String(2n ** 63n - 1n).length
}

/** -2 and -12 as -C had them. */
const withoutOld = (args: readonly string[]): string[] =>
  args.map((word, at) => (/^-\d+$/.test(word) && !/^-[a-zA-Z]*[efABCmd]$/.test(args[at - 1] ?? "") ? `-C${word.slice(1)}` : word))

const wrongOption = (process: Process, all: ReadonlyMap<string, readonly string[]>): string | undefined => {
  for (const letter of ["A", "B", "C"])
    for (const text of all.get(letter) ?? []) if (!/^\d+$/.test(text)) return `${text}: invalid context length argument`
  for (const text of all.get("m") ?? []) if (!/^-?\d+[kKMGTP]?$/.test(text)) return "invalid max count"
  for (const text of all.get("d") ?? [])
    if (!["read", "skip", "recurse"].includes(text))
      return `invalid argument ${quote(process, text)} for ${quote(process, "--directories")}\nValid arguments are:\n  - ${quote(process, "read")}\n  - ${quote(process, "recurse")}\n  - ${quote(process, "skip")}`
  for (const text of all.get("binary") ?? []) if (!["binary", "text", "without-match"].includes(text)) return "unknown binary-files type"
  return undefined
}

export const grep = defineTool({
  name: "grep",
  aliases: ["egrep", "fgrep"],
  busybox: true,
  version: "(GNU grep) 3.11",
  summary: "print lines that match patterns",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(withoutOld(args), {
      letters: "EFGPivwxclLoqsnHhrRzabZTUuyI",
      valued: "efABCmd",
      long: {
        "extended-regexp": "E",
        "fixed-strings": "F",
        "ignore-case": "i",
        "invert-match": "v",
        "word-regexp": "w",
        "line-regexp": "x",
        count: "c",
        "files-with-matches": "l",
        "only-matching": "o",
        quiet: "q",
        silent: "q",
        "line-number": "n",
        recursive: "r",
        "regexp=": "e",
        "after-context=": "A",
        "before-context=": "B",
        "context=": "C",
        "max-count=": "m",
        "no-filename": "h",
        "with-filename": "H",
        "color=?": "color",
        "include=": "include",
        "exclude-dir=": "exclude-dir",
        "exclude-from=": "exclude-from",
        "line-buffered": "buffered",
        "byte-offset": "b",
        null: "Z",
        "null-data": "z",
        "initial-tab": "T",
        "files-without-match": "L",
        "dereference-recursive": "R",
        text: "a",
        "binary-files=": "binary",
        "label=": "label",
        "file=": "f",
        "basic-regexp": "G",
        "no-ignore-case": "no-ignore-case",
        "directories=": "d",
        "colour=?": "color",
        "group-separator=": "separator",
        "no-group-separator": "no-separator",
        "unix-byte-offsets": "u",
        binary: "U",
        "exclude=": "exclude",
        "no-messages": "s",
        "perl-regexp": "P",
      },
    })
    if (problem) {
      yield* process.error(`grep: ${problem}\nUsage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n`)
      return 2
    }
    const wrong = wrongOption(process, all)
    if (wrong !== undefined) {
      yield* process.error(`grep: ${wrong}\n`)
      return 2
    }
    const names = [...words]
    const patterns = (all.get("e") ?? []).flatMap((pattern) => pattern.split("\n"))
    for (const file of all.get("f") ?? []) {
      try {
        const text = new TextDecoder().decode(yield* readFile(process, file))
        if (text !== "") patterns.push(...text.replace(/\n$/, "").split("\n"))
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`grep: ${file}: ${error.message}\n`)
        return 2
      }
    }
    if (patterns.length === 0 && !flags.has("f")) {
      const first = names.shift()
      if (first === undefined) {
        yield* process.error("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n")
        return 2
      }
      patterns.push(...first.split("\n"))
    }
    const tool = process.argv[0]?.split("/").at(-1) ?? "grep"
    const kinds = MATCHERS.filter(([letter]) => flags.has(letter)).map(([, kind]) => kind)
    if (kinds.includes("perl") && kinds.length > 1) {
      yield* process.error("grep: conflicting matchers specified\n")
      return 2
    }
    const matcher = kinds.at(-1) ?? (tool === "egrep" ? "extended" : tool === "fgrep" ? "fixed" : "basic")
    for (const pattern of matcher === "fixed" || matcher === "perl" ? [] : patterns) {
      if (/^\[:[^[]*:\]$/.test(pattern)) {
        yield* process.error("grep: character class syntax is [[:space:]], not [:space:]\n")
        return 2
      }
      if (matcher === "extended" && /^[*+?]/.test(pattern)) yield* process.error(`grep: warning: ${pattern[0]} at start of expression\n`)
    }
    let compiled: readonly Regex[]
    try {
      const ignoreCase = (flags.has("i") || flags.has("y")) && !flags.has("no-ignore-case")
      // What an operator repeats at the start is nothing.
      const sources = matcher === "extended" ? patterns.map((pattern) => pattern.replace(/^[*+?]+/, "")) : patterns
      compiled = yield* compilePatterns(process, sources, { matcher, ignoreCase, words: flags.has("w"), lines: flags.has("x") })
    } catch (error) {
      if (!(error instanceof RegexError || error instanceof PerlSyntaxError)) throw error
      yield* process.error(`grep: ${error.message}\n`)
      return 2
    }
    let trouble = false
    const files: string[] = []
    if (flags.has("r") || flags.has("R")) {
      const visit = function* (path: string, depth: number): Steps<void> {
        if (process.charge(1)) yield* process.yield()
        try {
          const { type } = process.files.lstat(path)
          const base = path.split("/").at(-1) ?? ""
          if (type === "directory" && depth > 0 && (all.get("exclude-dir") ?? []).some((one) => matchPattern(one.replace(/\/$/, ""), base)))
            return
          if (type === "directory")
            for (const { name } of process.files.list(path))
              yield* visit(path === "." && names.length === 0 ? name : `${path.replace(/\/$/, "")}/${name}`, depth + 1)
          else if (
            (!flags.has("include") || (all.get("include") ?? []).some((one) => matchPattern(one, base))) &&
            !(all.get("exclude") ?? []).some((one) => matchPattern(one, base)) &&
            (type === "file" || depth === 0 || (type === "symlink" && flags.has("R") && process.files.exists(path)))
          )
            files.push(path)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          if (!flags.has("s")) yield* process.error(`grep: ${path}: ${error.message}\n`)
          trouble = true
        }
      }
      for (const name of names.length > 0 ? names : ["."]) yield* visit(name, 0)
    } else files.push(...names)
    const asText = flags.has("a") || flags.get("binary") === "text"
    const skipsBinary = flags.has("I") || flags.get("binary") === "without-match"
    const recursive = flags.has("r") || flags.has("R")
    const named =
      flags.has("H") ||
      (!flags.has("h") &&
        (files.length > 1 ||
          (recursive && (names.length !== 1 || (process.files.exists(names[0]) && process.files.stat(names[0]).type === "directory")))))
    const [before, after] = [Number(flags.get("B") ?? flags.get("C") ?? 0), Number(flags.get("A") ?? flags.get("C") ?? 0)]
    const limit = Number(flags.get("m") ?? Number.POSITIVE_INFINITY)
    const colour =
      flags.get("color") === "always" || (flags.has("color") && flags.get("color") !== "never" && process.fds.get(1)?.kind === "tty")
    const colors = grepColors(process.env.get("GREP_COLORS"), colour)
    const paint = (text: string) => painted(colors?.ms, text)
    let any = false
    if (names.length === 0 && (flags.has("r") || flags.has("R")) && files.length === 0) return 1
    for (const file of files)
      if (file !== "-" && process.files.exists(file) && process.files.stat(file).type === "directory")
        if (!flags.has("s") && flags.get("d") !== "skip") yield* process.error(`grep: ${file}: Is a directory\n`)
    const readable = files.filter((file) => file === "-" || !process.files.exists(file) || process.files.stat(file).type !== "directory")
    if (files.length > 0 && readable.length === 0) return flags.get("d") === "skip" ? 1 : 2
    const newline = flags.has("z") ? "\0" : "\n"
    const separator = String(flags.get("separator") ?? "--")
    const stdin = String(flags.get("label") ?? "(standard input)")
    const search = function* (fd: number, file: string): Steps<void> {
      const name = file === "-" ? stdin : file
      const numberWidth = numberColumns(process.fds.get(fd), flags.has("n"))
      const shownName = (mark: string) => (named ? painted(colors?.fn, name) + (flags.has("Z") ? "\0" : painted(colors?.se, mark)) : "")
      let count = 0
      let number = 0
      let offset = 0
      let owed = 0
      let lastShown = 0
      let binary = false
      let output = ""
      const held: [number, string, number][] = []
      const flush = function* (): Steps<void> {
        if (output !== "") yield* process.print(output)
        output = ""
      }
      const prefix = (at: number, mark: string, place: number) => {
        const width = flags.has("T") ? numberWidth : 0
        const parts = `${shownName(mark)}${flags.has("n") ? painted(colors?.ln, String(at).padStart(width)) + painted(colors?.se, mark) : ""}${flags.has("b") ? painted(colors?.bn, String(place).padStart(width)) + painted(colors?.se, mark) : ""}`
        return flags.has("T") && parts !== "" ? `${parts}\t` : parts
      }
      const show = (at: number, line: string, mark: ":" | "-", place: number) => {
        if ((before > 0 || after > 0) && lastShown > 0 && at > lastShown + 1 && !flags.has("no-separator"))
          output += `${painted(colors?.se, separator)}\n`
        lastShown = at
        output += `${prefix(at, mark, place)}${line}${newline}`
      }
      const onLine = function* (line: string): Steps<boolean> {
        number++
        const place = offset
        offset += line.length + 1
        if (line.length > 512 && process.charge(line.length >> 6)) yield* process.yield()
        let matched = false
        for (const [tried, regex] of compiled.entries()) {
          const found = regex.test(line)
          if ((tried & 63) === 63 && process.charge(32)) yield* process.yield()
          if (regex instanceof PerlRegex && process.charge(regex.steps >> 4)) yield* process.yield()
          if (found) {
            matched = true
            break
          }
        }
        if (matched === flags.has("v")) {
          if (owed > 0) {
            owed--
            show(number, line, "-", place)
          } else if (before > 0) {
            held.push([number, line, place])
            if (held.length > before) held.shift()
          }
          return limit === count && owed === 0
        }
        if (binary && skipsBinary) return true
        count++
        any = true
        if (flags.has("q") || flags.has("l") || flags.has("L")) return true
        if (flags.has("c")) return count >= limit
        // Bytes that are no text came through as one sign.
        if (!asText && line.includes("\ufffd")) binary = true
        if (binary) return true
        for (const [at, text, from] of held.splice(0)) show(at, text, "-", from)
        if (flags.has("o")) {
          if (!flags.has("v"))
            for (let at = 0; at <= line.length; ) {
              const first = firstMatch(compiled, line, at)
              if (!first) break
              if (first.end > first.index)
                output += `${prefix(number, ":", place + first.index)}${paint(line.slice(first.index, first.end))}${newline}`
              at = first.end > first.index ? first.end : first.end + 1
            }
        } else {
          let shown = line
          if (colour && !flags.has("v")) {
            shown = ""
            let at = 0
            for (let match = firstMatch(compiled, line, at); match; match = firstMatch(compiled, line, at)) {
              const end = Math.max(match.end, match.index)
              if (end === match.index && end >= line.length) break
              shown += line.slice(at, match.index) + paint(line.slice(match.index, end))
              if (end === match.index) shown += line[end]
              at = end === match.index ? end + 1 : end
            }
            shown += line.slice(at)
          }
          show(number, shown, ":", place)
        }
        owed = after
        if (output.length > 4_096) yield* flush()
        return count >= limit && owed === 0
      }
      const stream = new TextDecoder()
      let rest = ""
      reading: for (;;) {
        const chunk = yield* process.read(fd)
        if (!binary && !asText && !flags.has("z") && chunk.includes(0)) binary = true
        const lines = (rest + (chunk.length === 0 ? "" : stream.decode(chunk, { stream: true }))).split(newline)
        rest = lines.pop() ?? ""
        if (chunk.length === 0 && rest !== "") lines.push(rest)
        for (const line of lines) {
          if (process.charge(1)) yield* process.yield()
          if (yield* onLine(line)) break reading
        }
        yield* flush()
        if (chunk.length === 0) break
      }
      yield* flush()
      if (binary && count > 0 && !flags.has("c") && !flags.has("q") && !flags.has("l") && !flags.has("L"))
        yield* process.error(`grep: ${name}: binary file matches\n`)
      if (flags.has("c") && !flags.has("q")) yield* process.print(`${shownName(":")}${count}\n`)
      if (flags.has("l") && count > 0) yield* process.print(`${painted(colors?.fn, name)}${flags.has("Z") ? "\0" : "\n"}`)
      if (flags.has("L") && count === 0) yield* process.print(`${painted(colors?.fn, name)}${flags.has("Z") ? "\0" : "\n"}`)
    }
    let ok = true
    for (const file of readable.length > 0 ? readable : ["-"]) {
      try {
        const fd = file === "-" ? 0 : yield* process.open(file, "r")
        yield* search(fd, file)
        if (fd !== 0) process.close(fd)
      } catch (error) {
        if (error instanceof MatchLimitError) {
          process.charge(10_000)
          yield* process.error(`grep: ${file}: ${error.message}\n`)
          return 2
        }
        if (!(error instanceof SystemError) || error.code === "EPIPE" || error.code === "EINTR") throw error
        if (!flags.has("s")) yield* process.error(`grep: ${file}: ${error.message}\n`)
        ok = false
      }
      if (any && flags.has("q")) return 0
    }
    return any ? (flags.has("q") || (ok && !trouble) ? 0 : 2) : ok && !trouble ? 1 : 2
  },
})
