/** cat, head, tail, wc, sort, uniq, cut, tr, tee, rev, tac, seq, base64. */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatPrintf } from "../text/printf.ts"
import { allLines, eachFile, eachLine, parseOptions, usageError, withNewlines } from "./reading.ts"

export const cat = defineTool({
  name: "cat",
  busybox: true,
  summary: "concatenate files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "nAbevETtus", long: { number: "n", "show-all": "A" } })
    if (problem) return yield* usageError(process, "cat", problem)
    let count = 0
    const ok = yield* eachFile(process, "cat", words, function* (fd) {
      if (!flags.has("n") && !flags.has("A") && !flags.has("b")) {
        for (let chunk = yield* process.read(fd); chunk.length > 0; chunk = yield* process.read(fd)) yield* process.write(1, chunk)
        return
      }
      yield* eachLine(process, fd, function* (line, ended) {
        const shown = flags.has("A") ? `${line.replaceAll("\t", "^I")}$` : line
        const numbered = flags.has("n") || (flags.has("b") && line !== "") ? `${String(++count).padStart(6)}\t${shown}` : shown
        yield* process.print(numbered + (ended ? "\n" : ""))
      })
    })
    return ok ? 0 : 1
  },
})

/** "5", "-5", "+5", "1K". */
const amount = (text: string): number => Number(text.replace(/^[-+]/, "").replace(/[kK]B?$/, "")) * (/[kK]/.test(text) ? 1024 : 1)

const headings = (names: readonly string[], quiet: boolean, verbose: boolean) => {
  let first = true
  return function* (process: Process, name: string): Steps<void> {
    if ((names.length > 1 || verbose) && !quiet)
      yield* process.print(`${first ? "" : "\n"}==> ${name === "-" ? "standard input" : name} <==\n`)
    first = false
  }
}

export const head = defineTool({
  name: "head",
  busybox: true,
  summary: "output the first part of files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(
      args.map((word, at) => (/^-\d+$/.test(word) && !/^-[nc]$/.test(args[at - 1] ?? "") ? `-n${word.slice(1)}` : word)),
      { letters: "qv", valued: "nc", long: { "lines=": "n", "bytes=": "c", quiet: "q" } },
    )
    if (problem) return yield* usageError(process, "head", problem)
    const heading = headings(words, flags.has("q"), flags.has("v"))
    const bytes = flags.get("c")
    const lines = String(flags.get("n") ?? "10")
    const ok = yield* eachFile(process, "head", words, function* (fd, name) {
      yield* heading(process, name)
      if (bytes !== undefined) {
        let left = amount(String(bytes))
        for (
          let chunk = yield* process.read(fd, Math.min(65_536, left));
          chunk.length > 0 && left > 0;
          chunk = yield* process.read(fd, Math.min(65_536, left))
        ) {
          yield* process.write(1, chunk.subarray(0, left))
          left -= chunk.length
          if (left <= 0) break
        }
        return
      }
      if (lines.startsWith("-")) {
        const all = new TextDecoder().decode(yield* process.readAll(fd)).split("\n")
        if (all.at(-1) === "") all.pop()
        yield* process.print(withNewlines(all.slice(0, Math.max(0, all.length - amount(lines)))))
        return
      }
      let left = amount(lines)
      if (left === 0) return
      yield* eachLine(process, fd, function* (line, ended) {
        yield* process.print(line + (ended ? "\n" : ""))
        return --left <= 0
      })
    })
    return ok ? 0 : 1
  },
})

export const tail = defineTool({
  name: "tail",
  busybox: true,
  summary: "output the last part of files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(
      args.map((word, at) => (/^[-+]\d+$/.test(word) && !/^-[nc]$/.test(args[at - 1] ?? "") ? `-n${word.replace(/^-/, "")}` : word)),
      { letters: "fFqvr", valued: "ncs", long: { "lines=": "n", "bytes=": "c", follow: "f", quiet: "q" } },
    )
    if (problem) return yield* usageError(process, "tail", problem)
    const heading = headings(words, flags.has("q"), flags.has("v"))
    const bytes = flags.get("c")
    const lines = String(flags.get("n") ?? "10")
    const sizes = new Map<string, number>()
    const ok = yield* eachFile(process, "tail", words, function* (fd, name) {
      yield* heading(process, name)
      const data = yield* process.readAll(fd)
      sizes.set(name, data.length)
      if (bytes !== undefined) {
        yield* process.write(
          1,
          String(bytes).startsWith("+")
            ? data.subarray(amount(String(bytes)) - 1)
            : data.subarray(Math.max(0, data.length - amount(String(bytes)))),
        )
        return
      }
      const text = new TextDecoder().decode(data)
      const all = text.split("\n")
      const ended = all.at(-1) === ""
      if (ended) all.pop()
      const shown = lines.startsWith("+") ? all.slice(Math.max(0, amount(lines) - 1)) : amount(lines) === 0 ? [] : all.slice(-amount(lines))
      yield* process.print(shown.join("\n") + (ended && shown.length > 0 ? "\n" : ""))
    })
    if (!flags.has("f") && !flags.has("F")) return ok ? 0 : 1
    const changed = process.queue()
    for (const name of words) process.files.watch(name, () => changed.wake())
    for (;;) {
      for (const name of words) {
        if (!process.files.exists(name)) continue
        const data = process.files.readBytes(name)
        const from = sizes.get(name) ?? 0
        if (data.length > from) yield* process.write(1, data.subarray(from))
        sizes.set(name, data.length)
      }
      yield* process.wait({ queues: [changed], until: process.now() + 1_000 })
    }
  },
})

