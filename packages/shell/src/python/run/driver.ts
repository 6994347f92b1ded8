/** Runs tasks on a stack of their own: recursion of the program takes none of the host's, and a step can be left at any wait. */
import type { Steps, Wait, Wake } from "@drydock/machine"
import { raised } from "../objects/raise.ts"
import { Resume } from "../objects/generator.ts"
import { Invoke, type Task, type Value, Yielded } from "../objects/values.ts"

/** sys.getrecursionlimit(). */
export const RECURSION_LIMIT = 1_000

/** One thread of the program. */
export class Driver {
  readonly #stack: Task[] = []
  limit = RECURSION_LIMIT

  get depth(): number {
    return this.#stack.length
  }

  /** Runs `task` to its end. Throws what it throws. */
  *run(task: Task): Steps<Value> {
    const stack = this.#stack
    const bottom = stack.length
    stack.push(task)
    let reply: Value | Yielded | Wake = null
    let error: { thrown: unknown } | undefined
    try {
      for (;;) {
        const top = stack[stack.length - 1]
        let result: IteratorResult<unknown, Value>
        try {
          if (error) {
            const { thrown } = error
            error = undefined
            result = top.throw(thrown)
          } else result = top.next(reply as Wake)
        } catch (thrown) {
          stack.pop()
          if (stack.length === bottom) throw thrown
          error = { thrown }
          continue
        }
        if (result.done) {
          stack.pop()
          if (stack.length === bottom) return result.value
          reply = result.value
          continue
        }
        const request = result.value
        if (request instanceof Invoke) {
          if (stack.length - bottom >= this.limit) {
            error = { thrown: raised("RecursionError", "maximum recursion depth exceeded") }
            continue
          }
          stack.push(request.task)
          reply = null
          if (request instanceof Resume) {
            reply = request.sent
            if (request.error) error = { thrown: request.error }
          }
        } else if (request instanceof Yielded) {
          stack.pop()
          reply = request
        } else {
          try {
            reply = yield request as Wait
          } catch (thrown) {
            error = { thrown }
          }
        }
      }
    } finally {
      stack.length = bottom
    }
  }
}
