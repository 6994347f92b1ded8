/** Brace expansion: a{b,c}d and {1..9..2}. A long one gives way to others as it goes. */
import type { Steps } from "@drydock/machine"
import type { Shell } from "./shell.ts"

/** Texts that one word may become: what a small machine has room for. */
const LIMIT = 1_000_000
/** Texts between two payments. */
const STRIDE = 4_096

function* sequence(shell: Shell, body: string): Steps<string[] | undefined> {
  const match = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(body)
  if (!match) return undefined
  const letters = /[A-Za-z]/.test(match[1])
  if (letters !== /[A-Za-z]/.test(match[2])) return undefined
  const [from, to] = letters ? [match[1].charCodeAt(0), match[2].charCodeAt(0)] : [Number(match[1]), Number(match[2])]
  const step = Math.abs(Number(match[3] ?? 1)) || 1
  if (Math.abs(to - from) / step > LIMIT) return undefined
  const width = !letters && [match[1], match[2]].some((text) => /^-?0\d/.test(text)) ? Math.max(match[1].length, match[2].length) : 0
  const items: string[] = []
  for (let value = from; from <= to ? value <= to : value >= to; value += from <= to ? step : -step) {
    if (items.length % STRIDE === STRIDE - 1 && shell.process.charge(STRIDE >> 2)) yield* shell.process.yield()
    items.push(
      letters
        ? String.fromCharCode(value)
        : width > 0
          ? value < 0
            ? `-${String(-value).padStart(width - 1, "0")}`
            : String(value).padStart(width, "0")
          : String(value),
    )
  }
  return items
}

/** Where a quoted or escaped stretch that begins at `at` ends. */
const skip = (text: string, at: number): number => {
  if (text[at] === "\\") return at + 1
  if (text[at] === "'" || text[at] === '"') {
    const close = text.indexOf(text[at], at + 1)
    return close < 0 ? text.length : close
  }
  if (text[at] === "`") {
    const close = text.indexOf("`", at + 1)
    return close < 0 ? text.length : close
  }
  if (text.startsWith("$(", at)) {
    let depth = 0
    for (let index = at + 1; index < text.length; index++) {
      if (text[index] === "\\") index++
      else if (text[index] === "(") depth++
      else if (text[index] === ")" && --depth === 0) return index
    }
    return text.length
  }
  if (text.startsWith("${", at)) {
    const close = text.indexOf("}", at)
    return close < 0 ? text.length : close
  }
  return at
}

/** Every text that `text` stands for. More than there is room for is not expanded at all. */
export function* expandBraces(shell: Shell, text: string): Steps<string[]> {
  for (let open = 0; open < text.length; open++) {
    const past = skip(text, open)
    if (past !== open) {
      open = past
      continue
    }
    if (text[open] !== "{") continue
    let depth = 0
    const commas: number[] = []
    for (let at = open; at < text.length; at++) {
      const after = skip(text, at)
      if (after !== at) {
        at = after
        continue
      }
      if (text[at] === "{") depth++
      else if (text[at] === "," && depth === 1) commas.push(at)
      else if (text[at] === "}" && --depth === 0) {
        const items =
          commas.length > 0
            ? yield* alternatives(
                shell,
                [open, ...commas].map((from, index) => text.slice(from + 1, commas[index] ?? at)),
              )
            : yield* sequence(shell, text.slice(open + 1, at))
        if (!items) break
        const tails = yield* expandBraces(shell, text.slice(at + 1))
        if (items.length * tails.length > LIMIT) return [text]
        return yield* joined(shell, text.slice(0, open), items, tails)
      }
    }
  }
  return [text]
}

function* alternatives(shell: Shell, parts: readonly string[]): Steps<string[]> {
  const all: string[] = []
  for (const part of parts) for (const one of yield* expandBraces(shell, part)) all.push(one)
  return all
}

/** Every item with every tail. */
function* joined(shell: Shell, head: string, items: readonly string[], tails: readonly string[]): Steps<string[]> {
  const all: string[] = []
  for (const item of items)
    for (const tail of tails) {
      if (all.length % STRIDE === STRIDE - 1 && shell.process.charge(STRIDE >> 2)) yield* shell.process.yield()
      all.push(head + item + tail)
    }
  if (shell.process.charge(1 + (all.length >> 5))) yield* shell.process.yield()
  return all
}

/** Braces that stand for themselves, quoted, so that the parser sees no expansion in them. */
export const escapeBraces = (text: string): string => {
  let escaped = ""
  for (let at = 0; at < text.length; at++) {
    const past = skip(text, at)
    if (past !== at) {
      escaped += text.slice(at, past + 1)
      at = past
    } else escaped += text[at] === "{" || text[at] === "}" ? `\\${text[at]}` : text[at]
  }
  return escaped
}
