/** A process: a program's generator, its descriptors, signals and place among the others. */
import { joined } from "./joined-bytes.ts"
import type { Timer } from "@drydock/sim"
import type { Inode } from "../files/inode.ts"
import type { FilesView, Viewer } from "../files/view.ts"
import type { NetworkNamespace } from "../network/contract.ts"
import type { Tty } from "../tty/contract.ts"
import { SystemError } from "./errno.ts"
import type { Kernel } from "./kernel.ts"
import type { OpenFile } from "./open-file.ts"
import { Pipe } from "./pipe.ts"
import type { ProcessNamespace } from "./process-namespace.ts"
import type {
  Credentials,
  ExitStatus,
  OpenFlags,
  Process,
  ProcessInfo,
  ProcessLimits,
  Program,
  SignalAction,
  SpawnOptions,
  Steps,
  Wait,
  WaitOptions,
  Wake,
} from "./process.ts"
import { RegularFile } from "./regular-file.ts"
import { SIGNALS, type Signal } from "./signals.ts"
import { type Parked, Queue } from "./wait-queue.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const NO_QUEUES: readonly Queue[] = []
/** What preempted programs yield: to be resumed after the others had their turn. */
export const PREEMPTED: Wait = { queues: NO_QUEUES, until: 0 }
const LINE_CHUNK = 4096
/** Fuel of a read or write, besides one unit for each KiB. */
const CALL_COST = 2

/** Bytes read ahead of a line's end, kept with the description so that a sibling that reads next misses nothing. */
const readAhead = new WeakMap<OpenFile, Uint8Array>()

export class KernelProcess implements Process, Parked, Viewer {
  readonly kernel: Kernel
  readonly namespace: ProcessNamespace
  readonly pid: number
  readonly hostPid: number
  parent: KernelProcess | undefined
  processGroup: number
  session: number
  tty: Tty | undefined
  credentials: Credentials
  argv: readonly string[]
  #env: Map<string, string> | undefined
  readonly #firstEnv: (() => Map<string, string>) | undefined
  cwd: string
  umask: number
  readonly files: FilesView
  readonly network: NetworkNamespace
  readonly fds: Map<number, OpenFile>
  readonly startedAt: number

  // Scheduling, for the kernel alone
  generator: Generator<Wait, number, Wake> | undefined
  waiting: Wait | undefined
  timer: Timer | undefined
  runnable = false
  stopped = false
  wake: Wake = "ready"
  /** Parked in a read of a terminal: once continued it asks again, and may no longer have the foreground. */
  readsTerminal = false
  fuel = 0
  used = 0
  /** Declared use: resident bytes, millicores since `since`, and the CPU time (ms) before that. */
  load: { memory: number; cpu: number; since: number; cpuTime: number } | undefined
  exitStatus: ExitStatus | undefined
  /** A status that waitFor has not reported yet (stopped, continued, ended). */
  unreported: ExitStatus | undefined
  limits: ProcessLimits | undefined
  children: Set<KernelProcess> | undefined
  childQueue: Queue | undefined
  /** A fatal signal that came while it ran or waits to be acted upon. */
  killedBy: Signal | undefined
  onExit: ((status: ExitStatus) => void) | undefined
  /** The process that this is a thread of; it pays, and neither ps nor kill know the thread. */
  readonly owner: KernelProcess | undefined
  threads: Set<KernelProcess> | undefined
  /** Closed when it ends: connections it made or accepted. */
  connections: Set<{ destroy(): void }> | undefined
  #actions: Map<Signal, SignalAction> | undefined
  #handled: Signal[] | undefined

