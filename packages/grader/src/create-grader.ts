/** A grader over one world: hears everything, looks again only where something changed, keeps what was achieved. */
import type { Timer } from "@drydock/sim"
import type { World } from "@drydock/world"
import { celCheck } from "./cel-check.ts"
import type { CheckResult, CreateGrader, GradedCheck, GradedTask, Grader, TaskResult } from "./contract.ts"
import { historyCheck } from "./history-check.ts"
import type { LiveCheck, ObjectChange } from "./live-check.ts"
import type { StoredObject } from "./objects.ts"
import { httpCheck, scriptCheck } from "./probe-check.ts"
import { isRight, type Quiz } from "./quiz-check.ts"

/** Virtual ms: however much happens, checks look at most once in this time. */
const COALESCE = 100

interface Entry {
  readonly id: string
  readonly spec: GradedCheck
  readonly live: LiveCheck
  dirty: boolean
}

interface TaskState {
  readonly spec: GradedTask
  readonly entries: readonly Entry[]
  state: TaskResult["state"]
  /** As it was when the task was done: later tasks may undo it. */
  kept: readonly CheckResult[] | undefined
}

/** The id a check has in results: its own, or its task's with its place. */
export const checkId = (task: Pick<GradedTask, "id">, check: Pick<GradedCheck, "id">, index: number): string =>
  check.id ?? `${task.id}.${index + 1}`

class WorldGrader implements Grader {
  readonly total: number
  readonly #world: World
  readonly #tasks: readonly TaskState[]
  readonly #quizzes = new Map<string, boolean>()
  readonly #listeners = new Set<(results: readonly TaskResult[]) => void>()
  readonly #stops: (() => void)[] = []
  #results: readonly TaskResult[] = []
  #told = ""
  #timer: Timer | undefined
  #looked: number
  #stopped = false

