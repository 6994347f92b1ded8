/** The kernel of one machine: steps runnable processes in order, charges fuel, delivers signals, reaps. */
import type { RandomStream, Simulation, Timer } from "@drydock/sim"
import type { MachineLimits } from "../contract.ts"
import { contentText } from "../files/inode.ts"
import type { FilesView } from "../files/view.ts"
import { CpuBandwidth } from "./cpu-bandwidth.ts"
import { SystemError } from "./errno.ts"
import { KernelProcess, PREEMPTED } from "./kernel-process.ts"
import type { ProcessNamespace } from "./process-namespace.ts"
import { type ExitStatus, ProcessExit, type Program, type SpawnOptions, type Wake } from "./process.ts"
import type { Signal } from "./signals.ts"
import type { Queue } from "./wait-queue.ts"

/** Fuel of one turn. */
const SLICE = 2_000
/** Processes stepped in one event, so that the host can look in between. */
const STEPS_PER_EVENT = 64
/** Virtual CPU time of one unit of fuel, µs: so that even a busy loop moves the clock. */
const UNIT_US = 1
/** Fuel of one resumption, whatever the program charges: two processes that only wake each other also use up their quota. */
const STEP_COST = 2
/** Fuel of a new process, paid by its parent: a fork bomb is slowed as a busy loop is. */
const SPAWN_COST = 40
/** A machine may burn this many seconds' worth of its quota at once before it is slowed to it: commands feel instant. */
const BURST_SECONDS = 30
/** Interpreter lines (#!) followed, as BINPRM. */
const MAX_INTERPRETERS = 4

export class Kernel {
  readonly sim: Simulation
  readonly limits: MachineLimits
  readonly random: RandomStream
  /** How far this machine's clock is ahead of the world's, ms. */
  skew = 0
  running: KernelProcess | undefined
  /** The machine's own processes, which containers' are among. */
  machine: ProcessNamespace | undefined
  /** Told of every program that threw what it should not have. */
  onCrash: ((process: KernelProcess, error: unknown) => void) | undefined
  /** Told of every process that is killed because its container has no more memory. */
  onOutOfMemory: ((process: KernelProcess) => void) | undefined
  /** Told of every end, before the parent hears of it. */
  onEnd: ((process: KernelProcess) => void) | undefined
  #queue: KernelProcess[] = []
  #scheduled: Timer | undefined
  #nextPid = 400
  #pipes = 10_000
  #count = 0
  /** Fuel in hand; negative while the machine is over its quota. */
  #credit: number
  #creditAt: number
  /** Virtual time until which the fuel spent so far keeps the CPU busy. */
  #busyUntil: number

  constructor(sim: Simulation, limits: MachineLimits, random: RandomStream) {
    this.sim = sim
    this.limits = limits
    this.random = random
    this.#credit = limits.fuelPerSecond * BURST_SECONDS
    this.#creditAt = sim.now()
    this.#busyUntil = sim.now()
  }

  nextHostPid(): number {
    // Gaps, as on a machine where other things run too.
    this.#nextPid += 1 + this.random.integer(3)
    return this.#nextPid
  }

  nextPipe(): number {
    return this.#pipes++
  }

  get processCount(): number {
    return this.#count
  }

  cpuMs(fuel: number): number {
    return (fuel * UNIT_US) / 1_000
  }