  constructor(
    kernel: Kernel,
    namespace: ProcessNamespace,
    parent: KernelProcess | undefined,
    options: SpawnOptions,
    owner?: KernelProcess,
  ) {
    this.kernel = kernel
    this.namespace = namespace
    this.parent = parent
    this.owner = owner
    this.hostPid = owner?.hostPid ?? kernel.nextHostPid()
    this.pid = owner?.pid ?? namespace.register(this, this.hostPid)
    this.processGroup =
      options.processGroup === "new" || options.session !== undefined
        ? this.pid
        : (options.processGroup ?? parent?.processGroup ?? this.pid)
    this.session = options.session !== undefined ? this.pid : (parent?.session ?? this.pid)
    this.tty = options.session === "new" ? undefined : (options.session ?? parent?.tty)
    if (options.session !== undefined && options.session !== "new") {
      options.session.session = this.pid
      options.session.foregroundGroup = this.processGroup
    }
    this.credentials = options.credentials ?? (parent ?? owner)?.credentials ?? { uid: 0, gid: 0, groups: [0] }
    this.argv = options.argv
    if (typeof options.env === "function") this.#firstEnv = options.env
    else this.#env = new Map(options.env ?? parent?.env ?? [])
    this.cwd = options.cwd ?? parent?.cwd ?? "/"
    this.umask = options.umask ?? parent?.umask ?? 0o022
    this.limits = parent?.limits
    this.files = namespace.files.as(this)
    this.network = options.network ?? (parent?.namespace === namespace ? parent.network : namespace.network)
    this.fds = new Map(options.fds ?? parent?.fds ?? [])
    for (const file of this.fds.values()) file.retain()
    this.startedAt = kernel.sim.now()
    if (parent) (parent.children ??= new Set()).add(this)
    // Ignored signals stay ignored in children, handlers do not.
    for (const [signal, action] of parent?.actions ?? []) if (action === "ignore") this.onSignal(signal, "ignore")
  }

  get env(): Map<string, string> {
    return (this.#env ??= this.#firstEnv?.() ?? new Map())
  }

  get ppid(): number {
    return this.parent?.namespace === this.namespace ? this.parent.pid : this.pid === 1 ? 0 : this.namespace.initPid
  }

  get hostname(): string {
    return this.namespace.hostname
  }

  get actions(): ReadonlyMap<Signal, SignalAction> | undefined {
    return this.#actions
  }

  now(): number {
    return this.kernel.sim.now() + this.kernel.skew
  }

  random(): number {
    return this.kernel.random.number()
  }

  // Descriptors

  *open(path: string, flags: OpenFlags, mode = 0o666): Steps<number> {
    this.charge(CALL_COST)
    if (this.fds.size >= (this.limits?.openFiles ?? this.kernel.limits.openFiles)) throw new SystemError("EMFILE")
    const read = flags === "r" || flags.endsWith("+")
    const write = flags !== "r"
    let file: OpenFile
    const fifo = this.files.exists(path) && this.files.place(path).inode.type === "fifo"
    if (fifo) {
      if (!this.files.access(path, { read, write })) throw new SystemError("EACCES")
      file = yield* this.#openFifo(this.files.place(path).inode, this.files.resolve(path), read, write)
    } else if (!write) {
      const place = this.files.place(path)
      if (!this.files.access(path, { read: true })) throw new SystemError("EACCES")
      file =
        (place.inode.content === undefined ? place.inode.device?.({ read, write }) : undefined) ??
        new RegularFile(place.inode, place.mount.volume, this.files.resolve(path), { read, write, append: false, changed: () => {} })
    } else {
      if (flags === "r+" && !this.files.exists(path)) throw new SystemError("ENOENT")
      const { inode, volume } = this.files.openForWriting(path, mode, flags === "wx")
      const absolute = this.files.resolve(path)
      if (inode.device) file = inode.device({ read, write })
      else {
        if (flags === "w" || flags === "w+" || flags === "wx") volume.truncate(inode, 0)
        const changed = () => {
          if (this.namespace.files.exists(absolute)) this.namespace.files.changed(absolute)
        }
        file = new RegularFile(inode, volume, absolute, { read, write, append: flags.startsWith("a"), changed })
      }
    }
    let fd = 0
    while (this.fds.has(fd)) fd++
    file.retain()
    if (fifo) file.release()
    this.fds.set(fd, file)
    return fd
  }

  /** As fs/pipe.c fifo_open: each side waits until the other has been opened. */
  *#openFifo(inode: Inode, path: string, read: boolean, write: boolean): Steps<OpenFile> {
    const pipe = (inode.fifo ??= new Pipe())
    const file = pipe.end(path, read && write ? "both" : read ? "read" : "write")
    // Counted as open while it waits; open() takes its own hold and lets go of this one.
    file.retain()
    let joined = false
    try {
      if (read) pipe.readersCame++
      if (write) pipe.writersCame++
      pipe.readQueue.wake()
      pipe.writeQueue.wake()
      const { readersCame, writersCame } = pipe
      const alone = () =>
        read ? pipe.writers === 0 && pipe.writersCame === writersCame : pipe.readers === 0 && pipe.readersCame === readersCame
      while (alone())
        if ((yield* this.wait({ queues: [read ? pipe.readQueue : pipe.writeQueue] })) === "signal") throw new SystemError("EINTR")
      joined = true
      return file
    } finally {
      if (!joined) file.release()
    }
  }

