/** A pseudo-terminal: line discipline between the emulator (master) and the processes (slave). */
import type { Simulation, Timer } from "@drydock/sim"
import type { FileStat } from "../files/contract.ts"
import { ByteQueue, EMPTY } from "../kernel/byte-queue.ts"
import type { OpenFile } from "../kernel/open-file.ts"
import type { ProcessNamespace } from "../kernel/process-namespace.ts"
import { SystemError } from "../kernel/errno.ts"
import type { Signal } from "../kernel/signals.ts"
import { Queue } from "../kernel/wait-queue.ts"
import type { Tty, TtyModes } from "./contract.ts"

const INPUT_CAPACITY = 256 * 1024
/** As N_TTY_BUF_SIZE: a longer line cannot be typed in canonical mode. */
const LINE_CAPACITY = 4096
/** Bytes that may wait for the emulator before writers wait. */
const OUTPUT_CAPACITY = 64 * 1024

const CTRL = { C: 3, D: 4, H: 8, U: 21, V: 22, W: 23, Z: 26, BACKSLASH: 28, DEL: 127, CR: 13, LF: 10 } as const
const SIGNAL_KEYS: ReadonlyMap<number, Signal> = new Map([
  [CTRL.C, "SIGINT"],
  [CTRL.BACKSLASH, "SIGQUIT"],
  [CTRL.Z, "SIGTSTP"],
])

const encoder = new TextEncoder()

export class Terminal implements Tty {
  readonly name: string
  columns: number
  rows: number
  readonly modes: TtyModes = { canonical: true, echo: true, signals: true, outputProcessing: true }
  foregroundGroup = 0
  session = 0
  onOutput: (data: Uint8Array) => void = () => {}
  readonly readQueue = new Queue()
  readonly writeQueue = new Queue()
  readonly #namespace: ProcessNamespace
  readonly #sim: Simulation
  readonly #outputPerSecond: number
  /** Complete input, ready to be read. */
  #input = new ByteQueue(INPUT_CAPACITY)
  /** Lengths of complete lines in canonical mode; 0 is an end of file (^D on an empty line). */
  #lines: number[] = []
  #line: number[] = []
  #echoed: number[] = []
  #output = new ByteQueue(OUTPUT_CAPACITY)
  #drain: Timer | undefined
  #allowance: number
  #allowanceAt: number
  #hungUp = false

  constructor(options: {
    name: string
    columns: number
    rows: number
    namespace: ProcessNamespace
    sim: Simulation
    outputPerSecond: number
  }) {
    this.name = options.name
    this.columns = options.columns
    this.rows = options.rows
    this.#namespace = options.namespace
    this.#sim = options.sim
    this.#outputPerSecond = options.outputPerSecond
    this.#allowance = options.outputPerSecond
    this.#allowanceAt = options.sim.now()
  }

  setModes(modes: Partial<TtyModes>): void {
    const wasCanonical = this.modes.canonical
    Object.assign(this.modes, modes)
    if (wasCanonical && !this.modes.canonical) {
      // What was typed of a line can be read now.
      this.#input.push(Uint8Array.from(this.#line))
      this.#line = []
      this.#lines = []
      this.readQueue.wake()
    } else if (!wasCanonical && this.modes.canonical && this.#input.size > 0) this.#lines = [this.#input.size]
  }

  open(): OpenFile {
    return new TerminalFile(this)
  }

  input(data: Uint8Array | string): void {
    if (this.#hungUp) return
    const bytes = typeof data === "string" ? encoder.encode(data) : data
    let pushed = false
    let raw: number[] = []
    const flush = () => {
      if (raw.length === 0) return
      this.#input.push(Uint8Array.from(raw))
      raw = []
      pushed = true
    }
    for (const byte of bytes) {
      const signal = this.modes.signals ? SIGNAL_KEYS.get(byte) : undefined
      if (signal) {
        // Without NOFLSH what was typed ahead and what was not shown yet is dropped: ^C stops a flood of output at once.
        raw = []
        this.#line = []
        this.#lines = []
        this.#input.clear()
        this.#output.clear()
        this.writeQueue.wake()
        if (this.modes.echo) this.#echo(encoder.encode(`^${String.fromCharCode(byte + 64)}`))
        if (this.foregroundGroup) this.#namespace.signalGroup(this.foregroundGroup, signal)
      } else if (this.modes.canonical) {
        if (this.#edit(byte)) pushed = true
      } else raw.push(byte)
    }
    flush()
    this.#showEcho()
    if (pushed) this.readQueue.wake()
  }

  get inputSpace(): number {
    return this.#input.free
  }

  /** Canonical editing; true when a line became readable. */
  #edit(byte: number): boolean {
    const line = this.#line
    switch (byte) {
      case CTRL.DEL:
      case CTRL.H:
        this.#erase()
        return false
      case CTRL.U:
        while (line.length > 0) this.#erase()
        return false
      case CTRL.W: {
        while (line.length > 0 && line[line.length - 1] === 32) this.#erase()
        while (line.length > 0 && line[line.length - 1] !== 32) this.#erase()
        return false
      }
      case CTRL.D:
        return this.#complete()
      case CTRL.CR:
      case CTRL.LF:
        line.push(CTRL.LF)
        if (this.modes.echo) this.#echo(Uint8Array.of(CTRL.LF))
        return this.#complete()
      default:
        if (line.length >= LINE_CAPACITY - 1) return false
        line.push(byte)
        if (this.modes.echo)
          this.#echo(byte < 32 && byte !== 9 ? encoder.encode(`^${String.fromCharCode(byte + 64)}`) : Uint8Array.of(byte))
        return false
    }
  }

  #complete(): boolean {
    // Nobody reads: a line that does not fit is lost whole, as the hardware's bell would tell.
    if (this.#line.length > this.#input.free) {
      this.#line = []
      return false
    }
    this.#input.push(Uint8Array.from(this.#line))
    this.#lines.push(this.#line.length)
    this.#line = []
    return true
  }

  #erase(): void {
    const line = this.#line
    if (line.length === 0) return
    // One character, not one byte: continuation bytes go with their first.
    let last = line.pop() as number
    while (line.length > 0 && (last & 0xc0) === 0x80) last = line.pop() as number
    if (this.modes.echo) this.#echo(encoder.encode(last < 32 && last !== 9 ? "\b \b\b \b" : "\b \b"))
  }

