/** sed: a stream editor. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { compileRegex, type Match, type Regex, RegexError } from "../text/regex.ts"
import { parseOptions, readFile } from "./reading.ts"

type Address =
  | { kind: "line"; line: number }
  | { kind: "last" }
  | { kind: "regex"; regex: Regex | undefined }
  | { kind: "step"; from: number; by: number }
  | { kind: "plus"; count: number }
  | { kind: "multiple"; of: number }

interface Command {
  /** Of 0,/regex/: its first line was seen. */
  begun?: boolean
  from: Address | undefined
  to: Address | undefined
  negated: boolean
  name: string
  text: string
  regex: Regex | undefined
  replacement: string
  flags: string
  block: Command[]
  /** A range that has begun: the line at which it ends, or true until its end is seen. */
  active: boolean
  until: number
}

class SedError extends Error {}

class Parser {
  #at = 0
  readonly #source: string
  readonly #extended: boolean

  constructor(source: string, extended: boolean) {
    this.#source = source
    this.#extended = extended
  }

  #fail(message: string): never {
    throw new SedError(`-e expression #1, char ${this.#at}: ${message}`)
  }

  #skip(characters: string): void {
    while (characters.includes(this.#source[this.#at] ?? "\0")) this.#at++
  }

  #delimited(delimiter: string, what: "s" | "y" | "address" = "address"): string {
    let text = ""
    for (; this.#at < this.#source.length; this.#at++) {
      const character = this.#source[this.#at]
      if (character === delimiter) {
        this.#at++
        return text
      }
      if (character === "\\" && this.#source[this.#at + 1] === delimiter) {
        text += delimiter === "/" || !/[.*[\]^$+?(){}|]/.test(delimiter) ? delimiter : `\\${delimiter}`
        this.#at++
      } else if (character === "\\") text += character + (this.#source[++this.#at] ?? "")
      else if (character === "[" && delimiter !== "[") {
        const close = this.#source.indexOf("]", this.#at + (/^\[\^?\]/.test(this.#source.slice(this.#at)) ? 3 : 2))
        const newline = this.#source.indexOf(delimiter, this.#at)
        if (close > 0 && (newline < 0 || close > newline) && this.#source.slice(this.#at, close).includes(delimiter)) {
          text += this.#source.slice(this.#at, close + 1)
          this.#at = close
        } else text += character
      } else text += character
    }
    return this.#fail(what === "address" ? "unterminated address regex" : `unterminated \`${what}' command`)
  }

  /** An empty one is the last that was used when the command runs. */
  #regex(source: string, ignoreCase: boolean, multiline = false): Regex | undefined {
    return source === "" ? undefined : compileRegex(source, { extended: this.#extended, ignoreCase, multiline })
  }

  #address(): Address | undefined {
    const rest = this.#source.slice(this.#at)
    const number = /^(\d+)(?:~(\d+))?/.exec(rest)
    if (number) {
      this.#at += number[0].length
      return number[2] === undefined
        ? { kind: "line", line: Number(number[1]) }
        : { kind: "step", from: Number(number[1]), by: Number(number[2]) }
    }
    const plus = /^\+(\d+)/.exec(rest)
    if (plus) {
      this.#at += plus[0].length
      return { kind: "plus", count: Number(plus[1]) }
    }
    const multiple = /^~(\d+)/.exec(rest)
    if (multiple) {
      this.#at += multiple[0].length
      return { kind: "multiple", of: Number(multiple[1]) }
    }
    if (rest[0] === "$") {
      this.#at++
      return { kind: "last" }
    }
    if (rest[0] !== "/" && rest[0] !== "\\") return undefined
    if (rest[0] === "\\") this.#at++
    const delimiter = this.#source[this.#at++]
    const source = this.#delimited(delimiter)
    const ignoreCase = this.#source[this.#at] === "I"
    if (ignoreCase) this.#at++
    return { kind: "regex", regex: this.#regex(source, ignoreCase) }
  }

  commands(inBlock = false): Command[] {
    const list: Command[] = []
    for (;;) {
      this.#skip(" \t\n;")
      if (this.#at >= this.#source.length) {
        if (inBlock) this.#fail("unmatched `{'")
        return list
      }
      if (this.#source[this.#at] === "}") {
        if (!inBlock) this.#fail("unexpected `}'")
        this.#at++
        return list
      }
      if (this.#source[this.#at] === "#") {
        while (this.#at < this.#source.length && this.#source[this.#at] !== "\n") this.#at++
        continue
      }
      const from = this.#address()
      let to: Address | undefined
      this.#skip(" \t")
      if (from && this.#source[this.#at] === ",") {
        this.#at++
        this.#skip(" \t")
        to = this.#address() ?? this.#fail("unexpected `,'")
      }
      this.#skip(" \t")
      const negated = this.#source[this.#at] === "!"
      if (negated) this.#at++
      this.#skip(" \t")
      const name = this.#source[this.#at++]
      const command: Command = {
        from,
        to,
        negated,
        name,
        text: "",
        regex: undefined,
        replacement: "",
        flags: "",
        block: [],
        active: false,
        until: 0,
      }
      if (name === undefined) this.#fail("missing command")
      if (name === "{") command.block = this.commands(true)
      else if (name === "s") {
        const delimiter = this.#source[this.#at++]
        const source = this.#delimited(delimiter, "s")
        command.replacement = this.#delimited(delimiter, "s")
        command.flags = /^[gpiIemM0-9]*/.exec(this.#source.slice(this.#at))?.[0] ?? ""
        this.#at += command.flags.length
        if (this.#source[this.#at] === "w") {
          const file = /^w[ \t]*([^\n]*)/.exec(this.#source.slice(this.#at))
          command.text = file?.[1] ?? ""
          this.#at += file?.[0].length ?? 0
        } else if (!/^[\s;}#]|^$/.test(this.#source.slice(this.#at))) {
          this.#at++
          this.#fail("unknown option to `s'")
        }
        command.regex = this.#regex(source, /i/i.test(command.flags), /m/i.test(command.flags))
      } else if (name === "y") {
        const delimiter = this.#source[this.#at++]
        const plain = (text: string) => text.replace(/\\(.)/g, (_, one: string) => ({ n: "\n", t: "\t", "\\": "\\" })[one] ?? one)
        command.text = plain(this.#delimited(delimiter, "y"))
        command.replacement = plain(this.#delimited(delimiter, "y"))
        if ([...command.text].length !== [...command.replacement].length) this.#fail("strings for `y' command are different lengths")
      } else if ("aic".includes(name)) {
        this.#skip(" \t")
        if (this.#source[this.#at] === "\\") {
          this.#at++
          if (this.#source[this.#at] === "\n") this.#at++
        }
        let text = ""
        for (; this.#at < this.#source.length && this.#source[this.#at] !== "\n"; this.#at++) {
          if (this.#source[this.#at] === "\\" && this.#at + 1 < this.#source.length) this.#at++
          text += this.#source[this.#at]
        }
        command.text = text
      } else if ("rRwW".includes(name)) {
        const file = /^[ \t]*([^\n]*)/.exec(this.#source.slice(this.#at))
        command.text = file?.[1] ?? ""
        this.#at += file?.[0].length ?? 0
        if (command.text === "") this.#fail("missing filename in r/R/w/W commands")
      } else if ("btT:".includes(name)) {
        command.text = /^[ \t]*([^\s;}]*)/.exec(this.#source.slice(this.#at))?.[1] ?? ""
        this.#at += /^[ \t]*[^\s;}]*/.exec(this.#source.slice(this.#at))?.[0].length ?? 0
      } else if ("qQ".includes(name)) {
        const code = /^\s*(\d+)/.exec(this.#source.slice(this.#at))
        command.text = code?.[1] ?? "0"
        this.#at += code?.[0].length ?? 0
      } else if (name === "l") {
        const width = /^[ \t]*(\d+)/.exec(this.#source.slice(this.#at))
        command.text = width?.[1] ?? ""
        this.#at += width?.[0].length ?? 0
      } else if (!"pPdDnNgGhHx=zF".includes(name)) this.#fail(`unknown command: \`${name}'`)
      this.#skip(" \t")
      if (!"aic{".includes(name) && !/^[\n;}#]|^$/.test(this.#source.slice(this.#at))) {
        this.#at++
        this.#fail("extra characters after command")
      }
      list.push(command)
    }
  }
}

const substitute = (replacement: string, match: Match): string => {
  let result = ""
  let mode: "" | "U" | "L" = ""
  let once: "" | "u" | "l" = ""
  const add = (text: string) => {
    let shown = mode === "U" ? text.toUpperCase() : mode === "L" ? text.toLowerCase() : text
    if (once && shown) {
      shown = (once === "u" ? shown[0].toUpperCase() : shown[0].toLowerCase()) + shown.slice(1)
      once = ""
    }
    result += shown
  }
  for (let at = 0; at < replacement.length; at++) {
    const character = replacement[at]
    if (character === "&") add(match.groups[0] ?? "")
    else if (character === "\\") {
      const next = replacement[++at] ?? ""
      if (/\d/.test(next)) add(match.groups[Number(next)] ?? "")
      else if (next === "n") add("\n")
      else if (next === "t") add("\t")
      else if (next === "U" || next === "L") mode = next
      else if (next === "E") mode = ""
      else if (next === "u" || next === "l") once = next
      else add(next)
    } else add(character)
  }
  return result
}

/** The texts of files, each whole. */
function* contentsOf(process: Process, names: readonly string[]): Steps<{ contents: string[]; ok: boolean }> {
  const contents: string[] = []
  let ok = true
  for (const name of names.length > 0 ? names : ["-"]) {
    try {
      contents.push(new TextDecoder().decode(yield* readFile(process, name)))
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === "EPIPE" || error.code === "EINTR") throw error
      ok = false
      yield* process.error(
        error.code === "EISDIR" ? `sed: couldn't edit ${name}: not a regular file\n` : `sed: can't read ${name}: ${error.message}\n`,
      )
    }
  }
  return { contents, ok }
}

/** The l command: escapes for what cannot be seen, lines folded. */
const listed = (space: string, width: number): string => {
  const named: Readonly<Record<string, string>> = {
    "\\": "\\\\",
    "\x07": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
  }
  const rows: string[] = []
  let row = ""
  for (const byte of new TextEncoder().encode(space)) {
    const character = String.fromCharCode(byte)
    const shown = named[character] ?? (byte >= 32 && byte < 127 ? character : `\\${byte.toString(8).padStart(3, "0")}`)
    if (width > 1 && row.length + shown.length > width - 1) {
      rows.push(`${row}\\`)
      row = ""
    }
    row += shown
  }
  return [...rows, `${row}$`].join("\n")
}

export const sed = defineTool({
  name: "sed",
  busybox: true,
  version: "(GNU sed) 4.9",
  summary: "stream editor",
  *run(process, args) {
    const inPlace = args.find((word) => /^-[a-zA-Z]*i(?!n)/.test(word) && !word.startsWith("--"))
    const suffix = inPlace ? (/^-[nErsz]*i(.*)$/.exec(inPlace)?.[1] ?? "") : ""
    const { flags, all, words, problem } = parseOptions(
      args.map((word) => (word === inPlace ? word.replace(/i.*$/, "i") : word)),
      {
        letters: "nErsizu",
        valued: "ef",
        long: {
          quiet: "n",
          silent: "n",
          "regexp-extended": "E",
          "in-place=?": "i",
          "expression=": "e",
          "file=": "f",
          "null-data": "z",
          separate: "s",
          unbuffered: "u",
          posix: "posix",
        },
      },
    )
    if (problem) {
      yield* process.error(`sed: ${problem}\nUsage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n`)
      return 1
    }
    const files = [...words]
    const scripts = [...(all.get("e") ?? []), ...(all.get("f") ?? []).map((file) => process.files.readText(file))]
    if (scripts.length === 0) {
      const first = files.shift()
      if (first === undefined) {
        yield* process.error("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n")
        return 1
      }
      scripts.push(first)
    }
    const quiet = flags.has("n")
    const written = new Map<string, string>()
    const write = (file: string, line: string) => {
      if (file === "/dev/stdout") return `${line}${newline}`
      written.set(file, `${written.get(file) ?? ""}${line}${newline}`)
      return ""
    }
    const newline = flags.has("z") ? "\0" : "\n"
    const edit = function* (
      lines: readonly string[],
      commands: readonly Command[],
      unended: boolean,
      lasts: ReadonlySet<number>,
    ): Steps<{ text: string; code: number | undefined }> {
      let out = ""
      let hold = ""
      let code: number | undefined
      let used: Regex | undefined
      let kept: string | undefined
      const flat: { command: Command; end: number }[] = []
      const flatten = (list: readonly Command[]) => {
        for (const command of list) {
          const entry = { command, end: 0 }
          flat.push(entry)
          flatten(command.block)
          entry.end = flat.length
        }
      }
      flatten(commands)
      for (const { command } of flat) {
        const file = command.name === "w" || command.name === "W" ? command.text : command.name === "s" ? command.text : ""
        if (file !== "" && file !== "/dev/stdout" && !written.has(file)) written.set(file, "")
        if (
          "btT".includes(command.name) &&
          command.text !== "" &&
          !flat.some((one) => one.command.name === ":" && one.command.text === command.text)
        )
          throw new SedError(`-e expression #1, char ${scripts.join("\n").length}: can't find label for jump to \`${command.text}'`)
      }
      const regexOf = (regex: Regex | undefined): Regex => {
        const found = regex ?? used
        if (!found) throw new SedError(`-e expression #1, char ${scripts.join("\n").length}: no previous regular expression`)
        used = found
        return found
      }
      for (let index = 0; index < lines.length && code === undefined; index++) {
        if (process.charge(1)) yield* process.yield()
        let space = kept ?? lines[index]
        kept = undefined
        let number = index + 1
        let after = ""
        let deleted = false
        let substituted = false
        const matches = (address: Address): boolean =>
          address.kind === "line"
            ? number === address.line
            : address.kind === "last"
              ? lasts.has(number)
              : address.kind === "regex"
                ? regexOf(address.regex).test(space)
                : address.kind === "step"
                  ? address.by === 0
                    ? number === address.from
                    : number >= address.from && (number - address.from) % address.by === 0
                  : false
        const selected = (command: Command): boolean => {
          const { from, to } = command
          if (!from) return true
          if (!to) return matches(from)
          // 0,/regex/ begins before the first line.
          if (from.kind === "line" && from.line === 0 && number === 1 && !command.begun) {
            command.begun = true
            command.active = true
          }
          if (command.active) {
            const ended = to.kind === "line" ? number >= to.line : command.until > 0 ? number >= command.until : matches(to)
            if (ended) command.active = false
            return to.kind !== "line" || number <= to.line
          }
          if (!matches(from)) return false
          command.until =
            to.kind === "plus"
              ? number + to.count
              : to.kind === "multiple"
                ? Math.floor(number / Math.max(1, to.of)) * Math.max(1, to.of) + Math.max(1, to.of)
                : 0
          command.active =
            to.kind === "line" ? to.line > number : to.kind === "plus" || to.kind === "multiple" ? command.until > number : true
          return true
        }
        let budget = 64
        for (let at = 0; at < flat.length && !deleted; at++) {
          if (--budget < 0) {
            if (process.charge(16)) yield* process.yield()
            budget = 64
          }
          const { command, end } = flat[at]
          if (command.name === ":") continue
          if (selected(command) === command.negated) {
            if (command.name === "{") at = end - 1
            continue
          }
          const jump = () => {
            at = command.text === "" ? flat.length : flat.findIndex((one) => one.command.name === ":" && one.command.text === command.text)
          }
          switch (command.name) {
            case "s": {
              const wanted = Number(/\d+/.exec(command.flags)?.[0] ?? 1)
              const global = command.flags.includes("g")
              let result = ""
              let from = 0
              let count = 0
              let changed = false
              const regex = regexOf(command.regex)
              for (let match = regex.find(space, from); match; match = from <= space.length ? regex.find(space, from) : undefined) {
                count++
                const take = count >= wanted && (global || count === wanted)
                result +=
                  space.slice(from, match.index) + (take ? substitute(command.replacement, match) : space.slice(match.index, match.end))
                if (take) changed = true
                if (match.end === match.index) {
                  result += space[match.end] ?? ""
                  from = match.end + 1
                } else from = match.end
                if (take && !global) break
              }
              if (changed) {
                space = result + space.slice(from)
                substituted = true
                if (command.flags.includes("p")) out += `${space}${newline}`
                if (command.text !== "") out += write(command.text, space)
              }
              break
            }
            case "y":
              space = [...space]
                .map((character) =>
                  [...command.text].includes(character) ? [...command.replacement][[...command.text].indexOf(character)] : character,
                )
                .join("")
              break
            case "p":
              out += `${space}${newline}`
              break
            case "P":
              out += `${space.split("\n")[0]}${newline}`
              break
            case "w":
              out += write(command.text, space)
              break
            case "W":
              out += write(command.text, space.split("\n")[0])
              break
            case "l":
              out += `${listed(space, Number(command.text || 70))}\n`
              break
            case "F":
              out += "-\n"
              break
            case "d":
              deleted = true
              break
            case "D":
              deleted = true
              // With a newline the rest begins the next cycle without a new line.
              if (space.includes("\n")) {
                kept = space.slice(space.indexOf("\n") + 1)
                index--
              }
              break
            case "n":
              if (index + 1 >= lines.length) {
                at = flat.length
                code = code ?? -1
              } else {
                if (!quiet) out += `${space}${newline}`
                space = lines[++index]
                number = index + 1
              }
              break
            case "N":
              if (index + 1 >= lines.length) {
                // GNU's prints the pattern space when there is no next line.
                at = flat.length
                code = code ?? -1
              } else {
                space += `\n${lines[++index]}`
                number = index + 1
              }
              break
            case "g":
              space = hold
              break
            case "G":
              space += `\n${hold}`
              break
            case "h":
              hold = space
              break
            case "H":
              hold += `\n${space}`
              break
            case "x":
              ;[space, hold] = [hold, space]
              break
            case "=":
              out += `${number}\n`
              break
            case "z":
              space = ""
              break
            case "a":
              after += `${command.text}\n`
              break
            case "i":
              out += `${command.text}\n`
              break
            case "c":
              deleted = true
              if (!command.to || !command.active) out += `${command.text}\n`
              break
            case "b":
              jump()
              break
            case "t":
              if (substituted) {
                substituted = false
                jump()
              }
              break
            case "T":
              if (!substituted) jump()
              else substituted = false
              break
            case "r":
              if (process.files.exists(command.text)) after += process.files.readText(command.text)
              break
            case "q":
              code = Number(command.text)
              at = flat.length
              break
            case "Q":
              code = Number(command.text)
              deleted = true
              break
          }
        }
        if (!deleted && !quiet) out += unended && index === lines.length - 1 ? space : `${space}${newline}`
        if (after !== "" && unended && index === lines.length - 1 && !deleted && !quiet) out += newline
        out += after
        if (code === -1) {
          code = undefined
          break
        }
        if (out.length > 65_536 && !flags.has("i")) {
          yield* process.print(out)
          out = ""
        }
      }
      return { text: out, code }
    }
    try {
      const parse = () => new Parser(scripts.join("\n"), flags.has("E") || flags.has("r")).commands()
      if (!flags.has("i")) {
        const { contents, ok } = yield* contentsOf(process, files)
        const groups = flags.has("s") ? contents.map((one) => [one]) : [contents]
        let code: number | undefined
        for (const group of groups) {
          const lines: string[] = []
          let unended = false
          for (const [at, text] of group.entries()) {
            if (text === "") continue
            unended = !text.endsWith(newline) && at === group.length - 1
            for (const line of (text.endsWith(newline) ? text.slice(0, -1) : text).split(newline)) lines.push(line)
          }
          const result = yield* edit(lines, parse(), unended, new Set([lines.length]))
          yield* process.print(result.text)
          code = result.code
          if (code !== undefined) break
        }
        for (const [file, text] of written) process.files.write(file, text)
        return code ?? (ok ? 0 : 2)
      }
      let status = 0
      parse()
      for (const file of files) {
        if (!process.files.exists(file)) {
          yield* process.error(`sed: can't read ${file}: No such file or directory\n`)
          status = 2
          continue
        }
        const content = process.files.readText(file)
        if (suffix) process.files.write(`${file}${suffix}`, content)
        const lines = content === "" ? [] : (content.endsWith(newline) ? content.slice(0, -1) : content).split(newline)
        const ends = content === "" || content.endsWith(newline)
        const { text, code } = yield* edit(lines, parse(), !ends, new Set([lines.length]))
        // What a q left unread stays.
        process.files.write(file, code === undefined ? text : text)
      }
      for (const [file, text] of written) process.files.write(file, text)
      return status
    } catch (error) {
      if (error instanceof SedError || error instanceof RegexError) {
        yield* process.error(
          `sed: ${error instanceof RegexError ? `-e expression #1, char ${scripts[0].length}: ${error.message}` : error.message}\n`,
        )
        return 1
      }
      if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
      yield* process.error(`sed: ${error.message}\n`)
      return 4
    }
  },
})
