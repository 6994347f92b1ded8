/** Calls: arguments in order, spread ones, and super() without any. */
import { typeError } from "../objects/raise.ts"
import { Dict, Invoke, isTask, type Keywords, NO_KEYWORDS, PyClass, SuperObject, type Task, typeOf, type Value } from "../objects/values.ts"
import { begin } from "../run/calls.ts"
import type { Frame } from "../run/frame.ts"
import type { Expression, ExpressionOf } from "../syntax/nodes.ts"
import { type Code, slow } from "./code.ts"
import { compileExpression, type Scope } from "./scope.ts"

const nameOf = (callee: Value): string => {
  if (callee instanceof PyClass) return callee.name
  if (typeof callee === "object" && callee !== null && "callee" in callee) return nameOf((callee as { callee: Value }).callee)
  return typeof callee === "object" && callee !== null && "name" in callee ? String(callee.name) : typeOf(callee).name
}

/** super() takes the class around and the first argument of the method it stands in. */
const compileSuper = (node: Expression): Code =>
  slow(function* (frame) {
    frame.home.at = node
    let method: Frame | undefined = frame
    while (method && method.callee?.owner === undefined) method = method.parent
    const owner = method?.callee?.owner
    const self = method?.slots[0]
    if (!owner || self === undefined) throw typeError("super(): no arguments")
    return new SuperObject(owner, self)
  })

/** Arguments of a call, by position and by name. */
export const compileArguments = (
  node: ExpressionOf<"call">["args"],
  scope: Scope,
): ((frame: Frame, callee: Value) => Task<{ args: Value[]; keywords: Keywords }>) => {
  const codes = node.map(({ name, spread, value }) => ({ name, spread, code: compileExpression(value, scope), node: value }))
  return function* (frame, callee) {
    const args: Value[] = []
    let keywords: Map<string, Value> | undefined
    for (const { name, spread, code, node: at } of codes) {
      let value = code.quick(frame)
      if (value === undefined) value = yield* code.run(frame)
      if (spread === "*") {
        frame.home.at = at
        for (const one of yield* frame.python.collect(value)) args.push(one)
      } else if (spread === "**") {
        frame.home.at = at
        if (!(value instanceof Dict)) throw typeError(`${nameOf(callee)}() argument after ** must be a mapping, not ${typeOf(value).name}`)
        keywords ??= new Map()
        for (const [key, held] of value.map) {
          if (typeof key !== "string") throw typeError("keywords must be strings")
          if (keywords.has(key)) throw typeError(`${nameOf(callee)}() got multiple values for keyword argument '${key}'`)
          keywords.set(key, held)
        }
      } else if (name !== undefined) (keywords ??= new Map()).set(name, value)
      else args.push(value)
    }
    return { args, keywords: keywords ?? NO_KEYWORDS }
  }
}

export const compileCall = (node: ExpressionOf<"call">, scope: Scope): Code => {
  if (node.callee.kind === "name" && node.callee.name === "super" && node.args.length === 0) return compileSuper(node)
  const callee = compileExpression(node.callee, scope)
  const simple = node.args.every(({ name, spread }) => name === undefined && spread === undefined)
  if (simple) {
    const codes = node.args.map(({ value }) => compileExpression(value, scope))
    return slow(function* (frame) {
      let called = callee.quick(frame)
      if (called === undefined) called = yield* callee.run(frame)
      const args: Value[] = []
      for (const code of codes) {
        const value = code.quick(frame)
        args.push(value === undefined ? yield* code.run(frame) : value)
      }
      frame.home.at = node
      if (--frame.python.budget < 0) yield* frame.python.rest()
      const started = begin(frame.python, called, args)
      if (started instanceof Invoke) return (yield started) as Value
      return isTask(started) ? yield* started : started
    })
  }
  const bind = compileArguments(node.args, scope)
  return slow(function* (frame) {
    let called = callee.quick(frame)
    if (called === undefined) called = yield* callee.run(frame)
    const { args, keywords } = yield* bind(frame, called)
    frame.home.at = node
    if (--frame.python.budget < 0) yield* frame.python.rest()
    const started = begin(frame.python, called, args, keywords)
    if (started instanceof Invoke) return (yield started) as Value
    return isTask(started) ? yield* started : started
  })
}
