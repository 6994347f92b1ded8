/** Arithmetic: 64-bit integers with C's operators, as expr.c works them out. */
import { parse, type Word } from "unbash"
import type { Steps } from "@drydock/machine"
import type { Shell } from "../shell.ts"
import { arrayKeys, type Variable } from "../variables.ts"
import { ExpansionError } from "../expansion-error.ts"
import { ArithmeticError, type Node, parseArithmetic, type Place, wrap } from "./parse.ts"

/** Depth of variables that name expressions of variables. */
const MAX_DEPTH = 64

const PLAIN = /^\s*-?(?:0|[1-9]\d{0,17})\s*$/

/** The value of `text`, in which nothing is left to expand. */
const numberOf = (shell: Shell, text: string, depth: number): bigint => {
  if (PLAIN.test(text)) return BigInt(text.trim())
  if (text.trim() === "") return 0n
  if (depth > MAX_DEPTH) throw new ArithmeticError(`${text}: expression recursion level exceeded (error token is "${text}")`)
  return compute(shell, parseArithmetic(text), text, depth)
}

/** A variable and the key of its element, when the place has a subscript. */
const find = (shell: Shell, { name, index }: Place, depth: number): { variable: Variable | undefined; key: string | undefined } => {
  const variable = shell.variables.find(name)
  if (index === undefined) return { variable, key: undefined }
  if (variable?.associative) return { variable, key: index.replace(/^(["'])(.*)\1$/, "$2") }
  let number = numberOf(shell, index, depth + 1)
  if (number < 0n && variable) number += BigInt(Math.max(-1, ...arrayKeys(variable).map(Number)) + 1)
  if (number < 0n) throw new ArithmeticError(`${name}[${index}]: bad array subscript`)
  return { variable, key: String(number) }
}

const read = (shell: Shell, place: Place, depth: number): bigint => {
  const { variable, key } = find(shell, place, depth)
  const { name } = place
  const text =
    key === undefined
      ? (shell.special(name) ?? shell.variables.get(name))
      : variable?.array
        ? variable.array.get(key)
        : key === "0"
          ? variable?.value
          : undefined
  if (text === undefined) {
    if (shell.options.nounset && key === undefined) throw new ExpansionError(`${name}: unbound variable`, true)
    return 0n
  }
  return numberOf(shell, text, depth + 1)
}

const write = (shell: Shell, place: Place, value: bigint, depth: number): bigint => {
  const { key } = find(shell, place, depth)
  if (key === undefined) shell.variables.set(place.name, String(value))
  else shell.variables.setElement(place.name, key, String(value))
  return value
}

const truth = (value: boolean): bigint => (value ? 1n : 0n)

const binary = (operator: string, a: bigint, b: bigint, source: string, after: string): bigint => {
  switch (operator) {
    case "+":
      return wrap(a + b)
    case "-":
      return wrap(a - b)
    case "*":
      return wrap(a * b)
    case "/":
    case "%":
      if (b === 0n) throw new ArithmeticError(`${source.trimStart()}: division by 0 (error token is "${after}")`)
      return operator === "/" ? wrap(a / b) : a % b
    case "**": {
      if (b < 0n) throw new ArithmeticError(`${source.trimStart()}: exponent less than 0 (error token is "${after}")`)
      let result = 1n
      for (let base = a, left = b; left > 0n; left >>= 1n, base = wrap(base * base)) if (left & 1n) result = wrap(result * base)
      return result
    }
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
      return b
  }
}

/** Operations that one expression may take, those of the variables that it names included: they may name others twice over. */
const MAX_OPERATIONS = 100_000
let operations = 0

const compute = (shell: Shell, node: Node, source: string, depth: number): bigint => {
  if (++operations > MAX_OPERATIONS)
    throw new ArithmeticError(`${source}: expression recursion level exceeded (error token is "${source}")`)
  switch (node.kind) {
    case "number":
      return node.value
    case "place":
      return read(shell, node, depth)
    case "unary": {
      const value = compute(shell, node.operand, source, depth)
      return node.operator === "-" ? wrap(-value) : node.operator === "!" ? truth(value === 0n) : node.operator === "~" ? ~value : value
    }
    case "step": {
      const old = read(shell, node.place, depth)
      const next = write(shell, node.place, wrap(old + node.by), depth)
      return node.prefix ? next : old
    }
    case "choice":
      return compute(shell, compute(shell, node.test, source, depth) !== 0n ? node.yes : node.no, source, depth)
    case "assign": {
      if (node.operator === "=") return write(shell, node.place, compute(shell, node.value, source, depth), depth)
      const old = read(shell, node.place, depth)
      const value = compute(shell, node.value, source, depth)
      return write(shell, node.place, binary(node.operator.slice(0, -1), old, value, source, node.after), depth)
    }
    case "binary": {
      const left = compute(shell, node.left, source, depth)
      if (node.operator === "&&") return truth(left !== 0n && compute(shell, node.right, source, depth) !== 0n)
      if (node.operator === "||") return truth(left !== 0n || compute(shell, node.right, source, depth) !== 0n)
      return binary(node.operator, left, compute(shell, node.right, source, depth), source, node.after)
    }
  }
}

/** Quotes go, but for those within $(…) and ${…}. */
const withoutQuotes = (source: string): string => {
  if (!source.includes('"')) return source
  let kept = ""
  let depth = 0
  for (let at = 0; at < source.length; at++) {
    const character = source[at]
    if (character === "\\") kept += character + (source[++at] ?? "")
    else if (character === "$" && (source[at + 1] === "(" || source[at + 1] === "{")) {
      depth++
      kept += character + source[++at]
    } else {
      if (depth > 0 && (character === ")" || character === "}")) depth--
      else if (depth > 0 && character === "(") depth++
      if (character !== '"' || depth > 0) kept += character
    }
  }
  return kept
}

const words = new Map<string, Word | undefined>()
const MAX_WORDS = 256

/** `source` as a word in double quotes. */
const wordOf = (source: string): Word | undefined => {
  if (words.has(source)) return words.get(source)
  const [statement] = parse(`: "${withoutQuotes(source)}"`).commands
  const command = statement?.command
  const [word] = command?.type === "Command" ? command.suffix : []
  const found = word?.type === "Word" ? word : undefined
  if (words.size >= MAX_WORDS) words.clear()
  words.set(source, found)
  return found
}

/**
 * The value of an expression as it was written: expanded first, then read.
 * @throws ArithmeticError
 */
export function* evaluateSource(shell: Shell, source: string): Steps<bigint> {
  let text = source
  if (/[$`"\\]/.test(source)) {
    const word = wordOf(source)
    if (word) text = yield* shell.expandWord(word)
  }
  return yield* valueNow(shell, text)
}

function* valueNow(shell: Shell, text: string): Steps<bigint> {
  operations = 0
  let full = false
  try {
    return numberOf(shell, text, 0)
  } finally {
    full = shell.process.charge(1 + (operations >> 1))
    if (full) yield* shell.process.yield()
  }
}

/** The value of a text that was expanded before; subscripts in it are expanded still (`let 'a[$i]=1'`). */
export function* evaluateText(shell: Shell, text: string): Steps<bigint> {
  if (/\[[^\]]*[$`]/.test(text)) return yield* evaluateSource(shell, text)
  return yield* valueNow(shell, text)
}
