/** Statements to code. */
import { exceptionFrom } from "../run/classes.ts"
import { raised } from "../objects/raise.ts"
import { isTask } from "../objects/values.ts"
import { augmented } from "../run/operators.ts"
import { getAttribute, setAttribute } from "../run/attributes.ts"
import type { Frame } from "../run/frame.ts"
import { getItem, setItem } from "../run/subscripts.ts"
import type { Statement, StatementOf } from "../syntax/nodes.ts"
import { PythonSyntaxError } from "../syntax/syntax-error.ts"
import { compileDelete, compileTarget } from "./assignment.ts"
import { type Code, constant, type Step, step } from "./code.ts"
import { compileClass, compileFunction } from "./functions.ts"
import { compileFrom, compileImport } from "./imports.ts"
import { compileMatch } from "./matching.ts"
import { storeName } from "./names.ts"
import { holds } from "./conditions.ts"
import { compileBlock, compileExpression, outside, type Scope } from "./scope.ts"
import { compileTry, compileWith } from "./handlers.ts"

/** Statements one after another, a unit of fuel each. */
export const blockStep = (body: readonly Statement[], scope: Scope): Step => {
  const steps = body.map((statement) => compileStatement(statement, scope))
  return step(function* (frame) {
    const { python } = frame
    for (const one of steps) {
      if (--python.budget < 0) yield* python.rest()
      if (one.quick?.(frame)) continue
      const completion = yield* one.run(frame)
      if (completion !== undefined) return completion
    }
    return undefined
  })
}

export const compileStatement = (node: Statement, scope: Scope): Step => {
  switch (node.kind) {
    case "expression":
      return compileExpressionStatement(node, scope)
    case "assign":
      return compileAssign(node, scope)
    case "annotated":
      return compileAnnotated(node, scope)
    case "augmented":
      return compileAugmented(node, scope)
    case "return":
      return compileReturn(node, scope)
    case "pass":
    case "global":
    case "nonlocal":
      return { quick: () => true, run: NOTHING }
    case "break":
    case "continue": {
      if (scope.loops === 0)
        throw new PythonSyntaxError(node.kind === "break" ? "'break' outside loop" : "'continue' not properly in loop", node)
      const { kind } = node
      return step(function* () {
        return kind
      })
    }
    case "delete": {
      const targets = node.targets.map((target) => compileDelete(target, scope))
      return step(function* (frame) {
        for (const target of targets) yield* target(frame)
        return undefined
      })
    }
    case "raise":
      return compileRaise(node, scope)
    case "assert":
      return compileAssert(node, scope)
    case "import":
      return compileImport(node, scope)
    case "from":
      return compileFrom(node, scope)
    case "if":
      return compileIf(node, scope)
    case "while":
      return compileWhile(node, scope)
    case "for":
      return compileFor(node, scope)
    case "try":
      return compileTry(node, scope)
    case "with":
      return compileWith(node, scope)
    case "function":
      return compileFunction(node, scope)
    case "class":
      return compileClass(node, scope)
    case "match":
      return compileMatch(node, scope)
  }
}

const NOTHING: Step["run"] = function* () {
  return undefined
}

const compileExpressionStatement = (node: StatementOf<"expression">, scope: Scope): Step => {
  const value = compileExpression(node.value, scope)
  return step(function* (frame) {
    frame.result = yield* value.run(frame)
    return undefined
  })
}

const compileAssign = (node: StatementOf<"assign">, scope: Scope): Step => {
  const value = compileExpression(node.value, scope)
  const [first] = node.targets
  if (node.targets.length === 1 && first.kind === "name") {
    const store = storeName(scope, scope.mangled(first.name))
    return {
      quick(frame) {
        const given = value.quick(frame)
        if (given === undefined) return false
        store(frame, given)
        return true
      },
      *run(frame) {
        store(frame, yield* value.run(frame))
        return undefined
      },
    }
  }
  const targets = node.targets.map((target) => compileTarget(target, scope))
  return step(function* (frame) {
    let given = value.quick(frame)
    if (given === undefined) given = yield* value.run(frame)
    for (const target of targets) yield* target(frame, given)
    return undefined
  })
}

const compileAnnotated = (node: StatementOf<"annotated">, scope: Scope): Step => {
  const target = node.value && compileTarget(node.target, scope)
  const value = node.value && compileExpression(node.value, scope)
  const noted = scope.kind !== "function" && node.target.kind === "name" ? compileExpression(node.annotation, scope) : undefined
  const name = node.target.kind === "name" ? node.target.name : ""
  return step(function* (frame) {
    if (target && value) yield* target(frame, value.quick(frame) ?? (yield* value.run(frame)))
    if (noted && frame.names) frame.python.annotate(frame.names, name, yield* noted.run(frame))
    return undefined
  })
}

