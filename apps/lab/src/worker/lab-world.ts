/** One live session in a worker: its world paced by the wall clock, inputs applied at whole instants and logged, viewers kept up to date. */
import type { ClockState } from "@drydock/protocol"
import type { FromWorker, LabInput, LogEntry, Origin, SessionSpec } from "../link.ts"
import { prepare, type SessionBody } from "./body.ts"
import type { Progress } from "./making.ts"
import { Audience } from "./audience.ts"
import { Inbox, type Pending } from "./inbox.ts"
import { isNews } from "./map-items.ts"
import { MissedTries } from "./missed-tries.ts"
import { Pace } from "./pace.ts"
import { StandingWatch } from "./standing-watch.ts"
import type { Viewer } from "./viewer.ts"

/** After an input the world may run this far ahead of the wall (virtual ms), so that an echo need not wait for the next turn. */
const AHEAD = 5
/** Host time that reaching a whole instant may take beyond a slice, ms. */
const GRACE = 5
/** Keys are typed in portions of this many UTF-16 units. */
const PORTION = 16 * 1024
/** Room that a terminal must have before more is typed, bytes. */
const ROOM = 64 * 1024
const PROGRESS_MS = 200
/** Between two turns that nobody asked for, wall ms. */
const REST_MS = 4
/** How far a world came is kept this often, so that little is lived again after a crash. */
const REACHED_MS = 10_000
/** Without a viewer a world goes on for this long, wall ms. */
const DETACHED_MS = 120_000
/** "skip" looks for something to happen within this, virtual ms. */
const SKIP_LIMIT = 600_000

export class LabWorld {
  readonly spec: SessionSpec
  readonly handle: number
  readonly inbox = new Inbox()
  readonly #audience: Audience
  readonly #post: (message: FromWorker) => void
  readonly #pace = new Pace()
  #body: SessionBody | undefined
  #making: Generator<Progress, SessionBody> | undefined
  #deadline = 0
  #nextEntry: number
  #last = { turn: 0, progress: 0, reached: 0 }
  #job: { until: number; skip: boolean } | undefined
  #happened = false
  #detachedAt: number
  readonly #doneTasks = new Set<string>()
  /** An exam's outcomes as they were last told. */
  #told = ""
  readonly #standing = new StandingWatch()
  readonly #missed = new MissedTries()
  /** Terminals whose shell ended and that are about to be closed. */
  readonly #closing = new Set<string>()
  failed: string | undefined

  constructor(
    options: { spec: SessionSpec; handle: number; log: readonly LogEntry[]; reachedAt: number },
    post: (message: FromWorker) => void,
  ) {
    this.spec = options.spec
    this.handle = options.handle
    this.#post = post
    this.#audience = new Audience(this.spec, post)
    this.#nextEntry = (options.log.at(-1)?.n ?? 0) + 1
    for (const { from } of options.log) if (from) this.inbox.note(from)
    this.#detachedAt = performance.now()
    this.#making = prepare(this.spec, options.log, options.reachedAt, () => performance.now() >= this.#deadline)
  }

  get viewers(): Map<number, Viewer> {
    return this.#audience.viewers
  }

  /** Undefined while the world is being made. */
  get body(): SessionBody | undefined {
    return this.#body
  }

