/** Expressions to code. */
import { equals, isOrder, ordered } from "../objects/equality.ts"
import { keyOf } from "../objects/keys.ts"
import { raised, typeError } from "../objects/raise.ts"
import { asciiOnly } from "../objects/text.ts"
import {
  Bytes,
  Dict,
  ELLIPSIS,
  Instance,
  isTask,
  List,
  Property,
  PyFloat,
  PySet,
  Slice,
  type Task,
  Tuple,
  type Value,
  Yielded,
} from "../objects/values.ts"
import { PyGenerator } from "../objects/generator.ts"
import { getAttribute } from "../run/attributes.ts"
import { formatValue } from "../run/formatting.ts"
import { binary, MOST_TEXT, unary } from "../run/operators.ts"
import { contains, getItem } from "../run/subscripts.ts"
import type { BinaryOperator, Comparison, Expression, ExpressionOf, FormatPart } from "../syntax/nodes.ts"
import { PythonSyntaxError } from "../syntax/syntax-error.ts"
import { compileCall } from "./calls.ts"
import { type Code, constant, slow } from "./code.ts"
import { compileComprehension } from "./comprehensions.ts"
import { compileLambda } from "./functions.ts"
import { loadName, storeName } from "./names.ts"
import { compileExpression, outside, type Scope } from "./scope.ts"

export const expressionCode = (node: Expression, scope: Scope): Code => {
  switch (node.kind) {
    case "number":
    case "string":
      return constant(node.value)
    case "float":
      return constant(new PyFloat(node.value))
    case "bytes":
      return constant(new Bytes(node.value))
    case "constant":
      return constant(node.value === "None" ? null : node.value === "..." ? ELLIPSIS : node.value === "True")
    case "name":
      return loadName(scope, scope.mangled(node.name), node)
    case "format":
      return compileFormat(node, scope)
    case "tuple":
    case "list":
    case "set":
      return compileDisplay(node, scope)
    case "dict":
      return compileDict(node, scope)
    case "comprehension":
      return compileComprehension(node, scope)
    case "unary":
      return compileUnary(node, scope)
    case "binary":
      return compileBinary(node, scope)
    case "logic":
      return compileLogic(node, scope)
    case "compare":
      return compileCompare(node, scope)
    case "choice":
      return compileChoice(node, scope)
    case "lambda":
      return compileLambda(node, scope)
    case "call":
      return compileCall(node, scope)
    case "attribute":
      return compileAttribute(node, scope)
    case "subscript":
      return compileSubscript(node, scope)
    case "slice":
      return compileSlice(node, scope)
    case "walrus":
      return compileWalrus(node, scope)
    case "yield":
      return compileYield(node, scope)
    case "await":
      return compileAwait(node, scope)
    case "star":
      throw new PythonSyntaxError("can't use starred expression here", node)
  }
}

/** What an operation of plain numbers and short texts gives; undefined: the long way. */
const quickOperation = (operator: BinaryOperator, a: Value, b: Value): Value | undefined => {
  if (typeof a === "number" && typeof b === "number") {
    let result: number
    switch (operator) {
      case "+":
        result = a + b
        break
      case "-":
        result = a - b
        break
      case "*":
        result = a * b
        break
      case "%":
        if (a < 0 || b <= 0) return undefined
        return a % b
      case "//":
        if (a < 0 || b <= 0) return undefined
        return Math.floor(a / b)
      default:
        return undefined
    }
    return Number.isSafeInteger(result) && result !== 0 ? result : result === 0 ? 0 : undefined
  }
  if (operator === "+" && typeof a === "string" && typeof b === "string") return a.length + b.length < 1_000 ? a + b : undefined
  return undefined
}

const compileBinary = (node: ExpressionOf<"binary">, scope: Scope): Code => {
  const [left, right] = [compileExpression(node.left, scope), compileExpression(node.right, scope)]
  const { operator } = node
  return {
    quick(frame) {
      const a = left.quick(frame)
      if (a === undefined) return undefined
      const b = right.quick(frame)
      return b === undefined ? undefined : quickOperation(operator, a, b)
    },
    *run(frame) {
      let a = left.quick(frame)
      if (a === undefined) a = yield* left.run(frame)
      let b = right.quick(frame)
      if (b === undefined) b = yield* right.run(frame)
      frame.home.at = node
      const result = binary(frame.python, operator, a, b)
      return isTask(result) ? yield* result : result
    },
  }
}

