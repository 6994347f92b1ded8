/** Makes an expression's cost countable, so that none that a learner writes can stall a world: every node pays when it is evaluated, results pay for their size. */

/** What this file uses of @marcbachmann/cel-js' syntax tree. */
export interface CelNode {
  op: string
  args: unknown
  start: number
  end: number
  meta: { evaluate: Evaluate; alternate?: CelNode; macro?: CelMacro }
  evaluate: Evaluate
  setMeta(key: string, value: unknown): CelNode
}
type Evaluate = (evaluator: unknown, node: unknown, context: unknown) => unknown
interface CelMacro {
  evaluate: (evaluator: never, macro: CelMacro, context: unknown) => unknown
}

const isNode = (value: unknown): value is CelNode =>
  typeof value === "object" && value !== null && "op" in value && typeof (value as CelNode).setMeta === "function"

/** All nodes below, macros and what they expand to included. */
export const celNodes = (root: unknown): CelNode[] => {
  const found = new Set<CelNode>()
  const seen = new Set<object>()
  const stack: unknown[] = [root]
  while (stack.length > 0) {
    const value = stack.pop()
    if (typeof value !== "object" || value === null || seen.has(value)) continue
    seen.add(value)
    if (isNode(value)) {
      found.add(value)
      stack.push(value.args, value.meta.alternate, value.meta.macro)
    } else if (Array.isArray(value)) for (const item of value) stack.push(item)
    else if (Object.getPrototypeOf(value) === Object.prototype)
      for (const key in value) {
        const member = (value as Record<string, unknown>)[key]
        if (typeof member === "object" && member !== null && !key.endsWith("Ctx") && key !== "ctx") stack.push(member)
      }
  }
  return [...found]
}

/** Before type checking: calls of `name` on something become calls of another function. */
export const renameCalls = (root: unknown, name: string, to: string): void => {
  for (const node of celNodes(root)) if (node.op === "rcall" && Array.isArray(node.args) && node.args[0] === name) node.args[0] = to
}

export interface CelBudget {
  /** After type checking: from now on, evaluating pays. */
  charge: (root: unknown) => void
  /** Runs one evaluation with a purse of its own; throws `exceeded()`'s error. */
  withinBudget: <T>(work: () => T) => T
}

/** `limit`: nodes evaluated plus elements and characters produced, of one evaluation. */
export const celBudget = ({ limit, exceeded }: { limit: number; exceeded: () => Error }): CelBudget => {
  let spent = 0
  const pay = (cost: number): void => {
    spent += cost
    if (spent > limit) throw exceeded()
  }
  return {
    charge(root) {
      for (const node of celNodes(root)) {
        const { meta } = node
        node.evaluate = (evaluator, _node, context) => {
          pay(1)
          const result = meta.alternate
            ? meta.alternate.evaluate(evaluator, meta.alternate, context)
            : meta.macro
              ? meta.macro.evaluate(evaluator as never, meta.macro, context)
              : meta.evaluate.call(node, evaluator, node, context)
          // What is there already costs nothing; what an operator or call makes does.
          if (node.op !== "id" && node.op !== "." && node.op !== "[]") {
            if (typeof result === "string") pay(result.length >> 3)
            else if (Array.isArray(result)) pay(node.op === "accuPush" ? 1 : result.length)
          }
          return result
        }
      }
    },
    withinBudget(work) {
      spent = 0
      const result = work()
      // || and && swallow errors of one side; a budget is not an error to swallow.
      if (spent > limit) throw exceeded()
      return result
    },
  }
}
