/** A function that yields, once it was called: its task is run a stretch at a time. */
import type { Interpreter } from "../run/interpreter.ts"
import { GENERATOR_EXIT, STOP_ITERATION } from "./exceptions.ts"
import { raised, valueError } from "./raise.ts"
import { GENERATOR, Invoke, type PyClass, PyException, PyIterator, type Task, type Value, Yielded } from "./values.ts"

/** Runs a generator's task until it yields, with what was sent or thrown into it. */
export class Resume extends Invoke {
  readonly sent: Value
  readonly error: PyException | undefined

  constructor(task: Task, sent: Value, error?: PyException) {
    super(task)
    this.sent = sent
    this.error = error
  }
}

export class PyGenerator extends PyIterator {
  readonly name: string
  readonly #task: Task
  #state: "created" | "running" | "suspended" | "done" = "created"
  /** What it returned. */
  returned: Value = null
  readonly coroutine: boolean

  constructor(name: string, task: Task, coroutine = false) {
    super()
    this.name = name
    this.#task = task
    this.coroutine = coroutine
  }

  get cls(): PyClass {
    return GENERATOR
  }

  get finished(): boolean {
    return this.#state === "done"
  }

  advance(): Task<Value | undefined> {
    return this.resume(null)
  }

  *resume(sent: Value, error?: PyException): Task<Value | undefined> {
    if (this.#state === "running") throw valueError("generator already executing")
    if (this.#state === "done" || (this.#state === "created" && error)) {
      this.#state = "done"
      if (error) throw error
      return undefined
    }
    if (this.#state === "created" && sent !== null) throw raised("TypeError", "can't send non-None value to a just-started generator")
    this.#state = "running"
    let reply: Value | Yielded
    try {
      reply = (yield new Resume(this.#task, sent, error)) as Value | Yielded
    } catch (problem) {
      this.#state = "done"
      if (problem instanceof PyException && problem.cls.isSubclass(STOP_ITERATION)) {
        const wrapped = raised("RuntimeError", "generator raised StopIteration")
        wrapped.cause = problem
        wrapped.context = problem
        wrapped.suppressContext = true
        throw wrapped
      }
      throw problem
    }
    if (reply instanceof Yielded) {
      this.#state = "suspended"
      return reply.value
    }
    this.#state = "done"
    this.returned = reply
    return undefined
  }

  *close(_python: Interpreter): Task {
    if (this.#state !== "suspended") {
      if (this.#state === "created") this.#state = "done"
      return null
    }
    try {
      if ((yield* this.resume(null, new PyException(GENERATOR_EXIT, []))) !== undefined)
        throw raised("RuntimeError", "generator ignored GeneratorExit")
    } catch (error) {
      if (!(error instanceof PyException) || !(error.cls.isSubclass(GENERATOR_EXIT) || error.cls.isSubclass(STOP_ITERATION))) throw error
    }
    return null
  }
}