const compileUnary = (node: ExpressionOf<"unary">, scope: Scope): Code => {
  const operand = compileExpression(node.operand, scope)
  const { operator } = node
  return {
    quick(frame) {
      const value = operand.quick(frame)
      if (operator === "not") {
        if (typeof value === "boolean") return !value
        if (typeof value === "number") return value === 0
        return typeof value === "string" ? value === "" : value === null ? true : undefined
      }
      return operator === "-" && typeof value === "number" ? (value === 0 ? 0 : -value) : undefined
    },
    *run(frame) {
      let value = operand.quick(frame)
      if (value === undefined) value = yield* operand.run(frame)
      frame.home.at = node
      if (operator === "not") return !(yield* frame.python.truth(value))
      const result = unary(frame.python, operator, value)
      return isTask(result) ? yield* result : result
    },
  }
}

const compileLogic = (node: ExpressionOf<"logic">, scope: Scope): Code => {
  const [left, right] = [compileExpression(node.left, scope), compileExpression(node.right, scope)]
  const stops = node.operator === "or"
  return {
    quick(frame) {
      const a = left.quick(frame)
      if (a === undefined) return undefined
      const truth = frame.python.truthOf(a)
      if (typeof truth !== "boolean") return undefined
      return truth === stops ? a : right.quick(frame)
    },
    *run(frame) {
      let a = left.quick(frame)
      if (a === undefined) a = yield* left.run(frame)
      if ((yield* frame.python.truth(a)) === stops) return a
      const b = right.quick(frame)
      return b === undefined ? yield* right.run(frame) : b
    },
  }
}

function* compareTask(frame: Parameters<Code["run"]>[0], operator: Comparison, a: Value, b: Value): Task {
  const { python } = frame
  if (isOrder(operator)) {
    const result = ordered(python, operator, a, b)
    return isTask(result) ? yield* result : result
  }
  switch (operator) {
    case "==":
      return yield* python.settle(equals(python, a, b))
    case "!=": {
      if (a instanceof Instance && a.cls.lookup("__ne__") !== undefined) return yield* python.callMethod(a, "__ne__", [b])
      return !(yield* python.settle(equals(python, a, b)))
    }
    case "is":
      return a === b
    case "is not":
      return a !== b
    case "in":
      return yield* contains(python, b, a)
    default:
      return !(yield* contains(python, b, a))
  }
}

const quickCompare = (operator: Comparison, a: Value, b: Value): boolean | undefined => {
  if (operator === "is") return a === b
  if (operator === "is not") return a !== b
  if (typeof a === "number" && typeof b === "number")
    switch (operator) {
      case "<":
        return a < b
      case "<=":
        return a <= b
      case ">":
        return a > b
      case ">=":
        return a >= b
      case "==":
        return a === b
      case "!=":
        return a !== b
      default:
        return undefined
    }
  if (typeof a === "string" && typeof b === "string") {
    if (operator === "==") return a === b
    if (operator === "!=") return a !== b
    if (operator === "in") return b.includes(a)
    if (operator === "not in") return !b.includes(a)
  }
  if ((operator === "in" || operator === "not in") && typeof a === "string" && b instanceof Dict && !b.cls.custom && !a.startsWith("\0"))
    return b.map.has(a) === (operator === "in")
  return undefined
}

const compileCompare = (node: ExpressionOf<"compare">, scope: Scope): Code => {
  const first = compileExpression(node.first, scope)
  const rest = node.rest.map(({ operator, value }) => ({ operator, code: compileExpression(value, scope) }))
  return {
    quick(frame) {
      let left = first.quick(frame)
      if (left === undefined) return undefined
      for (const { operator, code } of rest) {
        const right: Value | undefined = code.quick(frame)
        if (right === undefined) return undefined
        const answer = quickCompare(operator, left, right)
        if (answer !== true) return answer
        left = right
      }
      return true
    },
    *run(frame) {
      let left = first.quick(frame)
      if (left === undefined) left = yield* first.run(frame)
      let answer: Value = true
      for (const [index, { operator, code }] of rest.entries()) {
        let right: Value | undefined = code.quick(frame)
        if (right === undefined) right = yield* code.run(frame)
        frame.home.at = node
        answer = yield* compareTask(frame, operator, left, right)
        if (index < rest.length - 1 && !(yield* frame.python.truth(answer))) return answer
        left = right
      }
      return answer
    },
  }
}

