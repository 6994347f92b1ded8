/** What full-screen programs share: raw mode, keys one by one, and rows painted where they changed. */
import { type OpenFile, type Process, type Steps, SystemError, type Tty } from "@drydock/machine"
import { KeyDecoder } from "../../bash/line-editor/keys.ts"
import { columnsOf, visible } from "../../bash/line-editor/width.ts"

/** ms after which an ESC that nothing follows is the key. */
const ESCAPE_DELAY = 25

export class FullScreen {
  readonly process: Process
  readonly tty: Tty
  readonly #keys = new KeyDecoder()
  readonly #before: Tty["modes"]
  readonly #input: OpenFile
  readonly #fd: number
  #pending: number[] = []
  #shown: string[] = []
  #cursor = ""
  /** Size when it was last painted. */
  #size = ""

  readonly #meta: boolean

  /** `meta`: ESC and a letter, together, are one key ("M-x"); else always two. `fd` is where keys come from. */
  constructor(process: Process, tty: Tty, { fd = 0, meta = true }: { fd?: number; meta?: boolean } = {}) {
    this.#meta = meta
    this.process = process
    this.tty = tty
    this.#before = { ...tty.modes }
    this.#fd = fd
    this.#input = process.fds.get(fd) as OpenFile
  }

  get rows(): number {
    return Math.max(2, this.tty.rows)
  }

  get columns(): number {
    return Math.max(4, this.tty.columns)
  }

  *enter(): Steps<void> {
    this.#raw()
    // A new size only has to wake the read.
    this.process.onSignal("SIGWINCH", () => {})
    this.process.onSignal("SIGCONT", () => {
      this.#raw()
      this.#shown = []
    })
    yield* this.process.print("\x1b[?1049h\x1b[2J\x1b[H")
  }

  #raw(): void {
    this.tty.setModes({ canonical: false, echo: false, signals: false })
  }

  /** Back to the shell's screen; also when its terminal is gone. */
  leave(): void {
    this.tty.setModes(this.#before)
    try {
      this.process.fds.get(1)?.tryWrite(new TextEncoder().encode("\x1b[?25h\x1b[0m\x1b[?1049l"))
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
  }

  /** Runs something that has the terminal as the shell gives it. */
  *outside(work: () => Steps<void>): Steps<void> {
    this.leave()
    yield* work()
    this.#raw()
    this.#shown = []
    yield* this.process.print("\x1b[?1049h\x1b[2J\x1b[H")
  }

  *suspend(): Steps<void> {
    this.leave()
    this.process.kill(this.process.pid, "SIGSTOP")
    yield* this.process.yield()
    this.#raw()
    this.#shown = []
    yield* this.process.print("\x1b[?1049h\x1b[2J\x1b[H")
  }

  /** Whether a key can be read without waiting. */
  get hasKey(): boolean {
    return this.#pending.length > 0 || this.#input.hasInput?.() === true
  }

  /** The next key; "resize" when the window changed, "hangup" when the terminal is gone. */
  *key(): Steps<string> {
    for (;;) {
      let byte: number | undefined = this.#pending.shift()
      if (byte === undefined) {
        try {
          const data = yield* this.process.read(this.#fd, 256)
          if (data.length === 0) return "hangup"
          this.#pending.push(...data)
          byte = this.#pending.shift()
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          if (error.code === "EIO") return "hangup"
          if (error.code !== "EINTR") throw error
          return "resize"
        }
      }
      if (byte === undefined) continue
      if (byte === 27 && this.#pending.length === 0) {
        try {
          const more = yield* this.process.select([this.#fd], ESCAPE_DELAY)
          // What came meanwhile tells whether this was the key or the beginning of a sequence.
          if (more.length > 0) this.#pending.push(...(yield* this.process.read(this.#fd, 256)))
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
        }
        if (this.#pending.length === 0) return "escape"
      }
      // ESC and then what is no sequence is two keys.
      if (!this.#meta && byte === 27 && this.#pending.length > 0 && this.#pending[0] !== 0x5b && this.#pending[0] !== 0x4f) return "escape"
      const key = this.#keys.push(byte)
      if (key !== undefined) return key
    }
  }

  /** Shows `lines` (at most as many as there are rows) with the cursor at a place; only rows that changed are sent. */
  *paint(lines: readonly string[], cursor: { row: number; column: number } | undefined): Steps<void> {
    const size = `${this.rows}x${this.columns}`
    let output = ""
    if (size !== this.#size) {
      this.#size = size
      this.#shown = []
      output += "\x1b[2J"
    }
    for (let row = 0; row < this.rows; row++) {
      const line = lines[row] ?? ""
      if (this.#shown[row] === line) continue
      this.#shown[row] = line
      output += `\x1b[${row + 1};1H${line}\x1b[0m\x1b[K`
    }
    const place = cursor ? `\x1b[?25h\x1b[${cursor.row + 1};${cursor.column + 1}H` : "\x1b[?25l"
    if (output !== "" || place !== this.#cursor) yield* this.process.print(output + place)
    this.#cursor = place
  }
}

/** Columns of text, tabs to the next multiple of `tabs`. */
export const widthOf = (text: string, tabs = 8): number => {
  let width = 0
  for (const character of text) width += character === "\t" ? tabs - (width % tabs) : columnsOf(character)
  return width
}

/** Text as it is shown: tabs as blanks, control characters as ^X. */
export const shownText = (text: string, tabs = 8): string => {
  if (!/[\x00-\x1f\x7f]/.test(text)) return text
  let width = 0
  let result = ""
  for (const character of text) {
    const piece = character === "\t" ? " ".repeat(tabs - (width % tabs)) : visible(character)
    result += piece
    width += character === "\t" ? piece.length : columnsOf(character)
  }
  return result
}

/** As much of `text` as fits into `width` columns. */
export const clip = (text: string, width: number): string => {
  let used = 0
  let result = ""
  for (const character of text) {
    used += columnsOf(character)
    if (used > width) break
    result += character
  }
  return result
}
