/** What editors and pagers show, and what they make of files. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { openTerminal, type TypedTerminal } from "../../shell-machine.ts"
import { screenOf } from "../../terminal-screen.ts"

const screen = async (terminal: TypedTerminal): Promise<string> => (await screenOf(terminal)).text

const TEXT = "one two three\n  indented\n\nfoo(bar, baz)\nlast\n"

const edited = (keys: string, text = TEXT, command = "vi f"): string => {
  const terminal = openTerminal()
  terminal.machine.files.write("/root/f", text)
  terminal.type(`${command}\r`)
  // "|" gives the editor time to see an ESC as the key.
  for (const piece of keys.split("|")) terminal.type(piece, 60)
  return terminal.machine.files.readText("/root/f")
}

test.each([0, 5, 24, 26])("what is typed %i ms behind ESC is a key of its own", (gap) => {
  const terminal = openTerminal()
  terminal.machine.files.write("/root/f", TEXT)
  terminal.type("vi f\r")
  terminal.type("iX", 60)
  terminal.type("\x1b", gap)
  terminal.type(":wq\r", 60)
  expect(terminal.machine.files.readText("/root/f")).toBe(`X${TEXT}`)
})

test.each([
  ["insert", "iX\x1b|:wq\r", `X${TEXT}`],
  ["append at the end", "A!\x1b|:x\r", "one two three!\n  indented\n\nfoo(bar, baz)\nlast\n"],
  ["dd and p", "ddp:wq\r", "  indented\none two three\n\nfoo(bar, baz)\nlast\n"],
  ["dw and .", "dw.:wq\r", "three\n  indented\n\nfoo(bar, baz)\nlast\n"],
  ["cw", "wcwTWO\x1b|:wq\r", "one TWO three\n  indented\n\nfoo(bar, baz)\nlast\n"],
  ["counts", "3x2dd:wq\r", "\nfoo(bar, baz)\nlast\n"],
  ["yy and P", "GyyggP:wq\r", `last\n${TEXT}`],
  ["undo and redo", "ddu\x12:wq\r", "  indented\n\nfoo(bar, baz)\nlast\n"],
  ["undo of all", "ddddxxuuuu:wq\r", TEXT],
  ["o with its text repeated", "oz\x1b|.:wq\r", "one two three\nz\nz\n  indented\n\nfoo(bar, baz)\nlast\n"],
  ["search and n", "/ba\rnD:wq\r", "one two three\n  indented\n\nfoo(bar, \nlast\n"],
  [":%s with groups", ":%s/\\(o\\)\\(n\\)/\\2\\1/g\r:wq\r", "noe two three\n  indented\n\nfoo(bar, baz)\nlast\n"],
  [":s over a range", ":1,2s/e/E/g\r:wq\r", "onE two thrEE\n  indEntEd\n\nfoo(bar, baz)\nlast\n"],
  [":g//d", ":g/o/d\r:wq\r", "  indented\n\nlast\n"],
  ["ci(", "4Gfbci(x\x1b|:wq\r", "one two three\n  indented\n\nfoo(x)\nlast\n"],
  ["da(", "4Gfbda(:wq\r", "one two three\n  indented\n\nfoo\nlast\n"],
  ["visual block of lines", "Vjd:wq\r", "\nfoo(bar, baz)\nlast\n"],
  ["visual characters", "wved:wq\r", "one  three\n  indented\n\nfoo(bar, baz)\nlast\n"],
  [">> and <<", ":set sw=2 et\r>>j<<:wq\r", "  one two three\nindented\n\nfoo(bar, baz)\nlast\n"],
  ["visual shift", ":set sw=4 et\rVj>:wq\r", "    one two three\n      indented\n\nfoo(bar, baz)\nlast\n"],
  ["J", "J:wq\r", "one two three indented\n\nfoo(bar, baz)\nlast\n"],
  ["r and ~", "rO~:wq\r", "One two three\n  indented\n\nfoo(bar, baz)\nlast\n".replace("One", "one").replace("one two", "one two")],
  ["t and ;", "dt :wq\r", " two three\n  indented\n\nfoo(bar, baz)\nlast\n"],
  ["registers", '"ayyj"ap:wq\r', "one two three\n  indented\none two three\n\nfoo(bar, baz)\nlast\n"],
  ["a macro", "qadwqj0@a:wq\r", "two three\nindented\n\nfoo(bar, baz)\nlast\n"],
  ["autoindent", ":set ai\rjox\x1b|:wq\r", "one two three\n  indented\n  x\n\nfoo(bar, baz)\nlast\n"],
  ["5ix", "3ia\x1b|:wq\r", `aaa${TEXT}`],
  ["q! throws away", "dd:q!\r", TEXT],
  ["q refuses", "dd:q\r:wq\r", "  indented\n\nfoo(bar, baz)\nlast\n"],
  ["marks", "majjd'a:wq\r", "foo(bar, baz)\nlast\n"],
  ["% and d%", "4Gd%:wq\r", "one two three\n  indented\n\n\nlast\n"],
  ["arrow keys while typing", "i\x1b[Bz\x1b|:wq\r", "one two three\nz  indented\n\nfoo(bar, baz)\nlast\n"],
  [":r !", ":r !echo hi\r:wq\r", "one two three\nhi\n  indented\n\nfoo(bar, baz)\nlast\n"],
  ["ZZ", "xZZ", TEXT.slice(1)],
  ["block insert", "\x16jI# \x1b|:wq\r", "# one two three\n#   indented\n\nfoo(bar, baz)\nlast\n"],
  ["block delete", "l\x16jld:wq\r", "o two three\n ndented\n\nfoo(bar, baz)\nlast\n"],
  ["block append at the ends", "\x16j$A;\x1b|:wq\r", "one two three;\n  indented;\n\nfoo(bar, baz)\nlast\n"],
  ["block change", "\x16jlcX\x1b|:wq\r", "Xe two three\nXindented\n\nfoo(bar, baz)\nlast\n"],
  [
    ":set paste keeps tabs and indents as they come",
    ":set ai paste\rjo  x\r y\x1b|:wq\r",
    "one two three\n  indented\n  x\n y\n\nfoo(bar, baz)\nlast\n",
  ],
  ["search n and N", "/o\rnxNx:wq\r", "one tw three\n  indented\n\nfo(bar, baz)\nlast\n"],
  ["a register and a macro with a count", "qqIx\x1b|jq2@q:wq\r", "xone two three\n  xindented\nx\nfoo(bar, baz)\nlast\n"],
])("vi: %s", (_, keys, text) => {
  expect(edited(keys)).toBe(text)
})

test("vi's screen: text, tildes, messages, position", async () => {
  const terminal = openTerminal({ rows: 8, columns: 50 })
  terminal.machine.files.write("/root/f", "a\n\tb\n")
  terminal.type("vim f\r")
  expect(await screen(terminal)).toBe(`a\n        b\n~\n~\n~\n~\n~\n"f" 2L, 5B${" ".repeat(22)}1,1           All`)
  terminal.type("i")
  expect((await screen(terminal)).split("\n").at(-1)).toMatch(/^-- INSERT --/)
  terminal.type("\x1b", 100)
  terminal.type(":nope\r")
  // What would run into the ruler waits for a key.
  expect((await screen(terminal)).split("\n").slice(-2)).toEqual([
    "E492: Not an editor command: nope",
    "Press ENTER or type command to continue",
  ])
  terminal.type(":set nu\r")
  expect((await screen(terminal)).split("\n")[0]).toBe("  1 a")
  terminal.type(":q!\r")
  expect(terminal.tty.modes).toMatchObject({ signals: true })
})

test("vi: loops in loops and macros that play macros come to an end", async () => {
  const terminal = openTerminal({ rows: 8, columns: 60 })
  terminal.machine.files.write("/root/f", "a\n")
  terminal.type("vi f\r")
  const loop = "for i in range(1000)"
  terminal.type(`:${loop}|${loop}|${loop}|let x=1|endfor|endfor|endfor\r`)
  terminal.type(":let @b='1000@a'|let @c='1000@b'|let @a='ix'\r")
  terminal.type("1000@c\x1b", 100)
  terminal.type(":q!\r")
  expect((await screen(terminal)).endsWith("$")).toBe(true)
})

test("vi reads .vimrc", async () => {
  const terminal = openTerminal({ rows: 6, columns: 40 })
  terminal.machine.files.write("/root/.vimrc", '" mine\nset et sw=2 ts=2 nu\nsyntax on\n')
  terminal.machine.files.write("/root/f", "a\n")
  terminal.type("vim f\r")
  expect((await screen(terminal)).split("\n")[0]).toBe("  1 a")
  terminal.type("i\tb")
  terminal.type("\x1b", 100)
  terminal.type(":wq\r")
  expect(terminal.machine.files.readText("/root/f")).toBe("  ba\n")
})

test("vi shows a block in reverse, and its mode", async () => {
  const terminal = openTerminal({ rows: 6, columns: 40 })
  terminal.machine.files.write("/root/f", "abc\ndef\nghi\n")
  terminal.type("vi f\r")
  terminal.output = ""
  terminal.type("l\x16j")
  expect(terminal.output).toContain("a\x1b[7mb\x1b[0mc")
  expect((await screen(terminal)).split("\n").at(-1)).toMatch(/^-- VISUAL BLOCK --/)
})

test("nano: typing, cutting, searching, saving", async () => {
  const terminal = openTerminal()
  terminal.machine.files.write("/root/f", TEXT)
  terminal.type("nano f\r")
  expect((await screen(terminal)).split("\n")[0]).toMatch(/^ {2}GNU nano 7\.2 +f$/)
  terminal.type("X\x0b\x1b[B\x15", 50)
  terminal.type("\x17foo\rY", 50)
  terminal.type("\x18", 50)
  terminal.type("y\r", 50)
  expect(terminal.machine.files.readText("/root/f")).toBe("  indented\nXone two three\n\nYfoo(bar, baz)\nlast\n")
  expect((await screen(terminal)).endsWith("$")).toBe(true)
})

test("less: paging, searching, quitting; cat where there is no terminal", async () => {
  const terminal = openTerminal({ rows: 6 })
  terminal.type("seq 1 100 | less\r")
  expect(await screen(terminal)).toBe("1\n2\n3\n4\n5\n:")
  terminal.type(" ")
  expect(await screen(terminal)).toBe("6\n7\n8\n9\n10\n:")
  terminal.type("/42\r")
  expect((await screen(terminal)).split("\n")[0]).toBe("42")
  terminal.type("G")
  expect(await screen(terminal)).toBe("96\n97\n98\n99\n100\n(END)")
  terminal.type("q")
  expect((await screen(terminal)).endsWith("$")).toBe(true)
})

test.each(["vi f", "nano f", "less f", "top"])("%s takes any keys and gives the terminal back", (command) => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ maxLength: 4 }),
          fc.constantFrom("\x1b", "\x1b[A", "\r", "d", "3", ":", "/", "\x0b", "\x03", "v", "p", "u", "\x12"),
        ),
        { maxLength: 40 },
      ),
      (pieces) => {
        const terminal = openTerminal({ rows: 10, columns: 40 })
        terminal.machine.files.write("/root/f", TEXT)
        terminal.type(`${command}\r`, 50)
        for (const piece of pieces) terminal.type(piece, 30)
        expect(terminal.output).not.toMatch(/TypeError|RangeError|undefined/)
        terminal.tty.hangUp()
        terminal.run(200)
        expect(terminal.exit).toBeDefined()
      },
    ),
    { numRuns: 60 },
  )
})

test("nano: help at the bottom, undo, copies, going to a line, what has changed is not left without a word", async () => {
  const terminal = openTerminal({ rows: 12, columns: 80 })
  terminal.machine.files.write("/root/f", TEXT)
  terminal.type("nano f\r")
  const lines = (await screen(terminal)).split("\n")
  expect(lines.at(-2)).toMatch(/^\^G Help +\^O Write Out +\^W Where Is +\^K Cut/)
  terminal.type("\x0b\x1bu", 50)
  terminal.type("\x1b6\x1b[B\x15", 50)
  terminal.type("\x1fnope\r", 50)
  terminal.type("Z\x18", 50)
  expect((await screen(terminal)).split("\n").at(-3)).toMatch(/^Save modified buffer\?/)
  terminal.type("y", 50)
  expect((await screen(terminal)).split("\n").at(-3)).toMatch(/^File Name to Write: f/)
  terminal.type("\r", 50)
  expect(terminal.machine.files.readText("/root/f")).toContain("one two three\n")
  expect((await screen(terminal)).endsWith("$")).toBe(true)
})

test("less: n and N, filters, line numbers, chopping, a file that grows, and back", async () => {
  const terminal = openTerminal({ rows: 6, columns: 20 })
  terminal.machine.files.write(
    "/root/f",
    `${Array.from({ length: 40 }, (_, at) => `line ${at + 1}${at % 10 === 4 ? " five" : ""}`).join("\n")}\n`,
  )
  const first = async () => (await screen(terminal)).split("\n")[0]
  terminal.type("less f\r")
  terminal.type("/five\r")
  expect([await first(), (await screenOf(terminal)).reversed.startsWith("five")]).toEqual(["line 5 five", true])
  terminal.type("n")
  expect(await first()).toBe("line 15 five")
  terminal.type("nN")
  expect(await first()).toBe("line 15 five")
  terminal.type("?five\r")
  expect(await first()).toBe("line 5 five")
  terminal.type("g-N\r")
  expect(await first()).toBe("      1 line 1")
  terminal.type("-N\r&five\r")
  expect((await screen(terminal)).split("\n").slice(0, 4)).toEqual(["line 5 five", "line 15 five", "line 25 five", "line 35 five"])
  terminal.type("&\r")
  terminal.type("G")
  expect((await screen(terminal)).split("\n").slice(-2)).toEqual(["line 40", "(END)"])
  terminal.type("F")
  terminal.machine.files.write("/root/f", "more\n", { append: true })
  terminal.run(100)
  expect((await screen(terminal)).split("\n").slice(-2)[0]).toBe("more")
  terminal.type("\x03")
  terminal.type("q")
  expect(await screen(terminal)).toBe("$ less f\n$")
  terminal.machine.files.write("/root/w", `${"0123456789".repeat(4)}\nend\n`)
  terminal.type("clear; less w\r")
  expect((await screen(terminal)).split("\n").slice(0, 3)).toEqual(["01234567890123456789", "01234567890123456789", "end"])
  terminal.type("-S\r")
  expect(
    (await screen(terminal))
      .split("\n")
      .slice(0, 2)
      .map((line) => line.slice(0, 19)),
  ).toEqual(["0123456789012345678", "end"])
  terminal.type("q")
})

test("vi: a second one on the same file is warned, and can take up what a first has left", async () => {
  const terminal = openTerminal({ rows: 30, columns: 80 })
  terminal.machine.files.write("/root/f", "one\n")
  terminal.type("vi f\r")
  terminal.type("x\x1a")
  terminal.type("vi f\r")
  const warned = (await screen(terminal)).split("\n")
  expect([warned[0], warned[1], warned.at(-1)]).toEqual([
    "E325: ATTENTION",
    'Found a swap file by the name ".f.swp"',
    "[O]pen Read-Only, (E)dit anyway, (R)ecover, (Q)uit, (A)bort:",
  ])
  expect(warned.find((line) => line.includes("process ID"))).toMatch(/^ +process ID: \d+ \(STILL RUNNING\)$/)
  terminal.type("q")
  terminal.type("kill -9 %1; sleep 0.1; clear; vi f\r", 400)
  terminal.type("r")
  expect((await screen(terminal)).split("\n")[0]).toBe("ne")
  terminal.type(":wq\r")
  expect(terminal.machine.files.readText("/root/f")).toBe("ne\n")
})

test("vi: several files, one after the other, and two windows", async () => {
  const terminal = openTerminal({ rows: 8, columns: 90 })
  for (const name of ["a", "b"]) terminal.machine.files.write(`/root/${name}`, `${name}\n`)
  terminal.type("vi a b\r")
  terminal.type("x:n\r")
  expect((await screen(terminal)).split("\n").at(-1)).toMatch(/^E37: No write since last change/)
  terminal.type(":wn\r")
  expect((await screen(terminal)).split("\n")[0]).toBe("b")
  terminal.type(":n\r")
  expect((await screen(terminal)).split("\n").at(-1)).toMatch(/^E165: Cannot go beyond last file/)
  terminal.type(":prev\r:sp\r")
  expect((await screen(terminal)).split("\n").filter((line) => /^a +1,0-1 +All$/.test(line))).toHaveLength(2)
  terminal.type(":q\r")
  terminal.type(":%s/^/z/c\r")
  expect((await screen(terminal)).split("\n").at(-1)).toMatch(/^replace with z \(y\/n\/a\/q\/l\/\^E\/\^Y\)\?/)
  terminal.type("y:wq\r")
  expect(terminal.machine.files.readText("/root/a")).toBe("z\n")
})
