/** Brace expansion: a{b,c}d and {1..9..2}. */

const LIMIT = 100_000

/** Counts the texts that an expansion makes, for what it costs. */
export interface Made {
  count: number
}

const sequence = (body: string, made: Made): string[] | undefined => {
  const match = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(body)
  if (!match) return undefined
  const letters = /[A-Za-z]/.test(match[1])
  if (letters !== /[A-Za-z]/.test(match[2])) return undefined
  const [from, to] = letters ? [match[1].charCodeAt(0), match[2].charCodeAt(0)] : [Number(match[1]), Number(match[2])]
  const step = Math.abs(Number(match[3] ?? 1)) || 1
  if (Math.abs(to - from) / step > LIMIT) return undefined
  made.count += Math.floor(Math.abs(to - from) / step)
  const width = !letters && [match[1], match[2]].some((text) => /^-?0\d/.test(text)) ? Math.max(match[1].length, match[2].length) : 0
  const items: string[] = []
  for (let value = from; from <= to ? value <= to : value >= to; value += from <= to ? step : -step)
    items.push(
      letters
        ? String.fromCharCode(value)
        : width > 0
          ? value < 0
            ? `-${String(-value).padStart(width - 1, "0")}`
            : String(value).padStart(width, "0")
          : String(value),
    )
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

export const expandBraces = (text: string, made: Made = { count: 0 }): string[] => {
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
        const body = text.slice(open + 1, at)
        const items =
          commas.length > 0
            ? [open, ...commas].map((from, index) => text.slice(from + 1, commas[index] ?? at)).flatMap((part) => expandBraces(part, made))
            : sequence(body, made)
        if (!items) break
        const [head, tail] = [text.slice(0, open), expandBraces(text.slice(at + 1), made)]
        // More than there is room for is not expanded at all.
        if (items.length * tail.length > LIMIT) return [text]
        made.count += items.length * tail.length
        return items.flatMap((item) => tail.map((rest) => head + item + rest))
      }
    }
  }
  return [text]
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
