/** vi's buffers and windows: which texts are open, which of them are seen, and which one has the cursor (buffer.c, window.c). */
import { ExError } from "./vi-ex.ts"
import type { ViEditor } from "./vi-editor.ts"
import type { BufferState } from "./vi-state.ts"
import type { Place } from "./vi-text.ts"

export interface Buffer {
  readonly number: number
  path: string | undefined
  /** undefined: it has not been read yet. */
  state: BufferState | undefined
  cursor: Place
  listed: boolean
}

export interface Window {
  buffer: Buffer
  cursor: Place
  top: number
}

const NO_WRITE = "E37: No write since last change (add ! to override)"
const MOST = 12

export class ViWindows {
  readonly #editor: ViEditor
  readonly buffers: Buffer[] = []
  /** Columns of windows, each from above to below. */
  columns: Window[][]
  current: Window
  #last: Window | undefined
  /** The buffer that was here before (#). */
  alternate: Buffer | undefined

  constructor(editor: ViEditor) {
    this.#editor = editor
    const buffer = this.bufferOf(editor.path)
    buffer.state = editor.capture()
    this.current = { buffer, cursor: { row: 0, column: 0 }, top: 0 }
    this.columns = [[this.current]]
  }

  get all(): Window[] {
    return this.columns.flat()
  }

  /** The buffer of a path, a new one when there is none. */
  bufferOf(path: string | undefined): Buffer {
    const found = path === undefined ? undefined : this.buffers.find((one) => one.path === path)
    if (found) return found
    const number = (this.buffers.at(-1)?.number ?? 0) + 1
    const buffer: Buffer = { number, path, state: undefined, cursor: { row: 0, column: 0 }, listed: true }
    this.buffers.push(buffer)
    return buffer
  }

