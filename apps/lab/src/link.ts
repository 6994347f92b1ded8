/** What the front of the lab server (sockets, database) and its workers (worlds) say to each other over a message port. */
import type { LabSpec } from "@drydock/course"
import type { ClientMessage } from "@drydock/protocol"
import type { WorldInput } from "@drydock/world"

/** An outside call of the Kubernetes API. `user` is there when it may act as the cluster's administrator. */
export interface CallRequest {
  method: string
  path: string
  query: string
  headers: Readonly<Record<string, string>>
  body?: string
  /** Not for the Kubernetes API: for what listens on this port, as the first machine reaches `host`. */
  to?: { host: string; port: number; tls: boolean }
}

/** Everything that a session's log may hold: what reaches its world or its grader from outside. */
export type LabInput =
  | WorldInput
  | { kind: "answer"; task: string; quiz: string; answer: string | readonly string[] }
  /** 0-based; -1 is the solution. */
  | { kind: "hint"; task: string; hint: number }
  | { kind: "clock"; paused: boolean; speed: number }
  | { kind: "describe"; object: { kind: string; namespace?: string; name: string } }
  | { kind: "call"; call: number; request: CallRequest }
  | { kind: "call-data"; call: number; channel: number; base64: string }
  | { kind: "call-end"; call: number; channel: number }
  | { kind: "call-closed"; call: number }

/** Whose message an entry came from. `part`: so many UTF-16 units of its keys are applied with this entry and those before; absent when it is done. */
export interface Origin {
  client: string
  seq: number
  part?: number
}

export interface LogEntry {
  /** Counts up by one from 1. */
  n: number
  /** Virtual time, whole ms since the epoch. */
  at: number
  input: LabInput
  from?: Origin
}

/** All that a worker needs to make a session's world. */
export interface SessionSpec {
  session: string
  engine: string
  seed: string
  startedAt: number
  topology: string | { nodes: readonly string[]; hollow?: boolean }
  /** Undefined in the playground. */
  lab?: LabSpec
  /** It is about some of the lab's tasks: those solved before the learner comes. */
  before?: readonly string[]
  /** No help, no map, and nothing told of how tasks stand unless `live`. */
  exam?: { live: boolean }
  /** Hints (0-based; -1 is the solution) opened in earlier sessions of this lesson. */
  opened: readonly { task: string; hint: number }[]
  /** The path of its Kubernetes API for outside clients. */
  api: string
  /** The path below which pages show what listens inside; absent where they do not. */
  preview?: string
}

export type ToWorker =
  /** `handle`: a number by which the worker tells which world it is running (see pool.ts). */
  | { type: "load"; handle: number; spec: SessionSpec; log: readonly LogEntry[]; reachedAt: number }
  | { type: "unload"; session: string }
  | {
      type: "attach"
      session: string
      socket: number
      client: string
      received: Readonly<Record<string, number>>
      trace: number
      /** A teacher who looks in: the world does not go on for them. */
      watching?: true
    }
  | { type: "detach"; session: string; socket: number }
  | { type: "client"; session: string; socket: number; client: string; message: ClientMessage }
  /** The socket does not keep up: nothing but small answers until it does. */
  | { type: "flow"; session: string; socket: number; blocked: boolean }
  | { type: "call"; session: string; call: number; request: CallRequest }
  | { type: "call-data"; session: string; call: number; channel: number; data: Uint8Array }
  | { type: "call-end"; session: string; call: number; channel: number }
  /** The outside went away: cancels a stream, closes channels, forgets the call. */
  | { type: "call-closed"; session: string; call: number }
  | { type: "ping"; id: number }

/** Answer to a call. Bodies and frames are what goes over the wire. */
export interface CallAnswer {
  status: number
  headers: Readonly<Record<string, string | readonly string[]>>
  body?: string | Uint8Array
  /** Nothing inside answered: why, in words. */
  problem?: string
  /** What comes after it, in messages of its own. */
  follows?: "stream" | "v5.channel.k8s.io" | "v4.channel.k8s.io" | "portforward.k8s.io"
}

/** What a learner works on, as the world knows it. */
export interface WorkStanding {
  /** Absent when every task is done. */
  task?: string
  /** The first of its checks or questions that is not right yet, in words. */
  check?: string
  seen?: string
  /** Checks and questions of the whole lesson that are right. */
  passed: number
  /** Hints opened in the task. */
  opened: number
}

/** Sent in arrays: all that one turn had to say. */
export type FromWorker =
  | { type: "up" }
  | { type: "pong"; id: number }
  | { type: "loaded"; session: string }
  | { type: "failed"; session: string; reason: string }
  /** A ServerMessage as JSON, for these sockets. `written`: what they then have of a terminal's output, printed by the virtual time `at`. */
  | { type: "send"; session: string; sockets: readonly number[]; text: string; written?: { terminal: string; upTo: number; at: number } }
  /** Entries to keep, and messages that are done once these (and all before) are kept. */
  | { type: "log"; session: string; entries: readonly LogEntry[]; reachedAt: number; acks: readonly Origin[] }
  | { type: "reached"; session: string; at: number }
  /** The last word on a session that was to be unloaded; `reached` came before. */
  | { type: "unloaded"; session: string }
  /** `missed`: so many different observations of its checks did not hold (see missed-tries.ts). */
  | { type: "task-done"; session: string; task: string; points: number; missed: number }
  | { type: "hint-used"; session: string; task: string; hint: number }
  | { type: "answered"; session: string; task: string; quiz: string; answer: string | readonly string[]; correct: boolean }
  /** How an exam's tasks stand, whenever that changed. */
  | { type: "outcomes"; session: string; outcomes: readonly { task: string; state: "locked" | "open" | "done"; credit: number }[] }
  /** Where the learner stands in their lesson is another than was told last. */
  | { type: "standing"; session: string; standing: WorkStanding }
  | { type: "restart"; session: string; origin: Origin }
  | { type: "call-answer"; session: string; call: number; answer: CallAnswer }
  | { type: "call-frame"; session: string; call: number; text: string }
  | { type: "call-data"; session: string; call: number; channel: number; data: Uint8Array }
  /** One channel's end, or (channel undefined) the whole stream's or connection's. */
  | { type: "call-end"; session: string; call: number; channel?: number }

/** Either end of the link. MessagePort, Worker and parentPort all are. */
export interface Port<Out> {
  postMessage(message: Out): void
  on(event: "message", listener: (message: never) => void): unknown
}
