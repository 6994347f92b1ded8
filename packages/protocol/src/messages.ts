/** Messages between the browser and the lab server, one websocket a session. JSON text frames; validated on both sides. */
import { z } from "zod"

const terminal = z.string().min(1).max(64)
const machine = z.string().min(1).max(253)
const path = z.string().min(1).max(4096)
/** Numbered by the browser from 1; the server acknowledges, the browser resends what was not acknowledged. */
const seq = z.number().int().positive()

/** Largest accepted frame, bytes. A larger paste is split by the browser. */
export const MAX_FRAME_BYTES = 256 * 1024

/** Why the server closes a websocket. Reconnect (with a new ticket) after any of them but `replaced` and `refused`. */
export const CLOSE = {
  /** The ticket is unknown, used, expired or another session's. */
  ticket: 4401,
  /** The session has ended. */
  refused: 4403,
  /** Another server took the session over, or this one stops. */
  moved: 4410,
  /** A newer socket of this session took its place. */
  replaced: 4429,
  /** The world cannot be made, or stopped answering repeatedly. */
  failed: 4500,
  /** No room for one more world: try again later. */
  full: 4503,
} as const

export const ClientMessage = z.discriminatedUnion("type", [
  /**
   * First message after opening: where the browser's knowledge ends. `received` holds bytes by terminal (an output's offset and the UTF-8
   * length of its data). A welcome whose `written` is less than that means that the world was recovered from before: the browser
   * clears that terminal and takes what comes.
   */
  z.object({
    type: z.literal("resume"),
    received: z.record(terminal, z.number().int().nonnegative()),
    trace: z.number().int().nonnegative(),
    /** Whose numbering it is: made once by each page (tab) and kept over reconnects. Each has its own `seq`. */
    client: z.string().max(64).optional(),
  }),
  /** What this socket wants to be told; everything until it says so. */
  z.object({ type: z.literal("subscribe"), map: z.boolean().optional(), trace: z.boolean().optional(), events: z.boolean().optional() }),
  z.object({
    type: z.literal("open-terminal"),
    seq,
    terminal,
    machine,
    columns: z.number().int().min(2).max(1000),
    rows: z.number().int().min(1).max(1000),
  }),
  z.object({ type: z.literal("close-terminal"), seq, terminal }),
  z.object({ type: z.literal("keys"), seq, terminal, data: z.string().max(64 * 1024) }),
  z.object({
    type: z.literal("resize"),
    seq,
    terminal,
    columns: z.number().int().min(2).max(1000),
    rows: z.number().int().min(1).max(1000),
  }),
  /** speed: virtual seconds a second. "skip": to the next event that is due. "forward": by so many virtual ms. */
  z.object({
    type: z.literal("clock"),
    seq,
    action: z.enum(["pause", "resume", "skip", "forward"]),
    speed: z.number().positive().max(1000).optional(),
    by: z.number().int().positive().max(86_400_000).optional(),
  }),
  z.object({ type: z.literal("list-files"), id: z.number().int(), machine, path }),
  z.object({ type: z.literal("read-file"), id: z.number().int(), machine, path }),
  z.object({ type: z.literal("write-file"), seq, id: z.number().int(), machine, path, content: z.string().max(1024 * 1024) }),
  z.object({ type: z.literal("editor-closed"), seq, editor: z.number().int() }),
  z.object({ type: z.literal("hint"), seq, task: z.string().max(64) }),
  z.object({ type: z.literal("solution"), seq, task: z.string().max(64) }),
  z.object({
    type: z.literal("answer"),
    seq,
    task: z.string().max(64),
    quiz: z.string().max(64),
    answer: z.union([z.string().max(1000), z.array(z.string().max(1000)).max(32)]),
  }),
  /** Trace events about one object, for "follow the request"; without an object, those of the last change. */
  z.object({
    type: z.literal("history"),
    id: z.number().int(),
    kind: z.string().max(64).optional(),
    namespace: z.string().max(253).optional(),
    name: z.string().max(253).optional(),
  }),
  /** Describe an object as kubectl would. */
  z.object({
    type: z.literal("describe"),
    id: z.number().int(),
    kind: z.string().max(64),
    namespace: z.string().max(253).optional(),
    name: z.string().max(253),
  }),
  /** What listens inside, for the pane that shows it. */
  z.object({ type: z.literal("ports"), id: z.number().int() }),
  z.object({ type: z.literal("restart"), seq }),
  /** A teacher who looks in asks to type in the learner's terminals, or takes the question back, or ends it. */
  z.object({ type: z.literal("ask-typing"), ask: z.boolean().optional() }),
  /** The learner's answer to one who looks in (`watched`), and the end of their typing. */
  z.object({ type: z.literal("allow-typing"), who: z.string().max(64), allow: z.boolean() }),
  z.object({ type: z.literal("ping"), at: z.number() }),
])
export type ClientMessage = z.infer<typeof ClientMessage>

