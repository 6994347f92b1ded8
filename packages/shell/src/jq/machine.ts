/** The machine that jq programs run on: one value after the other goes to what comes next, a stack of choices holds what else there was to try. */
import { JqError } from "./error.ts"
import type { Json } from "./json.ts"

/** Steps to a value: keys, indices and slices ({start, end}). */
export type Path = readonly Json[]

/** Where a value stands in the input: undefined where nobody asks, "nowhere" where one asks and it was made on the way. */
export type Place = Path | "nowhere" | undefined

/** Continuations that may wait for each other. */
const MAX_DEPTH = 300_000
/** Choices that may be open. */
const MAX_CHOICES = 600_000
/** Items of arrays and entries of objects that one program may make. */
const MAX_ITEMS = 6_000_000

/** A program that wants more memory than there is: jq aborts. */
export class OutOfMemory extends Error {
  constructor() {
    super("cannot allocate memory")
  }
}

/** What takes a value. */
export class Then {
  readonly give: (value: Json, place: Place) => void
  readonly depth: number

  constructor(give: (value: Json, place: Place) => void, depth: number) {
    this.give = give
    this.depth = depth
  }
}

export interface Closure {
  readonly code: Code
  readonly env: Env | undefined
}

/** What names mean at run time, innermost first: values of variables, closures of parameters, labels. */
export interface Env {
  readonly up: Env | undefined
  readonly meaning: Json | Closure | Label
}

export class Label {}

/** Compiled jq: gives each of its values to `then`, by way of the machine. */
export type Code = (machine: Machine, env: Env | undefined, value: Json, place: Place, then: Then) => void

/** Work on a large value, in pieces: it yields where the machine may stop. */
export type Job<T = Json> = Generator<void, T, void>

/** Something to fall back to: more values, the handler of a `try`, the end of a label, or the way back into the body of a `try`. */
interface Choice {
  readonly resume: (() => void) | undefined
  /** Takes what was raised in the body of a `try`. */
  readonly handle?: (error: JqError) => void
  readonly label?: Label
  /** A value left the body of this `try`: what is raised from here on is not its own. */
  readonly left?: Choice
}

export interface Surroundings {
  /** ms since the epoch. */
  now: () => number
  environment: ReadonlyMap<string, string>
  /** Takes what `debug` and `stderr` say. */
  tell: (text: string) => void
  /** Where the input is, for messages and `input_line_number`. */
  lines?: () => number
  fileName?: () => string | null
}

/** What came of running for a while: "paused" ran out of fuel, "input" waits for `provide`. */
export type Event = { readonly kind: "output"; readonly value: Json } | { readonly kind: "end" | "paused" | "input" }

const END: Event = { kind: "end" }
const PAUSED: Event = { kind: "paused" }
const INPUT: Event = { kind: "input" }

