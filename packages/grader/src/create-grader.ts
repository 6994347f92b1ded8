/** A grader over one world: hears everything, looks again only where something changed, keeps what was achieved. */
import type { Timer } from "@drydock/sim"
import type { ScriptResult, World } from "@drydock/world"
import { celCheck } from "./cel-check.ts"
import type { CheckResult, CreateGrader, GradedCheck, GradedTask, Grader, TaskResult } from "./contract.ts"
import { feedbackRules, type FeedbackRules } from "./feedback.ts"
import { historyCheck } from "./history-check.ts"
import type { LiveCheck, ObjectChange } from "./live-check.ts"
import type { StoredObject } from "./objects.ts"
import { httpCheck, scriptCheck } from "./probe-check.ts"
import { creditOf, isRight, type Quiz } from "./quiz-check.ts"

/** Virtual ms: however much happens, checks look at most once in this time. */
const COALESCE = 100
/** Virtual ms that one script of a task's own set-up may take. */
const SETUP_LIMIT = 600_000

interface Entry {
  readonly id: string
  readonly spec: GradedCheck
  readonly live: LiveCheck
  dirty: boolean
}

interface TaskState {
  readonly spec: GradedTask
  readonly entries: readonly Entry[]
  readonly rules: FeedbackRules | undefined
  state: TaskResult["state"]
  /** Its own set-up: begun, and how it failed. */
  preparing: boolean
  problem: string | undefined
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
  readonly #quizzes = new Map<string, { right: boolean; credit: number }>()
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
      rules: typeof spec.feedback === "object" ? feedbackRules(spec.feedback, world) : undefined,
      state: "locked",
      preparing: false,
      problem: undefined,
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
          if (this.#tasks.some(({ state, rules }) => state === "open" && rules?.reads(kind))) this.#wake(0)
          this.#hear((live) => live.changed?.(change) ?? false)
        }
      },
    })
    if (watcher) this.#stops.push(() => watcher.cancel())
    for (const event of world.trace.events) for (const { entries } of this.#tasks) for (const { live } of entries) live.happened?.(event)
    this.#look()
  }

  #live(task: GradedTask, check: GradedCheck): LiveCheck {
    const live = this.#positive(task, check)
    return check.kind !== "quiz" && check.not ? negated(live) : live
  }

  #positive(task: GradedTask, check: GradedCheck): LiveCheck {
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
            const given = answers.get(key)
            return { passed: given?.right === true, ...(given && !given.right && given.credit > 0 && { credit: given.credit }) }
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
    // A hair, so that thirds of thirds count as a whole.
    return this.#tasks.reduce((sum, { spec }, index) => sum + Math.floor(spec.points * this.#part(this.#results[index], spec) + 1e-9), 0)
  }

  #part(result: TaskResult | undefined, { partial }: GradedTask): number {
    if (result?.state === "done") return 1
    return result?.state === "open" && partial ? result.credit : 0
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
        if (task.state === "locked" && !task.preparing && task.spec.needs.every((need) => this.#isDone(need))) this.#begin(task)
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

  /** Runs the task's own set-up, if it has one, and opens it. */
  #begin(task: TaskState): void {
    const steps = task.spec.setup ?? []
    const open = () => {
      task.preparing = false
      task.state = "open"
      for (const entry of task.entries) {
        entry.dirty = true
        entry.live.opened?.()
      }
    }
    if (steps.length === 0) return open()
    task.preparing = true
    const run = (index: number) => {
      if (this.#stopped) return
      const step = steps[index]
      if (step === undefined) {
        open()
        return this.#wake(0)
      }
      const { machine, script } = typeof step === "string" ? { machine: undefined, script: step } : step
      this.#world.script({ ...(machine !== undefined && { machine }), script, timeout: SETUP_LIMIT }, (result) => {
        if (result.exit !== 0) task.problem ??= setupProblem(result)
        run(index + 1)
      })
    }
    run(0)
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
    // What a check saw before the last change is no answer: the task waits until it has looked again.
    if (task.state !== "open" || !task.entries.every(({ live, dirty }) => live.observed.passed && !dirty && !live.busy)) return false
    task.kept = task.entries.map(resultOf)
    task.state = "done"
    for (const { live } of task.entries) live.stop?.()
    return true
  }

  #publish(): void {
    const results = this.#tasks.map(({ spec, state, kept, entries, rules, problem }): TaskResult => {
      const checks = kept ?? entries.map(resultOf)
      const feedback = state === "open" ? rules?.text() : undefined
      return {
        ...{ id: spec.id, state, checks, credit: state === "done" ? 1 : shareOf(spec, checks) },
        ...(feedback !== undefined && { feedback }),
        ...(problem !== undefined && { problem }),
      }
    })
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
    if (!this.#quizzes.get(key)?.right) this.#quizzes.set(key, { right, credit: creditOf(spec, answer) })
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
  const { passed, seen, credit } = live.observed
  return { id, title: spec.title, passed, ...(seen !== undefined && { seen }), ...(credit !== undefined && { credit }) }
}

/** What part of a task holds, 0 to 1, by its checks' weights. */
const shareOf = ({ checks: specs }: GradedTask, results: readonly CheckResult[]): number => {
  const weights = specs.map(({ weight }) => weight ?? 1)
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  if (whole === 0) return 0
  return results.reduce((sum, { passed, credit }, index) => sum + weights[index] * (passed ? 1 : (credit ?? 0)), 0) / whole
}

const negated = (live: LiveCheck): LiveCheck => ({
  get observed() {
    const { passed, seen } = live.observed
    return { passed: !passed, ...(seen !== undefined && { seen }) }
  },
  get notBefore() {
    return live.notBefore
  },
  get busy() {
    return live.busy ?? false
  },
  changed: (change) => live.changed?.(change) ?? false,
  happened: (event) => live.happened?.(event) ?? false,
  opened: () => live.opened?.(),
  look: (later) => live.look(later),
  stop: () => live.stop?.(),
})

/** A set-up script's end in a sentence. */
export const setupProblem = ({ exit, stdout, stderr, timedOut }: ScriptResult): string => {
  const last = (stderr.trim() || stdout.trim()).split("\n").at(-1) ?? ""
  return `${timedOut ? "did not end in time" : `ended with exit code ${exit}`}${last === "" ? "" : `: ${last.slice(0, 300)}`}`
}

export const createGrader: CreateGrader = (world, tasks) => new WorldGrader(world, tasks)