  spawn(namespace: ProcessNamespace, program: Program, options: SpawnOptions, parent?: KernelProcess): KernelProcess {
    // Paid for trying, too: what fails for ever must not be cheaper than what works.
    parent?.charge(SPAWN_COST)
    if (this.#count >= this.limits.processes || overOwnLimit(parent, options.credentials?.uid)) throw new SystemError("EAGAIN")
    const process = new KernelProcess(this, namespace, parent, options)
    this.#count++
    process.generator = program(process)
    this.makeRunnable(process, "ready")
    return process
  }

  /** Steps that run on behalf of `owner` (a request that its handler answers): charged to it, ended with it, in no list. */
  spawnThread(owner: KernelProcess, program: Program): KernelProcess {
    const thread = new KernelProcess(this, owner.namespace, undefined, { argv: owner.argv, fds: new Map(), cwd: owner.cwd }, owner)
    ;(owner.threads ??= new Set()).add(thread)
    thread.generator = program(thread)
    this.makeRunnable(thread, "ready")
    return thread
  }

  /** The program behind a path, through #! lines. Throws ENOENT, EACCES, ENOEXEC. */
  executable(files: FilesView, path: string, argv: readonly string[]): { program: Program; argv: readonly string[] } {
    let at = path
    let args = argv
    for (let depth = 0; depth <= MAX_INTERPRETERS; depth++) {
      const { inode } = files.place(at)
      if (inode.type !== "file" || !files.access(at, { execute: true })) throw new SystemError("EACCES")
      if (inode.program) return { program: inode.program, argv: args }
      const line = contentText(inode).slice(0, 256).split("\n", 1)[0]
      if (!line.startsWith("#!")) throw new SystemError("ENOEXEC")
      // A carriage return is part of the name, or of the argument.
      const [, interpreter, argument] = /^#![ \t]*([^ \t]+)(?:[ \t]+(.*?))?[ \t]*$/.exec(line) ?? []
      if (!interpreter) throw new SystemError("ENOEXEC")
      args = [interpreter, ...(argument ? [argument] : []), at, ...args.slice(1)]
      at = interpreter
    }
    throw new SystemError("ELOOP")
  }

  makeRunnable(process: KernelProcess, wake: Wake): void {
    if (process.runnable || process.exitStatus) return
    this.#unpark(process)
    process.wake = wake
    process.runnable = true
    if (process.stopped) return
    this.#queue.push(process)
    this.#schedule()
  }

  #unpark(process: KernelProcess): void {
    if (!process.waiting) return
    for (const queue of process.waiting.queues) (queue as Queue).remove(process)
    process.waiting = undefined
    this.sim.cancel(process.timer)
    process.timer = undefined
  }

  /** A signal that is handled or kills: whoever waits is woken to see it. */
  interrupt(process: KernelProcess): void {
    if (process.waiting && process.waiting !== PREEMPTED) this.makeRunnable(process, "signal")
  }

  stop(process: KernelProcess, signal: Signal): void {
    if (process.stopped) return
    process.stopped = true
    process.unreported = { kind: "stopped", signal }
    process.parent?.childQueue?.wake()
    process.parent?.receive("SIGCHLD")
  }

  resume(process: KernelProcess): void {
    if (!process.stopped) return
    process.stopped = false
    process.unreported = { kind: "continued" }
    process.parent?.childQueue?.wake()
    if (process.readsTerminal && process.waiting) return this.makeRunnable(process, "ready")
    if (!process.runnable) return
    this.#queue.push(process)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled?.action) return
    this.#scheduled = this.sim.schedule(this.#busyUntil - this.sim.now(), () => this.#run())
  }

  #run(): void {
    const queue = this.#queue
    this.#refill()
    let spent = 0
    for (let steps = 0; steps < STEPS_PER_EVENT && spent < SLICE; steps++) {
      const process = queue.shift()
      if (!process) break
      if (process.stopped || process.exitStatus || this.#throttles(process)) continue
      const payer = process.owner ?? process
      payer.fuel = SLICE
      const before = payer.used
      payer.used += STEP_COST
      this.#step(process)
      const cost = payer.used - before
      process.namespace.bandwidth?.charge(this.cpuMs(cost))
      spent += cost
    }
    this.#credit -= spent
    // Fuel takes time: a little always, and as much as the quota says once the burst is used up.
    const quota = this.#credit < 0 ? (-this.#credit / this.limits.fuelPerSecond) * 1_000 : 0
    this.#busyUntil = this.sim.now() + Math.max(this.cpuMs(spent), quota)
    if (queue.length > 0) this.#schedule()
  }

