/** Targets: names, attributes, items, and tuples of them. */
import { typeError, valueError } from "../objects/raise.ts"
import { isTask, List, Tuple, typeOf, type Value } from "../objects/values.ts"
import { deleteAttribute, setAttribute } from "../run/attributes.ts"
import { deleteItem, setItem } from "../run/subscripts.ts"
import type { Expression, Span } from "../syntax/nodes.ts"
import { PythonSyntaxError } from "../syntax/syntax-error.ts"
import type { Frame } from "../run/frame.ts"
import type { Task } from "../objects/values.ts"
import type { Store } from "./code.ts"
import { deleteName, storeName } from "./names.ts"
import { compileExpression, type Scope } from "./scope.ts"

/** Exactly `wanted` values, or at least so many. Throws ValueError with CPython's words. */
function* unpacked(frame: Frame, value: Value, node: Span, wanted: number, atLeast: boolean): Task<readonly Value[]> {
  frame.home.at = node
  if ((value instanceof Tuple || value instanceof List) && value.items.length === wanted && !atLeast) return [...value.items]
  const { python } = frame
  let iterator: ReturnType<typeof python.iterator>
  try {
    iterator = python.iterator(value)
  } catch {
    throw typeError(`cannot unpack non-iterable ${typeOf(value).name} object`)
  }
  const steps = isTask(iterator) ? yield* iterator : iterator
  const items: Value[] = []
  for (;;) {
    const next = steps.advance(python)
    const item = isTask(next) ? yield* next : next
    if (item === undefined) break
    if (!atLeast && items.length === wanted) throw valueError(`too many values to unpack (expected ${wanted})`)
    items.push(item)
    if (--python.budget < 0) yield* python.rest()
  }
  if (items.length < wanted)
    throw valueError(`not enough values to unpack (expected ${atLeast ? "at least " : ""}${wanted}, got ${items.length})`)
  return items
}

const compileUnpacking = (node: Expression & { items: readonly Expression[] }, scope: Scope): Store => {
  const star = node.items.findIndex((item) => item.kind === "star")
  const stores = node.items.map((item) => compileTarget(item.kind === "star" ? item.value : item, scope))
  if (node.items.filter((item) => item.kind === "star").length > 1)
    throw new PythonSyntaxError("multiple starred expressions in assignment", node)
  return function* (frame, value) {
    const items = yield* unpacked(frame, value, node, star < 0 ? stores.length : stores.length - 1, star >= 0)
    if (star < 0) {
      for (const [index, store] of stores.entries()) yield* store(frame, items[index])
      return
    }
    const after = stores.length - 1 - star
    for (let index = 0; index < star; index++) yield* stores[index](frame, items[index])
    yield* stores[star](frame, new List(items.slice(star, items.length - after)))
    for (let index = 0; index < after; index++) yield* stores[star + 1 + index](frame, items[items.length - after + index])
  }
}

export const compileTarget = (node: Expression, scope: Scope): Store => {
  switch (node.kind) {
    case "name": {
      const store = storeName(scope, scope.mangled(node.name))
      return function* (frame, value) {
        store(frame, value)
      }
    }
    case "tuple":
    case "list":
      return compileUnpacking(node, scope)
    case "attribute": {
      const object = compileExpression(node.object, scope)
      const name = scope.mangled(node.name)
      return function* (frame, value) {
        const owner = object.quick(frame) ?? (yield* object.run(frame))
        frame.home.at = node
        const result = setAttribute(frame.python, owner, name, value)
        if (isTask(result)) yield* result
      }
    }
    case "subscript": {
      const [object, index] = [compileExpression(node.object, scope), compileExpression(node.index, scope)]
      return function* (frame, value) {
        const owner = object.quick(frame) ?? (yield* object.run(frame))
        const at = index.quick(frame) ?? (yield* index.run(frame))
        frame.home.at = node
        const result = setItem(frame.python, owner, at, value)
        if (isTask(result)) yield* result
      }
    }
    case "star":
      throw new PythonSyntaxError("starred assignment target must be in a list or tuple", node)
    default:
      throw new PythonSyntaxError("cannot assign to expression", node)
  }
}

export const compileDelete = (node: Expression, scope: Scope): ((frame: Frame) => Task<void>) => {
  switch (node.kind) {
    case "name": {
      const remove = deleteName(scope, scope.mangled(node.name), node)
      return function* (frame) {
        remove(frame)
      }
    }
    case "tuple":
    case "list": {
      const all = node.items.map((item) => compileDelete(item, scope))
      return function* (frame) {
        for (const one of all) yield* one(frame)
      }
    }
    case "attribute": {
      const object = compileExpression(node.object, scope)
      return function* (frame) {
        const owner = yield* object.run(frame)
        frame.home.at = node
        const result = deleteAttribute(frame.python, owner, scope.mangled(node.name))
        if (isTask(result)) yield* result
      }
    }
    case "subscript": {
      const [object, index] = [compileExpression(node.object, scope), compileExpression(node.index, scope)]
      return function* (frame) {
        const owner = yield* object.run(frame)
        const at = yield* index.run(frame)
        frame.home.at = node
        const result = deleteItem(frame.python, owner, at)
        if (isTask(result)) yield* result
      }
    }
    default:
      throw new PythonSyntaxError("cannot delete expression", node)
  }
}
