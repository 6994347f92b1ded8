/** What a check may cost, and how its expressions differ from plain CEL. */
import { celBudget, type CelNode, celNodes } from "@drydock/kubernetes/cel"
import { pattern } from "./patterns.ts"

/** What this file uses of @marcbachmann/cel-js' evaluation. */
interface Evaluator {
  run(node: CelNode, context: unknown): unknown
}
interface Checker {
  check(node: CelNode, context: unknown): unknown
  getType(name: string): unknown
  createError(code: string, message: string, node: CelNode): Error
}
interface Macro {
  args?: readonly CelNode[]
  evaluate: (evaluator: Evaluator, macro: Macro, context: unknown) => unknown
  typeCheck: (checker: Checker, macro: Macro, context: unknown) => unknown
}

export class TooCostly extends Error {}

/** Nodes evaluated plus elements and characters produced. An ordinary check pays some hundreds. */
const LIMIT = 200_000

export const { charge, withinBudget } = celBudget({ limit: LIMIT, exceeded: () => new TooCostly("the expression does too much") })

/**
 * Before type checking: has(…) may begin with a call, as has(pod("web").spec.nodeName), and matches() becomes RE2.
 * Throws an Error that says which pattern is wrong.
 */
export const adapt = (root: unknown): void => {
  for (const node of celNodes(root)) {
    if (node.op === "call" && Array.isArray(node.args) && node.args[0] === "has" && node.meta.macro) node.setMeta("macro", hasMacro(node))
    if (node.op === "rcall" && Array.isArray(node.args) && node.args[0] === "matches") {
      node.args[0] = "matchesRe2"
      const [argument] = node.args[2] as CelNode[]
      if (argument?.op === "value" && typeof argument.args === "string") pattern(argument.args)
    }
  }
}

const hasMacro = (call: CelNode): Macro => {
  const [field] = (call.args as [string, CelNode[]])[1]
  return {
    args: [field],
    typeCheck(checker, _macro, context) {
      if (field?.op !== ".")
        throw checker.createError("invalid_macro_argument", 'has() takes a field, as in has(pod("web").spec.nodeName)', call)
      checker.check((field.args as [CelNode, string])[0], context)
      return checker.getType("bool")
    },
    evaluate(evaluator, _macro, context) {
      const [holder, name] = field.args as [CelNode, string]
      const value = evaluator.run(holder, context)
      return (
        typeof value === "object" && value !== null && Object.hasOwn(value, name) && (value as Record<string, unknown>)[name] !== undefined
      )
    },
  }
}
