/** Everybody who looks at one session: greeted with all there is, then told what changes, no more often than a screen can show. */
import type { ClockState, ServerMessage } from "@drydock/protocol"
import { ENGINE } from "@drydock/world"
import type { FromWorker, SessionSpec } from "../link.ts"
import type { SessionBody } from "./body.ts"
import type { Viewer } from "./viewer.ts"

/** Map, trace and events are told this often at most, wall ms. */
const DIGEST_MS = 100
/** The browser lets its clock run on by itself; it is told again when that would be wrong by more than this (virtual ms at speed 1), */
const CLOCK_DRIFT = 250
const CLOCK_REST_MS = 200
/** and now and then for the next event's time, wall ms. */
const CLOCK_MS = 20_000

export class Audience {
  readonly viewers = new Map<number, Viewer>()
  /** Something about a task changed since the last flush. */
  tasksChanged = false
  clockChanged = false
  readonly #spec: SessionSpec
  readonly #post: (message: FromWorker) => void
  #digestAt = 0
  /** What the browsers' clocks were last set to. */
  #clock = { at: Number.NEGATIVE_INFINITY, now: 0, speed: 1, paused: false }
  #hopsTold = 0
  #noticed = 0

  constructor(spec: SessionSpec, post: (message: FromWorker) => void) {
    this.#spec = spec
    this.#post = post
  }

  get size(): number {
    return this.viewers.size
  }

  /** Those whose lab it is: who looks in is not among them. */
  get learners(): number {
    let count = 0
    for (const { watching } of this.viewers.values()) if (!watching) count++
    return count
  }

  /** Tells those who look in what a terminal of the learner's is like. */
  terminalSized(body: SessionBody, terminal: string): void {
    const known = body.terminals.open.get(terminal)
    if (!known) return
    const { machine, columns, rows } = known
    for (const viewer of this.viewers.values()) if (viewer.watching) viewer.send({ type: "terminal", terminal, machine, columns, rows })
  }

  welcome(viewer: Viewer, body: SessionBody, about: { acknowledged: number; clock: ClockState }): void {
    viewer.send({
      type: "welcome",
      session: this.#spec.session,
      engine: ENGINE,
      machines: [...body.world.machines.keys()],
      terminals: [...body.terminals.open.values()].map(({ name, machine, ring, columns, rows }) => ({
        ...{ terminal: name, machine, written: ring.written, columns, rows },
      })),
      ...about,
      tasks: body.tasks?.states() ?? [],
      api: this.#spec.api,
      ...(this.#spec.preview !== undefined && !viewer.watching && { preview: this.#spec.preview }),
      ...(body.notices().length > 0 && { notices: body.notices() }),
    })
    this.#noticed = body.notices().length
    viewer.welcomed(body)
    viewer.output(body)
    // Nobody was told of what changed meanwhile; the whole map says it all.
    if (this.viewers.size === 1) body.view.delta()
    if (body.tasks) viewer.send(tasksMessage(body))
    viewer.fullMap(body)
    const events = body.view.recentEvents()
    if (events.length > 0) viewer.events({ type: "events", events: [...events] })
    viewer.hops(body)
    for (const [editor, opened] of body.editors) viewer.send({ type: "edit", editor, ...opened })
  }

  tell(message: ServerMessage): void {
    if (this.viewers.size === 0) return
    this.#post({ type: "send", session: this.#spec.session, sockets: [...this.viewers.keys()], text: JSON.stringify(message) })
  }

  terminalClosed(terminal: string): void {
    for (const viewer of this.viewers.values()) viewer.terminalClosed(terminal)
  }

  #newestHop(body: SessionBody): number {
    return body.world.trace.events.at(-1)?.id ?? 0
  }

  #digestDue(body: SessionBody): boolean {
    return body.view.dirty || this.#newestHop(body) !== this.#hopsTold
  }

  #clockIsWrong(body: SessionBody, wall: number): boolean {
    const { at, now, speed, paused } = this.#clock
    if (wall - at > CLOCK_MS) return true
    if (wall - at < CLOCK_REST_MS) return false
    const shown = paused ? now : now + (wall - at) * speed
    return Math.abs(body.world.sim.now() - shown) > CLOCK_DRIFT * Math.max(1, speed)
  }

  /** Wall time at which there is something to tell; undefined when there is nothing. */
  wakeAt(body: SessionBody): number | undefined {
    return this.viewers.size > 0 && this.#digestDue(body) ? this.#digestAt + DIGEST_MS : undefined
  }

  /** Output and tasks at once; map, trace and events when they are due. */
  flush(body: SessionBody, wall: number, clock: () => ClockState): void {
    for (const viewer of this.viewers.values()) viewer.output(body)
    if (this.tasksChanged) {
      this.tell(tasksMessage(body))
      const notices = body.notices()
      for (const notice of notices.slice(this.#noticed)) this.tell({ type: "notice", notice })
      this.#noticed = notices.length
    }
    this.tasksChanged = false
    if (this.clockChanged || (this.viewers.size > 0 && this.#clockIsWrong(body, wall))) {
      this.clockChanged = false
      const state = clock()
      this.#clock = { at: wall, now: state.now, speed: state.speed, paused: state.paused }
      this.tell({ type: "clock", clock: state })
    }
    if (wall - this.#digestAt < DIGEST_MS || !this.#digestDue(body)) return
    this.#digestAt = wall
    this.#hopsTold = this.#newestHop(body)
    if (body.view.dirty && this.viewers.size > 0) {
      const { items, events } = body.view.delta()
      if (items.length > 0) for (const viewer of this.viewers.values()) viewer.mapDelta({ type: "map", full: false, items })
      if (events.length > 0) for (const viewer of this.viewers.values()) viewer.events({ type: "events", events: [...events] })
    }
    for (const viewer of this.viewers.values()) viewer.hops(body)
  }
}

const tasksMessage = ({ tasks }: SessionBody): ServerMessage => ({
  type: "tasks",
  tasks: tasks?.states() ?? [],
  total: tasks?.total ?? 0,
  earned: tasks?.earned ?? 0,
})
