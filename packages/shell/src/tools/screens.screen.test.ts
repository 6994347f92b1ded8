/** What a terminal shows of the tools that fill a screen. */
import headless from "@xterm/headless"
import { expect, test } from "vitest"
import { openTerminal, type TypedTerminal } from "../shell-machine.ts"

interface Shown {
  readonly lines: readonly string[]
  /** Text that stands in reverse. */
  readonly reversed: string
  readonly alternate: boolean
}

const screen = async (terminal: TypedTerminal): Promise<Shown> => {
  const emulator = new headless.Terminal({ cols: terminal.tty.columns, rows: terminal.tty.rows, allowProposedApi: true, scrollback: 0 })
  await new Promise<void>((done) => emulator.write(terminal.output, done))
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
  emulator.dispose()
  while (lines.at(-1) === "") lines.pop()
  return { lines, reversed, alternate }
}

test("watch: a title, the output, what changed in reverse, and the shell's screen again", async () => {
  const terminal = openTerminal({ columns: 60, rows: 8 })
  terminal.machine.files.write("/root/n", "count 1\nsame\n")
  terminal.type("watch -d -n 1 cat n\r", 500)
  const first = await screen(terminal)
  expect(first.alternate).toBe(true)
  expect(first.lines[0]).toMatch(/^Every 1\.0s: cat n {2,}one: Thu Jan {2}1 00:\d\d:\d\d 1970$/)
  expect(first.lines.slice(1)).toEqual(["", "count 1", "same"])
  expect(first.reversed).toBe("")
  terminal.machine.files.write("/root/n", "count 2\nsame\n")
  terminal.run(1_000)
  const second = await screen(terminal)
  expect(second.lines.slice(1)).toEqual(["", "count 2", "same"])
  expect(second.reversed).toBe("2")
  terminal.type("\x03")
  const left = await screen(terminal)
  expect(left.alternate).toBe(false)
  expect(left.lines).toEqual(["$ watch -d -n 1 cat n", "", "$"])
})

test("watch -g ends when the output changes", async () => {
  const terminal = openTerminal()
  terminal.machine.files.write("/root/n", "1\n")
  terminal.type("watch -g -n 0.5 cat n; echo done\r", 300)
  terminal.machine.files.write("/root/n", "2\n")
  terminal.run(1_000)
  expect((await screen(terminal)).lines).toEqual(["$ watch -g -n 0.5 cat n; echo done", "done", "$"])
})

test("top: a page that is drawn anew, and q", async () => {
  const terminal = openTerminal({ columns: 80, rows: 12 })
  terminal.type("sleep 1000 &\r")
  terminal.type("top\r", 400)
  const page = await screen(terminal)
  expect(page.alternate).toBe(true)
  expect(page.lines[0]).toMatch(/^top - \d\d:\d\d:\d\d up/)
  expect(page.lines.join("\n")).toMatch(/PID +USER/)
  expect(page.lines.join("\n")).toMatch(/sleep/)
  terminal.type("q")
  const left = await screen(terminal)
  expect(left.alternate).toBe(false)
  expect(left.lines.at(-1)).toBe("$")
})

test("job control: C-z stops what runs, bg and fg take it up again", async () => {
  const terminal = openTerminal({ columns: 60, rows: 20 })
  terminal.type("cat | cat\r")
  terminal.type("a\r")
  terminal.type("\x1a")
  terminal.type("jobs\r")
  terminal.type("fg\r")
  terminal.type("b\r")
  terminal.type("\x04")
  terminal.type("echo $?\r")
  expect((await screen(terminal)).lines).toEqual([
    "$ cat | cat",
    "a",
    "a",
    "^Z",
    "[1]+  Stopped                 cat | cat",
    "$ jobs",
    "[1]+  Stopped                 cat | cat",
    "$ fg",
    "cat | cat",
    "b",
    "b",
    "$ echo $?",
    "0",
    "$",
  ])
})

test("tail -f shows what is added as it comes; C-c ends it", async () => {
  const terminal = openTerminal()
  terminal.machine.files.write("/root/log", "one\n")
  terminal.type("tail -f log\r")
  terminal.machine.files.write("/root/log", "two\n", { append: true })
  terminal.run(50)
  expect((await screen(terminal)).lines).toEqual(["$ tail -f log", "one", "two"])
  terminal.type("\x03")
  expect((await screen(terminal)).lines.at(-1)).toBe("$")
})

test("man shows what a tool says of itself, in the pager", async () => {
  const terminal = openTerminal({ columns: 80, rows: 10 })
  terminal.type("man cat\r", 400)
  const page = await screen(terminal)
  expect(page.alternate).toBe(true)
  expect(page.lines[0]).toBe("Usage: cat [OPTION]... [FILE]...")
  terminal.type("q")
  expect((await screen(terminal)).lines).toEqual(["$ man cat", "$"])
})
