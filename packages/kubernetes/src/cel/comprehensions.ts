/** Comprehensions with two variables: all(i, v, …), exists, existsOne, transformList, transformMap, transformMapEntry. As cel-go/ext/comprehensions.go. */
import type { Environment } from "@marcbachmann/cel-js"

/** What this file uses of @marcbachmann/cel-js' inner workings, which its types keep to themselves. */
interface Node {
  op: string
  args: unknown
}
interface Scope {
  forkWithVariable(name: string, type: unknown): Scope
  reuse(parent: Scope): Scope
  setIterValue(value: unknown, evaluator: Evaluator): Scope
}
interface Evaluator {
  run(node: Node, scope: Scope): unknown
}
interface Checker {
  check(node: Node, scope: Scope): unknown
  getType(name: string): unknown
  createError(code: string, message: string, node: Node): Error
}
interface Call {
  args: readonly Node[]
  receiver: Node
  ast: { setMeta(key: string, value: unknown): unknown }
}

/** Told of each entry in turn; `true` ends it. */
interface Collector {
  add(key: unknown, value: unknown, given: (node: Node) => unknown): boolean
  result(): unknown
}

interface Form {
  name: string
  /** Arguments after the two variables. */
  arguments: 1 | 2
  type: string
  collect: (parts: readonly Node[]) => Collector
}

const isTrue = (value: unknown): boolean => {
  if (typeof value !== "boolean") throw new Error("predicate must return bool")
  return value
}

/** Of two parts the first is a filter. */
const passes = (parts: readonly Node[], given: (node: Node) => unknown): boolean => parts.length === 1 || isTrue(given(parts[0]))

const keyed = (key: unknown): string => (typeof key === "string" ? key : String(key))

const put = (map: Record<string, unknown>, key: unknown, value: unknown): void => {
  const name = keyed(key)
  if (Object.hasOwn(map, name)) throw new Error(`insert failed: key ${name} already exists`)
  Object.defineProperty(map, name, { value, enumerable: true, writable: true, configurable: true })
}

const quantifier = (
  name: string,
  enough: (count: number, seen: number) => boolean,
  holds: (count: number, seen: number) => boolean,
): Form => ({
  name,
  arguments: 1,
  type: "bool",
  collect: ([predicate]) => {
    let count = 0
    let seen = 0
    return {
      add(_key, _value, given) {
        seen++
        if (isTrue(given(predicate))) count++
        return enough(count, seen)
      },
      result: () => holds(count, seen),
    }
  },
})

const list = (parts: 1 | 2): Form => ({
  name: "transformList",
  arguments: parts,
  type: "list<dyn>",
  collect: (given) => {
    const items: unknown[] = []
    return {
      add(_key, _value, of) {
        if (passes(given, of)) items.push(of(given[given.length - 1]))
        return false
      },
      result: () => items,
    }
  },
})

const map = (parts: 1 | 2, entries: boolean): Form => ({
  name: entries ? "transformMapEntry" : "transformMap",
  arguments: parts,
  type: "map<dyn, dyn>",
  collect: (given) => {
    const made: Record<string, unknown> = {}
    return {
      add(key, _value, of) {
        if (!passes(given, of)) return false
        const value = of(given[given.length - 1])
        if (!entries) put(made, key, value)
        else for (const [name, member] of value instanceof Map ? value : Object.entries(value as object)) put(made, name, member)
        return false
      },
      result: () => made,
    }
  },
})

const FORMS: readonly Form[] = [
  quantifier(
    "all",
    (count, seen) => count < seen,
    (count, seen) => count === seen,
  ),
  quantifier(
    "exists",
    (count) => count > 0,
    (count) => count > 0,
  ),
  ...["existsOne", "exists_one"].map((name) =>
    quantifier(
      name,
      () => false,
      (count) => count === 1,
    ),
  ),
  list(1),
  list(2),
  map(1, false),
  map(2, false),
  map(1, true),
  map(2, true),
]

/** Index and item, or key and value. */
function* entriesOf(value: unknown): Generator<[unknown, unknown]> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield [BigInt(index), item]
  else if (value instanceof Map) yield* value
  else if (typeof value === "object" && value !== null) yield* Object.entries(value)
  else throw new Error("expected a list or a map to iterate over")
}

const expand = (form: Form) => {
  const name = `${form.name}(var, var, …)`
  return ({ args, receiver, ast }: Call) => {
    const [first, second, ...parts] = args
    let keyCtx: Scope | undefined
    let valueCtx: Scope | undefined
    return {
      receiver,
      parts,
      async: false,
      typeCheck(checker: Checker, _macro: unknown, scope: Scope) {
        for (const node of [first, second])
          if (node.op !== "id") throw checker.createError("invalid_macro_argument", `${name} takes two variables`, node)
        if (first.args === second.args)
          throw checker.createError("invalid_macro_argument", `${name} takes two variables of different names`, second)
        checker.check(receiver, scope)
        keyCtx = scope.forkWithVariable(first.args as string, checker.getType("dyn"))
        valueCtx = keyCtx.forkWithVariable(second.args as string, checker.getType("dyn"))
        for (const part of parts) checker.check(part, valueCtx)
        ast.setMeta("async", false)
        return checker.getType(form.type)
      },
      evaluate(evaluator: Evaluator, _macro: unknown, scope: Scope) {
        const collector = form.collect(parts)
        for (const [key, value] of entriesOf(evaluator.run(receiver, scope))) {
          const outer = (keyCtx as Scope).reuse(scope).setIterValue(key, evaluator)
          const inner = (valueCtx as Scope).reuse(outer).setIterValue(value, evaluator)
          if (collector.add(key, value, (node) => evaluator.run(node, inner))) break
        }
        return collector.result()
      },
    }
  }
}

export const registerComprehensions = (environment: Environment): void => {
  for (const form of FORMS) {
    const signature = `list.${form.name}(${Array(form.arguments + 2)
      .fill("ast")
      .join(", ")}): ${form.type}`
    environment.registerFunction(signature, expand(form) as never)
  }
}
