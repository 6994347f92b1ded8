/** What a terminal shows of the tools that fill a screen. */
import { expect, test } from "vitest"
import { openTerminal } from "../shell-machine.ts"
import { screenOf } from "../terminal-screen.ts"

test("watch: a title, the output, what changed in reverse, and the shell's screen again", async () => {
  const terminal = openTerminal({ columns: 60, rows: 8 })
  terminal.machine.files.write("/root/n", "count 1\nsame\n")
  terminal.type("watch -d -n 1 cat n\r", 500)
  const first = await screenOf(terminal)
  expect(first.alternate).toBe(true)
  expect(first.lines[0]).toMatch(/^Every 1\.0s: cat n {2,}one: Thu Jan {2}1 00:\d\d:\d\d 1970$/)
  expect(first.lines.slice(1)).toEqual(["", "count 1", "same"])
  expect(first.reversed).toBe("")
  terminal.machine.files.write("/root/n", "count 2\nsame\n")
  terminal.run(1_000)
  const second = await screenOf(terminal)
  expect(second.lines.slice(1)).toEqual(["", "count 2", "same"])
  expect(second.reversed).toBe("2")
  terminal.type("\x03")
  const left = await screenOf(terminal)
  expect(left.alternate).toBe(false)
  expect(left.lines).toEqual(["$ watch -d -n 1 cat n", "", "$"])
})

test("watch -g ends when the output changes", async () => {
  const terminal = openTerminal()
  terminal.machine.files.write("/root/n", "1\n")
  terminal.type("watch -g -n 0.5 cat n; echo done\r", 300)
  terminal.machine.files.write("/root/n", "2\n")
  terminal.run(1_000)
  expect((await screenOf(terminal)).lines).toEqual(["$ watch -g -n 0.5 cat n; echo done", "done", "$"])
})

test("top: a page that is drawn anew, and q", async () => {
  const terminal = openTerminal({ columns: 80, rows: 12 })
  terminal.type("sleep 1000 &\r")
  terminal.type("top\r", 400)
  const page = await screenOf(terminal)
  expect(page.alternate).toBe(true)
  expect(page.lines[0]).toMatch(/^top - \d\d:\d\d:\d\d up/)
  expect(page.lines.join("\n")).toMatch(/PID +USER/)
  expect(page.lines.join("\n")).toMatch(/sleep/)
  terminal.type("q")
  const left = await screenOf(terminal)
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
  expect((await screenOf(terminal)).lines).toEqual([
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
  expect((await screenOf(terminal)).lines).toEqual(["$ tail -f log", "one", "two"])
  terminal.type("\x03")
  expect((await screenOf(terminal)).lines.at(-1)).toBe("$")
})

test("man shows what a tool says of itself, in the pager", async () => {
  const terminal = openTerminal({ columns: 80, rows: 10 })
  terminal.type("man cat\r", 400)
  const page = await screenOf(terminal)
  expect(page.alternate).toBe(true)
  expect(page.lines[0]).toBe("Usage: cat [OPTION]... [FILE]...")
  terminal.type("q")
  expect((await screenOf(terminal)).lines).toEqual(["$ man cat", "$"])
})