  constructor(world: World, tasks: readonly GradedTask[]) {
    this.#world = world
    this.#looked = world.sim.now() - COALESCE
    this.total = tasks.reduce((sum, { points }) => sum + points, 0)
    this.#tasks = tasks.map((spec) => ({
      spec,
      entries: spec.checks.map((check, index) => ({
        id: checkId(spec, check, index),
        spec: check,
        live: this.#live(spec, check),
        dirty: true,
      })),
      state: "locked",
      kept: undefined,
    }))
    this.#stops.push(world.trace.subscribe((event) => this.#hear((live) => live.happened?.(event) ?? false)))
    const watcher = world.cluster?.etcd.watch("/registry/", {
      onEvents: (events) => {
        for (const { value, previous } of events) {
          const [after, before] = [value as StoredObject | undefined, previous?.value as StoredObject | undefined]
          const kind = (after ?? before)?.kind
          if (kind === undefined) continue
          const change: ObjectChange = { kind, before, after }
          this.#hear((live) => live.changed?.(change) ?? false)
        }
      },
    })
    if (watcher) this.#stops.push(() => watcher.cancel())
    for (const event of world.trace.events) for (const { entries } of this.#tasks) for (const { live } of entries) live.happened?.(event)
    this.#look()
  }

  #live(task: GradedTask, check: GradedCheck): LiveCheck {
    const context = { world: this.#world }
    switch (check.kind) {
      case "cel":
        return celCheck(check, context)
      case "script":
        return scriptCheck(check, context)
      case "http":
        return httpCheck(check, context)
      case "history":
        return historyCheck(check, context)
      default: {
        const answers = this.#quizzes
        const key = `${task.id}/${check.id}`
        return {
          get observed() {
            return { passed: answers.get(key) === true }
          },
          look() {},
        }
      }
    }
  }

  get results(): readonly TaskResult[] {
    return this.#results
  }

  get earned(): number {
    return this.#tasks.reduce((sum, { state, spec }) => sum + (state === "done" ? spec.points : 0), 0)
  }

  #hear(wants: (live: LiveCheck) => boolean): void {
    let wake = false
    for (const task of this.#tasks) {
      if (task.state === "done") continue
      for (const entry of task.entries) {
        if (!wants(entry.live)) continue
        entry.dirty = true
        if (task.state === "open") wake = true
      }
    }
    if (wake) this.#wake(0)
  }

  /** Looks after `delay` virtual ms, not sooner than COALESCE after the last time. */
  #wake(delay: number): void {
    if (this.#stopped) return
    const now = this.#world.sim.now()
    const at = Math.max(now + delay, this.#looked + COALESCE)
    if (this.#timer?.action) {
      if (this.#timer.at <= at) return
      this.#world.sim.cancel(this.#timer)
    }
    this.#timer = this.#world.sim.scheduleBackground(at - now, () => this.#look())
  }

  #look(): void {
    if (this.#stopped) return
    const now = this.#world.sim.now()
    this.#looked = now
    // A task that is done may open others, which are looked at in the same breath.
    for (let again = true; again; ) {
      again = false
      for (const task of this.#tasks) {
        if (task.state === "locked" && task.spec.needs.every((need) => this.#isDone(need))) {
          task.state = "open"
          for (const entry of task.entries) {
            entry.dirty = true
            entry.live.opened?.()
          }
        }
        if (task.state !== "open") continue
        for (const entry of task.entries) {
          if (!entry.dirty) continue
          const { notBefore } = entry.live
          if (notBefore !== undefined && notBefore > now) {
            this.#wake(notBefore - now)
            continue
          }
          entry.dirty = false
          entry.live.look(() => this.#settle())
        }
        again = this.#finish(task) || again
      }
    }
    this.#publish()
  }

  /** A check that took its time has an answer. */
  #settle(): void {
    let done = false
    for (const task of this.#tasks) done = this.#finish(task) || done
    if (done) this.#wake(0)
    this.#publish()
  }

  #isDone(id: string): boolean {
    return this.#tasks.some(({ spec, state }) => spec.id === id && state === "done")
  }

  #finish(task: TaskState): boolean {
    if (task.state !== "open" || !task.entries.every(({ live }) => live.observed.passed)) return false
    task.kept = task.entries.map(resultOf)
    task.state = "done"
    for (const { live } of task.entries) live.stop?.()
    return true
  }

  #publish(): void {
    const results = this.#tasks.map(({ spec, state, kept, entries }) => ({ id: spec.id, state, checks: kept ?? entries.map(resultOf) }))
    const told = JSON.stringify(results)
    if (told === this.#told) return
    this.#told = told
    this.#results = results
    for (const listener of [...this.#listeners]) listener(results)
  }

  answer(task: string, quiz: string, answer: string | readonly string[]): boolean {
    const spec = this.#tasks
      .find(({ spec: { id } }) => id === task)
      ?.spec.checks.find((check): check is Quiz => check.kind === "quiz" && check.id === quiz)
    if (!spec) return false
    const right = isRight(spec, answer)
    const key = `${task}/${quiz}`
    // A right answer stays right.
    this.#quizzes.set(key, right || this.#quizzes.get(key) === true)
    this.#look()
    return right
  }

  refresh(): void {
    for (const task of this.#tasks) for (const entry of task.entries) entry.dirty = true
    this.#look()
  }

  onChange(listener: (results: readonly TaskResult[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stop(): void {
    this.#stopped = true
    this.#world.sim.cancel(this.#timer)
    for (const stop of this.#stops) stop()
    for (const { entries } of this.#tasks) for (const { live } of entries) live.stop?.()
    this.#listeners.clear()
  }
}

const resultOf = ({ id, spec, live }: Entry): CheckResult => {
  const { passed, seen } = live.observed
  return { id, title: spec.title, passed, ...(seen !== undefined && { seen }) }
}

export const createGrader: CreateGrader = (world, tasks) => new WorldGrader(world, tasks)
