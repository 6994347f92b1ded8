/** Lines of a description, with levels and cells. As kubectl/pkg/describe's PrefixWriter over a tabwriter. */
import { align, DESCRIBE_STYLE } from "../printing/tabwriter.ts"
import { escapeTerminal } from "../printing/terminal.ts"

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
/** Longer annotations go on lines of their own, and are cut. */
const LONGEST = 140

export type Texts = Readonly<Record<string, string>> | undefined

export class Writer {
  #text = ""

  /** Text as it is, behind `level` indents. */
  raw(level: number, text: string): this {
    this.#text += "  ".repeat(level) + escapeTerminal(text)
    return this
  }

  line(level: number, text: string): this {
    return this.raw(level, `${text}\n`)
  }

  /** "Name:" and its value. */
  field(level: number, name: string, value: string | number | boolean): this {
    return this.raw(level, `${name}:\t${value}\n`)
  }

  cells(level: number, ...cells: readonly (string | number)[]): this {
    return this.raw(level, `${cells.join("\t")}\n`)
  }

  /** key=value, a line each. `indent` goes before the title and further lines. */
  labels(title: string, labels: Texts, indent = ""): this {
    const keys = Object.keys(labels ?? {}).sort()
    if (keys.length === 0) return this.raw(0, `${indent}${title}:\t<none>\n`)
    for (const [at, key] of keys.entries()) this.raw(0, `${indent}${at === 0 ? `${title}:` : ""}\t${key}=${labels?.[key]}\n`)
    return this
  }

  annotations(title: string, annotations: Texts): this {
    const keys = Object.keys(annotations ?? {})
      .filter((key) => key !== LAST_APPLIED)
      .sort()
    if (keys.length === 0) return this.raw(0, `${title}:\t<none>\n`)
    for (const [at, key] of keys.entries()) {
      this.raw(0, at === 0 ? `${title}:\t` : "\t")
      const value = (annotations?.[key] ?? "").replace(/\n$/, "")
      if (value.length + key.length + 2 > LONGEST || value.includes("\n")) {
        this.raw(0, `${key}:\n`)
        for (const line of value.split("\n")) this.raw(0, `\t  ${line.length > LONGEST - 2 ? `${line.slice(0, LONGEST - 2)}...` : line}\n`)
      } else this.raw(0, `${key}: ${value}\n`)
    }
    return this
  }

  /** A list below one title: the first beside it, the rest below. */
  list(title: string, values: readonly string[], indent = ""): this {
    if (values.length === 0) return this.raw(0, `${indent}${title}:\t<none>\n`)
    for (const [at, value] of values.entries()) this.raw(0, `${indent}${at === 0 ? `${title}:` : ""}\t${value}\n`)
    return this
  }

  toString(): string {
    return align(this.#text, DESCRIBE_STYLE)
  }

  /** Tabs left as they are. */
  unaligned(): string {
    return this.#text
  }
}

/** "Sat, 21 Nov 2026 02:20:33 +0000" */
export const rfc1123 = (time: string | undefined | null): string =>
  time ? new Date(Date.parse(time)).toUTCString().replace("GMT", "+0000") : "Mon, 01 Jan 0001 00:00:00 +0000"

/** a=b,c=d, or <none>. */
export const labelText = (labels: Texts): string =>
  Object.keys(labels ?? {})
    .sort()
    .map((key) => `${key}=${labels?.[key]}`)
    .join(",") || "<none>"

export const truth = (value: boolean | undefined): string => (value === undefined ? "<unset>" : value ? "True" : "False")

/** A list as fmt's %v prints it. */
export const goList = (values: readonly unknown[] | undefined | null): string => `[${(values ?? []).join(" ")}]`
