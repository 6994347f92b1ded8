/** What patches say: unified, context, normal and ed's form (patch's pch.c). */

export interface Hunk {
  /** First line in the old and in the new file, from 1. */
  readonly from: number
  readonly freshFrom: number
  readonly old: string[]
  readonly fresh: string[]
  /** As it stood, for reject files. */
  text: string
  /** The last line of the old, of the new text has no newline. */
  oldUnended: boolean
  freshUnended: boolean
}

export type Form = "unified" | "context" | "normal" | "ed"

export interface FilePatch {
  readonly form: Form
  readonly oldName: string | undefined
  readonly newName: string | undefined
  /** Whether the patch makes or takes away the file: it names /dev/null, or a time at the epoch as diff -N gives to what is not there. */
  readonly makes: boolean
  readonly removes: boolean
  readonly hunks: Hunk[]
  /** Its head as it stood. */
  readonly head: readonly string[]
  /** The line of the patch at which its head begins, from 1. */
  readonly line: number
}

/** A patch that breaks off or is none: the line of it, from 1, and that line. */
export class MalformedError extends Error {
  /** Whether a file's head came before it. */
  readonly begun: boolean = true
}

const nameIn = (line: string): string =>
  line
    .slice(4)
    .split("\t")[0]
    .replace(/ +\d{4}-\d\d-\d\d .*$/, "")

const isNothing = (line: string): boolean => nameIn(line) === "/dev/null" || /\t1970-01-01 00:00:00(\.0+)? [-+]0000$/.test(line)

const NAMELESS = { oldName: undefined, newName: undefined, makes: false, removes: false, head: [] }

const malformed = (at: number, line: string | undefined): MalformedError =>
  new MalformedError(`malformed patch at line ${line === undefined ? at : at + 1}: ${line ?? " "}\n`)

const emptyHunk = (from: number, freshFrom: number, text: string): Hunk => ({
  from,
  freshFrom,
  old: [],
  fresh: [],
  text,
  oldUnended: false,
  freshUnended: false,
})

class Reader {
  readonly #lines: readonly string[]
  readonly files: FilePatch[] = []
  #file: FilePatch | undefined
  #at = 0

  constructor(text: string) {
    const lines = text.split("\n")
    if (lines.at(-1) === "") lines.pop()
    this.#lines = lines
  }

