/** One learner's whole world, as the lab server, the graders and the command line use it. */
import type { Simulation } from "@drydock/sim"
import type { ExitStatus, Machine, Tty } from "@drydock/machine"
import type { Cluster } from "@drydock/kubernetes"
import type { TraceEvent } from "@drydock/kubernetes/ports"

export interface WorldOptions {
  /** "kubeadm-1node", "kubeadm-2nodes", "docker-host", or any list of node names (the first is the control plane). */
  topology: string | { nodes: readonly string[]; hollow?: boolean }
  seed: string
  /** Virtual time at which the world begins, ms since the epoch. */
  startedAt: number
  files?: readonly WorldFile[]
  addons?: readonly string[]
  /** What the world's internet holds: URL → content, or undefined for 404. Pure; supplied by the host. */
  internet?: (url: string) => string | Uint8Array | undefined
}

export interface WorldFile {
  path: string
  content: string | Uint8Array
  /** Default 0o644. */
  mode?: number
  /** Default: the first machine. */
  machine?: string
}

/** Everything that reaches a world from outside; a session is the log of these. */
export type WorldInput =
  | { kind: "open-terminal"; terminal: string; machine: string; columns: number; rows: number; user?: string }
  | { kind: "keys"; terminal: string; data: string }
  | { kind: "resize"; terminal: string; columns: number; rows: number }
  | { kind: "close-terminal"; terminal: string }
  | { kind: "write-file"; machine: string; path: string; content: string }
  /** Lesson set-up, checks and solutions: a script run by bash outside any terminal. */
  | { kind: "script"; id: string; machine: string; script: string; user?: string }
  /** A call to the API from outside (the real kubectl). */
  | { kind: "api"; request: { method: string; path: string; query?: string; headers?: Record<string, string>; body?: string } }
  /** The editor that `edit` asked for was closed. */
  | { kind: "editor-closed"; editor: number }
  | { kind: "fault"; name: string; target: string; parameters?: Record<string, unknown> }

export interface LoggedInput {
  /** Virtual time, ms since the epoch. */
  at: number
  input: WorldInput
}

/** A world's durable form: replaying it gives the same world, bit for bit. */
export interface Recording {
  engine: string
  options: Omit<WorldOptions, "internet">
  inputs: readonly LoggedInput[]
  /** Virtual time reached. */
  until: number
}

export interface ScriptResult {
  stdout: string
  stderr: string
  exit: number
  timedOut: boolean
  /** Virtual ms. */
  took: number
}

export interface World {
  readonly sim: Simulation
  readonly options: WorldOptions
  readonly machines: ReadonlyMap<string, Machine>
  /** Undefined for topologies without Kubernetes ("docker-host"). */
  readonly cluster: Cluster | undefined
  /** What happened, oldest first; the oldest are dropped beyond a limit, `firstId` tells. */
  readonly trace: {
    readonly firstId: number
    readonly events: readonly TraceEvent[]
    subscribe(added: (event: TraceEvent) => void): () => void
  }

  /** Faults in effect, oldest first. */
  readonly faults: readonly { readonly name: string; readonly target: string }[]
  /** Applies an input now, after everything that is due, and logs it. The clock must already be where it belongs. */
  input(input: WorldInput): void
  /** Runs events up to virtual time `until`; `events` bounds the work of one call. */
  run(limits: { until: number; events?: number; stop?: () => boolean }): { reason: "until" | "events" | "stopped"; events: number }
  /** Runs until the control plane serves and every node is Ready (part of the recording: it takes no input). */
  boot(): void
  /** As boot, in steps of half a virtual second, for hosts that have other worlds to serve meanwhile. */
  booting(): Generator<undefined, void>

  /** Output of a terminal since the world began, bounded; and as it comes. */
  onOutput(listener: (terminal: string, data: Uint8Array) => void): () => void
  tty(terminal: string): Tty | undefined
  /** Starts a script in a bash of its own; `done` gets the result when it ends (or is killed at `timeout` virtual ms). */
  script(
    options: {
      machine?: string
      script: string
      directory?: string
      stdin?: string
      user?: string
      timeout?: number
      interruptAfter?: number
    },
    done: (result: ScriptResult) => void,
  ): void
  /**
   * One login shell into which whole commands are typed, with output caught apart: descriptor 0 is a terminal (so ^C and job
   * control work), 1 and 2 are pipes. Interactive bash (aliases, history, job notices), no prompt, no echo. Its state stays.
   * With `prompts`, a command whose program stands at a prompt of its own (`kubectl exec -it … sh`, a database's client) is over
   * for now, with exit code 0, and what is run next is typed into that program; a command that is not known there, or that belongs to
   * the login shell while a client is open, is given to the login shell, after the programs between were left with ^D.
   * What such a program showed (echo, output, prompt) comes without the terminal's control sequences.
   */
  shellSession(options: { machine?: string; user?: string }): ShellSession
  /** A program asked for an editor or page on the learner's screen (`edit FILE`, a preview). Answered by write-file and `editor-closed`. */
  onHostRequest(listener: (request: HostRequest) => void): () => void
  /** `edit` waits in the terminal until this is called. */
  editorClosed(id: number): void

  /** Hash of everything: clock, store, files, processes, network, random streams. Equal inputs give equal hashes. */
  hash(): string
  recording(): Recording
  /** Approximate bytes held, by part. */
  footprint(): Readonly<Record<string, number>>
}

export interface ShellSession {
  /** Runs one command text to its end; `done` is called once. Times are virtual ms; on `timeout` it is killed (exit 124). */
  run(command: string, options: { timeout: number; interruptAfter?: number; prompts?: boolean }, done: (result: ScriptResult) => void): void
  close(): void
}

export type HostRequest =
  | { kind: "edit"; id: number; machine: string; path: string; content: string; wait: boolean }
  | { kind: "browse"; id: number; url: string }

export type { ExitStatus }
