/** Arithmetic: 64-bit integers with C's operators. */
import { parse, type ArithmeticExpression } from "unbash"
import type { Steps } from "@drydock/machine"
import type { Shell } from "./shell.ts"

export class ArithmeticError extends Error {}

/** Depth of variables that name expressions of variables. */
const MAX_DEPTH = 64

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value)

const number = (text: string): bigint | undefined => {
  if (/^\d+$/.test(text))
    return text.length > 1 && text.startsWith("0") ? (/^[0-7]+$/.test(text) ? BigInt(`0o${text}`) : undefined) : wrap(BigInt(text))
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return wrap(BigInt(text))
  const based = /^(\d+)#([0-9a-zA-Z@_]+)$/.exec(text)
  if (!based) return undefined
  const base = BigInt(based[1])
  let value = 0n
  for (const digit of based[2].toLowerCase()) value = value * base + BigInt("0123456789abcdefghijklmnopqrstuvwxyz".indexOf(digit))
  return wrap(value)
}

export function* evaluateText(shell: Shell, text: string, depth = 0): Steps<bigint> {
  const trimmed = text.trim()
  if (trimmed === "") return 0n
  const simple = /^-?\d{1,18}$/.test(trimmed) && !/^-?0\d/.test(trimmed) ? BigInt(trimmed) : number(trimmed)
  if (simple !== undefined) return simple
  if (depth > MAX_DEPTH) throw new ArithmeticError(`${text}: expression recursion level exceeded (error token is "${text}")`)
  const [statement] = parse(`((${trimmed}))`).commands
  const command = statement?.command
  if (command?.type !== "ArithmeticCommand" || !command.expression)
    throw new ArithmeticError(`${trimmed}: syntax error: operand expected (error token is "${trimmed}")`)
  return yield* evaluate(shell, command.expression, depth + 1)
}

interface Place {
  name: string
  index: string | undefined
}

function* placeOf(shell: Shell, expression: ArithmeticExpression): Steps<Place> {
  if (expression.type === "ArithmeticGroup") return yield* placeOf(shell, expression.expression)
  if (expression.type !== "ArithmeticWord") throw new ArithmeticError("attempted assignment to non-variable")
  const match = /^([A-Za-z_]\w*)(?:\[(.*)\])?$/.exec(expression.value)
  if (!match) throw new ArithmeticError(`${expression.value}: attempted assignment to non-variable (error token is "= ")`)
  if (match[2] === undefined) return { name: match[1], index: undefined }
  const variable = shell.variables.find(match[1])
  return { name: match[1], index: variable?.associative ? match[2] : String(yield* evaluateText(shell, match[2])) }
}

const assign = (shell: Shell, { name, index }: Place, value: bigint): bigint => {
  if (index === undefined) shell.variables.set(name, String(value))
  else shell.variables.setElement(name, index, String(value))
  return value
}

function* readPlace(shell: Shell, { name, index }: Place, depth: number): Steps<bigint> {
  const variable = shell.variables.find(name)
  const text =
    index === undefined
      ? shell.variables.get(name)
      : variable?.array
        ? variable.array.get(index)
        : index === "0"
          ? variable?.value
          : undefined
  if (text === undefined && shell.options.nounset && index === undefined && shell.special(name) === undefined)
    throw new ArithmeticError(`${name}: unbound variable`)
  return yield* evaluateText(shell, text ?? shell.special(name) ?? "", depth + 1)
}

const truth = (value: boolean): bigint => (value ? 1n : 0n)

const compute = (operator: string, a: bigint, b: bigint): bigint => {
  switch (operator) {
    case "+":
      return wrap(a + b)
    case "-":
      return wrap(a - b)
    case "*":
      return wrap(a * b)
    case "/":
    case "%":
      if (b === 0n) throw new ArithmeticError('division by 0 (error token is "0")')
      return operator === "/" ? wrap(a / b) : a % b
    case "**":
      if (b < 0n) throw new ArithmeticError("exponent less than 0")
      return wrap(b > 4096n ? 0n : a ** b)
    case "<<":
      return wrap(a << (b & 63n))
    case ">>":
      return wrap(a >> (b & 63n))
    case "<":
      return truth(a < b)
    case ">":
      return truth(a > b)
    case "<=":
      return truth(a <= b)
    case ">=":
      return truth(a >= b)
    case "==":
      return truth(a === b)
    case "!=":
      return truth(a !== b)
    case "&":
      return a & b
    case "|":
      return a | b
    case "^":
      return a ^ b
    default:
      throw new ArithmeticError(`syntax error: invalid arithmetic operator (error token is "${operator}")`)
  }
}

export function* evaluate(shell: Shell, expression: ArithmeticExpression, depth = 0): Steps<bigint> {
  if (shell.process.charge(1)) yield* shell.process.yield()
  switch (expression.type) {
    case "ArithmeticGroup":
      return yield* evaluate(shell, expression.expression, depth)
    case "ArithmeticWord": {
      const literal = number(expression.value)
      if (literal !== undefined) return literal
      if (expression.parts?.some((part) => part.type !== "Literal") || /[$`"']/.test(expression.value)) {
        const text = yield* shell.expandArithmeticWord(expression)
        return yield* evaluateText(shell, text, depth + 1)
      }
      if (/^[A-Za-z_]\w*(\[.*\])?$/.test(expression.value)) return yield* readPlace(shell, yield* placeOf(shell, expression), depth)
      throw new ArithmeticError(`${expression.value}: syntax error: operand expected (error token is "${expression.value}")`)
    }
    case "ArithmeticCommandExpansion":
      return yield* evaluateText(shell, yield* shell.substitute(expression.script), depth + 1)
    case "ArithmeticTernary":
      return yield* evaluate(
        shell,
        (yield* evaluate(shell, expression.test, depth)) !== 0n ? expression.consequent : expression.alternate,
        depth,
      )
    case "ArithmeticUnary": {
      const { operator } = expression
      if (operator === "++" || operator === "--") {
        const place = yield* placeOf(shell, expression.operand)
        const old = yield* readPlace(shell, place, depth)
        const next = assign(shell, place, wrap(operator === "++" ? old + 1n : old - 1n))
        return expression.prefix ? next : old
      }
      const value = yield* evaluate(shell, expression.operand, depth)
      return operator === "-" ? wrap(-value) : operator === "!" ? truth(value === 0n) : operator === "~" ? ~value : value
    }
    case "ArithmeticBinary": {
      const { operator, left, right } = expression
      if (operator === "&&") return truth((yield* evaluate(shell, left, depth)) !== 0n && (yield* evaluate(shell, right, depth)) !== 0n)
      if (operator === "||") return truth((yield* evaluate(shell, left, depth)) !== 0n || (yield* evaluate(shell, right, depth)) !== 0n)
      if (operator === ",") {
        yield* evaluate(shell, left, depth)
        return yield* evaluate(shell, right, depth)
      }
      if (operator === "=") return assign(shell, yield* placeOf(shell, left), yield* evaluate(shell, right, depth))
      if (/^(\+|-|\*|\/|%|<<|>>|&|\||\^)=$/.test(operator)) {
        const place = yield* placeOf(shell, left)
        const old = yield* readPlace(shell, place, depth)
        return assign(shell, place, compute(operator.slice(0, -1), old, yield* evaluate(shell, right, depth)))
      }
      const a = yield* evaluate(shell, left, depth)
      return compute(operator, a, yield* evaluate(shell, right, depth))
    }
  }
}
