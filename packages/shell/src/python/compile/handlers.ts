/** try and with: what is done when an exception passes, and in any case. */
import { raised, typeError } from "../objects/raise.ts"
import { type PyException, type Task, typeOf, type Value } from "../objects/values.ts"
import type { Frame } from "../run/frame.ts"
import type { StatementOf } from "../syntax/nodes.ts"
import { compileTarget } from "./assignment.ts"
import { type Completion, type Step, step } from "./code.ts"
import { deleteName, storeName } from "./names.ts"
import { compileExpression, compileBlock, type Scope } from "./scope.ts"
import { takes } from "../run/catching.ts"

/** Runs `body` while `error` is being handled: what is raised meanwhile has it as its context. */
function* handling(frame: Frame, error: PyException, body: () => Task<Completion>): Task<Completion> {
  const { python } = frame
  const before = python.handling
  python.handling = error
  try {
    return yield* body()
  } catch (thrown) {
    throw python.caught(thrown, frame)
  } finally {
    python.handling = before
  }
}

export const compileTry = (node: StatementOf<"try">, scope: Scope): Step => {
  const body = compileBlock(node.body, scope)
  const handlers = node.handlers.map((handler) => ({
    node: handler.type,
    type: handler.type && compileExpression(handler.type, scope),
    store: handler.name === undefined ? undefined : storeName(scope, scope.mangled(handler.name)),
    forget: handler.name === undefined ? undefined : deleteName(scope, scope.mangled(handler.name), handler),
    body: compileBlock(handler.body, scope),
  }))
  const otherwise = compileBlock(node.otherwise, scope)
  const last = node.last.length > 0 ? compileBlock(node.last, scope) : undefined
  const protectedPart = function* (frame: Frame): Task<Completion> {
    let completion: Completion
    try {
      completion = yield* body.run(frame)
    } catch (thrown) {
      const error = frame.python.caught(thrown, frame)
      for (const { node: at, type, store, forget, body: handled } of handlers) {
        if (type) {
          const wanted = yield* handling(frame, error, function* () {
            const value = yield* type.run(frame)
            if (at) frame.home.at = at
            return takes(error, value) ? "break" : undefined
          })
          if (wanted === undefined) continue
        }
        store?.(frame, error)
        try {
          return yield* handling(frame, error, () => handled.run(frame))
        } finally {
          forget?.(frame, true)
        }
      }
      throw error
    }
    return completion ?? (yield* otherwise.run(frame))
  }
  if (!last) return step(handlers.length > 0 ? protectedPart : body.run)
  return step(function* (frame) {
    let completion: Completion
    try {
      completion = yield* protectedPart(frame)
    } catch (thrown) {
      const error = frame.python.caught(thrown, frame)
      const over = yield* handling(frame, error, () => last.run(frame))
      if (over !== undefined) return over
      throw error
    }
    const { result } = frame
    const over = yield* last.run(frame)
    if (over !== undefined) return over
    frame.result = result
    return completion
  })
}

const protocol = (value: Value, name: string): void => {
  if (typeOf(value).lookup(name) === undefined)
    throw typeError(
      `'${typeOf(value).name}' object does not support the context manager protocol${name === "__exit__" ? " (missed __exit__ method)" : ""}`,
    )
}

export const compileWith = (node: StatementOf<"with">, scope: Scope): Step => {
  const items = node.items.map(({ value, target }) => ({
    node: value,
    code: compileExpression(value, scope),
    store: target && compileTarget(target, scope),
  }))
  const body = compileBlock(node.body, scope)
  const enter = function* (frame: Frame, index: number): Task<Completion> {
    if (index === items.length) return yield* body.run(frame)
    const { python } = frame
    const { node: at, code, store } = items[index]
    const manager = yield* code.run(frame)
    frame.home.at = at
    protocol(manager, "__enter__")
    protocol(manager, "__exit__")
    const entered = yield* python.callMethod(manager, "__enter__", [])
    let completion: Completion
    try {
      if (store) yield* store(frame, entered)
      completion = yield* enter(frame, index + 1)
    } catch (thrown) {
      const error = python.caught(thrown, frame)
      let swallowed = false
      yield* handling(frame, error, function* () {
        frame.home.at = at
        swallowed = yield* python.truth(yield* python.callMethod(manager, "__exit__", [error.cls, error, null]))
        return undefined
      })
      if (swallowed) return undefined
      throw error
    }
    frame.home.at = at
    const { result } = frame
    yield* python.callMethod(manager, "__exit__", [null, null, null])
    frame.result = result
    return completion
  }
  if (items.length === 0) throw raised("SystemError", "with without items")
  return step((frame) => enter(frame, 0))
}
