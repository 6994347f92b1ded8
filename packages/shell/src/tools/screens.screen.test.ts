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
  expect(left.lines).toEqual(["$ watch -d -n 1 cat n", "$"])
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

test("top's keys: sorting, users, the whole line, a signal, help", async () => {
  const terminal = openTerminal({ columns: 100, rows: 14 })
  terminal.type("sleep 1000 &\r")
  terminal.type("top\r", 400)
  const rows = async () => (await screenOf(terminal)).lines.slice(7)
  terminal.type("NR")
  const pids = (await rows()).map((line) => Number(line.slice(0, 7)))
  expect(pids).toEqual([...pids].sort((a, b) => a - b))
  terminal.type("c")
  expect((await rows()).some((line) => line.endsWith("sleep 1000"))).toBe(true)
  terminal.type("unobody\r")
  expect((await screenOf(terminal)).lines[5]).toBe(" Invalid user")
  terminal.type("k")
  expect((await screenOf(terminal)).lines[5]).toMatch(/^PID to signal\/kill \[default pid = \d+\]/)
  const sleeper = (await rows())
    .find((line) => line.endsWith("sleep 1000"))
    ?.slice(0, 7)
    .trim()
  terminal.type(`${sleeper}\r\r`, 4_000)
  expect((await rows()).some((line) => line.endsWith("sleep 1000"))).toBe(false)
  terminal.type("h")
  expect((await screenOf(terminal)).lines[0]).toBe("Help for Interactive Commands - procps-ng 4.0.4")
  terminal.type(" ")
  terminal.type("%")
  expect((await screenOf(terminal)).lines[5]).toBe(" Unknown command - try 'h' for help")
  terminal.type("q")
  expect((await screenOf(terminal)).last).toBe("$")
})

test("watch -e ends with a command that fails; C-c any other", async () => {
  const terminal = openTerminal({ rows: 8 })
  terminal.machine.files.write("/root/n", "1\n")
  terminal.type("watch -e -n 0.5 cat n; echo $?\r", 300)
  expect((await screenOf(terminal)).lines.slice(1)).toEqual(["", "1"])
  terminal.machine.files.remove("/root/n")
  terminal.run(1_000)
  terminal.type(" ")
  const { lines, alternate } = await screenOf(terminal)
  expect([lines[0], lines.at(-1), alternate]).toEqual(["$ watch -e -n 0.5 cat n; echo $?", "$", false])
})

test("jobs: numbers, marks, signals, disown, wait, and what reads or writes behind one's back", async () => {
  const terminal = openTerminal({ columns: 70, rows: 40 })
  const shown = async (keys: string, ms = 300): Promise<string[]> => {
    terminal.output = ""
    terminal.type(keys, ms)
    return (await screenOf(terminal)).lines.map((line) => line.replace(/^(\[\d\][+-]? +)\d+(?= |$)/, "$1PID"))
  }
  expect(await shown("sleep 100 & sleep 200 &\r")).toEqual(["sleep 100 & sleep 200 &", "[1] PID", "[2] PID", "$"])
  expect(await shown("jobs -l\r")).toEqual([
    "jobs -l",
    "[1]-  PID Running                 sleep 100 &",
    "[2]+  PID Running                 sleep 200 &",
    "$",
  ])
  expect(await shown("fg %1\r")).toEqual(["fg %1", "sleep 100"])
  expect(await shown("\x1a")).toEqual(["^Z", "[1]+  Stopped                 sleep 100", "$"])
  expect(await shown("bg\r")).toEqual(["bg", "[1]+ sleep 100 &", "$"])
  expect(await shown("kill %1; sleep 0.1\r", 500)).toEqual(["kill %1; sleep 0.1", "[1]-  Terminated              sleep 100", "$"])
  expect(await shown("disown %2; jobs; echo none\r")).toEqual(["disown %2; jobs; echo none", "none", "$"])
  expect(await shown("cat &\r")).toEqual(["cat &", "[1] PID", "$"])
  expect(await shown("\r")).toEqual(["", "", "[1]+  Stopped                 cat", "$"])
  expect(await shown("kill -9 %cat; sleep 0.1\r", 500)).toEqual(["kill -9 %cat; sleep 0.1", "[1]+  Killed                  cat", "$"])
  expect(await shown("stty tostop; echo hidden & sleep 0.2\r", 600)).toEqual([
    "stty tostop; echo hidden & sleep 0.2",
    "[1] PID",
    "",
    "[1]+  Stopped                 echo hidden",
    "$",
  ])
  expect(await shown("fg\r", 300)).toEqual(["fg", "echo hidden", "hidden", "$"])
  expect(await shown("sleep 0.3 & wait %1; echo $?\r", 800)).toEqual([
    "sleep 0.3 & wait %1; echo $?",
    "[1] PID",
    "[1]+  Done                    sleep 0.3",
    "0",
    "$",
  ])
  await shown("sleep 50\r")
  await shown("\x1a")
  expect((await shown("exit\r")).slice(-2)).toEqual(["There are stopped jobs.", "$"])
})
