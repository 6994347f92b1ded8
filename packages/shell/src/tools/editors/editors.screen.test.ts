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
  expect((await screen(terminal)).split("\n").at(-1)).toMatch(/^E492: Not an editor command: nope/)
  terminal.type(":set nu\r")
  expect((await screen(terminal)).split("\n")[0]).toBe("  1 a")
  terminal.type(":q!\r")
  expect(terminal.tty.modes).toMatchObject({ signals: true })
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
  expect(terminal.output).toContain("a\x1b[7mb\x1b[27mc")
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
  expect(await screen(terminal)).toBe("1\n2\n3\n4\n5\n(standard input)")
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
