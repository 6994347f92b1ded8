/** Comprehensions and generator expressions: a scope of their own, part of the frame they stand in. */
import { PyGenerator } from "../objects/generator.ts"
import { MOST_ITEMS } from "../objects/iterators.ts"
import { raised } from "../objects/raise.ts"
import { Dict, isTask, List, type PyIterator, PySet, type Task, type Value, Yielded } from "../objects/values.ts"
import { Frame } from "../run/frame.ts"
import type { ExpressionOf } from "../syntax/nodes.ts"
import { compileTarget } from "./assignment.ts"
import { type Code, slow } from "./code.ts"
import { compileExpression, bindTarget, Scope } from "./scope.ts"

interface Clause {
  readonly source: Code
  readonly store: (frame: Frame, value: Value) => Task<void>
  readonly conditions: readonly Code[]
  readonly node: ExpressionOf<"comprehension">["clauses"][number]["source"]
}

/** Goes through the clauses from `level` on, and does `each` innermost. */
function* loop(frame: Frame, clauses: readonly Clause[], level: number, first: PyIterator, each: (frame: Frame) => Task<void>): Task<void> {
  const { python } = frame
  const { store, conditions, node } = clauses[level]
  for (;;) {
    frame.home.at = node
    const next = first.advance(python)
    const item = isTask(next) ? yield* next : next
    if (item === undefined) return
    if (--python.budget < 0) yield* python.rest()
    yield* store(frame, item)
    let wanted = true
    for (const condition of conditions) {
      let value = condition.quick(frame)
      if (value === undefined) value = yield* condition.run(frame)
      if (!(yield* python.truth(value))) {
        wanted = false
        break
      }
    }
    if (!wanted) continue
    if (level === clauses.length - 1) yield* each(frame)
    else {
      const inner = clauses[level + 1]
      const source = yield* inner.source.run(frame)
      frame.home.at = inner.node
      yield* loop(frame, clauses, level + 1, yield* python.settle(python.iterator(source)), each)
    }
  }
}

export const compileComprehension = (node: ExpressionOf<"comprehension">, outer: Scope): Code => {
  const generator = node.makes === "generator"
  const scope = new Scope("function", outer, generator ? "<genexpr>" : "<comp>", { inline: true })
  for (const { target } of node.clauses) bindTarget(scope, target)
  // The first source is evaluated outside.
  const source = compileExpression(node.clauses[0].source, outer)
  const clauses: Clause[] = node.clauses.map((clause, index) => ({
    source: index === 0 ? source : compileExpression(clause.source, scope),
    store: compileTarget(clause.target, scope),
    conditions: clause.conditions.map((condition) => compileExpression(condition, scope)),
    node: clause.source,
  }))
  const element = compileExpression(node.element, scope)
  const held = node.value && compileExpression(node.value, scope)
  const inner = (frame: Frame): Frame =>
    new Frame(frame.python, {
      parent: frame,
      globals: frame.globals,
      slots: scope.slots.length,
      fileName: frame.fileName,
      name: generator ? "<genexpr>" : frame.name,
      inline: !generator,
    })
  const begin = function* (frame: Frame): Task<PyIterator> {
    const value = source.quick(frame) ?? (yield* source.run(frame))
    frame.home.at = node.clauses[0].source
    return yield* frame.python.settle(frame.python.iterator(value))
  }
  if (generator) {
    const body = function* (frame: Frame, first: PyIterator): Task {
      try {
        yield* loop(frame, clauses, 0, first, function* (own) {
          const value = element.quick(own)
          yield new Yielded(value === undefined ? yield* element.run(own) : value)
        })
      } catch (error) {
        throw frame.python.caught(error, frame)
      }
      return null
    }
    return slow(function* (frame) {
      const first = yield* begin(frame)
      return new PyGenerator(`${outer.kind === "module" ? "" : `${outer.qualifiedName}.<locals>.`}<genexpr>`, body(inner(frame), first))
    })
  }
  return slow(function* (frame) {
    const first = yield* begin(frame)
    const list: Value[] = []
    frame.python.allocate(8)
    const dict = new Dict()
    const { python } = frame
    const result = node.makes === "list" ? new List(list) : dict
    python.gathering.add(result)
    try {
      yield* loop(inner(frame), clauses, 0, first, function* (own) {
        let value = element.quick(own)
        if (value === undefined) value = yield* element.run(own)
        if (node.makes === "list") {
          list.push(value)
          python.allocate(1)
          if (list.length > MOST_ITEMS) throw raised("MemoryError")
        } else if (held) {
          const second = held.quick(own)
          const stored = second === undefined ? yield* held.run(own) : second
          own.home.at = node
          dict.put(yield* python.key(dict, value), value, stored)
        } else {
          own.home.at = node
          dict.put(yield* python.key(dict, value), value, null)
        }
      })
    } finally {
      python.gathering.delete(result)
    }
    return node.makes === "set" ? new PySet(dict) : result
  })
}
