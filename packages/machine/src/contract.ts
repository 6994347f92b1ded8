/** One simulated Linux host, as the rest of the world uses it. */
import type { Simulation } from "@drydock/sim"
import type { Files } from "./files/contract.ts"
import type { NetworkNamespace } from "./network/contract.ts"
import type { Credentials, ExitStatus, Process, ProcessInfo, Program } from "./kernel/process.ts"
import type { Signal } from "./kernel/signals.ts"
import type { Tty } from "./tty/contract.ts"

/** Limits of one machine; reaching one is an error for the process that does, never for the host. */
export interface MachineLimits {
  /** Fuel units one machine may burn per virtual second (all its processes together). */
  fuelPerSecond: number
  processes: number
  openFiles: number
  /** Bytes in files, in all. */
  diskBytes: number
  fileBytes: number
  inodes: number
  /** Bytes a terminal may print per virtual second before its writers wait. */
  outputPerSecond: number
}

export interface StartOptions {
  argv: readonly string[]
  credentials?: Credentials
  /** A thunk is called when the process first looks. */
  env?: ReadonlyMap<string, string> | (() => Map<string, string>)
  cwd?: string
  /** Bytes of standard input; default: none (/dev/null). */
  stdin?: Uint8Array | string
  /** Called with output as it comes; without it output is dropped. */
  onStdout?: (data: Uint8Array) => void
  onStderr?: (data: Uint8Array) => void
  /** Called once, when it ended and was reaped. */
  onExit?: (status: ExitStatus) => void
  /** Run it on this terminal, as session leader. stdin/onStdout/onStderr are then the terminal's. */
  tty?: Tty
  /** A container's world: its own root, network, PIDs. Default: the machine's. */
  namespaces?: Namespaces
}

/** A group of processes with its own view: the machine itself, or a container. */
export interface Namespaces {
  readonly files: Files
  readonly network: NetworkNamespace
  readonly hostname: string
  /** Kills all its processes, closes its listeners and forgets it. */
  destroy(): void
}

/** A process started from outside. */
export interface Started {
  readonly pid: number
  readonly process: Process
  kill(signal: Signal): void
  /** Sends more standard input; `end` closes it. */
  input(data: Uint8Array | string): void
  end(): void
}

export interface Machine {
  readonly name: string
  readonly sim: Simulation
  readonly limits: MachineLimits
  /** As root, at /. */
  readonly files: Files
  readonly network: NetworkNamespace
  readonly systemd: Systemd
  readonly journal: Journal
  /** CPUs and memory (bytes) that the machine has. */
  readonly capacity: { cpus: number; memory: number }
  start(program: Program | string, options: StartOptions): Started
  openTty(options: { columns: number; rows: number }): Tty
  processes(): readonly ProcessInfo[]
  kill(pid: number, signal: Signal): void
  /** A container's namespaces on this machine. `share` takes parts of another's (a pod's sandbox). */
  createNamespaces(options: { hostname: string; files: Files; network?: NetworkNamespace; sharePids?: Namespaces }): Namespaces
  /** Power off and on: processes die, files stay; systemd starts enabled units again. */
  halt(): void
  boot(): void
  readonly running: boolean
}

/** A line of the journal. */
export interface JournalEntry {
  /** ms since the epoch. */
  readonly at: number
  readonly unit: string
  readonly identifier: string
  readonly pid: number
  /** syslog: 0 emergency … 7 debug. */
  readonly priority: number
  readonly message: string
}

export interface Journal {
  append(entry: JournalEntry): void
  readonly entries: readonly JournalEntry[]
  /** Called for each new entry; returns how to stop. */
  follow(added: (entry: JournalEntry) => void): () => void
}

export type UnitState = "active" | "inactive" | "failed" | "activating" | "deactivating"

/** systemd units are files under /etc/systemd/system and /usr/lib/systemd/system; this is the manager that runs them. */
export interface Systemd {
  /** Starts it and what it requires or wants. Throws UnitError, as all that need a unit file do. */
  start(unit: string): void
  stop(unit: string): void
  restart(unit: string): void
  /** ExecReload=; false when there is none or nothing runs. */
  reload(unit: string): boolean
  resetFailed(unit?: string): void
  /** The links made. */
  enable(unit: string): readonly { path: string; target: string }[]
  /** The links removed. */
  disable(unit: string): readonly string[]
  mask(unit: string): void
  unmask(unit: string): void
  daemonReload(): void
  /** Called whenever a unit's state changed; returns how to stop. */
  watch(changed: (unit: string, active: UnitState) => void): () => void
  state(unit: string): {
    active: UnitState
    sub: string
    enabled: "enabled" | "disabled" | "static" | "masked"
    loaded: "loaded" | "not-found" | "masked"
    mainPid: number
    since: number
    result: string
    description?: string
    /** Times it was restarted by itself. */
    restarts?: number
    /** Its files changed on disk since they were loaded. */
    needsReload?: boolean
    path?: string
    dropIns?: readonly string[]
    /** How its main process last ended. */
    lastExit?: ExitStatus
    /** Of the process that ended so. */
    lastPid?: number
  }
  units(): readonly string[]
}