  #file(fd: number): OpenFile {
    const file = this.fds.get(fd)
    if (!file) throw new SystemError("EBADF")
    return file
  }

  close(fd: number): void {
    const file = this.fds.get(fd)
    if (!file) throw new SystemError("EBADF")
    this.fds.delete(fd)
    file.release()
  }

  dup(from: number, to: number): void {
    const file = this.#file(from)
    if (from === to) return
    file.retain()
    this.fds.get(to)?.release()
    this.fds.set(to, file)
  }

  pipe(): { read: OpenFile; write: OpenFile } {
    const pipe = new Pipe()
    const name = `pipe:[${this.kernel.nextPipe()}]`
    return { read: pipe.end(name, "read"), write: pipe.end(name, "write") }
  }

  *read(fd: number, max = 65_536): Steps<Uint8Array> {
    const file = this.#file(fd)
    if (!file.readable) throw new SystemError("EBADF")
    const ahead = readAhead.get(file)
    if (ahead) {
      if (ahead.length <= max) readAhead.delete(file)
      else readAhead.set(file, ahead.subarray(max))
      return ahead.subarray(0, max)
    }
    for (;;) {
      if (this.#inBackground(file)) {
        // As drivers/tty/tty_jobctrl.c: who ignores the signal, or has nobody to continue it, gets an error instead.
        if (this.#actions?.get("SIGTTIN") === "ignore" || !this.parent) throw new SystemError("EIO")
        this.namespace.signalGroup(this.processGroup, "SIGTTIN")
        yield PREEMPTED
        continue
      }
      const data = file.tryRead(max)
      if (data) {
        if (this.charge(CALL_COST + (data.length >> 10))) yield* this.yield()
        return data
      }
      this.readsTerminal = file.kind === "tty"
      const wake = yield* this.wait({ queues: [file.readQueue] })
      this.readsTerminal = false
      if (wake === "signal") throw new SystemError("EINTR")
    }
  }

  /** Whether `file` is its controlling terminal and another process group has the foreground. */
  #inBackground(file: OpenFile): boolean {
    const { tty } = this
    return file.kind === "tty" && tty !== undefined && tty.session === this.session && tty.foregroundGroup !== this.processGroup
  }

  *write(fd: number, data: Uint8Array | string): Steps<void> {
    const file = this.#file(fd)
    if (!file.writable) throw new SystemError("EBADF")
    let rest = typeof data === "string" ? encoder.encode(data) : data
    while (this.tty?.modes.stopsBackgroundOutput && this.#inBackground(file) && this.#actions?.get("SIGTTOU") !== "ignore") {
      this.namespace.signalGroup(this.processGroup, "SIGTTOU")
      yield PREEMPTED
    }
    if (this.charge(CALL_COST + (rest.length >> 10))) yield* this.yield()
    while (rest.length > 0) {
      let taken: number
      try {
        taken = file.tryWrite(rest)
      } catch (error) {
        if (error instanceof SystemError && error.code === "EPIPE") {
          this.receive("SIGPIPE")
          if (this.killedBy) yield PREEMPTED
        }
        throw error
      }
      rest = rest.subarray(taken)
      if (rest.length > 0 && (yield* this.wait({ queues: [file.writeQueue] })) === "signal") throw new SystemError("EINTR")
    }
  }

  *readLine(fd: number, end?: { newline: boolean }): Steps<string | undefined> {
    if (end) end.newline = true
    const file = this.#file(fd)
    const parts: Uint8Array[] = []
    // A pipe or terminal may be read ahead because what is left stays with it; a file is put back by seeking.
    for (;;) {
      const chunk = yield* this.read(fd, LINE_CHUNK)
      if (chunk.length === 0) {
        if (end) end.newline = false
        return parts.length === 0 ? undefined : decoder.decode(joined(parts))
      }
      const at = chunk.indexOf(10)
      if (at < 0) {
        parts.push(chunk)
        continue
      }
      parts.push(chunk.subarray(0, at))
      const rest = chunk.subarray(at + 1)
      if (rest.length > 0) {
        if (file.seek && file.kind === "file") file.seek(-rest.length, "current")
        else {
          const ahead = readAhead.get(file)
          readAhead.set(file, ahead ? joined([rest, ahead]) : rest)
        }
      }
      return decoder.decode(joined(parts))
    }
  }

  *readAll(fd: number): Steps<Uint8Array> {
    const parts: Uint8Array[] = []
    let size = 0
    for (;;) {
      const chunk = yield* this.read(fd)
      if (chunk.length === 0) return joined(parts)
      size += chunk.length
      if (size > this.kernel.limits.fileBytes) throw new SystemError("ENOMEM")
      parts.push(chunk)
    }
  }

  *select(fds: readonly number[], timeout?: number): Steps<readonly number[]> {
    const until = timeout === undefined ? undefined : this.now() + timeout
    for (;;) {
      const files = fds.map((fd) => [fd, this.#file(fd)] as const)
      const ready: number[] = []
      for (const [fd, file] of files) {
        if (readAhead.has(file) || (file.hasInput?.() ?? true)) ready.push(fd)
      }
      if (ready.length > 0) return ready
      const wake = yield* this.wait({ queues: files.map(([, file]) => file.readQueue), ...(until !== undefined && { until }) })
      if (wake === "timeout") return []
      if (wake === "signal") throw new SystemError("EINTR")
    }
  }

  *print(text: string): Steps<void> {
    if (text !== "") yield* this.write(1, text)
  }

  *error(text: string): Steps<void> {
    if (text !== "") yield* this.write(2, text)
  }

  // Time and fuel

  *sleep(ms: number): Steps<void> {
    if ((yield* this.wait({ queues: NO_QUEUES, until: this.now() + ms })) === "signal") throw new SystemError("EINTR")
  }

  *wait(wait: Wait): Steps<Wake> {
    const { skew } = this.kernel
    // Programs tell time by the machine's clock, the kernel by the world's.
    return yield skew === 0 || wait.until === undefined ? wait : { ...wait, until: wait.until - skew }
  }

  queue(): Queue {
    return new Queue()
  }

  charge(units: number): boolean {
    this.fuel -= units
    this.used += units
    return this.fuel <= 0
  }

  use({ memory = 0, cpu = 0 }: { memory?: number; cpu?: number }): void {
    const payer = this.owner ?? this
    payer.load = { memory, cpu, since: this.kernel.sim.now(), cpuTime: payer.declaredCpu }
    payer.namespace.checkMemory(payer)
  }

  *compute(ms: number): Steps<void> {
    const payer = this.owner ?? this
    if (payer.load) payer.load.cpuTime += ms
    else payer.load = { memory: 0, cpu: 0, since: this.kernel.sim.now(), cpuTime: ms }
    yield* this.sleep(ms)
  }

  /** Resident set, KiB. */
  get residentKib(): number {
    return 1_200 + this.fds.size * 4 + Math.round((this.load?.memory ?? 0) / 1024)
  }

  /** CPU time that was declared, ms. */
  get declaredCpu(): number {
    const { load } = this
    return load ? load.cpuTime + (load.cpu * (this.kernel.sim.now() - load.since)) / 1_000 : 0
  }

  *yield(): Steps<void> {
    yield PREEMPTED
  }

  // Processes

  spawn(program: Program, options: SpawnOptions): KernelProcess {
    return this.kernel.spawn(this.#namespaceLike(options.like), program, options, this)
  }

  #namespaceLike(pid: number | undefined): ProcessNamespace {
    if (pid === undefined) return this.namespace
    const found = this.namespace.find(pid)?.namespace ?? (pid === 1 ? this.kernel.machine : undefined)
    if (!found) throw new SystemError("ESRCH")
    return found
  }

  networkOf(pid: number): NetworkNamespace {
    const found = this.namespace.find(pid)?.network ?? (pid === 1 ? this.kernel.machine?.network : undefined)
    if (!found) throw new SystemError("ESRCH")
    return found
  }

  spawnFile(path: string, options: SpawnOptions): KernelProcess {
    const files = options.like === undefined ? this.files : this.#namespaceLike(options.like).files
    const { program, argv } = this.kernel.executable(files, path, options.argv)
    return this.spawn(program, { ...options, argv })
  }

  *exec(path: string, argv: readonly string[], env?: ReadonlyMap<string, string>): Steps<number> {
    const loaded = this.kernel.executable(this.files, path, argv)
    this.argv = loaded.argv
    if (env) {
      this.env.clear()
      for (const [name, value] of env) this.env.set(name, value)
    }
    // Handlers are gone with the old program; what was ignored stays ignored.
    for (const [signal, action] of this.#actions ?? []) if (typeof action === "function") this.#actions?.delete(signal)
    return yield* loaded.program(this)
  }

  *waitFor(options: WaitOptions): Steps<{ pid: number; status: ExitStatus } | undefined> {
    const { pid } = options
    for (;;) {
      let candidates = 0
      for (const child of this.children ?? []) {
        if (typeof pid === "number" ? child.pid !== pid : pid !== "any" && child.processGroup !== pid.group) continue
        candidates++
        const status = child.unreported
        if (!status) continue
        const ended = status.kind === "exited" || status.kind === "signaled"
        if (!ended && !options.untraced) continue
        child.unreported = undefined
        if (ended) this.kernel.reap(child)
        return { pid: child.pid, status }
      }
      if (candidates === 0) throw new SystemError("ECHILD")
      if (options.noHang) return undefined
      if ((yield* this.wait({ queues: [(this.childQueue ??= new Queue())] })) === "signal") throw new SystemError("EINTR")
    }
  }

  kill(pid: number, signal: Signal | 0): void {
    if (pid < 0 || pid === 0) {
      const group = pid === 0 ? this.processGroup : -pid
      const members = this.namespace.group(group)
      if (members.length === 0) throw new SystemError("ESRCH")
      if (signal !== 0) for (const member of members) if (this.#maySignal(member)) member.receive(signal)
      return
    }
    const target = this.namespace.find(pid)
    if (!target && this.namespace.unsimulated(pid)) {
      // systemd and the kernel's own threads: nobody but root may, and they take no harm.
      if (this.credentials.uid !== 0) throw new SystemError("EPERM")
      return
    }
    if (!target) throw new SystemError("ESRCH")
    if (!this.#maySignal(target)) throw new SystemError("EPERM")
    if (signal !== 0) target.receive(signal)
  }

  #maySignal(target: KernelProcess): boolean {
    return this.credentials.uid === 0 || this.credentials.uid === target.credentials.uid
  }

  onSignal(signal: Signal, action: SignalAction): void {
    if (signal === "SIGKILL" || signal === "SIGSTOP") return
    if (action === "default") this.#actions?.delete(signal)
    else (this.#actions ??= new Map()).set(signal, action)
  }

  setProcessGroup(pid: number, group: number): void {
    const target = pid === 0 || pid === this.pid ? this : this.namespace.find(pid)
    if (!target) throw new SystemError("ESRCH")
    target.processGroup = group === 0 ? target.pid : group
  }

  processes(): readonly ProcessInfo[] {
    return this.namespace.list()
  }

  // The kernel's side

  /** Called by queues. */
  wakeUp(): void {
    this.kernel.makeRunnable(this, "ready")
  }

  /** A signal arrives. */
  receive(signal: Signal): void {
    if (this.exitStatus) return
    if (signal === "SIGCONT" || signal === "SIGKILL") this.kernel.resume(this)
    const action = this.#actions?.get(signal) ?? "default"
    if (typeof action === "function") {
      ;(this.#handled ??= []).push(signal)
      this.kernel.interrupt(this)
      return
    }
    const { action: standard } = SIGNALS[signal]
    if (action === "ignore" || standard === "ignore" || standard === "continue") return
    // PID 1 of a namespace is shielded from signals it has no handler for, except from outside (SIGKILL by the runtime).
    if (this.pid === 1 && this.namespace.shieldsInit && signal !== "SIGKILL") return
    if (standard === "stop") return this.kernel.stop(this, signal)
    this.killedBy ??= signal
    this.kernel.interrupt(this)
  }

  /** What it says on standard error when it ends by an error that it did not handle. */
  lastWords(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    try {
      this.fds.get(2)?.tryWrite(encoder.encode(`${this.argv[0]?.split("/").at(-1) ?? "program"}: ${reason.split("\n", 1)[0]}\n`))
    } catch (unwritable) {
      if (!(unwritable instanceof SystemError)) throw unwritable
    }
  }

  /** Runs handlers of signals that came; true when there were any. */
  runHandlers(): boolean {
    const signals = this.#handled
    if (!signals) return false
    this.#handled = undefined
    for (const signal of signals) {
      const action = this.#actions?.get(signal)
      if (typeof action === "function") action(signal)
    }
    return true
  }

  info(): ProcessInfo {
    const state = this.exitStatus ? "Z" : this.stopped ? "T" : this.runnable || this.kernel.running === this ? "R" : "S"
    return {
      pid: this.pid,
      ppid: this.ppid,
      processGroup: this.processGroup,
      session: this.session,
      credentials: this.credentials,
      argv: this.argv,
      state,
      startedAt: this.startedAt,
      cpuTime: this.kernel.cpuMs(this.used) + this.declaredCpu,
      rss: this.residentKib + (this.pid === 1 ? Math.round((this.namespace.idleMemory?.() ?? 0) / 1024) : 0),
      tty: this.tty?.name,
    }
  }
}