const compileAugmented = (node: StatementOf<"augmented">, scope: Scope): Step => {
  const { target, operator } = node
  const value = compileExpression(node.value, scope)
  if (target.kind === "name") {
    const [load, store] = [compileExpression(target, scope), storeName(scope, scope.mangled(target.name))]
    return {
      quick(frame) {
        const [a, b] = [load.quick(frame), value.quick(frame)]
        if (typeof a !== "number" || typeof b !== "number") return false
        const result = operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : Number.NaN
        if (!Number.isSafeInteger(result)) return false
        store(frame, result === 0 ? 0 : result)
        return true
      },
      *run(frame) {
        const a = load.quick(frame) ?? (yield* load.run(frame))
        const b = value.quick(frame) ?? (yield* value.run(frame))
        frame.home.at = node
        const result = augmented(frame.python, operator, a, b)
        store(frame, isTask(result) ? yield* result : result)
        return undefined
      },
    }
  }
  if (target.kind === "attribute") {
    const object = compileExpression(target.object, scope)
    const name = scope.mangled(target.name)
    return step(function* (frame) {
      const { python } = frame
      const owner = object.quick(frame) ?? (yield* object.run(frame))
      frame.home.at = target
      const a = yield* python.settle(getAttribute(python, owner, name))
      const b = value.quick(frame) ?? (yield* value.run(frame))
      frame.home.at = node
      const result = yield* python.settle(augmented(python, operator, a, b))
      yield* python.settle(setAttribute(python, owner, name, result))
      return undefined
    })
  }
  if (target.kind !== "subscript") throw new PythonSyntaxError("illegal expression for augmented assignment", target)
  const [object, index] = [compileExpression(target.object, scope), compileExpression(target.index, scope)]
  return step(function* (frame) {
    const { python } = frame
    const owner = object.quick(frame) ?? (yield* object.run(frame))
    const at = index.quick(frame) ?? (yield* index.run(frame))
    frame.home.at = target
    const a = yield* python.settle(getItem(python, owner, at))
    const b = value.quick(frame) ?? (yield* value.run(frame))
    frame.home.at = node
    const result = yield* python.settle(augmented(python, operator, a, b))
    yield* python.settle(setItem(python, owner, at, result))
    return undefined
  })
}

const compileReturn = (node: StatementOf<"return">, scope: Scope): Step => {
  if (scope.kind !== "function") outside("return", node)
  const value = node.value ? compileExpression(node.value, scope) : constant(null)
  return step(function* (frame) {
    const given = value.quick(frame)
    frame.result = given === undefined ? yield* value.run(frame) : given
    return "return"
  })
}

const compileRaise = (node: StatementOf<"raise">, scope: Scope): Step => {
  const value = node.value && compileExpression(node.value, scope)
  const cause = node.cause && compileExpression(node.cause, scope)
  return step(function* (frame) {
    const { python } = frame
    if (!value) {
      frame.home.at = node
      if (!python.handling) throw raised("RuntimeError", "No active exception to reraise")
      throw python.handling
    }
    const given = value.quick(frame) ?? (yield* value.run(frame))
    frame.home.at = node
    const error = yield* exceptionFrom(python, given)
    if (cause) {
      const from = cause.quick(frame) ?? (yield* cause.run(frame))
      frame.home.at = node
      if (from !== null) error.cause = yield* exceptionFrom(python, from)
      else error.cause = null
      error.suppressContext = true
    }
    error.seenBy = undefined
    throw error
  })
}

const compileAssert = (node: StatementOf<"assert">, scope: Scope): Step => {
  const condition = compileExpression(node.condition, scope)
  const message = node.message && compileExpression(node.message, scope)
  return step(function* (frame) {
    const value = condition.quick(frame) ?? (yield* condition.run(frame))
    if (yield* frame.python.truth(value)) return undefined
    const args = message ? [message.quick(frame) ?? (yield* message.run(frame))] : []
    frame.home.at = node.condition
    throw raised("AssertionError", ...args)
  })
}

const quickTruth = (frame: Frame, condition: Code): boolean | undefined => {
  const value = condition.quick(frame)
  if (value === undefined) return undefined
  const truth = frame.python.truthOf(value)
  return typeof truth === "boolean" ? truth : undefined
}

const compileIf = (node: StatementOf<"if">, scope: Scope): Step => {
  const condition = compileExpression(node.condition, scope)
  const consequent = compileBlock(node.consequent, scope)
  const otherwise = node.otherwise.length > 0 ? compileBlock(node.otherwise, scope) : undefined
  return step(function* (frame) {
    const truth = quickTruth(frame, condition) ?? (yield* holds(frame, condition))
    if (truth) return yield* consequent.run(frame)
    return otherwise ? yield* otherwise.run(frame) : undefined
  })
}

const inLoop = <T>(scope: Scope, compile: () => T): T => {
  scope.loops++
  const made = compile()
  scope.loops--
  return made
}

const compileWhile = (node: StatementOf<"while">, scope: Scope): Step => {
  const condition = compileExpression(node.condition, scope)
  const body = inLoop(scope, () => compileBlock(node.body, scope))
  const otherwise = compileBlock(node.otherwise, scope)
  return step(function* (frame) {
    const { python } = frame
    while (quickTruth(frame, condition) ?? (yield* holds(frame, condition))) {
      const completion = yield* body.run(frame)
      if (completion === "break") return undefined
      if (completion === "return") return completion
      if (--python.budget < 0) yield* python.rest()
    }
    return yield* otherwise.run(frame)
  })
}

const compileFor = (node: StatementOf<"for">, scope: Scope): Step => {
  const source = compileExpression(node.source, scope)
  const name = node.target.kind === "name" ? storeName(scope, scope.mangled(node.target.name)) : undefined
  const store = compileTarget(node.target, scope)
  const body = inLoop(scope, () => compileBlock(node.body, scope))
  const otherwise = compileBlock(node.otherwise, scope)
  return step(function* (frame) {
    const { python } = frame
    const value = source.quick(frame) ?? (yield* source.run(frame))
    frame.home.at = node.source
    const iterator = yield* python.settle(python.iterator(value))
    for (;;) {
      frame.home.at = node.source
      const next = iterator.advance(python)
      const item = isTask(next) ? yield* next : next
      if (item === undefined) return yield* otherwise.run(frame)
      if (name) name(frame, item)
      else yield* store(frame, item)
      if (--python.budget < 0) yield* python.rest()
      const completion = yield* body.run(frame)
      if (completion === "break") return undefined
      if (completion === "return") return completion
    }
  })
}
