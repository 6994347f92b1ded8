/** What a program sees of the machine: the contract between the kernel and everything that runs on it. */
import type { Files } from "../files/contract.ts"
import type { NetworkNamespace } from "../network/contract.ts"
import type { OpenFile } from "./open-file.ts"
import type { Signal } from "./signals.ts"
import type { Steps, Wait, WaitQueue, Wake } from "./steps.ts"
import type { Tty } from "../tty/contract.ts"

export type { Steps, Wait, WaitQueue, Wake }

/**
 * A program: steps that the kernel resumes. It gives way by `yield`ing a Wait, which the methods of Process do for it:
 * `yield* process.read(0)`. Its return value is the exit code (0–255).
 */
export type Program = (process: Process) => Generator<Wait, number, Wake>

export interface Credentials {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
}

export interface ProcessLimits {
  /** RLIMIT_NOFILE: descriptors at once. */
  readonly openFiles?: number
  /** RLIMIT_NPROC: processes of the same user; root's are not counted. */
  readonly processes?: number
}

export interface SpawnOptions {
  /** Shown by ps; argv[0] is the name as called. */
  argv: readonly string[]
  /** A thunk is called when the process first looks: most services never do. */
  env?: ReadonlyMap<string, string> | (() => Map<string, string>)
  cwd?: string
  /** Descriptors of the child; shared open files, as after fork. Default: all of the parent's. */
  fds?: ReadonlyMap<number, OpenFile>
  credentials?: Credentials
  /** A number joins that group, "new" leads its own. Default: the parent's. */
  processGroup?: number | "new"
  /** Leads a new session without a terminal, or with the given one as its controlling terminal. */
  session?: "new" | Tty
  umask?: number
  /** In another network than the parent's (setns(2) with CLONE_NEWNET). */
  network?: NetworkNamespace
  /** With the files, processes and name of the container that this process is in (setns(2)); 1 is the machine itself. Throws ESRCH. */
  like?: number
}

/** How a process ended, as waitpid reports it. */
export type ExitStatus =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signaled"; readonly signal: Signal; readonly coreDumped?: boolean }
  | { readonly kind: "stopped"; readonly signal: Signal }
  | { readonly kind: "continued" }

/** What a Process adds for waiting on children. `pid`: one child, "any", or {group}. */
export interface WaitOptions {
  pid: number | "any" | { group: number }
  /** Also report stopped and continued children (WUNTRACED | WCONTINUED). */
  untraced?: boolean
  /** Return undefined at once when nothing has changed (WNOHANG). */
  noHang?: boolean
}

export type SignalAction = "default" | "ignore" | ((signal: Signal) => void)

export interface Process {
  readonly pid: number
  readonly ppid: number
  readonly processGroup: number
  readonly session: number
  readonly credentials: Credentials
  /** As started; mutable because exec and `exec -a` change it. */
  argv: readonly string[]
  /** Exported variables only. Own copy: changing it changes no other process. */
  readonly env: Map<string, string>
  cwd: string
  umask: number
  /** What setrlimit(2) has set, for it and those it starts from now on; undefined: the machine's own limits. */
  limits?: ProcessLimits | undefined
  /** Files as this process may see them: its root, cwd and credentials apply. */
  readonly files: Files
  readonly network: NetworkNamespace
  readonly hostname: string
  /** The controlling terminal. */
  readonly tty: Tty | undefined

  /** The machine's clock: virtual time and its skew, ms since the epoch. */
  now(): number
  /** A number in [0, 1) from this machine's own stream. */
  random(): number

  // Descriptors
  readonly fds: Map<number, OpenFile>
  /** Opens and returns the lowest free descriptor. */
  open(path: string, flags: OpenFlags, mode?: number): Steps<number>
  close(fd: number): void
  dup(from: number, to: number): void
  pipe(): { read: OpenFile; write: OpenFile }
  /** Up to `max` bytes (default 64 KiB); empty at the end of file. Throws EINTR after a handled signal. */
  read(fd: number, max?: number): Steps<Uint8Array>
  /** Writes all of it, waiting while a pipe is full. A closed pipe raises SIGPIPE, then EPIPE. */
  write(fd: number, data: Uint8Array | string): Steps<void>
  /** One line without its newline; undefined at the end of file. Buffers in the open file, so a sibling misses nothing; `end.newline` tells whether one was there. */
  readLine(fd: number, end?: { newline: boolean }): Steps<string | undefined>
  readAll(fd: number): Steps<Uint8Array>
  /** Waits until one of the descriptors can be read without waiting, or for `timeout` ms. */
  select(fds: readonly number[], timeout?: number): Steps<readonly number[]>
  /** write(1, text) and write(2, text). */
  print(text: string): Steps<void>
  error(text: string): Steps<void>

  // Time and fuel
  sleep(ms: number): Steps<void>
  /** Waits on queues made by this.queue(), or until a virtual time. */
  wait(wait: Wait): Steps<Wake>
  queue(): WaitQueue
  /**
   * Charges `units` (about one simple statement, or one KiB handled, each) and gives way when the slice is used up.
   * Every loop over input or learner's code calls it: `if (process.charge(1)) yield* process.yield()`.
   */
  charge(units: number): boolean
  /**
   * What the program would use if it were real, beyond its steps: resident bytes, and millicores it keeps busy. Replaces what was
   * said before. Beyond the memory limit of its container the process is killed (SIGKILL).
   */
  use(load: { memory?: number; cpu?: number }): void
  /** Computes for `ms`: the time passes and counts as CPU time. */
  compute(ms: number): Steps<void>
  yield(): Steps<void>

  // Processes
  /** Runs `program` as a child. */
  spawn(program: Program, options: SpawnOptions): Process
  /** Finds an executable file (PATH lookup is the caller's), follows #!, spawns it. Throws ENOENT, EACCES, ENOEXEC. */
  spawnFile(path: string, options: SpawnOptions): Process
  /** Replaces this program: `return yield* process.exec(path, argv)`. */
  exec(path: string, argv: readonly string[], env?: ReadonlyMap<string, string>): Steps<number>
  waitFor(options: WaitOptions): Steps<{ pid: number; status: ExitStatus } | undefined>
  /** pid > 0 a process, < 0 a group, as kill(2). Throws ESRCH, EPERM. */
  kill(pid: number, signal: Signal | 0): void
  onSignal(signal: Signal, action: SignalAction): void
  setProcessGroup(pid: number, group: number): void
  /** The network that a process is in. Throws ESRCH. */
  networkOf?(pid: number): NetworkNamespace
  /** Other processes of the same PID namespace, for ps, top and /proc. */
  processes(): readonly ProcessInfo[]
}

export type OpenFlags = "r" | "r+" | "w" | "wx" | "a" | "w+" | "a+"

/** A row of ps. Times in ms, sizes in KiB. */
export interface ProcessInfo {
  readonly pid: number
  readonly ppid: number
  readonly processGroup: number
  readonly session: number
  readonly credentials: Credentials
  readonly argv: readonly string[]
  /** What the kernel calls it where its first argument does not say so: PID 1 is started as /sbin/init and is systemd. */
  readonly name?: string
  readonly state: "R" | "S" | "T" | "Z" | "D"
  readonly startedAt: number
  readonly cpuTime: number
  readonly rss: number
  readonly tty: string | undefined
}

/** Thrown through a program to end its process at once with this code (exit(2)); finally-blocks run. */
export class ProcessExit extends Error {
  readonly code: number

  constructor(code: number) {
    super(`exit ${code}`)
    this.code = code
  }
}
