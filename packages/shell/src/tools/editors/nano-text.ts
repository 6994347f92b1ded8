/** nano's text: lines, cursor, mark, what was cut, and what undoes changes (text.c, cut.c). Knows no keys. */

const MAX_UNDO = 200

interface State {
  readonly lines: readonly string[]
  readonly row: number
  readonly column: number
  /** What was done to it next: "addition", "cut" …, as undoing says. */
  readonly deed: string
}

export class NanoText {
  lines: string[]
  row = 0
  column = 0
  mark: { row: number; column: number } | undefined
  #cut = ""
  /** The last command cut, too: the next line comes behind it. */
  #undo: State[] = []
  #redo: State[] = []
  #deed = ""
  #saved = 0

  /** Whole lines; the last is empty, where the text ends with an end of line. */
  constructor(lines: string[]) {
    this.lines = lines
  }

  get line(): string[] {
    return [...(this.lines[this.row] ?? "")]
  }

  get modified(): boolean {
    return this.#undo.length !== this.#saved
  }

  set modified(yes: boolean) {
    this.#saved = yes ? -1 : this.#undo.length
  }

  get text(): string {
    return this.lines.length === 1 && this.lines[0] === "" ? "" : this.lines.join("\n") + (this.lines.at(-1) === "" ? "" : "\n")
  }

  /** Lines as nano counts them: the empty last one is none. */
  get count(): number {
    return this.lines.at(-1) === "" ? this.lines.length - 1 : this.lines.length
  }

  /** The text before a change is kept; typing goes into one. */
  remember(deed: string, goesOn = false): void {
    if (goesOn && this.#deed === deed && this.#undo.length > 0) return
    this.#deed = deed
    if (this.#saved > this.#undo.length) this.#saved = -1
    this.#undo.push({ lines: [...this.lines], row: this.row, column: this.column, deed })
    if (this.#undo.length > MAX_UNDO) {
      this.#undo.shift()
      this.#saved--
    }
    this.#redo = []
  }

  /** A change is over: the next is one of its own. */
  rest(): void {
    this.#deed = ""
  }

  /** What is said of it. */
  undo(): string {
    return this.#swap(this.#undo, this.#redo, "Undid", "Nothing to undo")
  }

  redo(): string {
    return this.#swap(this.#redo, this.#undo, "Redid", "Nothing to redo")
  }

  #swap(from: State[], to: State[], did: string, nothing: string): string {
    const state = from.pop()
    if (!state) return nothing
    to.push({ lines: [...this.lines], row: this.row, column: this.column, deed: state.deed })
    this.lines = [...state.lines]
    this.row = state.row
    this.column = state.column
    this.#deed = ""
    return `${did} ${state.deed}`
  }

  moveTo(row: number, column: number): void {
    this.#deed = ""
    this.row = Math.max(0, Math.min(row, this.lines.length - 1))
    this.column = Math.max(0, Math.min(column, this.line.length))
  }

  step(by: 1 | -1): void {
    const next = this.column + by
    if (next < 0) {
      if (this.row > 0) this.moveTo(this.row - 1, Number.POSITIVE_INFINITY)
    } else if (next > this.line.length) {
      if (this.row < this.lines.length - 1) this.moveTo(this.row + 1, 0)
    } else this.moveTo(this.row, next)
  }

  insert(text: string, deed = "addition"): void {
    this.remember(deed, deed === "addition")
    const line = this.line
    const pieces = (line.slice(0, this.column).join("") + text + line.slice(this.column).join("")).split("\n")
    const last = this.row === this.lines.length - 1
    this.lines.splice(this.row, 1, ...pieces)
    const added = text.split("\n")
    this.row += added.length - 1
    this.column = (added.length > 1 ? 0 : this.column) + [...(added.at(-1) ?? "")].length
    // The text always ends with an end of line.
    if (last && this.lines.at(-1) !== "") this.lines.push("")
  }

  newLine(indent: boolean): void {
    const own = indent ? (/^[ \t]*/.exec(this.line.slice(0, this.column).join(""))?.[0] ?? "") : ""
    this.insert(`\n${own}`, "line break")
  }

  backspace(): void {
    if (this.column > 0) {
      this.remember("deletion", true)
      const line = this.line
      line.splice(this.column - 1, 1)
      this.lines[this.row] = line.join("")
      this.column--
    } else if (this.row > 0) {
      this.remember("line join")
      this.column = [...this.lines[this.row - 1]].length
      this.lines[this.row - 1] += this.lines[this.row]
      this.lines.splice(this.row, 1)
      this.row--
      if (this.row === this.lines.length - 1 && this.lines[this.row] !== "") this.lines.push("")
    }
  }

  delete(): void {
    const line = this.line
    if (this.column < line.length) {
      this.remember("deletion", true)
      line.splice(this.column, 1)
      this.lines[this.row] = line.join("")
    } else if (this.row < this.lines.length - 1) {
      this.remember("line join")
      this.lines[this.row] += this.lines[this.row + 1]
      this.lines.splice(this.row + 1, 1)
      if (this.row === this.lines.length - 1 && this.lines[this.row] !== "") this.lines.push("")
    }
  }

  /** The places between mark and cursor, in order. */
  #marked(): { from: { row: number; column: number }; to: { row: number; column: number } } | undefined {
    const { mark } = this
    if (!mark) return undefined
    const here = { row: this.row, column: this.column }
    const first = mark.row < here.row || (mark.row === here.row && mark.column <= here.column)
    return first ? { from: mark, to: here } : { from: here, to: mark }
  }