  /** Keeps what the editor holds in the current window's buffer. */
  save(): void {
    const { buffer } = this.current
    buffer.state = this.#editor.capture()
    buffer.path = buffer.state.path
    buffer.cursor = { ...this.#editor.cursor }
    this.current.cursor = { ...this.#editor.cursor }
    this.current.top = this.#editor.top
  }

  /** Goes to a window. */
  focus(window: Window): void {
    this.save()
    if (window !== this.current) this.#last = this.current
    this.current = window
    const { state } = window.buffer
    if (state) this.#editor.takeUp(state, window.cursor, window.top)
  }

  /** Shows a buffer, whose text is known, in the current window. */
  show(buffer: Buffer): void {
    this.save()
    if (buffer !== this.current.buffer) this.alternate = this.current.buffer
    this.current.buffer = buffer
    if (buffer.state) this.#editor.takeUp(buffer.state, buffer.cursor, 0)
  }

  /** A buffer by its number, by "#", or by a part of its name; throws ExError. */
  find(which: string | number, by: number | undefined): Buffer {
    const listed = this.buffers.filter((one) => one.listed)
    if (by !== undefined) {
      const at = listed.indexOf(this.current.buffer)
      const { length } = listed
      return listed[(((at + by) % length) + length) % length]
    }
    if (which === 1 || which === -1) return which === 1 ? listed[0] : (listed.at(-1) ?? listed[0])
    if (which === "#") {
      if (!this.alternate) throw new ExError("E23: No alternate file")
      return this.alternate
    }
    const text = String(which)
    if (/^\d+$/.test(text)) {
      const found = this.buffers.find((one) => one.number === Number(text))
      if (!found) throw new ExError(`E86: Buffer ${text} does not exist`)
      return found
    }
    const exact = listed.filter((one) => one.path === text)
    const fitting = exact.length > 0 ? exact : listed.filter((one) => one.path?.includes(text))
    if (fitting.length === 0) throw new ExError(`E94: No matching buffer for ${text}`)
    if (fitting.length > 1) throw new ExError(`E93: More than one match for ${text}`)
    return fitting[0]
  }

  /** The current text may be left: it is written, seen elsewhere, or may be hidden. Throws ExError. */
  mayLeave(force: boolean): void {
    const { modified, options } = this.#editor
    const seen = this.all.filter((one) => one.buffer === this.current.buffer).length > 1
    if (modified && !force && !options.hidden && !seen) throw new ExError(NO_WRITE)
  }

  /** A new window above ("split") or to the left, of the same text, which has the cursor then. */
  split(upright: boolean): void {
    if (this.all.length >= MOST) throw new ExError("E36: Not enough room")
    this.save()
    const made: Window = { buffer: this.current.buffer, cursor: { ...this.current.cursor }, top: this.current.top }
    const at = this.columns.findIndex((column) => column.includes(this.current))
    if (upright) this.columns.splice(at + (this.#editor.options.splitright ? 1 : 0), 0, [made])
    else {
      const column = this.columns[at]
      column.splice(column.indexOf(this.current) + (this.#editor.options.splitbelow ? 1 : 0), 0, made)
    }
    this.focus(made)
  }

  /** Closes the current window; false when it was the last. Throws ExError. */
  close(force: boolean): boolean {
    if (!force && this.#editor.modified) this.mayLeave(force)
    this.save()
    if (this.all.length === 1) {
      const other = force ? undefined : this.buffers.find((one) => one !== this.current.buffer && one.state?.modified)
      if (other)
        throw new ExError(`E37: No write since last change\nE162: No write since last change for buffer "${other.path ?? "[No Name]"}"`)
      return false
    }
    const gone = this.current
    const order = this.all
    const next = this.#last && this.#last !== gone && order.includes(this.#last) ? this.#last : order[Math.max(0, order.indexOf(gone) - 1)]
    const target = next === gone ? order[1] : next
    this.columns = this.columns.map((column) => column.filter((one) => one !== gone)).filter((column) => column.length > 0)
    if (force && gone.buffer.state?.modified && !this.all.some((one) => one.buffer === gone.buffer)) gone.buffer.state = undefined
    this.current = target
    const { state } = target.buffer
    if (state) this.#editor.takeUp(state, target.cursor, target.top)
    return true
  }

  only(): void {
    this.columns = [[this.current]]
  }

  /** C-w and a key: which window is next. */
  go(key: string): void {
    const order = this.all
    const at = order.indexOf(this.current)
    const column = this.columns.findIndex((one) => one.includes(this.current))
    const row = this.columns[column].indexOf(this.current)
    const beside = (by: number) => {
      const other = this.columns[column + by]
      return other?.[Math.min(row, other.length - 1)]
    }
    const targets: Readonly<Record<string, Window | undefined>> = {
      w: order[(at + 1) % order.length],
      W: order[(at + order.length - 1) % order.length],
      p: this.#last,
      t: order[0],
      b: order.at(-1),
      j: this.columns[column][row + 1],
      down: this.columns[column][row + 1],
      k: this.columns[column][row - 1],
      up: this.columns[column][row - 1],
      h: beside(-1),
      left: beside(-1),
      l: beside(1),
      right: beside(1),
    }
    const target = Object.hasOwn(targets, key) ? targets[key] : undefined
    if (target && order.includes(target)) this.focus(target)
  }

  /** As :ls lists them. */
  list(): string[] {
    this.save()
    return this.buffers
      .filter((one) => one.listed)
      .map((one) => {
        const seen = this.all.some((window) => window.buffer === one)
        const sign = one === this.current.buffer ? "%" : one === this.alternate ? "#" : " "
        const state = `${sign}${seen ? "a" : one.state?.modified ? "h" : " "}${" "}${one.state?.modified ? "+" : " "}`
        const row = one === this.current.buffer ? this.#editor.cursor.row + 1 : one.cursor.row + (one.state ? 1 : 0)
        return `${String(one.number).padStart(3)} ${state} ${`"${one.path ?? "[No Name]"}"`.padEnd(30)} line ${row}`
      })
  }
}