  /** Works for at most about `budget` ms of host time; true when there is more to do at once. */
  turn(budget: number): boolean {
    if (this.failed !== undefined) return false
    const wall = performance.now()
    this.#deadline = wall + budget
    this.#last.turn = wall
    if (this.#making) {
      this.#make(wall)
      return this.failed === undefined
    }
    const body = this.#body as SessionBody
    if (!this.#pace.standing && this.#audience.learners === 0 && body.calls.open === 0 && wall - this.#detachedAt > DETACHED_MS)
      this.#suspend(true)
    const more = this.#pump(body, wall)
    // Keys that wait for room in a terminal wait for the world's next event.
    const waiting = this.inbox.size
    this.#flush(body, performance.now())
    return more || this.inbox.size > waiting
  }

  #make(wall: number): void {
    try {
      const { done, value } = (this.#making as Generator<Progress, SessionBody>).next()
      if (done) return this.#made(value)
      if (wall - this.#last.progress < PROGRESS_MS) return
      this.#last.progress = wall
      this.#audience.tell({ type: "preparing", ...value })
    } catch (error) {
      this.failed = error instanceof Error ? error.message : String(error)
      this.#making = undefined
      this.#post({ type: "failed", session: this.spec.session, reason: this.failed })
    }
  }

  #made(body: SessionBody): void {
    this.#making = undefined
    this.#body = body
    const { session } = this.spec
    body.calls.sink = {
      answer: (call, answer) => this.#post({ type: "call-answer", session, call, answer }),
      frame: (call, text) => this.#post({ type: "call-frame", session, call, text }),
      data: (call, channel, data) => this.#post({ type: "call-data", session, call, channel, data }),
      end: (call, channel) => this.#post({ type: "call-end", session, call, ...(channel !== undefined && { channel }) }),
    }
    if (body.tasks)
      body.tasks.onChange = () => {
        this.#audience.tasksChanged = true
      }
    body.onEdit = (editor) => {
      const opened = body.editors.get(editor)
      if (opened) this.#audience.tell({ type: "edit", editor, ...opened })
    }
    body.world.onOutput(() => {
      this.#happened = true
    })
    body.world.trace.subscribe(({ verb, object, before, after }) => {
      if ((verb === "store" || verb === "delete") && object && isNews(object.kind, before, after)) this.#happened = true
    })
    this.#pace.anchor(performance.now(), body.world.sim.now())
    this.#pace.paused = body.clock.paused
    this.#pace.speed = body.clock.speed
    this.#pace.suspended = this.#audience.learners === 0
    // Whoever was on the other end of these is gone with the server that held their sockets.
    for (const call of body.calls.loggedOpen()) this.inbox.push({ input: { kind: "call-closed", call }, applied: 0 })
    this.#reportTasks(body)
    this.#reportStanding(body)
    this.#post({ type: "loaded", session })
    for (const viewer of this.viewers.values()) this.#welcome(viewer, body)
  }

  // ---- time

  #suspend(suspended: boolean): void {
    const body = this.#body as SessionBody
    this.#pace.anchor(performance.now(), body.world.sim.now())
    this.#pace.suspended = suspended
    if (suspended) this.#reached(body)
  }