const compileChoice = (node: ExpressionOf<"choice">, scope: Scope): Code => {
  const [condition, consequent, otherwise] = [node.condition, node.consequent, node.otherwise].map((one) => compileExpression(one, scope))
  return {
    quick(frame) {
      const value = condition.quick(frame)
      if (value === undefined) return undefined
      const truth = frame.python.truthOf(value)
      if (typeof truth !== "boolean") return undefined
      return (truth ? consequent : otherwise).quick(frame)
    },
    *run(frame) {
      let value = condition.quick(frame)
      if (value === undefined) value = yield* condition.run(frame)
      const chosen = (yield* frame.python.truth(value)) ? consequent : otherwise
      const result = chosen.quick(frame)
      return result === undefined ? yield* chosen.run(frame) : result
    },
  }
}

const compileAttribute = (node: ExpressionOf<"attribute">, scope: Scope): Code => {
  const object = compileExpression(node.object, scope)
  const name = scope.mangled(node.name)
  return {
    quick(frame) {
      const value = object.quick(frame)
      if (!(value instanceof Instance)) return undefined
      const own = value.attrs?.map.get(name)
      return own !== undefined && !(value.cls.lookup(name) instanceof Property) ? own : undefined
    },
    *run(frame) {
      let value = object.quick(frame)
      if (value === undefined) value = yield* object.run(frame)
      frame.home.at = node
      const result = getAttribute(frame.python, value, name)
      return isTask(result) ? yield* result : result
    },
  }
}

const compileSubscript = (node: ExpressionOf<"subscript">, scope: Scope): Code => {
  const [object, index] = [compileExpression(node.object, scope), compileExpression(node.index, scope)]
  return {
    quick(frame) {
      const value = object.quick(frame)
      if (value === undefined || value === null || typeof value !== "object") return undefined
      const at = index.quick(frame)
      if (value instanceof List && typeof at === "number" && !value.cls.custom) return value.items[at]
      if (value instanceof Dict && !value.cls.custom && (typeof at === "string" || typeof at === "number")) return value.map.get(keyOf(at))
      return undefined
    },
    *run(frame) {
      let value = object.quick(frame)
      if (value === undefined) value = yield* object.run(frame)
      let at = index.quick(frame)
      if (at === undefined) at = yield* index.run(frame)
      frame.home.at = node
      const result = getItem(frame.python, value, at)
      return isTask(result) ? yield* result : result
    },
  }
}

/** What stands in brackets: slices are values there. */
const compileSlice = (node: ExpressionOf<"slice">, scope: Scope): Code => {
  const parts = [node.start, node.stop, node.step].map((part) => (part ? compileExpression(part, scope) : constant(null)))
  return slow(function* (frame) {
    const values: Value[] = []
    for (const part of parts) values.push(part.quick(frame) ?? (yield* part.run(frame)))
    return new Slice(values[0], values[1], values[2])
  })
}

const compileWalrus = (node: ExpressionOf<"walrus">, scope: Scope): Code => {
  const value = compileExpression(node.value, scope)
  const target = scope.assigned
  const store = storeName(target, target.mangled(node.name))
  let depth = 0
  for (let one: Scope | undefined = scope; one && one !== target; one = one.parent) depth++
  return slow(function* (frame) {
    const result = value.quick(frame) ?? (yield* value.run(frame))
    let owner = frame
    for (let left = depth; left > 0 && owner.parent; left--) owner = owner.parent
    store(owner, result)
    return result
  })
}

/** The items of a display, with what *items add. */
export const compileItems = (items: readonly Expression[], scope: Scope): ((frame: Parameters<Code["run"]>[0]) => Task<Value[]>) => {
  const codes = items.map((item) =>
    item.kind === "star"
      ? { spread: true, code: compileExpression(item.value, scope), node: item }
      : { spread: false, code: compileExpression(item, scope), node: item },
  )
  return function* (frame) {
    const values: Value[] = []
    for (const { spread, code, node } of codes) {
      let value = code.quick(frame)
      if (value === undefined) value = yield* code.run(frame)
      if (!spread) values.push(value)
      else {
        frame.home.at = node
        for (const one of yield* frame.python.collect(value)) values.push(one)
      }
    }
    return values
  }
}

const compileDisplay = (node: ExpressionOf<"tuple" | "list" | "set">, scope: Scope): Code => {
  const items = compileItems(node.items, scope)
  if (node.kind === "tuple" && node.items.length === 0) return constant(new Tuple([]))
  return slow(function* (frame) {
    const values = yield* items(frame)
    frame.python.allocate(values.length + 4)
    if (node.kind === "tuple") return new Tuple(values)
    if (node.kind === "list") return new List(values)
    frame.home.at = node
    const made = new PySet()
    for (const value of values) made.dict.put(yield* frame.python.key(made.dict, value), value, null)
    return made
  })
}

