/** top: processes by what they use, once (-b) or on the screen with keys. As procps-ng 4.0.4. */
import { commandName, Accounts, type Process, type ProcessInfo, signalNamed, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { columnsOf, commandLine, memory, two } from "./process-columns.ts"
import { parseOptions } from "./reading.ts"
import { uptimeLine } from "./users.ts"

/** Fields to sort by, each the larger first. */
const ORDERS: Readonly<Record<string, (one: ProcessInfo, busy: (one: ProcessInfo) => number) => number>> = {
  "%CPU": (one, busy) => busy(one),
  "%MEM": (one) => one.rss,
  RES: (one) => one.rss,
  "TIME+": (one) => one.cpuTime,
  PID: (one) => one.pid,
}
const KEYS: Readonly<Record<string, string>> = { P: "%CPU", M: "%MEM", T: "TIME+", N: "PID" }

interface View {
  order: string
  reverse: boolean
  /** The whole command line. */
  lines: boolean
  idle: boolean
  users: readonly string[]
  pids: readonly number[]
  most: number
  delay: number
}

const mebibytes = (kib: number): string => (kib / 1024).toFixed(1)

/** The page: five lines of what there is in all, one that is free for messages, a heading, and a line a process. */
function* page(process: Process, view: View): Steps<string[]> {
  const { MemTotal = 0, MemFree = 0, MemAvailable = MemFree, Buffers = 0, Cached = 0, SwapTotal = 0, SwapFree = 0 } = memory(process)
  const all = process.processes()
  if (process.charge(all.length)) yield* process.yield()
  const accounts = new Accounts(process.files)
  const busy = (one: ProcessInfo) => one.cpuTime / Math.max(1, process.now() - one.startedAt)
  const weight = ORDERS[view.order] ?? ORDERS["%CPU"]
  const list = all
    .filter((one) => view.pids.length === 0 || view.pids.includes(one.pid))
    .filter(
      (one) =>
        view.users.length === 0 ||
        view.users.some((user) => user === accounts.userName(one.credentials.uid) || user === String(one.credentials.uid)),
    )
    .filter((one) => view.idle || one.state === "R" || busy(one) > 0.001)
    .sort((a, b) => (weight(b, busy) - weight(a, busy) || a.pid - b.pid) * (view.reverse ? -1 : 1))
    .slice(0, view.most)
  const count = (state: string) => all.filter((one) => one.state === state).length
  const [running, stopped, zombies] = [count("R"), count("T"), count("Z")]
  const columns = columnsOf(process)
  const part = (value: number) => String(value).padStart(3)
  const time = (ms: number) => `${Math.floor(ms / 60_000)}:${two(Math.floor(ms / 1_000) % 60)}.${two(Math.floor(ms / 10) % 100)}`
  return [
    `top -${uptimeLine(process)}`,
    `Tasks: ${part(all.length)} total, ${part(running)} running, ${part(all.length - running - stopped - zombies)} sleeping, ${part(stopped)} stopped, ${part(zombies)} zombie`,
    "%Cpu(s):  0.3 us,  0.3 sy,  0.0 ni, 99.3 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st",
    `MiB Mem : ${mebibytes(MemTotal).padStart(8)} total, ${mebibytes(MemFree).padStart(8)} free, ${mebibytes(MemTotal - MemAvailable).padStart(8)} used, ${mebibytes(Buffers + Cached).padStart(8)} buff/cache`,
    `MiB Swap: ${mebibytes(SwapTotal).padStart(8)} total, ${mebibytes(SwapFree).padStart(8)} free, ${mebibytes(SwapTotal - SwapFree).padStart(8)} used. ${mebibytes(MemAvailable).padStart(8)} avail Mem`,
    "",
    "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND",
    ...list.map(
      (one) =>
        `${String(one.pid).padStart(7)} ${columns.user.value(one).slice(0, 8).padEnd(8)}  20   0 ${String(one.rss * 4).padStart(7)} ${String(one.rss).padStart(6)} ${String(Math.floor(one.rss / 2)).padStart(6)} ${one.state} ${columns.pcpu.value(one).padStart(5)} ${columns.pmem.value(one).padStart(5)} ${time(one.cpuTime).padStart(9)} ${view.lines ? commandLine(one) : commandName(one)}`,
    ),
  ]
}

const HELP = [
  "Help for Interactive Commands - procps-ng 4.0.4",
  "",
  "  P,M,T,N   Sort by: 'P' %Cpu; 'M' %Mem; 'T' Time; 'N' Pid",
  "  R         Reverse the sort",
  "  c         Toggle: command name/line",
  "  i         Toggle: idle tasks",
  "  u         Filter by user",
  "  n or #    Set maximum tasks displayed",
  "  k         Manipulate tasks: 'k' kill",
  "  d or s    Set update interval",
  "  q         Quit",
  "",
  "Press 'h' or '?' for help, any other key to continue",
]

/** top on a terminal. */
class Screen {
  readonly #process: Process
  readonly #view: View
  #message = ""
  #help = false
  /** Bytes that were typed and are still to be taken. */
  #typed: number[] = []

  constructor(process: Process, view: View) {
    this.#process = process
    this.#view = view
  }

  *#paint(prompt: string): Steps<void> {
    const { tty } = this.#process
    if (!tty) return
    const lines = this.#help ? [...HELP] : yield* page(this.#process, this.#view)
    if (!this.#help) lines[5] = prompt === "" ? (this.#message === "" ? "" : `\x1b[7m${this.#message}\x1b[27m`) : prompt
    const rows = lines.slice(0, tty.rows - 1).map((line, at) => {
      const cut = line.startsWith("\x1b") ? line : line.slice(0, tty.columns)
      return !this.#help && at === 6 ? `\x1b[7m${cut.padEnd(tty.columns)}\x1b[0m` : `${cut}\x1b[K`
    })
    const cursor = prompt === "" ? "\x1b[?25l" : `\x1b[6;${prompt.length + 1}H\x1b[?25h`
    yield* this.#process.print(`\x1b[H${rows.join("\n")}\n\x1b[J${cursor}`)
  }

  /** What is typed behind a question, up to Enter; undefined after ESC. */
  *#ask(question: string): Steps<string | undefined> {
    let text = ""
    for (;;) {
      yield* this.#paint(`${question} ${text}`)
      if (this.#typed.length === 0) {
        const data = yield* this.#process.read(0, 16)
        if (data.length === 0) return undefined
        this.#typed.push(...data)
      }
      for (let byte = this.#typed.shift(); byte !== undefined; byte = this.#typed.shift()) {
        if (byte === 13 || byte === 10) return text
        if (byte === 27 || byte === 3) return undefined
        if (byte === 127 || byte === 8) text = text.slice(0, -1)
        else if (byte >= 32 && byte < 127) text += String.fromCharCode(byte)
      }
    }
  }

  *#kill(): Steps<void> {
    const process = this.#process
    const [first] = process.processes()
    const given = yield* this.#ask(`PID to signal/kill [default pid = ${first?.pid}]`)
    if (given === undefined) return
    const pid = given === "" ? (first?.pid ?? 0) : Number(given)
    if (!Number.isInteger(pid) || pid <= 0) {
      this.#message = " Unacceptable integer "
      return
    }
    const name = yield* this.#ask(`Send pid ${pid} signal [15/sigterm]`)
    if (name === undefined) return
    const signal = signalNamed(name === "" ? "TERM" : name)
    if (!signal) {
      this.#message = " Invalid signal "
      return
    }
    try {
      process.kill(pid, signal)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      this.#message = ` Failed signal pid '${pid}' with '${name === "" ? 15 : name}': ${error.message} `
    }
  }

  /** False when the key ends it. */
  *key(key: string): Steps<boolean> {
    const view = this.#view
    this.#message = ""
    if (this.#help) {
      this.#help = key === "h" || key === "?"
      return key !== "\x03"
    }
    if (key in KEYS) view.order = KEYS[key]
    else
      switch (key) {
        case "q":
        case "\x03":
          return false
        case "R":
          view.reverse = !view.reverse
          break
        case "c":
          view.lines = !view.lines
          break
        case "i":
          view.idle = !view.idle
          break
        case "h":
        case "?":
          this.#help = true
          break
        case "u": {
          const user = yield* this.#ask("Which user (blank for all)")
          if (user === undefined) break
          const known = new Accounts(this.#process.files).user(user) !== undefined
          if (user === "" || known) view.users = user === "" ? [] : [user]
          else this.#message = " Invalid user "
          break
        }
        case "n":
        case "#": {
          const text = yield* this.#ask(`Maximum tasks = ${Number.isFinite(view.most) ? view.most : 0}, change to (0 is unlimited)`)
          if (text === undefined || text === "") break
          if (/^\d+$/.test(text)) view.most = Number(text) || Number.POSITIVE_INFINITY
          else this.#message = " Unacceptable integer "
          break
        }
        case "d":
        case "s": {
          const text = yield* this.#ask(`Change delay from ${(view.delay / 1_000).toFixed(1)} to`)
          if (text === undefined || text === "") break
          if (Number(text) >= 0) view.delay = Math.max(100, Number(text) * 1_000)
          else this.#message = " Unacceptable floating point "
          break
        }
        case "k":
          yield* this.#kill()
          break
        case " ":
        case "\r":
        case "\n":
        case "1":
          break
        default:
          if (/^[!-~]$/.test(key)) this.#message = " Unknown command - try 'h' for help "
      }
    return true
  }

  *run(rounds: number): Steps<void> {
    const process = this.#process
    for (let round = 0; round < rounds; ) {
      yield* this.#paint("")
      try {
        if ((yield* process.select([0], this.#view.delay)).length === 0) {
          round++
          continue
        }
        const data = yield* process.read(0, 16)
        if (data.length === 0) return
        this.#typed.push(...data)
        for (let byte = this.#typed.shift(); byte !== undefined; byte = this.#typed.shift())
          if (!(yield* this.key(String.fromCharCode(byte)))) return
      } catch (error) {
        if (!(error instanceof SystemError && error.code === "EINTR")) throw error
      }
    }
  }
}

export const top = defineTool({
  name: "top",
  aliases: ["htop"],
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "display processes",
  *run(process, args) {
    const { flags, all, problem } = parseOptions(args, { letters: "bcHiS1", valued: "ndpuUowEe" })
    if (problem) {
      yield* process.error(
        `top: ${problem.replace("invalid option -- ", "unknown option ")}\nUsage:\n  top -hv | -bcEeHiOSs1 -d secs -n max -u|U user -p pid(s) -o field -w [cols]\n`,
      )
      return 1
    }
    const order = String(flags.get("o") ?? "%CPU")
    const field = order.replace(/^[-+]/, "")
    if (!Object.hasOwn(ORDERS, field)) {
      yield* process.error(`top: unrecognized field name '${field}'\n`)
      return 1
    }
    const rounds = flags.has("n") ? Number(flags.get("n")) : Number.POSITIVE_INFINITY
    const delay = Math.max(100, Number(flags.get("d") ?? 3) * 1_000)
    const users = [...(all.get("u") ?? []), ...(all.get("U") ?? [])]
    const unknown = users.find((user) => !/^\d+$/.test(user) && !new Accounts(process.files).user(user))
    if (unknown !== undefined) {
      yield* process.error("top: Invalid user\n")
      return 1
    }
    const view: View = {
      order: field,
      reverse: order.startsWith("-"),
      lines: flags.has("c"),
      idle: !flags.has("i"),
      users,
      pids: (all.get("p") ?? []).flatMap((text) => text.split(",")).map(Number),
      most: Number.POSITIVE_INFINITY,
      delay,
    }
    const { tty } = process
    const interactive = !flags.has("b") && tty !== undefined && process.fds.get(0)?.kind === "tty" && process.fds.get(1)?.kind === "tty"
    if (!interactive) {
      for (let round = 0; round < rounds; round++) {
        if (round > 0) yield* process.sleep(delay)
        yield* process.print(`${round > 0 ? "\n" : ""}${(yield* page(process, view)).map((line) => `${line}\n`).join("")}`)
      }
      return 0
    }
    const before = { ...tty.modes }
    tty.setModes({ canonical: false, echo: false, signals: false })
    process.onSignal("SIGWINCH", () => {})
    try {
      yield* process.print("\x1b[?1049h\x1b[?25l")
      yield* new Screen(process, view).run(rounds)
      return 0
    } finally {
      tty.setModes(before)
      process.fds.get(1)?.tryWrite(new TextEncoder().encode("\x1b[?25h\x1b[?1049l"))
    }
  },
})