export const Check = z.object({
  id: z.string(),
  /** What must be true, in words. */
  title: z.string(),
  passed: z.boolean(),
  /** What was seen, e.g. "now: 1 of 3 available". */
  seen: z.string().optional(),
})
export type Check = z.infer<typeof Check>

export const Quiz = z.object({
  id: z.string(),
  question: z.string(),
  /** order: the options are given in another order than the right one; the answer is all of them. */
  kind: z.enum(["single", "several", "text", "order"]),
  options: z.array(z.string()),
  answered: z.boolean(),
  correct: z.boolean(),
  /** The reason, told once the answer was right. */
  because: z.string().optional(),
  /** What the author says to the wrong answer that was given last. */
  reply: z.string().optional(),
})
export type Quiz = z.infer<typeof Quiz>

export const TaskState = z.object({
  id: z.string(),
  title: z.string(),
  points: z.number(),
  state: z.enum(["locked", "open", "done"]),
  checks: z.array(Check),
  quizzes: z.array(Quiz),
  hintsOpened: z.array(z.string()),
  hintsTotal: z.number().int(),
  solution: z.string().optional(),
  /** A word of the author's, told when some checks hold and others do not. */
  feedback: z.string().optional(),
  /** Points so far: parts of a task that gives partial credit, less what help cost. Absent: all or nothing. */
  earned: z.number().optional(),
  /** Points that the next hint costs, and the solution; absent: none. */
  hintCost: z.number().int().positive().optional(),
  solutionCost: z.number().int().positive().optional(),
})
export type TaskState = z.infer<typeof TaskState>

export const ClockState = z.object({
  now: z.number(),
  startedAt: z.number(),
  paused: z.boolean(),
  speed: z.number(),
  nextAt: z.number().nullable(),
})
export type ClockState = z.infer<typeof ClockState>

/** One thing on the map. `status` is a word of kubectl's ("Running", "CrashLoopBackOff", "NotReady"). */
export const MapItem = z.object({
  /** "Pod/default/web" */
  id: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  level: z.enum(["pending", "running", "ready", "failing", "gone"]),
  status: z.string(),
  /** Node's name for a pod; owner's id for what belongs together; targets' ids for a Service. */
  node: z.string().optional(),
  owner: z.string().optional(),
  targets: z.array(z.string()).optional(),
  /** The object's line as `kubectl get` prints it, cells by column. */
  line: z.record(z.string(), z.string()),
})
export type MapItem = z.infer<typeof MapItem>

/** One hop, as the browser shows it. Objects are JSON text, shortened; secret data is masked. */
export const TraceHop = z.object({
  id: z.number().int(),
  at: z.number(),
  span: z.number().int(),
  parent: z.number().int().nullable(),
  from: z.string(),
  to: z.string(),
  instance: z.string().optional(),
  verb: z.string(),
  object: z.object({ kind: z.string(), namespace: z.string().optional(), name: z.string() }).optional(),
  detail: z.string().optional(),
  /** Lines of a diff: " ", "+" or "-" and the YAML line. */
  diff: z.array(z.string()).optional(),
})
export type TraceHop = z.infer<typeof TraceHop>

/** Something that listens inside a world, and may answer HTTP. */
export const OpenPort = z.object({
  /** As the lab's first machine reaches it: an address or a machine's name. */
  host: z.string(),
  port: z.number().int(),
  scheme: z.enum(["http", "https"]),
  /** What it is, in words: "Service default/web", "python3 on controlplane". */
  label: z.string(),
})
export type OpenPort = z.infer<typeof OpenPort>

/** A sentence for the learner about the lab itself. */
export const Notice = z.object({ level: z.enum(["info", "warning"]), text: z.string() })
export type Notice = z.infer<typeof Notice>