  #reached(body: SessionBody): void {
    this.#post({ type: "reached", session: this.spec.session, at: Math.ceil(body.world.sim.now()) })
  }

  /** Says how far it came; it will not be asked again. */
  unload(): void {
    const body = this.#body
    if (body) this.#reached(body)
    body?.tasks?.stop()
    this.#making = undefined
  }

  setClock(paused: boolean, speed: number): void {
    const body = this.#body as SessionBody
    this.#pace.anchor(performance.now(), body.world.sim.now())
    this.#pace.paused = paused
    this.#pace.speed = speed
    if (paused) this.#job = undefined
    this.#audience.clockChanged = true
  }

  /** Lets the world run as fast as it can: by so many virtual ms, or until something happens. */
  hurry(by: number | undefined): void {
    const now = (this.#body as SessionBody).world.sim.now()
    this.#job = { until: Math.ceil(Math.max(now, this.#job?.until ?? 0) + (by ?? SKIP_LIMIT)), skip: by === undefined }
    this.#happened = false
  }

  clockState(): ClockState {
    const { sim } = (this.#body as SessionBody).world
    const nextAt = sim.nextAt()
    return {
      now: Math.floor(sim.now()),
      startedAt: sim.startedAt,
      paused: this.#pace.paused,
      speed: this.#pace.speed,
      nextAt: nextAt === undefined ? null : Math.ceil(nextAt),
    }
  }

  /** True when the world is at `until` with nothing left to do there. */
  #runTo(body: SessionBody, until: number, deadline: number): boolean {
    const { world } = body
    return world.run({ until: Math.max(until, Math.ceil(world.sim.now())), stop: () => performance.now() >= deadline }).reason === "until"
  }

  #pump(body: SessionBody, wall: number): boolean {
    let ahead = 0
    let stuck = false
    while (this.inbox.size > 0 && !stuck) {
      // Where it should be by now; a world that is behind takes its input at the next whole instant instead.
      if (!this.#job && !this.#runTo(body, this.#pace.due(wall), this.#deadline)) this.#pace.slip(wall, body.world.sim.now())
      if (!this.#runTo(body, 0, Math.max(this.#deadline, performance.now() + GRACE))) return true
      stuck = !this.#take(body, this.inbox.first as Pending)
      if (this.#body !== body) return false
      ahead = AHEAD
    }
    if (this.#job) return this.#hurried(body)
    const due = this.#pace.standing ? 0 : this.#pace.due(wall) + Math.ceil(ahead * this.#pace.speed)
    if (this.#runTo(body, due, this.#deadline)) return false
    this.#pace.slip(wall, body.world.sim.now())
    return true
  }

  #hurried(body: SessionBody): boolean {
    const job = this.#job as { until: number; skip: boolean }
    const { world } = body
    const { reason } = world.run({
      until: job.until,
      stop: () => (job.skip && this.#happened) || performance.now() >= this.#deadline,
    })
    if (reason !== "until" && !(job.skip && this.#happened)) return true
    if (!this.#runTo(body, 0, performance.now() + GRACE)) return true
    this.#job = undefined
    this.#pace.anchor(performance.now(), world.sim.now())
    this.#audience.clockChanged = true
    this.#reached(body)
    return !this.#pace.standing
  }

  /** Wall time (performance.now) at which a turn is due; undefined when nothing is. */
  get wakeAt(): number | undefined {
    const body = this.#body
    if (this.#making) return 0
    if (!body || this.failed !== undefined) return undefined
    if (this.#job) return 0
    const next = body.world.sim.nextAt()
    let at = next === undefined ? undefined : this.#pace.wallOf(next)
    // A busy world's events are taken a few milliseconds at a time.
    if (at !== undefined) at = Math.max(at, this.#last.turn + REST_MS)
    const tell = this.#audience.wakeAt(body)
    return tell === undefined ? at : Math.min(at ?? Number.POSITIVE_INFINITY, tell)
  }

  // ---- inputs

  /** Applies it, in portions where a terminal has little room; false when it must wait for room. */
  #take(body: SessionBody, pending: Pending): boolean {
    const { origin } = pending
    if (origin && this.inbox.isDone(origin)) {
      this.inbox.shift()
      this.#log(body, undefined, [origin])
      return true
    }
    if (pending.input.kind === "keys") return this.#type(body, pending, pending.input)
    const refused = body.apply(pending.input, pending.described)
    this.inbox.shift()
    this.#noteDone(body, pending.input, origin)
    pending.after?.(refused)
    if (pending.input.kind === "open-terminal" || pending.input.kind === "resize")
      this.#audience.terminalSized(body, pending.input.terminal)
    return true
  }

  #type(body: SessionBody, pending: Pending, keys: { kind: "keys"; terminal: string; data: string }): boolean {
    const { origin } = pending
    if (origin && pending.applied === 0) pending.applied = this.inbox.partOf(origin)
    const tty = body.world.tty(keys.terminal)
    if (tty && tty.inputSpace < ROOM && keys.data.length - pending.applied > 1) return false
    let end = Math.min(keys.data.length, pending.applied + PORTION)
    // A pair of surrogates is one character.
    if (end < keys.data.length && (keys.data.charCodeAt(end) & 0xfc00) === 0xdc00) end--
    const whole = pending.applied === 0 && end === keys.data.length
    const input: LabInput = whole ? keys : { ...keys, data: keys.data.slice(pending.applied, end) }
    if (tty) body.apply(input)
    pending.applied = end
    if (end < keys.data.length) {
      if (origin) this.#noteDone(body, input, { ...origin, part: end })
      else this.#noteDone(body, input, undefined)
      return true
    }
    this.inbox.shift()
    if (tty) this.#noteDone(body, input, origin)
    else if (origin) this.#done(body, origin)
    return true
  }

  #noteDone(body: SessionBody, input: LabInput, origin: Origin | undefined): void {
    if (origin) this.inbox.note(origin)
    const entry = { n: this.#nextEntry++, at: body.world.sim.now(), input, ...(origin && { from: origin }) }
    this.#log(body, entry, origin && origin.part === undefined ? [origin] : [])
  }

  #done(body: SessionBody, origin: Origin): void {
    this.inbox.note(origin)
    this.#log(body, undefined, [origin])
  }

  #log(body: SessionBody, entry: LogEntry | undefined, acks: readonly Origin[]): void {
    const reachedAt = Math.floor(body.world.sim.now())
    this.#post({ type: "log", session: this.spec.session, entries: entry ? [entry] : [], reachedAt, acks })
  }

  /** A message that needs nothing of the world: acknowledged in its turn. */
  acknowledge(origin: Origin): void {
    const body = this.#body
    if (body) this.#done(body, origin)
  }

  /** ^C empties what was typed ahead, here as in the terminal. */
  interrupt(terminal: string): void {
    const body = this.#body
    if (!body) return
    for (const { origin } of this.inbox.dropKeys(terminal)) if (origin) this.#done(body, origin)
  }

  // ---- viewers

  attach(viewer: Viewer): void {
    this.viewers.set(viewer.socket, viewer)
    if (this.failed !== undefined || !this.#body) return
    if (this.#pace.suspended && !viewer.watching) this.#suspend(false)
    this.#welcome(viewer, this.#body)
  }

  detach(socket: number): void {
    if (this.viewers.get(socket)?.watching === false) this.#detachedAt = performance.now()
    this.viewers.delete(socket)
  }

  /** An outside call keeps the clock going as a viewer does. */
  touch(): void {
    this.#detachedAt = performance.now()
    if (this.#body && this.#pace.suspended) this.#suspend(false)
  }

  #welcome(viewer: Viewer, body: SessionBody): void {
    this.#audience.welcome(viewer, body, { acknowledged: this.inbox.acknowledged(viewer.client), clock: this.clockState() })
  }

  #reportTasks(body: SessionBody): void {
    const outcomes = body.tasks?.outcomes()
    if (outcomes) {
      const text = JSON.stringify(outcomes)
      if (text === this.#told) return
      this.#told = text
      this.#post({ type: "outcomes", session: this.spec.session, outcomes })
      // A replay comes as far as this.
      return this.#reached(body)
    }
    for (const { task, points } of body.tasks?.done() ?? []) {
      if (this.#doneTasks.has(task)) continue
      this.#doneTasks.add(task)
      this.#post({ type: "task-done", session: this.spec.session, task, points, missed: this.#missed.count(task) })
      // Whatever happens, a replay comes as far as this.
      this.#reached(body)
    }
  }

  #reportStanding(body: SessionBody): void {
    const tasks = body.tasks?.states()
    if (tasks) this.#missed.look(tasks)
    const standing = tasks && this.#standing.look(tasks)
    if (standing) this.#post({ type: "standing", session: this.spec.session, standing })
  }

  terminalClosed(terminal: string): void {
    this.#audience.terminalClosed(terminal)
  }

  #flush(body: SessionBody, wall: number): void {
    for (const terminal of body.terminals.ended()) {
      if (this.#closing.has(terminal)) continue
      this.#closing.add(terminal)
      const after = () => {
        this.#closing.delete(terminal)
        this.terminalClosed(terminal)
      }
      this.inbox.push({ input: { kind: "close-terminal", terminal }, applied: 0, after })
    }
    if (this.#audience.tasksChanged) {
      this.#reportTasks(body)
      this.#reportStanding(body)
    }
    this.#audience.flush(body, wall, () => this.clockState())
    if (!this.#pace.standing && wall - this.#last.reached > REACHED_MS) {
      this.#last.reached = wall
      this.#reached(body)
    }
  }
}