  /** Gathered while one portion of input is looked at: a paste is echoed in pieces, not byte by byte. */
  #echo(bytes: Uint8Array): void {
    for (const byte of bytes) this.#echoed.push(byte)
  }

  #showEcho(): void {
    if (this.#echoed.length === 0) return
    const bytes = Uint8Array.from(this.#echoed)
    this.#echoed = []
    this.#emit(bytes)
  }

  /** Input for a reader; undefined when it has to wait. */
  take(max: number): Uint8Array | undefined {
    if (!this.modes.canonical) return this.#input.size > 0 ? this.#input.take(max) : this.#hungUp ? EMPTY : undefined
    const length = this.#lines[0]
    if (length === undefined) return this.#hungUp ? EMPTY : undefined
    if (length === 0) {
      this.#lines.shift()
      return EMPTY
    }
    const data = this.#input.take(Math.min(max, length))
    if (data.length === length) this.#lines.shift()
    else this.#lines[0] = length - data.length
    return data
  }

  hasInput(): boolean {
    return this.#hungUp || (this.modes.canonical ? this.#lines.length > 0 : this.#input.size > 0)
  }

  /** Output of a process: how many bytes were taken. */
  put(data: Uint8Array): number {
    if (this.#hungUp) throw new SystemError("EIO")
    if (this.#drain?.action || this.#output.size > 0) {
      // Over the rate: a bounded amount waits, then the writer does.
      const taken = this.#output.push(data)
      return taken
    }
    this.#emit(data)
    return data.length
  }

  #emit(data: Uint8Array): void {
    const bytes = this.modes.outputProcessing ? withReturns(data) : data.slice()
    this.#refill()
    this.#allowance -= bytes.length
    this.onOutput(bytes)
    if (this.#allowance < 0) this.#drainLater()
  }

  /** Shows what waits, a tenth of a second's worth at a time. */
  #drainLater(): void {
    if (this.#drain?.action) return
    const wait = (-this.#allowance / this.#outputPerSecond) * 1_000
    this.#drain = this.#sim.schedule(wait, () => {
      const waiting = this.#output.take(Math.ceil(this.#outputPerSecond / 10))
      if (waiting.length > 0) this.#emit(waiting)
      if (this.#output.size > 0) this.#drainLater()
      this.writeQueue.wake()
    })
  }

  #refill(): void {
    const now = this.#sim.now()
    this.#allowance = Math.min(this.#outputPerSecond, this.#allowance + ((now - this.#allowanceAt) / 1_000) * this.#outputPerSecond)
    this.#allowanceAt = now
  }

  /** Nobody sits at it any more. */
  get hungUp(): boolean {
    return this.#hungUp
  }

  resize(columns: number, rows: number): void {
    if (columns === this.columns && rows === this.rows) return
    this.columns = columns
    this.rows = rows
    if (this.foregroundGroup) this.#namespace.signalGroup(this.foregroundGroup, "SIGWINCH")
  }

  hangUp(): void {
    if (this.#hungUp) return
    this.#hungUp = true
    if (this.session) {
      this.#namespace.signalGroup(this.session, "SIGHUP")
      this.#namespace.signalGroup(this.session, "SIGCONT")
    }
    if (this.foregroundGroup && this.foregroundGroup !== this.session) this.#namespace.signalGroup(this.foregroundGroup, "SIGHUP")
    this.readQueue.wake()
    this.writeQueue.wake()
  }
}

/** ONLCR. */
const withReturns = (data: Uint8Array): Uint8Array => {
  let newlines = 0
  for (const byte of data) if (byte === 10) newlines++
  if (newlines === 0) return data.slice()
  const bytes = new Uint8Array(data.length + newlines)
  let at = 0
  for (const byte of data) {
    if (byte === 10) bytes[at++] = 13
    bytes[at++] = byte
  }
  return bytes
}

class TerminalFile implements OpenFile {
  readonly kind = "tty"
  readonly readable = true
  readonly writable = true
  readonly terminal: Terminal

  constructor(terminal: Terminal) {
    this.terminal = terminal
  }

  get path(): string {
    return `/dev/${this.terminal.name}`
  }

  get readQueue(): Queue {
    return this.terminal.readQueue
  }

  get writeQueue(): Queue {
    return this.terminal.writeQueue
  }

  tryRead(max: number): Uint8Array | undefined {
    return this.terminal.take(max)
  }

  hasInput(): boolean {
    return this.terminal.hasInput()
  }

  tryWrite(data: Uint8Array): number {
    return this.terminal.put(data)
  }

  stat(): FileStat {
    return {
      type: "character-device",
      mode: 0o620,
      uid: 0,
      gid: 5,
      size: 0,
      inode: 3,
      links: 1,
      modifiedAt: 0,
      changedAt: 0,
      accessedAt: 0,
      device: 5,
    }
  }

  retain(): void {}
  release(): void {}
}
