/** Calling: arguments to parameters, of functions of the program and of native ones. */
import { PyGenerator } from "../objects/generator.ts"
import { typeError } from "../objects/raise.ts"
import {
  BoundMethod,
  Dict,
  GenericAlias,
  Invoke,
  type Keywords,
  Native,
  NO_KEYWORDS,
  PyClass,
  type PyException,
  PyFunction,
  type Soon,
  Tuple,
  typeOf,
  type Value,
} from "../objects/values.ts"
import { instantiate } from "./classes.ts"
import { Frame } from "./frame.ts"
import type { Interpreter } from "./interpreter.ts"

/** 'a', 'b', and 'c' as CPython lists missing arguments. */
const enumerated = (names: readonly string[]): string => {
  const shown = names.map((name) => `'${name}'`)
  if (shown.length === 1) return shown[0]
  if (shown.length === 2) return shown.join(" and ")
  return `${shown.slice(0, -1).join(", ")}, and ${shown[shown.length - 1]}`
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`

const tooMany = (callee: PyFunction, given: number, keywordOnly: number): PyException => {
  const plain = callee.code.parameters.filter(({ kind }) => kind === "plain")
  const optional = plain.filter(({ name }) => callee.defaults.has(name)).length
  const takes =
    optional > 0
      ? `from ${plain.length - optional} to ${count(plain.length, "positional argument")}`
      : count(plain.length, "positional argument")
  const was =
    keywordOnly > 0
      ? `${count(given, "positional argument")} (and ${count(keywordOnly, "keyword-only argument")}) were`
      : `${given} ${given === 1 ? "was" : "were"}`
  return typeError(`${callee.qualifiedName}() takes ${takes} but ${was} given`)
}

/** Puts arguments into the slots of a new frame. Throws TypeError, with CPython's words (Python/ceval.c). */
export const bindArguments = (python: Interpreter, callee: PyFunction, args: readonly Value[], keywords: Keywords): Frame => {
  const { code, defaults, scope } = callee
  const frame = new Frame(python, {
    parent: scope,
    globals: scope.globals,
    slots: code.slots.length,
    fileName: code.fileName,
    name: code.name,
  })
  frame.callee = callee
  const { slots } = frame
  let next = 0
  let rest = false
  const { parameters } = code
  for (const [index, { kind }] of parameters.entries()) {
    if (kind === "plain") {
      if (next < args.length) slots[index] = args[next++]
    } else if (kind === "rest") {
      slots[index] = new Tuple(args.slice(next))
      rest = true
    } else if (kind === "keywords") slots[index] = new Dict()
  }
  if (keywords.size > 0) bindKeywords(callee, slots, keywords)
  if (!rest && args.length > next)
    throw tooMany(
      callee,
      args.length,
      [...keywords.keys()].filter((name) => parameters.some((one) => one.kind === "keyword" && one.name === name)).length,
    )
  let missing: string[] | undefined
  let missingKeywords: string[] | undefined
  for (const [index, { name, kind }] of parameters.entries()) {
    if (slots[index] !== undefined) continue
    const fallback = defaults.get(name)
    if (fallback !== undefined) slots[index] = fallback
    else if (kind === "plain") (missing ??= []).push(name)
    else (missingKeywords ??= []).push(name)
  }
  if (missing)
    throw typeError(`${callee.qualifiedName}() missing ${count(missing.length, "required positional argument")}: ${enumerated(missing)}`)
  if (missingKeywords)
    throw typeError(
      `${callee.qualifiedName}() missing ${count(missingKeywords.length, "required keyword-only argument")}: ${enumerated(missingKeywords)}`,
    )
  return frame
}

const bindKeywords = (callee: PyFunction, slots: (Value | undefined)[], keywords: Keywords): void => {
  const { parameters } = callee.code
  const others = parameters.findIndex(({ kind }) => kind === "keywords")
  for (const [name, value] of keywords) {
    const index = parameters.findIndex((one) => one.name === name && !one.positional && (one.kind === "plain" || one.kind === "keyword"))
    if (index >= 0) {
      if (slots[index] !== undefined) throw typeError(`${callee.qualifiedName}() got multiple values for argument '${name}'`)
      slots[index] = value
    } else if (others >= 0) (slots[others] as Dict).map.set(name, value)
    else throw typeError(`${callee.qualifiedName}() got an unexpected keyword argument '${name}'`)
  }
}

interface Signature {
  readonly names: readonly string[]
  readonly required: number
  readonly most: number
  readonly rest: boolean
  readonly keywords: boolean
}

const signatures = new WeakMap<Native, Signature>()

const signatureOf = (callee: Native): Signature => {
  let known = signatures.get(callee)
  if (!known) {
    const words = (callee.parameters ?? "*, **")
      .split(",")
      .map((word) => word.trim())
      .filter((word) => word !== "" && word !== "/")
    const star = words.findIndex((word) => word.startsWith("*") && !word.startsWith("**"))
    const positional = words.slice(0, star < 0 ? words.length : star).filter((word) => !word.startsWith("**"))
    const named = words.filter((word) => !word.startsWith("*")).map((word) => word.replace("=", ""))
    known = {
      names: named,
      required: positional.filter((word) => !word.endsWith("=")).length,
      most: positional.length,
      rest: star >= 0 && words[star] !== "*-",
      keywords: words.some((word) => word.startsWith("**")),
    }
    signatures.set(callee, known)
  }
  return known
}

/** A native function with its arguments in the order of its parameters; those of *rest follow the named ones. */
const callNative = (python: Interpreter, callee: Native, args: readonly Value[], keywords: Keywords): Soon => {
  if (callee.parameters === undefined) return callee.run(python, [...args], keywords)
  const { names, required, most, rest, keywords: open } = signatureOf(callee)
  const self = callee.owner ? 1 : 0
  if (args.length > most && !rest) {
    const [takes, given] = [most - self, args.length - self]
    if (takes === 0) throw typeError(`${shownName(callee)}() takes no arguments (${given} given)`)
    throw typeError(
      most === required
        ? `${shownName(callee)}() takes exactly ${takes === 1 ? "one argument" : `${takes} arguments`} (${given} given)`
        : `${shownName(callee)}() takes at most ${takes} argument${takes === 1 ? "" : "s"} (${given} given)`,
    )
  }
  const values: (Value | undefined)[] = args.slice(0, most)
  while (values.length < names.length) values.push(undefined)
  let others: Map<string, Value> | undefined
  for (const [name, value] of keywords) {
    const index = names.indexOf(name)
    if (index >= 0 && values[index] === undefined) values[index] = value
    else if (open) (others ??= new Map()).set(name, value)
    else throw typeError(`${shownName(callee)}() got an unexpected keyword argument '${name}'`)
  }
  for (let index = 0; index < required; index++)
    if (values[index] === undefined) {
      const [needs, given] = [required - self, Math.max(0, args.length - self)]
      throw typeError(
        required === most && !rest
          ? `${shownName(callee)}() takes exactly ${needs === 1 ? "one argument" : `${needs} arguments`} (${given} given)`
          : `${shownName(callee)}() missing required argument '${names[index]}' (pos ${index + 1 - self})`,
      )
    }
  if (rest) values.push(...args.slice(most))
  return callee.run(python, values as Value[], others ?? NO_KEYWORDS)
}

const shownName = ({ name, owner }: Native): string => (owner && !name.startsWith("__") ? `${owner.name}.${name}` : name)

/** Starts a call: the result, a task that gives it, or the body of a function for the driver. Throws TypeError. */
export const begin = (python: Interpreter, callee: Value, args: readonly Value[], keywords: Keywords = NO_KEYWORDS): Soon | Invoke => {
  if (callee instanceof PyFunction) {
    const frame = bindArguments(python, callee, args, keywords)
    const task = callee.code.run(frame)
    return callee.code.kind === "function"
      ? new Invoke(task)
      : new PyGenerator(callee.qualifiedName, task, callee.code.kind === "coroutine")
  }
  if (callee instanceof Native) return callNative(python, callee, args, keywords)
  if (callee instanceof BoundMethod) return begin(python, callee.callee, [callee.self, ...args], keywords)
  if (callee instanceof PyClass) return instantiate(python, callee, args, keywords)
  if (callee instanceof GenericAlias) return begin(python, callee.origin, args, keywords)
  if (typeOf(callee).lookup("__call__") !== undefined) return python.callMethod(callee, "__call__", args, keywords)
  throw typeError(`'${typeOf(callee).name}' object is not callable`)
}
