/** Methods of str. */
import { methods, maker, statics } from "../objects/define.ts"
import { collect } from "../objects/iterators.ts"
import { keyOf } from "../objects/keys.ts"
import { toCount, toIndex } from "../objects/numbers.ts"
import { raised, typeError, valueError } from "../objects/raise.ts"
import { characters, isAstral, lengthOf } from "../objects/text.ts"
import { Bytes, Dict, Instance, isTask, List, STR, Tuple, typeOf, type Value } from "../objects/values.ts"
import { MOST_TEXT } from "../run/operators.ts"
import { sliceBounds } from "../run/subscripts.ts"
import { Slice } from "../objects/values.ts"
import { formatFields } from "../run/format-fields.ts"
import { decodeBytes, encodeText } from "./codecs.ts"

/** The text of a str or of an object that is one as well. */
export const textOf = (value: Value, what = "str"): string => {
  if (typeof value === "string") return value
  if (value instanceof Instance && typeof value.value === "string") return value.value
  throw typeError(`descriptor requires a '${what}' object but received a '${typeOf(value).name}'`)
}

const required = (value: Value, message: (name: string) => string): string => {
  if (typeof value === "string") return value
  if (value instanceof Instance && typeof value.value === "string") return value.value
  throw typeError(message(typeOf(value).name))
}

const WHITE = /^[\s\x1c-\x1f\x85]$/

const stripped = (text: string, set: Value, left: boolean, right: boolean): string => {
  const given = set === undefined || set === null ? undefined : required(set, () => "strip arg must be None or str")
  const drops = (character: string) => (given === undefined ? WHITE.test(character) : given.includes(character))
  let [start, end] = [0, text.length]
  while (left && start < end && drops(text[start])) start++
  while (right && end > start && drops(text[end - 1])) end--
  return text.slice(start, end)
}

const splitWhite = (text: string, most: number, fromRight: boolean): string[] => {
  const result: string[] = []
  if (fromRight) {
    let end = text.length
    for (;;) {
      while (end > 0 && WHITE.test(text[end - 1])) end--
      if (end === 0) return result
      if (most >= 0 && result.length === most) {
        result.unshift(text.slice(0, end).replace(/^[\s]+/, ""))
        return result
      }
      let start = end
      while (start > 0 && !WHITE.test(text[start - 1])) start--
      result.unshift(text.slice(start, end))
      end = start
    }
  }
  let start = 0
  for (;;) {
    while (start < text.length && WHITE.test(text[start])) start++
    if (start >= text.length) return result
    if (most >= 0 && result.length === most) {
      result.push(stripped(text.slice(start), null, false, true))
      return result
    }
    let end = start
    while (end < text.length && !WHITE.test(text[end])) end++
    result.push(text.slice(start, end))
    start = end
  }
}

const split = (text: string, separator: Value, most: number, fromRight: boolean): List => {
  if (separator === undefined || separator === null) return new List(splitWhite(text, most, fromRight))
  const mark = required(separator, (name) => `must be str or None, not ${name}`)
  if (mark === "") throw valueError("empty separator")
  const parts = text.split(mark)
  if (most < 0 || parts.length <= most + 1) return new List(parts)
  if (fromRight) return new List([parts.slice(0, parts.length - most).join(mark), ...parts.slice(parts.length - most)])
  return new List([...parts.slice(0, most), parts.slice(most).join(mark)])
}

const lines = (text: string, keep: boolean): string[] => {
  const parts =
    text.match(
      /[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+$/g,
    ) ?? []
  return keep ? parts : parts.map((line) => line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, ""))
}

/** A part of the text, by start and end as find and count take them; with how far it was moved. */
const window = (text: string, start: Value, end: Value): { part: string; from: number } | undefined => {
  const bounds = sliceBounds(new Slice(start ?? null, end ?? null, null), text.length)
  if (start !== undefined && start !== null && Number(toIndex(start)) > text.length) return undefined
  return { part: text.slice(bounds.start, Math.max(bounds.start, bounds.stop)), from: bounds.start }
}