export const wc = defineTool({
  name: "wc",
  busybox: true,
  summary: "count lines, words and bytes",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "lwcmL", long: { lines: "l", words: "w", bytes: "c", chars: "m" } })
    if (problem) return yield* usageError(process, "wc", problem)
    const wanted = ["l", "w", "m", "c"].filter((letter) => flags.has(letter))
    const show = wanted.length > 0 ? wanted : ["l", "w", "c"]
    const rows: [number[], string][] = []
    const ok = yield* eachFile(process, "wc", words, function* (fd, name) {
      const data = yield* process.readAll(fd)
      const text = new TextDecoder().decode(data)
      const counts: Record<string, number> = {
        l: text.split("\n").length - 1,
        w: text.split(/\s+/).filter(Boolean).length,
        m: [...text].length,
        c: data.length,
      }
      rows.push([show.map((letter) => counts[letter]), name === "-" && words.length === 0 ? "" : name])
    })
    if (rows.length > 1) rows.push([show.map((_, column) => rows.reduce((sum, [counts]) => sum + counts[column], 0)), "total"])
    const single = rows.length === 1 && show.length === 1
    const width = single
      ? 0
      : Math.max(words.length === 0 ? 7 : 1, ...rows.flatMap(([counts]) => counts.map((count) => String(count).length)))
    for (const [counts, name] of rows)
      yield* process.print(`${counts.map((count) => String(count).padStart(width)).join(" ")}${name ? ` ${name}` : ""}\n`)
    return ok ? 0 : 1
  },
})

const HUMAN: Readonly<Record<string, number>> = { K: 1, M: 2, G: 3, T: 4, P: 5 }

const numeric = (text: string): number => Number(/^\s*(-?\d*\.?\d+)/.exec(text)?.[1] ?? 0)

export const sort = defineTool({
  name: "sort",
  busybox: true,
  summary: "sort lines",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "nrufhVbdisMcg",
      valued: "kto",
      long: {
        reverse: "r",
        unique: "u",
        "numeric-sort": "n",
        "key=": "k",
        "field-separator=": "t",
        "human-numeric-sort": "h",
        "version-sort": "V",
      },
    })
    if (problem) return yield* usageError(process, "sort", problem, 2)
    const { lines, ok } = yield* allLines(process, "sort", words)
    if (process.charge(lines.length)) yield* process.yield()
    const separator = flags.get("t") as string | undefined
    const keys = (all.get("k") ?? []).map((key) => {
      const match = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?$/.exec(key)
      return {
        from: Number(match?.[1] ?? 1),
        to: match?.[4] === undefined ? undefined : Number(match[4]),
        how: `${match?.[3] ?? ""}${match?.[6] ?? ""}`,
      }
    })
    const part = (line: string, from: number, to: number | undefined): string => {
      const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator)
      return fields.slice(from - 1, to).join(separator ?? "")
    }
    const own = [..."nhVfg"].filter((letter) => flags.has(letter)).join("")
    const compare = (a: string, b: string, how: string): number => {
      if (/[ng]/.test(how)) return numeric(a) - numeric(b)
      if (how.includes("h")) {
        const size = (text: string) => numeric(text) * 1024 ** (HUMAN[/[KMGTP]/.exec(text.toUpperCase())?.[0] ?? ""] ?? 0)
        return size(a) - size(b)
      }
      if (how.includes("V")) {
        const [left, right] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []]
        for (let at = 0; at < Math.max(left.length, right.length); at++) {
          const [x = "", y = ""] = [left[at], right[at]]
          const order = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0
          if (order !== 0) return order
        }
        return 0
      }
      const [x, y] = how.includes("f") ? [a.toUpperCase(), b.toUpperCase()] : [a, b]
      return x < y ? -1 : x > y ? 1 : 0
    }
    const order = (a: string, b: string): number => {
      for (const { from, to, how } of keys) {
        const result = compare(part(a, from, to), part(b, from, to), how || own)
        if (result !== 0) return how.includes("r") || (!how && flags.has("r")) ? -result : result
      }
      if (keys.length === 0) {
        const result = compare(a, b, own)
        if (result !== 0) return flags.has("r") ? -result : result
      }
      if (flags.has("s") || flags.has("u")) return 0
      const last = a < b ? -1 : a > b ? 1 : 0
      return flags.has("r") ? -last : last
    }
    if (flags.has("c")) return lines.every((line, at) => at === 0 || order(lines[at - 1], line) <= 0) ? 0 : 1
    const sorted = [...lines].sort(order)
    const shown = flags.has("u") ? sorted.filter((line, at) => at === 0 || order(sorted[at - 1], line) !== 0) : sorted
    const target = flags.get("o")
    if (typeof target === "string") process.files.write(target, withNewlines(shown))
    else yield* process.print(withNewlines(shown))
    return ok ? 0 : 2
  },
})

