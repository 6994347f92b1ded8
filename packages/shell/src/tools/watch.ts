/** watch: a command's output on the whole screen, again and again; with -d what changed since is shown in reverse. */
import { type ExitStatus, type OpenFile, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { findExecutable } from "./executables.ts"
import { parseOptions, usageError } from "./reading.ts"

interface Ran {
  readonly text: string
  readonly failed: boolean
}

const failedWith = (status: ExitStatus | undefined): boolean => !(status?.kind === "exited" && status.code === 0)

/** Runs the command with both outputs in one pipe. */
function* output(process: Process, argv: readonly string[]): Steps<Ran> {
  const path = findExecutable(process, argv[0])
  if (path === undefined) return { text: `sh: 1: ${argv[0]}: not found\n`, failed: true }
  const { read, write } = process.pipe()
  let fd = 10
  while (process.fds.has(fd)) fd++
  process.fds.set(fd, read)
  read.retain()
  try {
    const fds = new Map<number, OpenFile>([...process.fds].filter(([number]) => number === 0))
    const child = process.spawnFile(path, { argv, fds: new Map([...fds, [1, write], [2, write]]) })
    const data = yield* process.readAll(fd)
    const ended = yield* process.waitFor({ pid: child.pid })
    return { text: new TextDecoder().decode(data), failed: failedWith(ended?.status) }
  } finally {
    if (process.fds.has(fd)) process.close(fd)
  }
}

/** Rows as they fit the screen: tabs expanded, control sequences left out, the rest cut off. */
const rowsOf = (text: string, columns: number, rows: number): string[] =>
  text
    .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "")
    .split("\n")
    .slice(0, rows)
    .map((line) => {
      let row = ""
      for (const character of line.replace(/\r/g, "")) {
        if (row.length >= columns) break
        row += character === "\t" ? " ".repeat(8 - (row.length % 8)) : character
      }
      return row.slice(0, columns)
    })

const compared = (row: string, before: string | undefined): string => {
  if (before === undefined) return row
  let shown = ""
  let reversed = false
  const length = Math.max(row.length, before.trimEnd().length)
  for (let at = 0; at < length; at++) {
    const differs = (row[at] ?? " ") !== (before[at] ?? " ")
    if (differs !== reversed) shown += differs ? "\x1b[7m" : "\x1b[27m"
    reversed = differs
    shown += row[at] ?? " "
  }
  return reversed ? `${shown}\x1b[27m` : shown
}

export const watch = defineTool({
  name: "watch",
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "execute a program periodically, showing output fullscreen",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "dtebcxgprw",
      valued: "nq",
      stopAtWord: true,
      long: {
        "interval=": "n",
        "differences=?": "d",
        "no-title": "t",
        chgexit: "g",
        errexit: "e",
        exec: "x",
        color: "c",
        beep: "b",
        precise: "p",
      },
    })
    if (problem) return yield* usageError(process, "watch", problem)
    if (words.length === 0) {
      yield* process.error("Usage:\n watch [options] command\n")
      return 1
    }
    const interval = Math.max(0.1, Number(flags.get("n") ?? 2) || 0.1)
    const argv = flags.has("x") ? words : ["/bin/sh", "-c", words.join(" ")]
    const { tty } = process
    const onScreen = tty !== undefined && process.fds.get(1)?.kind === "tty"
    const changed = process.queue()
    let stopped = false
    process.onSignal("SIGINT", () => {
      stopped = true
      changed.wake()
    })
    process.onSignal("SIGWINCH", () => changed.wake())
    let before: string[] | undefined
    let last: string | undefined
    // As curses has it: keys are not shown. ^C ends it, and that is no failure.
    const modes = onScreen && tty ? { ...tty.modes } : undefined
    if (modes) tty?.setModes({ echo: false })
    if (onScreen) yield* process.print("\x1b[?1049h\x1b[?25l")
    try {
      while (!stopped) {
        const { text, failed } = yield* output(process, argv)
        if (stopped) break
        const [columns, height] = [tty?.columns ?? 80, tty?.rows ?? 24]
        const left = `Every ${interval.toFixed(1)}s: ${words.join(" ")}`
        const right = `${process.hostname}: ${formatDate("%a %b %e %H:%M:%S %Y", process.now())}`
        const room = columns - right.length - 1
        const title =
          `${left.length > room ? `${left.slice(0, Math.max(0, room - 3))}...` : left}`.padEnd(Math.max(0, columns - right.length)) + right
        const head = flags.has("t") ? [] : [title.slice(0, columns), ""]
        const rows = rowsOf(text.replace(/\n$/, ""), columns, Math.max(0, height - head.length))
        const shown = flags.has("d") && before ? rows.map((row, at) => compared(row, before?.[at] ?? "")) : rows
        // The cursor waits in the last corner.
        const corner = onScreen ? `\x1b[${height};${columns}H` : "\n"
        yield* process.print(`\x1b[H\x1b[J${[...head, ...shown].join("\r\n")}${corner}`)
        if (flags.has("g") && last !== undefined && last !== text) return 0
        if (flags.has("e") && failed) {
          const said = "command exit with a non-zero status, press a key to exit"
          yield* process.print(onScreen ? `\x1b[${height};1H\x1b[K${said}` : `${said}\n`)
          if (onScreen) {
            // Any key will do, not only Enter.
            const { tty } = process
            const modes = tty && { ...tty.modes }
            tty?.setModes({ canonical: false, echo: false })
            yield* process.read(0, 1)
            if (modes) tty?.setModes(modes)
          }
          return 8
        }
        // With =permanent every change since the beginning stays marked.
        if (!(flags.get("d") === "permanent" && before)) before = rows
        last = text
        const until = process.now() + interval * 1_000
        while (process.now() < until && !stopped) yield* process.wait({ queues: [changed], until })
      }
      return 0
    } catch (error) {
      if (!(error instanceof SystemError && error.code === "EINTR" && stopped)) throw error
      return 0
    } finally {
      if (onScreen) yield* process.print("\x1b[?25h\x1b[?1049l")
      if (modes) tty?.setModes(modes)
      if (stopped && !onScreen) {
        process.onSignal("SIGINT", "default")
        process.kill(process.pid, "SIGINT")
      }
    }
  },
})