const find = (self: Value, part: Value, start: Value, end: Value, last: boolean): number => {
  const text = textOf(self)
  const wanted = required(part, (name) => `must be str, not ${name}`)
  const range = window(text, start, end)
  if (!range) return -1
  const at = last ? range.part.lastIndexOf(wanted) : range.part.indexOf(wanted)
  if (at < 0) return -1
  return isAstral(text) ? lengthOf(text.slice(0, at + range.from)) : at + range.from
}

const affix = (self: Value, part: Value, start: Value, end: Value, name: string, has: (text: string, part: string) => boolean): boolean => {
  const range = window(textOf(self), start, end)
  if (!range) return false
  if (part instanceof Tuple)
    return part.items.some((one) =>
      has(
        range.part,
        required(one, (type) => `tuple for ${name} must only contain str, not ${type}`),
      ),
    )
  return has(
    range.part,
    required(part, (type) => `${name} first arg must be str or a tuple of str, not ${type}`),
  )
}

const justified = (self: Value, width: Value, fill: Value, lay: (text: string, missing: number, fill: string) => string): string => {
  const text = textOf(self)
  const mark = fill === undefined ? " " : required(fill, (name) => `The fill character must be a unicode character, not ${name}`)
  if (lengthOf(mark) !== 1) throw typeError("The fill character must be exactly one character long")
  const missing = toCount(width) - lengthOf(text)
  if (missing > MOST_TEXT) throw raised("MemoryError")
  return missing > 0 ? lay(text, missing, mark) : text
}

const every = (self: Value, pattern: RegExp): boolean => {
  const text = textOf(self)
  return text !== "" && characters(text).every((character) => pattern.test(character))
}

const title = (text: string): string =>
  text.replace(/\p{L}+/gu, (word) => {
    const [first, ...rest] = characters(word)
    return first.toUpperCase() + rest.join("").toLowerCase()
  })

const isTitle = (text: string): boolean => /\p{Lu}|\p{Ll}/u.test(text) && title(text) === text