export const uniq = defineTool({
  name: "uniq",
  busybox: true,
  summary: "report or omit repeated lines",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "cdui",
      valued: "fsw",
      long: { count: "c", repeated: "d", unique: "u", "ignore-case": "i" },
    })
    if (problem) return yield* usageError(process, "uniq", problem)
    const { lines, ok } = yield* allLines(process, "uniq", words.slice(0, 1))
    const groups: [string, number][] = []
    const same = (a: string, b: string) => (flags.has("i") ? a.toLowerCase() === b.toLowerCase() : a === b)
    for (const line of lines) {
      const last = groups.at(-1)
      if (last && same(last[0], line)) last[1]++
      else groups.push([line, 1])
    }
    const shown = groups.filter(([, count]) => (flags.has("d") ? count > 1 : flags.has("u") ? count === 1 : true))
    yield* process.print(withNewlines(shown.map(([line, count]) => (flags.has("c") ? `${String(count).padStart(7)} ${line}` : line))))
    return ok ? 0 : 1
  },
})

/** "1,3-5,7-" as a test. */
const inList = (list: string): ((position: number) => boolean) => {
  const ranges = list.split(",").map((range) => {
    const [from, to] = range.split("-")
    return range.includes("-") ? [Number(from || 1), to === "" ? Number.POSITIVE_INFINITY : Number(to)] : [Number(from), Number(from)]
  })
  return (position) => ranges.some(([from, to]) => position >= from && position <= to)
}

export const cut = defineTool({
  name: "cut",
  busybox: true,
  summary: "cut out parts of lines",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "sn",
      valued: "dfcb",
      long: {
        "delimiter=": "d",
        "fields=": "f",
        "characters=": "c",
        "bytes=": "b",
        "output-delimiter=": "O",
        "only-delimited": "s",
        complement: "C",
      },
    })
    if (problem) return yield* usageError(process, "cut", problem)
    const list = flags.get("f") ?? flags.get("c") ?? flags.get("b")
    if (typeof list !== "string") return yield* usageError(process, "cut", "you must specify a list of bytes, characters, or fields")
    const wanted = inList(list)
    const chosen = (position: number) => wanted(position) !== flags.has("C")
    const delimiter = String(flags.get("d") ?? "\t")
    const joint = String(flags.get("O") ?? delimiter)
    const ok = yield* eachFile(process, "cut", words, (fd) =>
      eachLine(process, fd, function* (line) {
        if (!flags.has("f")) yield* process.print(`${[...line].filter((_, at) => chosen(at + 1)).join("")}\n`)
        else if (line.includes(delimiter))
          yield* process.print(
            `${line
              .split(delimiter)
              .filter((_, at) => chosen(at + 1))
              .join(joint)}\n`,
          )
        else if (!flags.has("s")) yield* process.print(`${line}\n`)
      }),
    )
    return ok ? 0 : 1
  },
})

const SETS: Readonly<Record<string, string>> = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  digit: "0123456789",
  space: " \t\n\r\v\f",
  blank: " \t",
  alpha: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  alnum: "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  punct: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
}

const characters = (set: string): string[] => {
  const list: string[] = []
  for (let at = 0; at < set.length; at++) {
    const named = /^\[:(\w+):\]/.exec(set.slice(at))
    if (named) {
      list.push(...(SETS[named[1]] ?? ""))
      at += named[0].length - 1
      continue
    }
    let character = set[at]
    if (character === "\\" && at + 1 < set.length)
      character = ({ n: "\n", t: "\t", r: "\r", "\\": "\\", 0: "\0" } as Record<string, string>)[set[++at]] ?? set[at]
    if (set[at + 1] === "-" && at + 2 < set.length) {
      for (let code = character.charCodeAt(0); code <= set.charCodeAt(at + 2); code++) list.push(String.fromCharCode(code))
      at += 2
    } else list.push(character)
  }
  return list
}