const compileDict = (node: ExpressionOf<"dict">, scope: Scope): Code => {
  const items = node.items.map(({ key, value }) => ({
    key: key && compileExpression(key, scope),
    value: compileExpression(value, scope),
    node: value,
  }))
  return slow(function* (frame) {
    const made = new Dict()
    const { python } = frame
    for (const { key, value, node: at } of items) {
      if (!key) {
        const other = yield* value.run(frame)
        frame.home.at = at
        if (!(other instanceof Dict))
          throw typeError(
            `'${other === null ? "NoneType" : typeof other === "object" ? other.cls.name : typeof other === "string" ? "str" : "int"}' object is not a mapping`,
          )
        for (const [name, held] of other.map) made.put(name, other.original(name), held)
        continue
      }
      let name = key.quick(frame)
      if (name === undefined) name = yield* key.run(frame)
      let held = value.quick(frame)
      if (held === undefined) held = yield* value.run(frame)
      frame.home.at = node
      made.put(typeof name === "string" ? keyOf(name) : yield* python.key(made, name), name, held)
    }
    return made
  })
}

type FormatCode =
  | string
  | {
      readonly value: Code
      readonly conversion: string | undefined
      readonly format: readonly FormatCode[] | undefined
      readonly node: Expression
    }

const compileParts = (parts: readonly FormatPart[], scope: Scope): readonly FormatCode[] =>
  parts.map((part) =>
    typeof part === "string"
      ? part
      : {
          value: compileExpression(part.value, scope),
          conversion: part.conversion,
          format: part.format && compileParts(part.format, scope),
          node: part.value,
        },
  )

function* formatted(parts: readonly FormatCode[], frame: Parameters<Code["run"]>[0]): Task<string> {
  const { python } = frame
  let result = ""
  for (const part of parts) {
    if (typeof part === "string") {
      result += part
      continue
    }
    let value = part.value.quick(frame)
    if (value === undefined) value = yield* part.value.run(frame)
    frame.home.at = part.node
    if (part.conversion === "r" || part.conversion === "a") {
      const text = yield* python.repr(value)
      value = part.conversion === "a" ? asciiOnly(text) : text
    } else if (part.conversion === "s") value = yield* python.str(value)
    const specification = part.format ? yield* formatted(part.format, frame) : ""
    frame.home.at = part.node
    result += typeof value === "string" && specification === "" ? value : yield* formatValue(python, value, specification)
    if (result.length > MOST_TEXT) throw raised("MemoryError")
  }
  return result
}

const compileFormat = (node: ExpressionOf<"format">, scope: Scope): Code => {
  const parts = compileParts(node.parts, scope)
  return slow(function* (frame) {
    return yield* formatted(parts, frame)
  })
}

const compileYield = (node: ExpressionOf<"yield">, scope: Scope): Code => {
  if (scope.assigned.kind !== "function") outside("yield", node)
  const value = node.value ? compileExpression(node.value, scope) : constant(null)
  if (!node.from)
    return slow(function* (frame) {
      const given = value.quick(frame)
      const sent = (yield new Yielded(given === undefined ? yield* value.run(frame) : given)) as Value
      return sent
    })
  return slow(function* (frame) {
    const { python } = frame
    const source = yield* value.run(frame)
    frame.home.at = node
    const iterator = yield* python.settle(python.iterator(source))
    let sent: Value = null
    for (;;) {
      const next: Value | undefined =
        iterator instanceof PyGenerator ? yield* iterator.resume(sent) : yield* python.settle(iterator.advance(python))
      if (next === undefined) return iterator instanceof PyGenerator ? iterator.returned : null
      sent = (yield new Yielded(next)) as Value
    }
  })
}

/** A coroutine is run to its end where it is awaited. */
const compileAwait = (node: ExpressionOf<"await">, scope: Scope): Code => {
  if (scope.assigned.kind !== "function") outside("await", node)
  const value = compileExpression(node.value, scope)
  return slow(function* (frame) {
    const awaited = yield* value.run(frame)
    frame.home.at = node
    if (!(awaited instanceof PyGenerator) || !awaited.coroutine)
      throw typeError(
        `object ${awaited === null ? "NoneType" : typeof awaited === "object" ? awaited.cls.name : typeof awaited === "string" ? "str" : "int"} can't be used in 'await' expression`,
      )
    while ((yield* awaited.resume(null)) !== undefined);
    return awaited.returned
  })
}