  #textBetween(from: { row: number; column: number }, to: { row: number; column: number }): string {
    if (from.row === to.row) return [...this.lines[from.row]].slice(from.column, to.column).join("")
    const middle = this.lines.slice(from.row + 1, to.row)
    return [[...this.lines[from.row]].slice(from.column).join(""), ...middle, [...this.lines[to.row]].slice(0, to.column).join("")].join(
      "\n",
    )
  }

  /** ^K: what is marked, or this line; cuts that follow one another are one piece. */
  cut(again: boolean): string {
    const marked = this.#marked()
    const last = this.row === this.lines.length - 1
    if (!marked && last && this.lines[this.row] === "") return "Nothing was cut"
    this.remember("cut")
    const from = marked?.from ?? { row: this.row, column: 0 }
    const to = marked?.to ?? (last ? { row: this.row, column: this.line.length } : { row: this.row + 1, column: 0 })
    const text = this.#textBetween(from, to)
    this.#cut = again ? this.#cut + text : text
    const head = [...this.lines[from.row]].slice(0, from.column).join("")
    this.lines.splice(from.row, to.row - from.row + 1, head + [...this.lines[to.row]].slice(to.column).join(""))
    this.row = from.row
    this.column = from.column
    this.mark = undefined
    return ""
  }

  /** M-6: the same, nothing taken away; the cursor goes to the next line. */
  copy(again: boolean): string {
    const marked = this.#marked()
    const text = marked ? this.#textBetween(marked.from, marked.to) : `${this.lines[this.row]}\n`
    this.#cut = again ? this.#cut + text : text
    this.mark = undefined
    if (!marked) this.moveTo(this.row + 1, 0)
    return ""
  }

  paste(): string {
    if (this.#cut === "") return "Cutbuffer is empty"
    this.insert(this.#cut, "paste")
    return ""
  }

  /** Where `text` is next, and whether that is past the end of the text; places are in characters. */
  find(text: string, caseSensitive: boolean): { row: number; column: number; wrapped: boolean } | undefined {
    const fold = (line: string) => (caseSensitive ? line : line.toLowerCase())
    const needle = fold(text)
    for (let offset = 0; offset <= this.lines.length; offset++) {
      const row = (this.row + offset) % this.lines.length
      const line = fold(this.lines[row])
      const at = line.indexOf(needle, offset === 0 ? [...this.lines[row]].slice(0, this.column + 1).join("").length : 0)
      if (at >= 0) return { row, column: [...this.lines[row].slice(0, at)].length, wrapped: offset > 0 && row <= this.row }
    }
    return undefined
  }
}