/** Somebody who looks in: one entry for each of their windows. */
export const Watcher = z.object({ id: z.string(), name: z.string(), typing: z.boolean(), asking: z.boolean() })
export type Watcher = z.infer<typeof Watcher>

const size = z.number().int()

export const ServerMessage = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("welcome"),
    session: z.string(),
    engine: z.string(),
    machines: z.array(z.string()),
    terminals: z.array(
      z.object({ terminal, machine, /** bytes written so far */ written: z.number(), columns: size.optional(), rows: size.optional() }),
    ),
    acknowledged: z.number().int(),
    clock: ClockState,
    tasks: z.array(TaskState),
    /** The path of this session's Kubernetes API for outside clients. */
    api: z.string(),
    /** Below this path the page shows what listens inside: `<preview>/<host>/<port>/<path>`, `https:<host>` for TLS. Absent: it may not. */
    preview: z.string().optional(),
    /** What is amiss with this lab from its beginning: a set-up script of the lesson failed. */
    notices: z.array(Notice).optional(),
  }),
  /** Something about the lab that its learner should know. */
  z.object({ type: z.literal("notice"), notice: Notice }),
  /** Progress of a world that is being made or replayed. */
  z.object({ type: z.literal("preparing"), step: z.string(), done: z.number().min(0).max(1) }),
  z.object({ type: z.literal("ack"), seq: z.number().int() }),
  /** `offset`: bytes of this terminal before `data` (UTF-8 text; a split character waits for its rest). */
  z.object({
    type: z.literal("output"),
    terminal,
    offset: z.number().int(),
    data: z.string(),
    /** So many bytes before `offset` were dropped: the browser was slower than the program, or away for longer than is kept. */
    skipped: z.number().int().positive().optional(),
  }),
  z.object({ type: z.literal("terminal-closed"), terminal }),
  /** To those who look in: the learner has opened a terminal, or given it another size. */
  z.object({ type: z.literal("terminal"), terminal, machine, columns: size, rows: size }),
  /** Who looks into this lab now. `you`: the entry of the socket that is told, if it is one of them. */
  z.object({ type: z.literal("watched"), by: z.array(Watcher), you: z.string().optional() }),
  /** A teacher's word to a class or to this learner. `id` counts up over all messages. */
  z.object({ type: z.literal("message"), id: z.number().int(), from: z.string(), text: z.string(), at: z.number() }),
  z.object({ type: z.literal("clock"), clock: ClockState }),
  /** `full` replaces the map; else items are changed or (level "gone") removed. */
  z.object({ type: z.literal("map"), full: z.boolean(), items: z.array(MapItem) }),
  z.object({ type: z.literal("trace"), hops: z.array(TraceHop) }),
  z.object({ type: z.literal("history"), id: z.number().int(), hops: z.array(TraceHop) }),
  z.object({ type: z.literal("describe"), id: z.number().int(), text: z.string() }),
  z.object({ type: z.literal("ports"), id: z.number().int(), ports: z.array(OpenPort) }),
  z.object({
    type: z.literal("events"),
    events: z.array(
      z.object({ at: z.number(), type: z.string(), reason: z.string(), object: z.string(), message: z.string(), count: z.number() }),
    ),
  }),
  z.object({ type: z.literal("tasks"), tasks: z.array(TaskState), total: z.number(), earned: z.number() }),
  z.object({
    type: z.literal("files"),
    id: z.number().int(),
    path: z.string(),
    entries: z.array(z.object({ name: z.string(), type: z.enum(["file", "directory", "symlink", "other"]), size: z.number() })),
  }),
  z.object({ type: z.literal("file"), id: z.number().int(), machine, path: z.string(), content: z.string() }),
  z.object({ type: z.literal("saved"), id: z.number().int() }),
  /** The learner ran `edit FILE` in a terminal. */
  z.object({ type: z.literal("edit"), editor: z.number().int(), machine, path: z.string(), content: z.string(), wait: z.boolean() }),
  z.object({
    type: z.literal("error"),
    /** the id or seq it answers */ id: z.number().int().optional(),
    code: z.enum(["bad-message", "too-large", "not-found", "refused", "rate", "ticket", "internal"]),
    message: z.string(),
  }),
  z.object({ type: z.literal("pong"), at: z.number() }),
])
export type ServerMessage = z.infer<typeof ServerMessage>