  /** Its group has used up what it may in this period: it goes on with the next one. */
  #throttles(process: KernelProcess): boolean {
    const { namespace } = process
    const { cpuLimit } = namespace
    if (cpuLimit === undefined || process.killedBy) return false
    const wait = (namespace.bandwidth ??= new CpuBandwidth()).waits(this.sim.now(), cpuLimit)
    if (wait === 0) return false
    if (namespace.throttled) namespace.throttled.push(process)
    else {
      namespace.throttled = [process]
      this.sim.schedule(wait, () => {
        this.#queue.push(...(namespace.throttled ?? []))
        namespace.throttled = undefined
        this.#schedule()
      })
    }
    return true
  }

  #refill(): void {
    const now = this.sim.now()
    const { fuelPerSecond } = this.limits
    this.#credit = Math.min(fuelPerSecond * BURST_SECONDS, this.#credit + ((now - this.#creditAt) / 1_000) * fuelPerSecond)
    this.#creditAt = now
  }

  #step(process: KernelProcess): void {
    process.runnable = false
    const generator = process.generator as NonNullable<KernelProcess["generator"]>
    this.running = process
    try {
      if (process.killedBy) return this.#kill(process)
      process.runHandlers()
      if (process.killedBy) return this.#kill(process)
      const result = generator.next(process.wake)
      if (process.killedBy) return this.#kill(process)
      if (result.done) return this.#end(process, { kind: "exited", code: result.value & 0xff })
      const wait = result.value
      if (wait === PREEMPTED) {
        process.wake = "ready"
        process.runnable = true
        if (!process.stopped) this.#queue.push(process)
        return
      }
      process.waiting = wait
      for (const waited of wait.queues) (waited as Queue).add(process)
      if (wait.until !== undefined)
        process.timer = this.sim.schedule(wait.until - this.sim.now(), () => this.makeRunnable(process, "timeout"))
    } catch (error) {
      if (process.killedBy) return this.#kill(process)
      if (error instanceof ProcessExit) return this.#end(process, { kind: "exited", code: error.code & 0xff })
      if (error instanceof SystemError && error.code === "EINTR") return this.#end(process, { kind: "exited", code: 130 })
      // A program that fails to handle an error ends alone; a deep recursion of a learner's script ends as a crash does.
      this.onCrash?.(process, error)
      process.lastWords(error)
      if (!(error instanceof SystemError)) return this.#end(process, { kind: "signaled", signal: "SIGSEGV", coreDumped: true })
      this.#end(process, { kind: "exited", code: 1 })
    } finally {
      this.running = undefined
    }
  }

  #kill(process: KernelProcess): void {
    const signal = process.killedBy as Signal
    // finally-blocks run; one that waits again is not waited for.
    try {
      process.generator?.return(0)
    } catch {
      // What a dying program throws concerns nobody.
    }
    this.#end(process, { kind: "signaled", signal })
  }

  #end(process: KernelProcess, status: ExitStatus): void {
    if (process.exitStatus) return
    this.#unpark(process)
    process.exitStatus = process.unreported = status
    process.generator = undefined
    process.runnable = false
    for (const file of process.fds.values()) file.release()
    process.fds.clear()
    process.owner?.threads?.delete(process)
    for (const thread of process.threads ?? []) thread.receive("SIGKILL")
    // Orphans are adopted by init, which reaps at once.
    for (const child of process.children ?? []) {
      child.parent = undefined
      if (child.exitStatus) this.#forget(child)
      else if (child.stopped && child.processGroup !== process.processGroup) {
        // As kernel/exit.c: nobody is left to continue a stopped group that has become an orphan.
        process.namespace.signalGroup(child.processGroup, "SIGHUP")
        process.namespace.signalGroup(child.processGroup, "SIGCONT")
      }
    }
    process.children = undefined
    if (process.tty && process.session === process.pid && process.tty.session === process.pid) {
      process.namespace.signalGroup(process.tty.foregroundGroup, "SIGHUP")
      process.tty.session = 0
    }
    // In a container nothing outlives PID 1.
    if (process.pid === 1 && !process.owner && process.namespace.host)
      for (const other of [...process.namespace.all()]) if (other !== process) other.receive("SIGKILL")
    this.onEnd?.(process)
    process.onExit?.(status)
    const { parent } = process
    if (process.owner) return
    if (!parent || parent.actions?.get("SIGCHLD") === "ignore") {
      if (parent) this.reap(process)
      else this.#forget(process)
    }
    if (!parent) return
    parent.childQueue?.wake()
    parent.receive("SIGCHLD")
  }

  reap(child: KernelProcess): void {
    child.parent?.children?.delete(child)
    this.#forget(child)
  }

  /** All end at once, and no parent hears of it. */
  powerOff(processes: Iterable<KernelProcess>): void {
    const all = [...processes]
    this.#queue = []
    for (const process of all) {
      process.parent = undefined
      process.children = undefined
    }
    for (const process of all) {
      if (process.exitStatus) this.#forget(process)
      else {
        process.killedBy = "SIGKILL"
        this.#kill(process)
      }
    }
  }

  #forget(process: KernelProcess): void {
    process.namespace.remove(process)
    this.#count--
  }
}

/** Whether a user has as many processes as RLIMIT_NPROC lets the one that starts another have. */
const overOwnLimit = (parent: KernelProcess | undefined, uid = parent?.credentials.uid): boolean => {
  const most = parent?.limits?.processes
  if (parent === undefined || most === undefined || uid === 0) return false
  return parent.namespace.list().filter((one) => one.credentials.uid === uid).length >= most
}