export const installStr = (): void => {
  maker(STR, "object=, encoding=, errors=", function* (python, [cls, value, encoding, errors]) {
    let text: string
    if (value === undefined) text = ""
    else if (value instanceof Bytes && encoding !== undefined) text = decodeBytes(value.data, String(encoding), String(errors ?? "strict"))
    else text = yield* python.str(value)
    return cls === STR ? text : new Instance(cls as typeof STR, text)
  })
  statics(STR, {
    maketrans: [
      "x, y=, z=",
      (_, [x, y, z]) => {
        const table = new Dict()
        if (x instanceof Dict) {
          for (const [key, value] of x.entries()) {
            const point = typeof key === "string" ? (key.codePointAt(0) ?? 0) : Number(toIndex(key))
            table.map.set(point, value)
          }
          return table
        }
        const [from, to] = [characters(textOf(x)), characters(textOf(y ?? ""))]
        if (from.length !== to.length) throw valueError("the first two maketrans arguments must have equal length")
        for (const [index, one] of from.entries()) table.map.set(one.codePointAt(0) ?? 0, to[index].codePointAt(0) ?? 0)
        for (const one of characters(textOf(z ?? ""))) table.map.set(one.codePointAt(0) ?? 0, null)
        return table
      },
    ],
  })
  methods(STR, {
    upper: ["self", (_, [self]) => textOf(self).toUpperCase()],
    lower: ["self", (_, [self]) => textOf(self).toLowerCase()],
    casefold: ["self", (_, [self]) => textOf(self).toLowerCase().replaceAll("ß", "ss")],
    title: ["self", (_, [self]) => title(textOf(self))],
    capitalize: [
      "self",
      (_, [self]) => {
        const [first = "", ...rest] = characters(textOf(self))
        return first.toUpperCase() + rest.join("").toLowerCase()
      },
    ],
    swapcase: [
      "self",
      (_, [self]) =>
        characters(textOf(self))
          .map((one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase()))
          .join(""),
    ],
    strip: ["self, chars=", (_, [self, set]) => stripped(textOf(self), set, true, true)],
    lstrip: ["self, chars=", (_, [self, set]) => stripped(textOf(self), set, true, false)],
    rstrip: ["self, chars=", (_, [self, set]) => stripped(textOf(self), set, false, true)],
    split: ["self, sep=, maxsplit=", (_, [self, mark, most]) => split(textOf(self), mark, most === undefined ? -1 : toCount(most), false)],
    rsplit: ["self, sep=, maxsplit=", (_, [self, mark, most]) => split(textOf(self), mark, most === undefined ? -1 : toCount(most), true)],
    splitlines: ["self, keepends=", (_, [self, keep]) => new List(lines(textOf(self), keep !== undefined && keep !== false && keep !== 0))],
    join: [
      "self, iterable",
      function* (python, [self, iterable]) {
        const gathered = collect(python, iterable)
        const items = isTask(gathered) ? yield* gathered : gathered
        let length = 0
        const texts = items.map((item, index) => {
          const text = required(item, (name) => `sequence item ${index}: expected str instance, ${name} found`)
          length += text.length
          return text
        })
        const mark = textOf(self)
        if (length + mark.length * texts.length > MOST_TEXT) throw raised("MemoryError")
        return texts.join(mark)
      },
    ],
    replace: [
      "self, old, new, count=",
      (_, [self, old, fresh, count]) => {
        const text = textOf(self)
        const from = required(old, (name) => `replace() argument 1 must be str, not ${name}`)
        const to = required(fresh, (name) => `replace() argument 2 must be str, not ${name}`)
        const most = count === undefined ? -1 : toCount(count)
        const pieces = from === "" ? ["", ...characters(text), ""] : text.split(from)
        const times = most < 0 ? pieces.length - 1 : Math.min(most, pieces.length - 1)
        if (text.length + to.length * times > MOST_TEXT) throw raised("MemoryError")
        return (
          pieces.slice(0, times + 1).join(to) +
          pieces
            .slice(times + 1)
            .map((piece) => from + piece)
            .join("")
        )
      },
    ],
    find: ["self, sub, start=, end=", (_, [self, part, start, end]) => find(self, part, start, end, false)],
    rfind: ["self, sub, start=, end=", (_, [self, part, start, end]) => find(self, part, start, end, true)],
    index: [
      "self, sub, start=, end=",
      (_, [self, part, start, end]) => {
        const at = find(self, part, start, end, false)
        if (at < 0) throw valueError("substring not found")
        return at
      },
    ],
    rindex: [
      "self, sub, start=, end=",
      (_, [self, part, start, end]) => {
        const at = find(self, part, start, end, true)
        if (at < 0) throw valueError("substring not found")
        return at
      },
    ],
    count: [
      "self, sub, start=, end=",
      (_, [self, part, start, end]) => {
        const range = window(textOf(self), start, end)
        const wanted = required(part, (name) => `must be str, not ${name}`)
        if (!range) return 0
        return wanted === "" ? lengthOf(range.part) + 1 : range.part.split(wanted).length - 1
      },
    ],
    startswith: [
      "self, prefix, start=, end=",
      (_, [self, part, start, end]) => affix(self, part, start, end, "startswith", (a, b) => a.startsWith(b)),
    ],
    endswith: [
      "self, suffix, start=, end=",
      (_, [self, part, start, end]) => affix(self, part, start, end, "endswith", (a, b) => a.endsWith(b)),
    ],
    removeprefix: [
      "self, prefix",
      (_, [self, part]) => (textOf(self).startsWith(textOf(part)) ? textOf(self).slice(textOf(part).length) : textOf(self)),
    ],
    removesuffix: [
      "self, suffix",
      (_, [self, part]) =>
        textOf(part) !== "" && textOf(self).endsWith(textOf(part)) ? textOf(self).slice(0, -textOf(part).length) : textOf(self),
    ],
    partition: [
      "self, sep",
      (_, [self, mark]) => {
        const [text, wanted] = [textOf(self), textOf(mark)]
        if (wanted === "") throw valueError("empty separator")
        const at = text.indexOf(wanted)
        return new Tuple(at < 0 ? [text, "", ""] : [text.slice(0, at), wanted, text.slice(at + wanted.length)])
      },
    ],
    rpartition: [
      "self, sep",
      (_, [self, mark]) => {
        const [text, wanted] = [textOf(self), textOf(mark)]
        if (wanted === "") throw valueError("empty separator")
        const at = text.lastIndexOf(wanted)
        return new Tuple(at < 0 ? ["", "", text] : [text.slice(0, at), wanted, text.slice(at + wanted.length)])
      },
    ],
    ljust: [
      "self, width, fillchar=",
      (_, [self, width, fill]) => justified(self, width, fill, (text, missing, mark) => text + mark.repeat(missing)),
    ],
    rjust: [
      "self, width, fillchar=",
      (_, [self, width, fill]) => justified(self, width, fill, (text, missing, mark) => mark.repeat(missing) + text),
    ],
    center: [
      "self, width, fillchar=",
      (_, [self, width, fill]) =>
        justified(self, width, fill, (text, missing, mark) => {
          const left = (missing >> 1) + (missing & toCount(width) & 1)
          return mark.repeat(left) + text + mark.repeat(missing - left)
        }),
    ],
    zfill: [
      "self, width",
      (_, [self, width]) =>
        justified(self, width, "0", (text, missing) =>
          /^[-+]/.test(text) ? text[0] + "0".repeat(missing) + text.slice(1) : "0".repeat(missing) + text,
        ),
    ],
    expandtabs: [
      "self, tabsize=",
      (_, [self, size]) => {
        const width = size === undefined ? 8 : toCount(size)
        let column = 0
        return textOf(self).replace(/[\t\n]|[^\t\n]+/g, (part) => {
          if (part === "\n") {
            column = 0
            return part
          }
          if (part !== "\t") {
            column += part.length
            return part
          }
          const blanks = width > 0 ? width - (column % width) : 0
          column += blanks
          return " ".repeat(blanks)
        })
      },
    ],
    isdigit: ["self", (_, [self]) => every(self, /^[\p{Nd}²³¹]$/u)],
    isdecimal: ["self", (_, [self]) => every(self, /^\p{Nd}$/u)],
    isnumeric: ["self", (_, [self]) => every(self, /^\p{N}$/u)],
    isalpha: ["self", (_, [self]) => every(self, /^\p{L}$/u)],
    isalnum: ["self", (_, [self]) => every(self, /^[\p{L}\p{N}]$/u)],
    isspace: ["self", (_, [self]) => every(self, WHITE)],
    isupper: ["self", (_, [self]) => /\p{L}/u.test(textOf(self)) && textOf(self) === textOf(self).toUpperCase()],
    islower: ["self", (_, [self]) => /\p{L}/u.test(textOf(self)) && textOf(self) === textOf(self).toLowerCase()],
    istitle: ["self", (_, [self]) => isTitle(textOf(self))],
    isidentifier: ["self", (_, [self]) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(textOf(self))],
    isascii: ["self", (_, [self]) => !/[^\0-\x7f]/.test(textOf(self))],
    isprintable: ["self", (_, [self]) => !/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(textOf(self))],
    encode: [
      "self, encoding=, errors=",
      (_, [self, encoding, errors]) => new Bytes(encodeText(textOf(self), String(encoding ?? "utf-8"), String(errors ?? "strict"))),
    ],
    format: [undefined, (python, [self, ...args], keywords) => formatFields(python, textOf(self), args, keywords)],
    format_map: ["self, mapping", (python, [self, mapping]) => formatFields(python, textOf(self), [], new Map(), mapping)],
    translate: [
      "self, table",
      function* (python, [self, table]) {
        let result = ""
        for (const one of characters(textOf(self))) {
          const point = one.codePointAt(0) ?? 0
          const found = table instanceof Dict ? table.map.get(keyOf(point)) : yield* python.callMethod(table, "__getitem__", [point])
          result +=
            found === undefined ? one : found === null ? "" : typeof found === "number" ? String.fromCodePoint(found) : textOf(found)
          if (--python.budget < 0) yield* python.rest()
        }
        return result
      },
    ],
    __len__: ["self", (_, [self]) => lengthOf(textOf(self))],
    __contains__: [
      "self, item",
      (_, [self, item]) => textOf(self).includes(required(item, (name) => `'in <string>' requires string as left operand, not ${name}`)),
    ],
  })
}
