/** Makes an expression's cost countable: every node of its tree pays when it is evaluated, results pay for their size. */
import { pattern } from "./patterns.ts"

/** What this file uses of @marcbachmann/cel-js' syntax tree. */
interface Node {
  op: string
  args: unknown
  start: number
  end: number
  meta: { evaluate: Evaluate; alternate?: Node; macro?: Macro }
  evaluate: Evaluate
  setMeta(key: string, value: unknown): Node
}
type Evaluate = (evaluator: Evaluator, node: unknown, context: unknown) => unknown
interface Evaluator {
  run(node: Node, context: unknown): unknown
}
interface Checker {
  check(node: Node, context: unknown): unknown
  getType(name: string): unknown
  createError(code: string, message: string, node: Node): Error
}
interface Macro {
  args?: readonly Node[]
  evaluate: (evaluator: Evaluator, macro: Macro, context: unknown) => unknown
  typeCheck: (checker: Checker, macro: Macro, context: unknown) => unknown
}

export class TooCostly extends Error {}

/** Nodes evaluated plus elements and characters produced. An ordinary check pays some hundreds. */
const LIMIT = 200_000

let spent = 0

const pay = (cost: number): void => {
  spent += cost
  if (spent > LIMIT) throw new TooCostly("the expression does too much")
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "op" in value && typeof (value as Node).setMeta === "function"

/** All nodes below, macros and what they expand to included. */
const nodesOf = (root: Node): Node[] => {
  const found = new Set<Node>()
  const seen = new Set<object>()
  const stack: unknown[] = [root]
  while (stack.length > 0) {
    const value = stack.pop()
    if (typeof value !== "object" || value === null || seen.has(value)) continue
    seen.add(value)
    if (isNode(value)) {
      found.add(value)
      stack.push(value.args, value.meta.alternate, value.meta.macro)
    } else if (Array.isArray(value)) stack.push(...value)
    else if (Object.getPrototypeOf(value) === Object.prototype)
      for (const [key, member] of Object.entries(value)) if (!/[cC]tx$/.test(key)) stack.push(member)
  }
  return [...found]
}

/**
 * Before type checking: has(…) may begin with a call, as has(pod("web").spec.nodeName), and matches() becomes RE2.
 * Throws an Error that says which pattern is wrong.
 */
export const adapt = (root: unknown): void => {
  for (const node of nodesOf(root as Node)) {
    if (node.op === "call" && Array.isArray(node.args) && node.args[0] === "has" && node.meta.macro) node.setMeta("macro", hasMacro(node))
    if (node.op === "rcall" && Array.isArray(node.args) && node.args[0] === "matches") {
      node.args[0] = "matchesRe2"
      const [argument] = node.args[2] as Node[]
      if (argument?.op === "value" && typeof argument.args === "string") pattern(argument.args)
    }
  }
}

const hasMacro = (call: Node): Macro => {
  const [field] = (call.args as [string, Node[]])[1]
  return {
    args: [field],
    typeCheck(checker, _macro, context) {
      if (field?.op !== ".")
        throw checker.createError("invalid_macro_argument", 'has() takes a field, as in has(pod("web").spec.nodeName)', call)
      checker.check((field.args as [Node, string])[0], context)
      return checker.getType("bool")
    },
    evaluate(evaluator, _macro, context) {
      const [holder, name] = field.args as [Node, string]
      const value = evaluator.run(holder, context)
      return (
        typeof value === "object" && value !== null && Object.hasOwn(value, name) && (value as Record<string, unknown>)[name] !== undefined
      )
    },
  }
}

/** After type checking: from now on, evaluating pays. */
export const charge = (root: unknown): void => {
  for (const node of nodesOf(root as Node)) {
    const { meta } = node
    node.evaluate = (evaluator, _node, context) => {
      pay(1)
      const result = meta.alternate
        ? meta.alternate.evaluate(evaluator, meta.alternate, context)
        : meta.macro
          ? meta.macro.evaluate(evaluator, meta.macro, context)
          : meta.evaluate.call(node, evaluator, node, context)
      // What is stored already costs nothing; what an operator or call makes does.
      if (node.op !== "id" && node.op !== "." && node.op !== "[]") {
        if (typeof result === "string") pay(result.length >> 3)
        else if (Array.isArray(result)) pay(node.op === "accuPush" ? 1 : result.length)
      }
      return result
    }
  }
}

/** Runs one evaluation with a purse of its own. */
export const withinBudget = <T>(work: () => T): T => {
  spent = 0
  const result = work()
  // || and && swallow errors of one side; a budget is not an error to swallow.
  if (spent > LIMIT) throw new TooCostly("the expression does too much")
  return result
}