export class Machine {
  readonly surroundings: Surroundings
  readonly #choices: Choice[] = []
  #left = 0
  /** Turns taken since it was made: each a bounded piece of work. */
  turns = 0
  #items = 0
  #event: Event | undefined
  #job: { readonly work: Job; readonly then: Then; readonly place: Place } | undefined
  #waiting: Then | undefined
  // What is next: code to run, or a value to give.
  #code: Code | undefined
  #env: Env | undefined
  #value: Json = null
  #place: Place
  #then: Then | undefined

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings
  }

  /** Begins with a new input; what was left of the one before is dropped. */
  start(code: Code, input: Json): void {
    this.#choices.length = 0
    this.#items = 0
    this.#event = this.#job = this.#waiting = undefined
    const output = new Then((value) => {
      this.#event = { kind: "output", value }
    }, 0)
    this.run(code, undefined, input, undefined, output)
  }

  /** Goes on for at most about `fuel` steps. Throws JqError (nobody caught it; nothing is left to run) and OutOfMemory. */
  step(fuel: number): Event {
    this.#left = fuel
    if (this.#waiting) return INPUT
    for (;;) {
      const event = this.#event
      if (event) {
        this.#event = undefined
        return event
      }
      if (this.#left-- <= 0) return PAUSED
      this.turns++
      try {
        if (!this.#once()) return END
      } catch (error) {
        if (!(error instanceof JqError)) throw error
        this.#code = this.#then = this.#job = undefined
        this.#raise(error)
      }
    }
  }

  /** One turn; false at the end. */
  #once(): boolean {
    const job = this.#job
    if (job) {
      const { done, value } = job.work.next()
      this.spend(1_000)
      if (!done) return true
      this.#job = undefined
      this.give(job.then, value as Json, job.place)
      return true
    }
    const then = this.#then
    const code = this.#code
    if (code) {
      this.#code = this.#then = undefined
      code(this, this.#env, this.#value, this.#place, then as Then)
      return true
    }
    if (then) {
      this.#then = undefined
      then.give(this.#value, this.#place)
      return true
    }
    const choice = this.#choices.pop()
    if (!choice) return false
    choice.resume?.()
    return true
  }

  /** Runs `code` next. To be the last thing that its caller does. */
  run(code: Code, env: Env | undefined, value: Json, place: Place, then: Then): void {
    this.#code = code
    this.#env = env
    this.#value = value
    this.#place = place
    this.#then = then
  }

  /** Hands a value on next. To be the last thing that its caller does; one that gives none goes back to the last choice. */
  give(then: Then, value: Json, place: Place): void {
    this.#value = value
    this.#place = place
    this.#then = then
  }

  /** What takes a value before `next` does. */
  before(next: Then, give: (value: Json, place: Place) => void): Then {
    if (next.depth >= MAX_DEPTH) throw new OutOfMemory()
    return new Then(give, next.depth + 1)
  }

  /** Goes on with `resume` when all that follows now is exhausted. */
  fork(resume: () => void): void {
    this.#push({ resume })
  }

  #push(choice: Choice): void {
    if (this.#choices.length >= MAX_CHOICES) throw new OutOfMemory()
    this.#choices.push(choice)
  }

  /** Runs work that takes long, then gives what comes of it. */
  labour(work: Job, then: Then, place: Place): void {
    this.#job = { work, then, place }
  }

  /** Takes the fuel of work over `units` items that has just been done. */
  spend(units: number): void {
    this.#left -= units
  }

  /** Accounts for items that were made. */
  grow(items: number): void {
    this.#items += items
    if (this.#items > MAX_ITEMS) throw new OutOfMemory()
  }

  /** Runs `code`; what is raised in it, not behind it, goes to `handle`. */
  attempt(code: Code, env: Env | undefined, value: Json, place: Place, then: Then, handle: (error: JqError) => void): void {
    const mark: Choice = { resume: undefined, handle }
    this.#push(mark)
    const leave = this.before(then, (result, at) => {
      this.#push({ resume: undefined, left: mark })
      this.give(then, result, at)
    })
    this.run(code, env, value, place, leave)
  }

  #raise(error: JqError): void {
    const outside = new Set<Choice>()
    for (let choice = this.#choices.pop(); choice; choice = this.#choices.pop()) {
      if (choice.left) outside.add(choice.left)
      else if (choice.handle && !outside.has(choice)) return choice.handle(error)
    }
    throw error
  }

  /** Marks the place that `leave` goes back to. */
  enter(label: Label): void {
    this.#push({ resume: undefined, label })
  }

  /** Drops every choice made since `enter(label)`. */
  leave(label: Label): void {
    for (let choice = this.#choices.pop(); choice && choice.label !== label; choice = this.#choices.pop());
  }

  /** Waits for the next input. */
  want(then: Then): void {
    this.#waiting = then
    this.#event = INPUT
  }

  /** The input that was waited for; undefined when there is none, an error when it could not be read. */
  provide(input: Json | undefined | JqError): void {
    const then = this.#waiting
    if (!then) return
    this.#waiting = undefined
    this.run(
      () => {
        if (input === undefined) throw new JqError("break")
        if (input instanceof JqError) throw input
        this.give(then, input, undefined)
      },
      undefined,
      null,
      undefined,
      then,
    )
  }
}
