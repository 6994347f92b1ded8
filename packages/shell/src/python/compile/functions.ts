/** Functions, lambdas and classes. */
import { raised, typeError } from "../objects/raise.ts"
import { Dict, type Parameter, PyClass, PyFunction, StaticMethod, type FunctionCode, type Task, type Value } from "../objects/values.ts"
import { announceClass, makeClass } from "../run/classes.ts"
import { Frame } from "../run/frame.ts"
import type { Expression, ExpressionOf, ParameterNode, Statement, StatementOf } from "../syntax/nodes.ts"
import { compileArguments } from "./calls.ts"
import { type Code, slow, type Step, step } from "./code.ts"
import { storeName } from "./names.ts"
import { compileExpression, compileBlock, bindBody, bindExpression, Scope } from "./scope.ts"

const parametersOf = (nodes: readonly ParameterNode[], scope: Scope): Parameter[] =>
  nodes.map(({ name, kind, positional }) => {
    const mangled = scope.mangled(name)
    scope.declare(mangled)
    return { name: mangled, kind, positional }
  })

/** What makes the function: its defaults are evaluated where it is defined. */
const maker = (
  nodes: readonly ParameterNode[],
  outer: Scope,
  code: (frame: Frame) => FunctionCode,
  returns?: Expression,
): ((frame: Frame) => Task<PyFunction>) => {
  const defaults = nodes.flatMap(({ name, fallback }) =>
    fallback ? [{ name: outer.mangled(name), code: compileExpression(fallback, outer) }] : [],
  )
  const annotations = [
    ...nodes.flatMap(({ name, annotation }) => (annotation ? [{ name, annotation }] : [])),
    ...(returns ? [{ name: "return", annotation: returns }] : []),
  ].map(({ name, annotation }) => ({ name, code: compileExpression(annotation, outer) }))
  return function* (frame) {
    const values = new Map<string, Value>()
    for (const one of defaults) values.set(one.name, one.code.quick(frame) ?? (yield* one.code.run(frame)))
    const made = new PyFunction(code(frame), values, frame)
    if (annotations.length > 0) {
      made.annotations = new Dict()
      for (const one of annotations) made.annotations.map.set(one.name, one.code.quick(frame) ?? (yield* one.code.run(frame)))
    }
    return made
  }
}

export const compileLambda = (node: ExpressionOf<"lambda">, outer: Scope): Code => {
  const scope = new Scope("function", outer, "<lambda>")
  const parameters = parametersOf(node.parameters, scope)
  const { yields } = bindExpression(scope, node.body)
  const body = compileExpression(node.body, scope)
  const code = (frame: Frame): FunctionCode => ({
    name: "<lambda>",
    qualifiedName: scope.qualifiedName,
    fileName: frame.fileName,
    line: node.line,
    parameters,
    slots: scope.slots,
    kind: yields ? "generator" : "function",
    documentation: undefined,
    *run(own) {
      try {
        const value = body.quick(own)
        return value === undefined ? yield* body.run(own) : value
      } catch (error) {
        throw own.python.caught(error, own)
      }
    },
  })
  const make = maker(node.parameters, outer, code)
  return slow(make)
}

const documentationOf = (body: readonly Statement[]): string | undefined => {
  const [first] = body
  return first?.kind === "expression" && first.value.kind === "string" ? first.value.value : undefined
}

/** Applies decorators, innermost first. */
function* decorated(frame: Frame, decorators: readonly { code: Code; node: Expression }[], apply: Value[], value: Value): Task {
  let result = value
  for (let index = apply.length - 1; index >= 0; index--) {
    frame.home.at = decorators[index].node
    result = yield* frame.python.call(apply[index], [result])
  }
  return result
}