  read(form: Form | undefined): FilePatch[] {
    if (form === "ed") return this.#edScript()
    for (; this.#at < this.#lines.length; this.#at++) {
      const [line, next] = [this.#lines[this.#at], this.#lines[this.#at + 1] ?? ""]
      if (line.startsWith("--- ") && next.startsWith("+++ ")) this.#head("unified", line, next)
      else if (line.startsWith("*** ") && next.startsWith("--- ")) this.#head("context", line, next)
      else if (line.startsWith("***************") && this.#file?.form === "context") this.#context()
      else {
        const unified = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line)
        const normal = /^(\d+)(?:,(\d+))?([acd])(\d+)(?:,(\d+))?$/.exec(line)
        if (unified && this.#file?.form === "unified") this.#unified(line, unified)
        else if (normal && (!this.#file || this.#file.form === "normal")) this.#normal(line, normal)
      }
    }
    return this.files
  }

  #head(form: Form, oldLine: string, newLine: string): void {
    const [oldName, newName] = [nameIn(oldLine), nameIn(newLine)]
    const [makes, removes] = [isNothing(oldLine), isNothing(newLine)]
    this.#file = { form, oldName, newName, makes, removes, hunks: [], head: [oldLine, newLine], line: this.#at + 1 }
    this.files.push(this.#file)
    this.#at++
  }

  #unified(line: string, match: RegExpExecArray): void {
    const [oldCount, newCount] = [Number(match[2] ?? 1), Number(match[4] ?? 1)]
    const hunk = emptyHunk(Number(match[1]) + (oldCount === 0 ? 1 : 0), Number(match[3]) + (newCount === 0 ? 1 : 0), `${line}\n`)
    const lines = this.#lines
    while (hunk.old.length < oldCount || hunk.fresh.length < newCount || lines[this.#at + 1]?.startsWith("\\")) {
      const body = lines[++this.#at]
      if (body === undefined || !/^[-+ \t\\]|^$/.test(body)) throw malformed(this.#at, body)
      hunk.text += `${body}\n`
      if (body.startsWith("\\")) {
        const before = lines[this.#at - 1]?.[0]
        if (before !== "+") hunk.oldUnended = true
        if (before !== "-") hunk.freshUnended = true
      } else if (body.startsWith("-")) hunk.old.push(body.slice(1))
      else if (body.startsWith("+")) hunk.fresh.push(body.slice(1))
      else {
        hunk.old.push(body.slice(1))
        hunk.fresh.push(body.slice(1))
      }
    }
    this.#file?.hunks.push(hunk)
  }

  /** Both sides; one that only repeats the other's context is left out. */
  #context(): void {
    const start = this.#at
    const lines = this.#lines
    const old = /^\*\*\* (\d+)(?:,(\d+))? \*\*\*\*/.exec(lines[++this.#at] ?? "")
    if (!old) throw malformed(this.#at, lines[this.#at])
    const side = (): { mark: string; text: string; unended: boolean }[] => {
      const own: { mark: string; text: string; unended: boolean }[] = []
      while (/^(?:[-+! ] |\\|[-+! ]\t|$)/.test(lines[this.#at + 1] ?? "x") && !/^--- \d+(,\d+)? ----/.test(lines[this.#at + 1])) {
        const body = lines[++this.#at]
        const last = own.at(-1)
        if (body.startsWith("\\")) {
          if (last) last.unended = true
        } else own.push({ mark: body[0] ?? " ", text: body.slice(2), unended: false })
      }
      return own
    }
    const left = side()
    const fresh = /^--- (\d+)(?:,(\d+))? ----/.exec(lines[++this.#at] ?? "")
    if (!fresh) throw malformed(this.#at, lines[this.#at])
    const right = side()
    const [oldFrom, freshFrom] = [Number(old[1]), Number(fresh[1])]
    const oldSide = left.length > 0 ? left : right.filter(({ mark }) => mark === " ")
    const freshSide = right.length > 0 ? right : left.filter(({ mark }) => mark === " ")
    const hunk = emptyHunk(oldFrom + (oldSide.length === 0 ? 1 : 0), freshFrom + (freshSide.length === 0 ? 1 : 0), "")
    hunk.old.push(...oldSide.map(({ text }) => text))
    hunk.fresh.push(...freshSide.map(({ text }) => text))
    hunk.oldUnended = oldSide.at(-1)?.unended ?? false
    hunk.freshUnended = freshSide.at(-1)?.unended ?? false
    hunk.text = `${lines.slice(start, this.#at + 1).join("\n")}\n`
    this.#file?.hunks.push(hunk)
  }

  #normal(line: string, match: RegExpExecArray): void {
    if (!this.#file) {
      this.#file = { form: "normal", ...NAMELESS, hunks: [], line: this.#at + 1 }
      this.files.push(this.#file)
    }
    const hunk = emptyHunk(Number(match[1]) + (match[3] === "a" ? 1 : 0), Number(match[4]) + (match[3] === "d" ? 1 : 0), `${line}\n`)
    while (/^(?:[<>] |[<>]$|\\|---$)/.test(this.#lines[this.#at + 1] ?? "")) {
      const body = this.#lines[++this.#at]
      hunk.text += `${body}\n`
      if (body.startsWith("\\")) {
        if (hunk.fresh.length > 0) hunk.freshUnended = true
        else hunk.oldUnended = true
      } else if (body.startsWith("<")) hunk.old.push(body.slice(2))
      else if (body.startsWith(">")) hunk.fresh.push(body.slice(2))
    }
    this.#file.hunks.push(hunk)
  }

  /** Commands from the end of the file on: what they take out is not looked at. */
  #edScript(): FilePatch[] {
    const file: FilePatch = { form: "ed", ...NAMELESS, hunks: [], line: 1 }
    for (; this.#at < this.#lines.length; this.#at++) {
      const match = /^(\d+)(?:,(\d+))?([acd])$/.exec(this.#lines[this.#at])
      if (!match) continue
      const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])]
      const hunk = emptyHunk(match[3] === "a" ? first + 1 : first, first, this.#lines[this.#at])
      if (match[3] !== "a") hunk.old.push(...Array<string>(last - first + 1).fill(""))
      if (match[3] !== "d")
        for (let body = this.#lines[++this.#at]; body !== undefined && body !== "."; body = this.#lines[++this.#at]) hunk.fresh.push(body)
      file.hunks.push(hunk)
    }
    return file.hunks.length > 0 ? [file] : []
  }
}

/** Throws MalformedError. */
export const parsePatch = (text: string, form: Form | undefined): FilePatch[] => new Reader(text).read(form)
