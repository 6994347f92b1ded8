/** Makes an expression's cost countable, so that none that a learner writes can stall a world. As the runtime cost limit of k8s.io/apiserver/pkg/cel. */

/** What this file uses of @marcbachmann/cel-js' syntax tree. */
interface Node {
  op: string
  args: unknown
  meta: { evaluate: Evaluate; alternate?: Node; macro?: Macro }
  evaluate: Evaluate
  setMeta(key: string, value: unknown): Node
}
type Evaluate = (evaluator: unknown, node: unknown, context: unknown) => unknown
interface Macro {
  evaluate: (evaluator: unknown, macro: Macro, context: unknown) => unknown
}

export class CostExceeded extends Error {
  constructor() {
    super("operation cancelled: actual cost limit exceeded")
  }
}

/** Nodes evaluated plus elements and characters produced. */
const LIMIT = 300_000

let spent = 0

const pay = (cost: number): void => {
  spent += cost
  if (spent > LIMIT) throw new CostExceeded()
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "op" in value && typeof (value as Node).setMeta === "function"

/** All nodes below, macros and what they expand to included. */
const nodesOf = (root: unknown): Node[] => {
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

/** Before type checking: matches() becomes RE2's. */
export const renameMatches = (root: unknown, name: string): void => {
  for (const node of nodesOf(root)) if (node.op === "rcall" && Array.isArray(node.args) && node.args[0] === "matches") node.args[0] = name
}

/** After type checking: from now on, evaluating pays. */
export const charge = (root: unknown): void => {
  for (const node of nodesOf(root)) {
    const { meta } = node
    node.evaluate = (evaluator, _node, context) => {
      pay(1)
      const result = meta.alternate
        ? meta.alternate.evaluate(evaluator, meta.alternate, context)
        : meta.macro
          ? meta.macro.evaluate(evaluator, meta.macro, context)
          : meta.evaluate.call(node, evaluator, node, context)
      // What is there already costs nothing; what an operator or call makes does.
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
  if (spent > LIMIT) throw new CostExceeded()
  return result
}