export const compileFunction = (node: StatementOf<"function">, outer: Scope): Step => {
  const scope = new Scope("function", outer, node.name)
  const parameters = parametersOf(node.parameters, scope)
  const { yields } = bindBody(scope, node.body)
  scope.kindOfFunction = node.coroutine ? "coroutine" : yields ? "generator" : "function"
  const body = compileBlock(node.body, scope)
  const decorators = node.decorators.map((one) => ({ code: compileExpression(one, outer), node: one }))
  const store = storeName(outer, outer.mangled(node.name))
  const code = (frame: Frame): FunctionCode => ({
    name: node.name,
    qualifiedName: scope.qualifiedName,
    fileName: frame.fileName,
    line: node.line,
    parameters,
    slots: scope.slots,
    kind: scope.kindOfFunction,
    documentation: documentationOf(node.body),
    *run(own) {
      own.at = node
      const { frames } = own.python
      if (scope.kindOfFunction === "function") frames.add(own)
      try {
        if ((yield* body.run(own)) === "return") return own.result
      } catch (error) {
        throw own.python.caught(error, own)
      } finally {
        frames.delete(own)
      }
      return null
    },
  })
  const make = maker(node.parameters, outer, code, node.returns)
  return step(function* (frame) {
    const apply: Value[] = []
    for (const one of decorators) apply.push(yield* one.code.run(frame))
    const made = yield* make(frame)
    store(frame, apply.length === 0 ? made : yield* decorated(frame, decorators, apply, made))
    return undefined
  })
}

export const compileClass = (node: StatementOf<"class">, outer: Scope): Step => {
  const scope = new Scope("class", outer, node.name, { className: node.name })
  bindBody(scope, node.body)
  const body = compileBlock(node.body, scope)
  const bind = compileArguments(node.args, outer)
  const decorators = node.decorators.map((one) => ({ code: compileExpression(one, outer), node: one }))
  const store = storeName(outer, outer.mangled(node.name))
  return step(function* (frame) {
    const { python } = frame
    const apply: Value[] = []
    for (const one of decorators) apply.push(yield* one.code.run(frame))
    const { args, keywords: all } = yield* bind(frame, null)
    frame.home.at = node
    const bases: PyClass[] = []
    for (const base of args) {
      const origin = typeof base === "object" && base !== null && "origin" in base ? (base as { origin: Value }).origin : base
      if (origin instanceof PyClass) {
        if (!(origin !== base && bases.includes(origin))) bases.push(origin)
      } else if (origin !== base) continue
      else throw typeError("bases must be types")
    }
    const keywords = new Map(all)
    const given = keywords.get("metaclass")
    keywords.delete("metaclass")
    const meta = given instanceof PyClass && given.name !== "type" ? given : bases.find((one) => one.meta)?.meta
    const names = new Dict()
    const module = frame.globals.map.get("__name__")
    names.map.set("__module__", module ?? "__main__")
    names.map.set("__qualname__", scope.qualifiedName)
    const prepare = meta?.lookup("__prepare__")
    if (prepare !== undefined && prepare !== null && typeof prepare === "object" && "callee" in prepare) {
      const space = yield* python.call((prepare as { callee: Value }).callee, [meta as PyClass, node.name, null])
      if (space instanceof Dict) for (const [key, value] of space.map) names.map.set(key, value)
    }
    const documentation = documentationOf(node.body)
    if (documentation !== undefined) names.map.set("__doc__", documentation)
    const own = new Frame(python, { parent: frame, globals: frame.globals, names, fileName: frame.fileName, name: node.name })
    own.at = node
    try {
      yield* body.run(own)
    } catch (error) {
      throw python.caught(error, own)
    }
    frame.home.at = node
    let made: Value
    const create = meta?.lookup("__new__")
    if (meta && create instanceof StaticMethod)
      made = yield* python.call(create.callee, [meta, node.name, python.tuple(bases), names], keywords)
    else {
      const cls = makeClass(node.name, bases, names, meta, typeof module === "string" ? module : "__main__")
      yield* announceClass(python, cls, keywords)
      made = cls
    }
    const init = meta?.lookup("__init__")
    if (meta && init instanceof PyFunction && made instanceof PyClass)
      yield* python.call(init, [made, node.name, python.tuple(bases), names])
    if (made === undefined) throw raised("SystemError", "error return without exception set")
    store(frame, apply.length === 0 ? made : yield* decorated(frame, decorators, apply, made))
    return undefined
  })
}
