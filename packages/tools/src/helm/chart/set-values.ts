/** --set and its kin: "a.b=1,list[0]=x,names={a,b}". As helm/pkg/strvals. */
import { floatsIn } from "@drydock/gotemplate"
import { isTable, type Values } from "./chart.ts"

const MAX_INDEX = 65_536
const MAX_NESTING = 30

/** What a value's text becomes. */
export type Reading = "typed" | "string" | "literal" | "json" | ((text: string) => unknown)

const typed = (text: string): unknown => {
  if (/^true$/i.test(text)) return true
  if (/^false$/i.test(text)) return false
  if (/^null$/i.test(text)) return null
  if (text === "0") return 0
  return /^[-+]?\d+$/.test(text) && !text.startsWith("0") && Number.isSafeInteger(Number(text)) ? Number(text) : text
}

class Setter {
  readonly text: string
  readonly reading: Reading
  at = 0

  constructor(text: string, reading: Reading) {
    this.text = text
    this.reading = reading
  }

  get ended(): boolean {
    return this.at >= this.text.length
  }

  /** Up to one of `stops`, which is taken too; a backslash takes the next as it is. */
  until(stops: string): { text: string; last: string | undefined } {
    let text = ""
    while (!this.ended) {
      const character = this.text[this.at++]
      if (stops.includes(character)) return { text, last: character }
      if (character === "\\" && !this.ended && this.reading !== "literal") text += this.text[this.at++]
      else if (character !== "\\" || this.reading === "literal") text += character
    }
    return { text, last: undefined }
  }

  read(text: string): unknown {
    if (typeof this.reading === "function") return this.reading(text)
    return this.reading === "typed" ? typed(text) : text
  }

  run(into: Values): void {
    while (!this.ended) this.key(into, 0)
  }

  key(into: Values, depth: number): void {
    const { text: name, last } = this.until(this.reading === "literal" ? "=[." : "=[,.")
    const set = (value: unknown) => {
      if (name !== "") into[name] = value
    }
    switch (last) {
      case undefined:
        if (name === "") return
        throw new Error(`key ${JSON.stringify(name)} has no value`)
      case "[": {
        const index = this.index()
        const held = into[name]
        if (held !== undefined && !Array.isArray(held))
          throw new Error(
            `unable to parse key: interface conversion: interface {} is ${isTable(held) ? "map[string]interface {}" : typeof held}, not []interface {}`,
          )
        return set(this.item(held ?? [], index, depth))
      }
      case "=":
        return set(this.value())
      case ",":
        set("")
        throw new Error(`key ${JSON.stringify(name)} has no value (cannot end with ,)`)
      default: {
        if (depth >= MAX_NESTING)
          throw new Error(`value name nested level is greater than maximum supported nested level of ${MAX_NESTING}`)
        const held = into[name]
        if (held !== undefined && !isTable(held))
          throw new Error(
            `unable to parse key: interface conversion: interface {} is ${held === null ? "nil" : Array.isArray(held) ? "[]interface {}" : typeof held === "object" ? "float64" : typeof held}, not map[string]interface {}`,
          )
        const inner = held ?? {}
        this.key(inner, depth + 1)
        if (Object.keys(inner).length === 0) throw new Error(`key map ${JSON.stringify(name)} has no value`)
        return set(inner)
      }
    }
  }

  index(): number {
    const { text, last } = this.until("]")
    if (last === undefined) throw new Error("error parsing index: EOF")
    if (!/^[-+]?\d+$/.test(text)) throw new Error(`error parsing index: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
    const index = Number(text)
    if (index < 0) throw new Error(`negative ${index} index not allowed`)
    if (index > MAX_INDEX) throw new Error(`index of ${index} is greater than maximum supported index of ${MAX_INDEX}`)
    return index
  }

  item(list: readonly unknown[], index: number, depth: number): unknown[] {
    const items = [...list]
    const { text, last } = this.until("[.=")
    if (text !== "") throw new Error(`unexpected data at end of array index: ${JSON.stringify(text)}`)
    while (items.length < index) items.push(null)
    const held = items[index]
    if (last === "=") items[index] = this.value()
    else if (last === "[") items[index] = this.item(Array.isArray(held) ? held : [], this.index(), depth)
    else if (last === ".") {
      const inner = isTable(held) ? held : {}
      this.key(inner, depth + 1)
      items[index] = inner
    } else throw new Error("parse error: unexpected end")
    return items
  }

  value(): unknown {
    if (this.reading === "json") return this.json()
    if (this.reading === "literal") {
      const rest = this.text.slice(this.at)
      this.at = this.text.length
      return rest
    }
    if (this.text[this.at] !== "{") return this.read(this.until(",").text)
    this.at++
    const list: unknown[] = []
    for (;;) {
      const { text, last } = this.until(",}")
      if (last === undefined) throw new Error("list must terminate with '}'")
      list.push(this.read(text))
      if (last === "}") {
        if (this.text[this.at] === ",") this.at++
        return list
      }
    }
  }

  /** One JSON value, up to the comma that follows it. */
  json(): unknown {
    const rest = this.text.slice(this.at)
    if (/^\s*(,|$)/.test(rest)) {
      this.at += (/^\s*,?/.exec(rest)?.[0] ?? "").length
      return null
    }
    let [depth, quoted, end] = [0, false, 0]
    for (; end < rest.length; end++) {
      const character = rest[end]
      if (quoted) {
        if (character === "\\") end++
        else if (character === '"') quoted = false
      } else if (character === '"') quoted = true
      else if (character === "{" || character === "[") depth++
      else if (character === "}" || character === "]") depth--
      else if (character === "," && depth === 0) break
    }
    this.at += end + 1
    return floatsIn(JSON.parse(rest.slice(0, end)))
  }
}

/** Sets what `text` says. Throws Error. */
export const setValues = (text: string, into: Values, reading: Reading): void => new Setter(text, reading).run(into)
