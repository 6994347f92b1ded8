/** match statements: patterns tried one after another. */
import { keyOf } from "../objects/keys.ts"
import { typeError } from "../objects/raise.ts"
import {
  BOOL,
  Dict,
  FLOAT,
  INT,
  List,
  PyClass,
  STR,
  type Task,
  Tuple,
  type Value,
  BYTES,
  LIST,
  TUPLE,
  DICT,
  SET,
} from "../objects/values.ts"
import { attributeOr } from "../run/attributes.ts"
import { isInstance } from "../run/classes.ts"
import type { Frame } from "../run/frame.ts"
import type { Pattern, StatementOf } from "../syntax/nodes.ts"
import { type Step, step } from "./code.ts"
import { storeName } from "./names.ts"
import { compileExpression, compileBlock, type Scope } from "./scope.ts"
import { holds } from "./conditions.ts"

type Matcher = (frame: Frame, value: Value) => Task<boolean>

/** Classes whose single positional pattern is the value itself. */
const SELF: ReadonlySet<PyClass> = new Set([BOOL, BYTES, DICT, FLOAT, INT, LIST, SET, STR, TUPLE])

const sequence = (pattern: Pattern & { kind: "sequence" }, scope: Scope): Matcher => {
  const star = pattern.items.findIndex(({ kind }) => kind === "rest")
  const items = pattern.items.map((item) => (item.kind === "rest" ? undefined : compilePattern(item, scope)))
  const rest = star >= 0 ? pattern.items[star] : undefined
  const store = rest?.kind === "rest" && rest.name !== undefined ? storeName(scope, rest.name) : undefined
  return function* (frame, value) {
    if (!(value instanceof List) && !(value instanceof Tuple)) return false
    const values = value.items
    if (star < 0 ? values.length !== items.length : values.length < items.length - 1) return false
    const after = items.length - 1 - star
    for (const [index, item] of items.entries()) {
      if (!item) {
        store?.(frame, new List(values.slice(star, values.length - after)))
        continue
      }
      const at = star >= 0 && index > star ? values.length - (items.length - index) : index
      if (!(yield* item(frame, values[at]))) return false
    }
    return true
  }
}

const mapping = (pattern: Pattern & { kind: "mapping" }, scope: Scope): Matcher => {
  const items = pattern.items.map(({ key, pattern: inner }) => ({
    key: compileExpression(key, scope),
    match: compilePattern(inner, scope),
  }))
  const store = pattern.rest === undefined ? undefined : storeName(scope, pattern.rest)
  return function* (frame, value) {
    if (!(value instanceof Dict)) return false
    const used = new Set<unknown>()
    for (const { key, match } of items) {
      const name = keyOf(yield* key.run(frame))
      const held = value.map.get(name)
      if (held === undefined || !(yield* match(frame, held))) return false
      used.add(name)
    }
    if (store) {
      const rest = new Dict()
      for (const [key, held] of value.map) if (!used.has(key)) rest.put(key, value.original(key), held)
      store(frame, rest)
    }
    return true
  }
}

const classPattern = (pattern: Pattern & { kind: "class" }, scope: Scope): Matcher => {
  const cls = compileExpression(pattern.cls, scope)
  const items = pattern.items.map((item) => compilePattern(item, scope))
  const named = pattern.named.map(({ name, pattern: inner }) => ({ name, match: compilePattern(inner, scope) }))
  return function* (frame, value) {
    const { python } = frame
    const type = yield* cls.run(frame)
    frame.home.at = pattern
    if (!(type instanceof PyClass)) throw typeError("called match pattern must be a class")
    if (!(yield* python.settle(isInstance(python, value, type)))) return false
    if (items.length === 1 && SELF.has(type)) return yield* items[0](frame, value)
    const order = type.lookup("__match_args__")
    const names = order instanceof Tuple ? order.items : []
    if (names.length < items.length)
      throw typeError(
        `${type.name}() accepts ${names.length} positional sub-pattern${names.length === 1 ? "" : "s"} (${items.length} given)`,
      )
    for (const [index, match] of items.entries()) {
      const held = yield* attributeOr(python, value, String(names[index]))
      if (held === undefined || !(yield* match(frame, held))) return false
    }
    for (const { name, match } of named) {
      const held = yield* attributeOr(python, value, name)
      if (held === undefined || !(yield* match(frame, held))) return false
    }
    return true
  }
}

const compilePattern = (pattern: Pattern, scope: Scope): Matcher => {
  switch (pattern.kind) {
    case "value": {
      const code = compileExpression(pattern.value, scope)
      const same = pattern.value.kind === "constant"
      return function* (frame, value) {
        const wanted = yield* code.run(frame)
        return same ? wanted === value : yield* frame.python.settle(frame.python.equals(value, wanted))
      }
    }
    case "capture": {
      const store = pattern.name === undefined ? undefined : storeName(scope, pattern.name)
      return function* (frame, value) {
        store?.(frame, value)
        return true
      }
    }
    case "as": {
      const [inner, store] = [compilePattern(pattern.pattern, scope), storeName(scope, pattern.name)]
      return function* (frame, value) {
        if (!(yield* inner(frame, value))) return false
        store(frame, value)
        return true
      }
    }
    case "or": {
      const all = pattern.patterns.map((one) => compilePattern(one, scope))
      return function* (frame, value) {
        for (const one of all) if (yield* one(frame, value)) return true
        return false
      }
    }
    case "sequence":
      return sequence(pattern, scope)
    case "mapping":
      return mapping(pattern, scope)
    case "class":
      return classPattern(pattern, scope)
    case "rest":
      return function* () {
        return true
      }
  }
}

export const compileMatch = (node: StatementOf<"match">, scope: Scope): Step => {
  const subject = compileExpression(node.subject, scope)
  const cases = node.cases.map(({ pattern, guard, body }) => ({
    match: compilePattern(pattern, scope),
    guard: guard && compileExpression(guard, scope),
    body: compileBlock(body, scope),
  }))
  return step(function* (frame) {
    const value = yield* subject.run(frame)
    for (const { match, guard, body } of cases) {
      frame.home.at = node.subject
      if (!(yield* match(frame, value))) continue
      if (guard && !(yield* holds(frame, guard))) continue
      return yield* body.run(frame)
    }
    return undefined
  })
}
