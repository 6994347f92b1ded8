/** What an emulator shows of all that a terminal was sent, for tests: rows, what stands in reverse, which of the two screens. */
import headless from "@xterm/headless"

export interface Shown {
  /** Without blanks at their ends, and without empty ones at the end of the screen. */
  readonly lines: readonly string[]
  /** The same as one text. */
  readonly text: string
  readonly last: string
  /** All characters that stand in reverse, in order. */
  readonly reversed: string
  /** The screen of full-screen programs. */
  readonly alternate: boolean
  readonly cursor: { readonly row: number; readonly column: number }
}

interface Looked {
  readonly tty: { readonly columns: number; readonly rows: number }
  readonly output: string
}

/** `scrollback`: lines that have left the screen are there too, those of the shell's own screen. */
export const screenOf = async ({ tty, output }: Looked, { scrollback = 0 } = {}): Promise<Shown> => {
  const emulator = new headless.Terminal({ cols: tty.columns, rows: tty.rows, allowProposedApi: true, scrollback })
  await new Promise<void>((done) => emulator.write(output, done))
  const { active } = emulator.buffer
  const lines: string[] = []
  let reversed = ""
  for (let row = 0; row < active.length; row++) {
    const line = active.getLine(row)
    lines.push((line?.translateToString(true) ?? "").trimEnd())
    for (let column = 0; column < (line?.length ?? 0); column++)
      if (line?.getCell(column)?.isInverse()) reversed += line.getCell(column)?.getChars()
  }
  const alternate = active.type === "alternate"
  const cursor = { row: active.baseY + active.cursorY, column: active.cursorX }
  emulator.dispose()
  while (lines.at(-1) === "") lines.pop()
  return { lines, text: lines.join("\n"), last: lines.at(-1) ?? "", reversed, alternate, cursor }
}

/** An emulator that is written to piece by piece, for programs that are looked at on the way. */
export class Emulated {
  readonly #emulator: InstanceType<typeof headless.Terminal>

  constructor(columns: number, rows: number) {
    this.#emulator = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 })
  }

  write(data: Uint8Array | string): Promise<void> {
    return new Promise((done) => this.#emulator.write(data, done))
  }

  resize(columns: number, rows: number): void {
    this.#emulator.resize(columns, rows)
  }

  /** The rows of text without the empty ones at the end, then where the cursor is, and "alternate" on the screen of full-screen programs. */
  picture(): string {
    const { active } = this.#emulator.buffer
    const lines = Array.from({ length: this.#emulator.rows }, (_, row) =>
      (active.getLine(active.baseY + row)?.translateToString(true) ?? "").trimEnd(),
    )
    while (lines.at(-1) === "") lines.pop()
    return [...lines, `[${active.cursorY},${active.cursorX}${active.type === "alternate" ? " alternate" : ""}]`].join("\n")
  }

  dispose(): void {
    this.#emulator.dispose()
  }
}
