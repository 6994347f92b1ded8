/** What a terminal shows of the interactive shell, key by key. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { openTerminal, shellMachine, type TypedTerminal } from "../shell-machine.ts"
import { screenOf } from "../terminal-screen.ts"

const screen = async (terminal: TypedTerminal): Promise<string> => (await screenOf(terminal, { scrollback: 1_000 })).text

const typed = async (keys: string, options: Parameters<typeof openTerminal>[0] = {}) => {
  const terminal = openTerminal(options)
  for (const piece of keys.split("|")) terminal.type(piece)
  return screen(terminal)
}

const UP = "\x1b[A"
const LEFT = "\x1b[D"

test.each([
  ["typing", "echo hi\r", "$ echo hi\nhi\n$"],
  ["left, insert", `echo b${LEFT}a\r`, "$ echo ab\nab\n$"],
  ["home and end", "cho x\x01e\x05y\r", "$ echo xy\nxy\n$"],
  ["C-b C-f C-d", "echo axb\x02\x02\x04\x06c\r", "$ echo abc\nabc\n$"],
  ["words", "echo one two\x1bb\x1bbX\x1bfY\r", "$ echo XoneY two\nXoneY two\n$"],
  ["C-w and C-y", "echo one two\x17\x19\x19\r", "$ echo one twotwo\none twotwo\n$"],
  ["kills join, M-y turns the ring", "echo a b c\x17\x17x\x17\x19\x1by\r", "$ echo a b c\na b c\n$"],
  ["C-u and C-k", "junk\x15echo ab\x02\x0bc\r", "$ echo ac\nac\n$"],
  ["M-d and M-backspace", "echo foo bar\x1bb\x1bd\x1b\x7fz\r", "$ echo z\nz\n$"],
  ["C-t", "ehco hi\x01\x06\x06\x14\r", "$ echo hi\nhi\n$"],
  ["case", "echo foo bar baz\x1bb\x1bb\x1bb\x1bu\x1bc\x1bl\r", "$ echo FOO Bar baz\nFOO Bar baz\n$"],
  ["undo", "echo ab\x17cd\x1f\x1f\r", "$ echo ab\nab\n$"],
  ["up", `echo 1\r|echo 2\r|${UP}${UP}\r`, "$ echo 1\n1\n$ echo 2\n2\n$ echo 1\n1\n$"],
  ["C-r", "echo first\r|echo second\r|\x12fir\r", "$ echo first\nfirst\n$ echo second\nsecond\n$ echo first\nfirst\n$"],
  ["M-.", "echo one two\r|echo \x1b.\r", "$ echo one two\none two\n$ echo two\ntwo\n$"],
  ["!! and !$", "echo a\r|echo !! !$\r", "$ echo a\na\n$ echo !! !$\necho echo a a\necho a a\n$"],
  ["no such event", "!nope\r", "$ !nope\n-bash: !nope: event not found\n$"],
  ["C-c", "echo no|\x03|echo yes\r", "$ echo no^C\n$ echo yes\nyes\n$"],
  ["PS2", "for i in 1 2\r|do echo $i\r|done\r", "$ for i in 1 2\n> do echo $i\n> done\n1\n2\n$"],
  ["PS2 becomes one entry", `echo 'a\r|b'\r|${UP}\r`, "$ echo 'a\n> b'\na\nb\n$ echo 'a\nb'\na\nb\n$"],
  ["here-document", "cat <<E\r|x\r|E\r", "$ cat <<E\n> x\n> E\nx\n$"],
  ["unknown command", "nope\r", "$ nope\n-bash: nope: command not found\n$"],
  ["paste waits for Enter", "\x1b[200~echo a\necho b\n\x1b[201~", "$ echo a\necho b"],
  ["paste, then Enter", "\x1b[200~echo a\necho b\x1b[201~\r", "$ echo a\necho b\na\nb\n$"],
  ["paste of lines that end as Enter does", "\x1b[200~echo a\recho b\x1b[201~\r", "$ echo a\necho b\na\nb\n$"],
  ["wide characters", `echo 漢字é${LEFT}${LEFT}\x7fx\r`, "$ echo 漢x字é\n漢x字é\n$".replace("漢x字é\n漢x字é", "x字é\nx字é")],
  ["C-l", "echo a\r|\x0cecho b\r", "$ echo b\nb\n$"],
  ["M-#", "echo no\x1b#", "$ #echo no\n$"],
  ["M-. goes further back", "echo one\r|echo two\r|echo \x1b.\x1b.\r", "$ echo one\none\n$ echo two\ntwo\n$ echo one\none\n$"],
  ["C-r again and C-g", "echo a1\r|echo a2\r|\x12a\x12\r|\x12a\x07echo z\r", "$ echo a1\na1\n$ echo a2\na2\n$ echo a1\na1\n$ echo z\nz\n$"],
  ["^old^new", "echo cat\r|^cat^dog\r", "$ echo cat\ncat\n$ ^cat^dog\necho dog\ndog\n$"],
  [
    "!word, !-2, !:1",
    "echo a b\r|true\r|!ec\r|!-2:p\r|echo !-2:2\r|!ec:gs/b/c/\r",
    "$ echo a b\na b\n$ true\n$ !ec\necho a b\na b\n$ !-2:p\ntrue\n$ echo !-2:2\necho b\nb\n$ !ec:gs/b/c/\necho c\nc\n$",
  ],
  ["no history expansion in single quotes", "echo '!!' \"a!\"\r", "$ echo '!!' \"a!\"\n!! a!\n$"],
  ["M-t", "echo one two\x1bt\r", "$ echo two one\ntwo one\n$"],
  ["a word killed twice comes back whole", "echo a bb ccc\x17\x17\x19\x19\r", "$ echo a bb cccbb ccc\na bb cccbb ccc\n$"],
  ["undo takes back what was typed", "echo ab\x1f\x1fecho cd\r", "$ echo cd\ncd\n$"],
  ["M-r brings the old line back", `echo 1\r|${UP}x\x1br\r`, "$ echo 1\n1\n$ echo 1\n1\n$"],
  ["a tab, put in by C-v, is shown as one", "echo 'a\x16\tb'\r", "$ echo 'a       b'\na       b\n$"],
  ["a control character, put in by C-v", "echo 'a\x16\x07b'|\x03", "$ echo 'a^Gb'^C\n$"],
  ["editing behind a tab", `echo 'a\x16\tbc'${LEFT}${LEFT}x\r`, "$ echo 'a       bxc'\na       bxc\n$"],
  ["kill a whole line, in the middle of it", "echo junk\x01\x0becho ok\r", "$ echo ok\nok\n$"],
  [
    "M-< and M-> go through the history",
    `echo 1\r|echo 2\r|\x1b<\r|\x1b<\x1b>echo 3\r`,
    "$ echo 1\n1\n$ echo 2\n2\n$ echo 1\n1\n$ echo 3\n3\n$",
  ],
  ["C-x C-x goes to the mark and back", "echo ab\x00\x02\x02x\x18\x18c\r", "$ echo xacb\nxacb\n$"],
  ["an argument repeats a key", "echo \x1b3x\r", "$ echo xxx\nxxx\n$"],
  ["M-C-y, the first argument of the line before", "echo one two\r|echo \x1b\x19\r", "$ echo one two\none two\n$ echo one\none\n$"],
  [
    "C-o carries on with the next line of the history",
    `echo 1\r|echo 2\r|${UP}${UP}\x0f|\r`,
    "$ echo 1\n1\n$ echo 2\n2\n$ echo 1\n1\n$ echo 2\n2\n$",
  ],
  [
    "C-s looks forward again",
    "stty -ixon 2>/dev/null; echo a1\r|echo a2\r|\x12a\x12\x13\r",
    "$ stty -ixon 2>/dev/null; echo a1\na1\n$ echo a2\na2\n$ echo a2\na2\n$",
  ],
])("%s", async (_, keys, shown) => {
  expect(await typed(keys)).toBe(shown)
})

test("long lines wrap, and are edited across rows", async () => {
  expect(await typed(`echo ${"x".repeat(30)}\x01\x1bfY\r`, { columns: 20 })).toBe(
    `$ echoY ${"x".repeat(12)}\n${"x".repeat(18)}\n-bash: echoY: comman\nd not found\n$`,
  )
})

test("completion: commands, files, variables, directories", async () => {
  expect(await typed("mkdir dira; touch file1 file2\r|cat fi\t\t1\r")).toBe(
    "$ mkdir dira; touch file1 file2\n$ cat file\nfile1  file2\n$ cat file1\n$",
  )
  expect(await typed("mkdir dira; touch file1\r|cd d\tx")).toBe("$ mkdir dira; touch file1\n$ cd dira/x")
  expect(await typed("HOMER=1; echo $HOM\t\t")).toBe("$ HOMER=1; echo $HOME")
  expect(await typed("basena\ta/b\r")).toBe("$ basename a/b\nb\n$")
})

const KNOWN = `_told() {
  printf -v COMPREPLY '<%s>' "$COMP_CWORD" "\${COMP_WORDS[@]}" "$2" "$3"
}
complete -F _told tool
`

test("a command's completion is read when it is first asked for, and found through aliases", async () => {
  const machine = shellMachine()
  machine.files.mkdir("/usr/share/bash-completion/completions", { parents: true })
  machine.files.write("/usr/share/bash-completion/completions/tool", KNOWN)
  const bashrc = "alias t='tool a'; PS1='$ '; complete -F _told u; alias u=tool\n"
  const after = async (keys: string) => (await typed(keys, { machine, bashrc })).split("\n").at(-1)
  expect(await after("tool x --y=z\t")).toBe("$ tool x --y=<4><tool><x><--y><=><z><z><=>")
  expect(await after("tool 'a b' \t")).toBe("$ tool 'a b' <2><tool><'a b'><><><'a b'>")
  expect(await after("t b:c\t")).toBe("$ t b:<4><tool><a><b><:><c><c><:>")
  // What was said of the alias itself: it is the first word then.
  expect(await after("u b\t")).toBe("$ u <1><u><b><b><u>")
  expect(await after("A=1 sudo tool b\t")).toBe("$ A=1 sudo tool <1><tool><b><b><tool>")
  expect(await after("complete -p tool\r|tool \t\x15|complete -p tool; type -t _told\r")).toBe("$")
})

test("compopt takes options away and adds some for one completion", async () => {
  const said = (options: string, compopt: string, reply: string, keys: string) =>
    typed(`_o() { ${compopt}; COMPREPLY=(${reply}); }; complete ${options} -F _o o; mkdir -p d; touch d/file 'd/a b'; clear\r|${keys}`)
  expect(await said("", ":", "one", "o \tx")).toBe("$ o one x")
  expect(await said("-o nospace", ":", "one", "o \tx")).toBe("$ o onex")
  expect(await said("", "compopt -o nospace", "one", "o \tx")).toBe("$ o onex")
  expect(await said("-o nospace", "compopt +o nospace", "one", "o \tx")).toBe("$ o one x")
  expect(await said("-o default", ":", "", "o d/f\tx")).toBe("$ o d/file x")
  expect(await said("-o default", "compopt +o default", "", "o d/f\tx")).toBe("$ o d/fx")
  expect(await said("", "compopt -o filenames", "d", "o \tx")).toBe("$ o d/x")
  expect(await said("", "compopt -o filenames", "'d/a b'", "o \tx")).toBe("$ o d/a\\ b x")
  expect(await typed("complete -F _none n; clear\r|n a\t")).toBe("$ -bash: completion: function `_none' not found\nn a")
})

test("a list of candidates, then the line again", async () => {
  const terminal = openTerminal({ columns: 40 })
  terminal.type("mkdir d; cd d; touch alpha beta; touch beta2; PS1='$ '; clear\r")
  terminal.type("ls \t\t")
  expect((await screen(terminal)).split("\n").slice(-3)).toEqual(["$ ls", "alpha  beta   beta2", "$ ls"])
  terminal.type("b\t")
  expect((await screen(terminal)).split("\n").at(-1)).toBe("$ ls beta")
  terminal.type("2\t\r")
  expect((await screen(terminal)).split("\n").slice(-2)).toEqual(["beta2", "$"])
})

test("a completion function of the shell's own fills the line, and lists what fits", async () => {
  const terminal = openTerminal()
  terminal.type("_k() { COMPREPLY=($(compgen -W 'get describe delete' -- \"$2\")); }; complete -F _k k; clear\r")
  terminal.type("k g\t")
  expect((await screen(terminal)).split("\n").at(-1)).toBe("$ k get")
  terminal.type("\x15k de\t\t")
  expect((await screen(terminal)).split("\n").slice(-2)).toEqual(["delete    describe", "$ k de"])
})

test("jobs: notices, C-z, fg, bg", async () => {
  const terminal = openTerminal()
  terminal.type("sleep 1 &\r")
  terminal.run(2000)
  terminal.type("\r")
  const [, pid] = /\[1\] (\d+)/.exec(terminal.output) ?? []
  expect(await screen(terminal)).toBe(`$ sleep 1 &\n[1] ${pid}\n$\n[1]+  Done                    sleep 1\n$`)
  terminal.type("clear\r")
  terminal.output = ""
  terminal.type("sleep 5\r")
  terminal.type("\x1a")
  terminal.type("jobs\r")
  terminal.type("fg\r")
  terminal.run(6000)
  expect(await screen(terminal)).toBe(
    "sleep 5\n^Z\n[1]+  Stopped                 sleep 5\n$ jobs\n[1]+  Stopped                 sleep 5\n$ fg\nsleep 5\n$",
  )
})

test("C-c ends a loop of builtins, and a loop whose command it kills", async () => {
  expect(await typed("while true; do :; done\r|\x03|echo $?\r")).toBe("$ while true; do :; done\n^C\n$ echo $?\n130\n$")
  expect(await typed("for i in 1 2 3; do sleep 9; done\r|\x03|echo $?\r")).toBe("$ for i in 1 2 3; do sleep 9; done\n^C\n$ echo $?\n130\n$")
})

test("C-d leaves, and the history is kept", async () => {
  const first = openTerminal()
  first.type("echo kept\r")
  first.type("\x04")
  expect(first.exit).toBe(0)
  expect(await screen(first)).toBe("$ echo kept\nkept\n$\nlogout")
  expect(first.machine.files.readText("/root/.bash_history")).toBe("echo kept\n")
  const second = openTerminal({ machine: first.machine })
  second.type(`${UP}\r`)
  expect(await screen(second)).toBe("$ echo kept\nkept\n$")
})

test("a closed terminal ends the shell and keeps its history", () => {
  const terminal = openTerminal()
  terminal.type("sleep 100\r")
  terminal.tty.hangUp()
  terminal.run(500)
  expect(terminal.exit).toBe(129)
  expect(terminal.machine.files.readText("/root/.bash_history")).toBe("sleep 100\n")
})

test("each finished command is told", () => {
  const told: string[] = []
  return import("./main.ts").then(({ interactiveBash }) => {
    const terminal = openTerminal({ program: interactiveBash({ onCommand: (_, line, exit) => told.push(`${exit} ${line}`) }) })
    for (const line of ["true", "false", "", "if true\rthen echo\rfi", "exit 3"]) terminal.type(`${line}\r`)
    expect(told).toEqual(["0 true", "1 false", "0 if true\nthen echo\nfi", "3 exit 3"])
    expect(terminal.exit).toBe(3)
  })
})

test("the prompt's escapes", async () => {
  expect(await typed("cd /tmp\r|false\r", { bashrc: "PS1='[$?] \\[\\e[1m\\]\\u@\\h:\\w\\[\\e[0m\\]\\$ '\n" })).toBe(
    "[0] root@one:~# cd /tmp\n[0] root@one:/tmp# false\n[1] root@one:/tmp#",
  )
})

test("resizing draws the line anew", async () => {
  const terminal = openTerminal({ columns: 40 })
  terminal.type("echo hello")
  terminal.tty.resize(20, 24)
  terminal.type(" world\r")
  expect((await screen(terminal)).endsWith("echo hello world\nhello world\n$")).toBe(true)
  terminal.type("echo $COLUMNS\r")
  expect((await screen(terminal)).endsWith("20\n$")).toBe(true)
})

test("any bytes: nothing is thrown, and the shell answers afterwards with the terminal's modes as they were", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 12 }),
          fc.constantFrom(
            "\x1b[A",
            "\x1b[D",
            "\x12",
            "\x1b.",
            "\x19",
            "\x17",
            "\t",
            "\x1b[200~",
            "\x1b[201~",
            "echo ",
            "'",
            "(",
            "\x03",
            "\x1f",
            "\x1by",
          ),
        ),
        { maxLength: 30 },
      ),
      (pieces) => {
        const terminal = openTerminal({ columns: 30 })
        for (const piece of pieces) terminal.type(piece, 20)
        for (let at = 0; at < 3; at++) terminal.type("\x03", 50)
        // ^D or "exit" among the bytes may have ended it.
        if (terminal.exit !== undefined) return terminal.exit <= 255
        // A stray program may still want its end of input.
        terminal.type("\x1b[201~\x03", 50)
        terminal.output = ""
        terminal.type("\x15echo a''live\r", 2000)
        expect(terminal.output).toContain("alive")
        expect(terminal.tty.modes).toMatchObject({ canonical: false, echo: false, signals: true })
      },
    ),
    { numRuns: 150 },
  )
})

test("a paste of 1 MB", () => {
  const terminal = openTerminal()
  const began = performance.now()
  terminal.type(`\x1b[200~${"echo 12345678901\n".repeat(65_536)}\x1b[201~`, 60_000)
  expect(performance.now() - began).toBeLessThan(15_000)
  terminal.type("\x03")
  terminal.type("\x03")
  terminal.output = ""
  terminal.type("echo a''live\r", 1000)
  expect(terminal.output).toContain("alive")
})

// Keys that are seldom pressed, and vi's.

const ESC = "\x1b"

test.each([
  ["a negative argument turns a key around", "echo abc\x01\x1b-\x1b3\x06\x1b2\x06Z\r", "$ ecZho abc\n-bash: ecZho: command not found\n$"],
  [
    "C-] goes to a character, M-C-] back to one",
    "echo abcabc\x01\x1dcX\x05\x1b\x1dbY\r",
    "$ eXcho abcaYbc\n-bash: eXcho: command not found\n$",
  ],
  ["C-x backspace kills to the beginning", "junk echo ok\x1bb\x1bb\x18\x7f\r", "$ echo ok\nok\n$"],
  ["Insert overwrites", "echo abc\x02\x02\x1b[2~X\r", "$ echo aXc\naXc\n$"],
  [
    "bind: a key becomes a function",
    `bind '"\\C-xw": unix-word-rubout'\r|echo one two\x18w\r`,
    `$ bind '"\\C-xw": unix-word-rubout'\n$ echo one\none\n$`,
  ],
  ["bind: a key types text", `bind '"\\C-xg": "echo typed"'\r|\x18g\r`, `$ bind '"\\C-xg": "echo typed"'\n$ echo typed\ntyped\n$`],
  [
    "bind -x: a key runs a command on the line",
    `bind -x '"\\C-xu": READLINE_LINE=\${READLINE_LINE^^}'\r|echo up\x18u\r`,
    `$ bind -x '"\\C-xu": READLINE_LINE=\${READLINE_LINE^^}'\n$ ECHO UP\n-bash: ECHO: command not found\n$`,
  ],
  [
    "bind: completion without regard to case",
    "touch Readme\r|bind 'set completion-ignore-case on'\r|echo rea\t\r",
    "$ touch Readme\n$ bind 'set completion-ignore-case on'\n$ echo Readme\nReadme\n$",
  ],
  [
    "bind: menu-complete",
    `touch a1 a2\r|bind '"\\C-xm": menu-complete'\r|echo a\x18m\x18m\r`,
    `$ touch a1 a2\n$ bind '"\\C-xm": menu-complete'\n$ echo a2\na2\n$`,
  ],
  ["vi: Escape, words, deleting", `set -o vi\r|echo one two|${ESC}|bdwaX\r`, "$ set -o vi\n$ echo one X\none X\n$"],
  [
    "vi: changing, appending, putting",
    `set -o vi\r|eho one|${ESC}|0ac|${ESC}|wyw$pcwtwo|${ESC}|\r`,
    "$ set -o vi\n$ echo oneontwo\noneontwo\n$",
  ],
  ["vi: counts, find, replace, undo", `set -o vi\r|echo aaa bbb|${ESC}|0fa3xu0w2lrZ\r`, "$ set -o vi\n$ echo aaZ bbb\naaZ bbb\n$"],
  [
    "vi: history with k and j, . again",
    `set -o vi\r|echo 1\r|echo 22\r|${ESC}|kkA0\r`,
    "$ set -o vi\n$ echo 1\n1\n$ echo 22\n22\n$ echo 10\n10\n$",
  ],
  ["vi: D, P and ~", `set -o vi\r|echo abc def|${ESC}|bDI|${ESC}|A\r`, "$ set -o vi\n$ echo abc\nabc\n$"],
  ["set -o emacs brings the keys back", `set -o vi\r|set -o emacs\r|echo ab\x02X\r`, "$ set -o vi\n$ set -o emacs\n$ echo aXb\naXb\n$"],
  [
    "HISTIGNORE and erasedups",
    "HISTIGNORE='ls*' HISTCONTROL=erasedups\r|echo a\r|ls nope 2>&-\r|echo b\r|echo a\r|history\r",
    "$ HISTIGNORE='ls*' HISTCONTROL=erasedups\n$ echo a\na\n$ ls nope 2>&-\n$ echo b\nb\n$ echo a\na\n$ history\n    1  HISTIGNORE='ls*' HISTCONTROL=erasedups\n    2  echo b\n    3  echo a\n    4  history\n$",
  ],
  ["HISTTIMEFORMAT", "HISTTIMEFORMAT='%Y '\r|history 1\r", "$ HISTTIMEFORMAT='%Y '\n$ history 1\n    2  1970 history 1\n$"],
  [
    "history word designators",
    "echo a b c d\r|echo !:2-3 !:-1\r|echo !-2:^-$ !-2:3*\r",
    "$ echo a b c d\na b c d\n$ echo !:2-3 !:-1\necho b c echo a\nb c echo a\n$ echo !-2:^-$ !-2:3*\necho a b c d c d\na b c d c d\n$",
  ],
  [
    "history modifiers",
    "echo /a/b.tar.gz\r|echo !$:h !$:t !$:r !$:e !$:t:r\r",
    "$ echo /a/b.tar.gz\n/a/b.tar.gz\n$ echo !$:h !$:t !$:r !$:e !$:t:r\necho /a b.tar.gz /a/b.tar .gz b.tar\n/a b.tar.gz /a/b.tar .gz b.tar\n$",
  ],
  ["fc -s", "echo alpha\r|fc -s alpha=beta\r", "$ echo alpha\nalpha\n$ fc -s alpha=beta\necho beta\nbeta\n$"],
  [
    "C-x C-e edits the line in an editor",
    "EDITOR='sed -i s/one/two/'\r|echo one\x18\x05",
    "$ EDITOR='sed -i s/one/two/'\n$ echo one\necho two\ntwo\n$",
  ],
])("%s", async (_, keys, shown) => {
  expect(await typed(keys)).toBe(shown)
})

test("~/.inputrc is read when the shell begins", async () => {
  const { machine } = openTerminal()
  machine.files.write("/root/.inputrc", '$if Bash\n"\\C-xi": "echo from inputrc"\n$endif\nset bell-style none\n')
  const terminal = openTerminal({ machine })
  terminal.type("\x18i\r")
  expect(await screen(terminal)).toContain("from inputrc\n$")
})