export const tr = defineTool({
  name: "tr",
  busybox: true,
  summary: "translate or delete characters",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "dscCt",
      long: { delete: "d", "squeeze-repeats": "s", complement: "c" },
    })
    if (problem) return yield* usageError(process, "tr", problem)
    if (words[0] === undefined) return yield* usageError(process, "tr", "missing operand")
    const first = new Set(characters(words[0]))
    const order = characters(words[0])
    const second = words[1] === undefined ? [] : characters(words[1])
    const complement = flags.has("c") || flags.has("C")
    const inFirst = (character: string) => first.has(character) !== complement
    const squeezed = new Set(flags.has("s") ? (second.length > 0 ? second : order) : [])
    const squeezes = (character: string) =>
      flags.has("s") ? (second.length > 0 || !complement ? squeezed.has(character) : inFirst(character)) : false
    const stream = new TextDecoder()
    let last = ""
    for (let chunk = yield* process.read(0); chunk.length > 0; chunk = yield* process.read(0)) {
      let text = ""
      for (const character of stream.decode(chunk, { stream: true })) {
        let shown = character
        if (inFirst(character)) {
          if (flags.has("d")) continue
          if (second.length > 0)
            shown = complement ? second[second.length - 1] : second[Math.min(order.indexOf(character), second.length - 1)]
        }
        if (squeezes(shown) && shown === last) continue
        text += shown
        last = shown
      }
      yield* process.print(text)
    }
    return 0
  },
})

export const tee = defineTool({
  name: "tee",
  busybox: true,
  summary: "copy standard input to files and standard output",
  *run(process, args) {
    const { flags, words } = parseOptions(args, { letters: "ai", long: { append: "a" } })
    const fds: number[] = []
    for (const name of words) fds.push(yield* process.open(name, flags.has("a") ? "a" : "w"))
    for (let chunk = yield* process.read(0); chunk.length > 0; chunk = yield* process.read(0))
      for (const fd of [1, ...fds]) yield* process.write(fd, chunk)
    return 0
  },
})

const lineTool = (name: string, summary: string, change: (lines: string[]) => string[]) =>
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
      yield* process.print(withNewlines(change(lines)))
      return ok ? 0 : 1
    },
  })

export const rev = lineTool("rev", "reverse lines characterwise", (lines) => lines.map((line) => [...line].reverse().join("")))
export const tac = lineTool("tac", "concatenate files in reverse", (lines) => [...lines].reverse())
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
    if (numbers.length === 0 || numbers.some(Number.isNaN))
      return yield* usageError(
        process,
        "seq",
        numbers.length === 0 ? "missing operand" : `invalid floating point argument: '${words[numbers.findIndex(Number.isNaN)]}'`,
      )
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

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

export const base64 = defineTool({
  name: "base64",
  busybox: true,
  summary: "encode or decode base64",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "di",
      valued: "w",
      long: { decode: "d", "wrap=": "w", "ignore-garbage": "i" },
    })
    if (problem) return yield* usageError(process, "base64", problem)
    let status = 0
    const ok = yield* eachFile(process, "base64", words, function* (fd) {
      const data = yield* process.readAll(fd)
      if (flags.has("d")) {
        const text = new TextDecoder().decode(data).replace(/\s/g, "")
        if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
          yield* process.error("base64: invalid input\n")
          status = 1
        }
        const bytes: number[] = []
        let [buffer, bits] = [0, 0]
        for (const character of text.replace(/[^A-Za-z0-9+/]/g, "")) {
          buffer = ((buffer << 6) | ALPHABET.indexOf(character)) & 0xffffff
          bits += 6
          if (bits >= 8) {
            bits -= 8
            bytes.push((buffer >> bits) & 0xff)
          }
        }
        yield* process.write(1, Uint8Array.from(bytes))
        return
      }
      let text = ""
      for (let at = 0; at < data.length; at += 3) {
        const [a, b = 0, c = 0] = [data[at], data[at + 1], data[at + 2]]
        text +=
          ALPHABET[a >> 2] +
          ALPHABET[((a & 3) << 4) | (b >> 4)] +
          (at + 1 < data.length ? ALPHABET[((b & 15) << 2) | (c >> 6)] : "=") +
          (at + 2 < data.length ? ALPHABET[c & 63] : "=")
      }
      const width = Number(flags.get("w") ?? 76)
      yield* process.print(width === 0 ? text : withNewlines(text.match(new RegExp(`.{1,${Math.max(1, Math.floor(width))}}`, "g")) ?? []))
    })
    return ok ? status : 1
  },
})
