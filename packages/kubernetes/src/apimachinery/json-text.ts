/** JSON as Go's encoding/json reads it: its error texts, and the fields that are written twice. */

export class JsonError extends Error {}

/** Deeper than any object is; encoding/json stops at 10,000. */
const MAX_DEPTH = 2_000

/** As strconv.Quote of a byte in encoding/json's messages. */
const quoted = (char: string): string => {
  if (char === "'") return `'\\''`
  if (char === '"') return `'"'`
  const code = char.charCodeAt(0)
  if (code < 0x20 || code === 0x7f) {
    const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f" }
    return `'${short[char] ?? `\\x${code.toString(16).padStart(2, "0")}`}'`
  }
  return code > 0x7f && code < 0xa0 ? `'\\u${code.toString(16).padStart(4, "0")}'` : `'${char}'`
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const PLAIN = /[^"\\\u0000-\u001f]*/y

/** As sigs.k8s.io/json's saveStrictError: more are not remembered. */
export const MOST_STRICT_PROBLEMS = 100

/**
 * Values in one body. A real server's only bound is the size of a body, for it has threads to spare; here whoever sends 3 MB of keys would hold
 * up everybody else. The largest definitions that are in use have some 12,000.
 */
export const MOST_VALUES = 16_000

/** More values than one body may have. */
export class TooManyValues extends Error {}

/**
 * Members named in a text; undefined where it is too deep. Of texts that are not JSON it means nothing: for those that are it tells whether a
 * member is named twice. Throws TooManyValues.
 */
const survey = (text: string, most: number): number | undefined => {
  let names = 0
  let values = 0
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      for (;;) {
        at = text.indexOf('"', at + 1)
        if (at < 0) return names
        let slashes = 0
        while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++
        if (slashes % 2 === 0) break
      }
    } else if (code === 0x3a) names++
    else if (code === 0x2c) {
      if (++values > most) throw new TooManyValues()
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_DEPTH) return undefined
      if (++values > most) throw new TooManyValues()
    } else if (code === 0x7d || code === 0x5d) depth--
  }
  return names
}

const membersIn = (value: unknown): number => {
  if (typeof value !== "object" || value === null) return 0
  let count = 0
  if (Array.isArray(value)) for (const item of value) count += membersIn(item)
  else
    for (const key in value) {
      const member = (value as Record<string, unknown>)[key]
      count += typeof member === "object" ? 1 + membersIn(member) : 1
    }
  return count
}

/** The value, and the paths of fields that occur twice (the last one counts). Throws JsonError; TooManyValues beyond `most`. */
export const parseJson = (text: string, most = Number.POSITIVE_INFINITY): { value: unknown; duplicates: string[] } => {
  // The platform's parser knows neither doubled members nor Go's words for mistakes; mostly there are none.
  const names = survey(text, most)
  if (names !== undefined) {
    try {
      const value: unknown = JSON.parse(text)
      if (names === membersIn(value)) return { value, duplicates: [] }
    } catch {
      // Said in Go's words below.
    }
  }
  return parseSlowly(text)
}

/** The way to the value that is being read. */
const pathText = (path: readonly (string | number)[]): string => {
  let text = ""
  for (const part of path) text += typeof part === "number" ? `[${part}]` : text === "" ? part : `.${part}`
  return text
}

const parseSlowly = (text: string): { value: unknown; duplicates: string[] } => {
  let at = 0
  const duplicates = new Set<string>()
  const path: (string | number)[] = []
  const fail = (where: string): never => {
    if (at >= text.length) throw new JsonError("unexpected end of JSON input")
    throw new JsonError(`invalid character ${quoted(text[at])} ${where}`)
  }
  const space = () => {
    while (at < text.length) {
      const code = text.charCodeAt(at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      at++
    }
  }
  const string = (): string => {
    at++
    let result = ""
    for (;;) {
      PLAIN.lastIndex = at
      const plain = (PLAIN.exec(text) as RegExpExecArray)[0]
      result += plain
      at += plain.length
      if (text[at] === '"') {
        at++
        return result
      }
      if (text[at] !== "\\") fail("in string literal")
      const escaped = text[++at]
      if (escaped === "u") {
        const hex = /^[0-9a-fA-F]{4}/.exec(text.slice(at + 1, at + 5))
        if (!hex) {
          at++
          fail("in \\u hexadecimal character escape")
        }
        result += String.fromCharCode(Number.parseInt((hex as RegExpExecArray)[0], 16))
        at += 5
        continue
      }
      const known = escaped === undefined ? -1 : '"\\/bfnrt'.indexOf(escaped)
      if (known < 0) fail("in string escape code")
      result += '"\\/\b\f\n\r\t'[known]
      at++
    }
  }
  const literal = (word: string, value: unknown): unknown => {
    for (let index = 0; index < word.length; index++, at++)
      if (text[at] !== word[index]) fail(`in literal ${word} (expecting ${quoted(word[index])})`)
    return value
  }
  const value = (depth: number): unknown => {
    if (depth > MAX_DEPTH) throw new JsonError("exceeded max depth")
    space()
    const char = text[at]
    if (char === "{") {
      at++
      const result: Record<string, unknown> = {}
      space()
      if (text[at] === "}") {
        at++
        return result
      }
      for (;;) {
        space()
        if (text[at] !== '"') fail("looking for beginning of object key string")
        const key = string()
        space()
        if (text[at] !== ":") fail("after object key")
        at++
        path.push(key)
        if (Object.hasOwn(result, key) && duplicates.size < MOST_STRICT_PROBLEMS) duplicates.add(pathText(path))
        const member = value(depth + 1)
        path.pop()
        if (key === "__proto__") Object.defineProperty(result, key, { value: member, enumerable: true, writable: true, configurable: true })
        else result[key] = member
        space()
        if (text[at] === "}") {
          at++
          return result
        }
        if (text[at] !== ",") fail("after object key:value pair")
        at++
      }
    }
    if (char === "[") {
      at++
      const result: unknown[] = []
      space()
      if (text[at] === "]") {
        at++
        return result
      }
      for (;;) {
        path.push(result.length)
        result.push(value(depth + 1))
        path.pop()
        space()
        if (text[at] === "]") {
          at++
          return result
        }
        if (text[at] !== ",") fail("after array element")
        at++
      }
    }
    if (char === '"') return string()
    if (char === "t") return literal("true", true)
    if (char === "f") return literal("false", false)
    if (char === "n") return literal("null", null)
    if (char === "-" || (char >= "0" && char <= "9")) {
      NUMBER.lastIndex = at
      const match = NUMBER.exec(text)
      if (!match) {
        at++
        return fail("in numeric literal")
      }
      at += match[0].length
      return Number(match[0])
    }
    return fail("looking for beginning of value")
  }
  const result = value(0)
  space()
  if (at < text.length) fail("after top-level value")
  return { value: result, duplicates: [...duplicates] }
}

/** As encoding/json writes text: what HTML would read is escaped. */
export const escapeHtml = (json: string): string =>
  /[<>&\u2028\u2029]/.test(json)
    ? json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
    : json
