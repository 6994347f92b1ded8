/** Compound commands: if, while, for, select, case, [[ ]]. */
import type { ArithmeticFor, Case, CompoundList, For, If, Select, TestExpression, While, Word } from "unbash"
import type { Steps } from "@drydock/machine"
import { evaluateSource, evaluateText } from "./arithmetic/evaluate.ts"
import { arithmeticHeader } from "./arithmetic/header.ts"
import { compareNumbers, testBinary, testUnary } from "./conditions.ts"
import { BreakLoop } from "./control-flow.ts"
import { fields, pattern, text } from "./expand.ts"
import { costOf, matchPattern, newBudget, type PatternOptions, unquotePattern } from "./pattern.ts"
import { ArithmeticError } from "./arithmetic/parse.ts"
import { ReadonlyError } from "./variables.ts"
import { MatchLimitError } from "../text/perl-regex.ts"
import { compileRegex, RegexError } from "../text/regex.ts"
import type { Shell } from "./shell.ts"

function* condition(shell: Shell, list: CompoundList): Steps<boolean> {
  shell.guarded++
  try {
    return (yield* shell.list(list)) === 0
  } finally {
    shell.guarded--
  }
}

export function* ifCommand(shell: Shell, node: If): Steps<number> {
  if (yield* condition(shell, node.clause)) return yield* shell.list(node.then)
  for (const branch of node.elif) if (yield* condition(shell, branch.clause)) return yield* shell.list(branch.then)
  if (node.else) return yield* shell.list(node.else)
  shell.status = 0
  return 0
}

/** Runs a loop's body once; true when the loop ends. */
function* loopBody(shell: Shell, body: CompoundList): Steps<boolean> {
  shell.loops++
  try {
    yield* shell.tick()
    yield* shell.list(body)
    return false
  } catch (error) {
    if (!(error instanceof BreakLoop)) throw error
    if (--error.left > 0 && shell.loops > 1) throw error
    shell.status = error.status
    return !error.again
  } finally {
    shell.loops--
  }
}

export function* whileCommand(shell: Shell, node: While): Steps<number> {
  let last = 0
  for (;;) {
    yield* shell.tick()
    if ((yield* condition(shell, node.clause)) !== (node.kind === "while")) break
    const ended = yield* loopBody(shell, node.body)
    last = shell.status
    if (ended) break
  }
  shell.status = last
  return last
}

function* itemsOf(shell: Shell, wordlist: readonly Word[] | undefined): Steps<readonly string[]> {
  if (!wordlist) return [...shell.positional]
  const items: string[] = []
  for (const word of wordlist)
    for (const item of yield* fields(shell, word)) {
      items.push(item)
      if ((items.length & 8_191) === 0) yield* shell.tick(512)
    }
  return items
}

export function* forCommand(shell: Shell, node: For): Steps<number> {
  if (!/^[A-Za-z_]\w*$/.test(node.name.value)) {
    yield* shell.complain(`\`${node.name.text}': not a valid identifier`)
    shell.status = 1
    return 1
  }
  const items = yield* itemsOf(shell, node.wordlist)
  if (items.length === 0) shell.status = 0
  const words = node.wordlist ? node.wordlist.map(({ text }) => text).join(" ") : '"$@"'
  for (const item of items) {
    if (shell.options.xtrace) yield* shell.trace(`for ${node.name.text} in ${words}`)
    yield* shell.debugTrap(`for ${node.name.text} in ${words}`)
    // A nameref goes through names, not through what they name.
    const own = shell.variables.own(node.name.value)
    if (own?.nameref) own.value = item
    else
      try {
        shell.variables.set(node.name.value, item)
      } catch (error) {
        if (!(error instanceof ReadonlyError)) throw error
        yield* shell.complain(error.message)
        shell.status = 1
        return 1
      }
    if (yield* loopBody(shell, node.body)) break
  }
  return shell.status
}

function* headerValue(shell: Shell, text: string | undefined): Steps<bigint> {
  if (!text) return 1n
  if (shell.options.xtrace) yield* shell.trace(`(( ${text} ))`)
  yield* shell.debugTrap(`((${text}))`)
  return yield* evaluateSource(shell, text)
}

export function* arithmeticFor(shell: Shell, node: ArithmeticFor): Steps<number> {
  const [first, test, update] = arithmeticHeader(shell.source, node)
  try {
    yield* headerValue(shell, first)
    if ((yield* headerValue(shell, test)) === 0n) {
      shell.status = 0
      return 0
    }
    do {
      if (yield* loopBody(shell, node.body)) break
      yield* headerValue(shell, update)
    } while ((yield* headerValue(shell, test)) !== 0n)
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error
    yield* shell.complain(`((: ${error.message}`)
    shell.status = 1
  }
  return shell.status
}

const TAB = 8

/** Blanks from one column to another, as many tabs as there may be. */
const indent = (from: number, to: number): string => {
  let text = ""
  for (let at = from; at < to; )
    if (Math.floor(to / TAB) > Math.floor(at / TAB)) {
      text += "\t"
      at += TAB - (at % TAB)
    } else {
      text += " "
      at++
    }
  return text
}

/** The choices of `select`, down the columns that a terminal of `width` has room for (execute_cmd.c, print_select_list). */
const selectList = (items: readonly string[], width: number): string => {
  const digits = String(items.length).length
  const cell = Math.max(0, ...items.map((item) => [...item].length)) + digits + 4
  let columns = Math.max(1, Math.floor(width / cell))
  let rows = Math.ceil(items.length / columns)
  columns = Math.ceil(items.length / rows)
  if (rows === 1) [rows, columns] = [columns, 1]
  let text = ""
  for (let row = 0; row < rows; row++) {
    for (let at = row, column = 0; at < items.length; at += rows, column++) {
      const shown = `${String(at + 1).padStart(column === 0 ? String(rows).length : digits)}) ${items[at]}`
      text += shown
      if (at + rows < items.length) text += indent(column * cell + [...shown].length, (column + 1) * cell)
    }
    text += "\n"
  }
  return text
}

export function* selectCommand(shell: Shell, node: Select): Steps<number> {
  const items = yield* itemsOf(shell, node.wordlist)
  if (items.length === 0) return 0
  let list = true
  for (;;) {
    if (shell.options.xtrace) yield* shell.trace(`select ${node.name.text} in ${(node.wordlist ?? []).map(({ text }) => text).join(" ")}`)
    if (list) yield* shell.process.error(selectList(items, Number(shell.variables.get("COLUMNS") ?? 80) || 80))
    yield* shell.process.error(shell.variables.get("PS3") ?? "#? ")
    const reply = yield* shell.process.readLine(0)
    if (reply === undefined) {
      yield* shell.process.print("\n")
      shell.status = 1
      return 1
    }
    // An empty answer shows the list again.
    list = reply === ""
    if (list) continue
    shell.variables.set("REPLY", reply)
    shell.variables.set(node.name.value, items[Number(reply) - 1] ?? "")
    if (yield* loopBody(shell, node.body)) return shell.status
  }
}

/** A match that is paid for. */
function* matches(shell: Shell, pattern: string, text: string, options: PatternOptions): Steps<boolean> {
  const budget = newBudget()
  const matched = matchPattern(pattern, text, options, budget)
  if (shell.process.charge(costOf(budget))) yield* shell.process.yield()
  return matched
}

export function* caseCommand(shell: Shell, node: Case): Steps<number> {
  if (shell.options.xtrace) yield* shell.trace(`case ${node.word.text} in`)
  yield* shell.debugTrap(`case ${node.word.text} in `)
  const word = yield* text(shell, node.word)
  const options = { ignoreCase: shell.options.nocasematch }
  let falls = false
  let ran = false
  for (const item of node.items) {
    let matched = falls
    for (const one of matched ? [] : item.pattern)
      if (yield* matches(shell, yield* pattern(shell, one), word, options)) {
        matched = true
        break
      }
    if (!matched) continue
    ran = true
    yield* shell.list(item.body)
    if (item.terminator === ";&") falls = true
    else if (item.terminator === ";;&") falls = false
    else break
  }
  if (!ran) shell.status = 0
  return shell.status
}

/** [[ ]] that is neither true nor false: status 2. */
export class ConditionError extends Error {}

/** A pattern as set -x shows it: what was quoted has a backslash before each character. */
const tracedPattern = (pattern: string, word: Word): string =>
  pattern === ""
    ? "''"
    : word.parts?.every(({ type }) => /Quoted$/.test(type))
      ? unquotePattern(pattern).replace(/[\s\S]/gu, "\\$&")
      : unquotePattern(pattern)

/** `negation`: what stands before a test of its own, for set -x. */
export function* test(shell: Shell, expression: TestExpression, negation = ""): Steps<boolean> {
  switch (expression.type) {
    case "TestGroup":
      return yield* test(shell, expression.expression)
    case "TestNot":
      return (yield* test(shell, expression.operand, "! ".repeat(expression.negations.length))) !== (expression.negations.length % 2 === 1)
    case "TestLogical":
      for (const operand of expression.operands) {
        const result = yield* test(shell, operand)
        if (expression.operator === "&&" ? !result : result) return result
      }
      return expression.operator === "&&"
    case "TestUnary": {
      const operand = yield* text(shell, expression.operand)
      if (shell.options.xtrace) yield* shell.trace(`[[ ${negation}${expression.operator} ${operand === "" ? "''" : operand} ]]`)
      return testUnary(shell, expression.operator, operand)
    }
    case "TestBinary": {
      const left = yield* text(shell, expression.left)
      const { operator } = expression
      if (shell.options.xtrace)
        yield* shell.trace(
          `[[ ${negation}${left === "" ? "''" : left} ${operator} ${tracedPattern(yield* pattern(shell, expression.right), expression.right)} ]]`,
        )
      if (operator === "==" || operator === "=" || operator === "!=")
        return (
          (yield* matches(shell, yield* pattern(shell, expression.right), left, { ignoreCase: shell.options.nocasematch })) ===
          (operator !== "!=")
        )
      if (operator === "=~") return yield* matchRegex(shell, left, expression.right)
      const right = yield* text(shell, expression.right)
      if (/^-(eq|ne|lt|le|gt|ge)$/.test(operator))
        return compareNumbers(operator, yield* evaluateText(shell, left), yield* evaluateText(shell, right))
      return testBinary(shell, operator, left, right)
    }
  }
}

function* matchRegex(shell: Shell, value: string, word: Word): Steps<boolean> {
  yield* shell.tick()
  const source = word.parts?.some(({ type }) => type === "SingleQuoted" || type === "DoubleQuoted")
    ? yield* regexSource(shell, word)
    : word.parts
      ? yield* text(shell, word)
      : word.text
  let match: (string | undefined)[] | undefined
  try {
    match = compileRegex(source, { extended: true, ignoreCase: shell.options.nocasematch }).exec(value)
  } catch (error) {
    // What is no pattern is an error of the condition; what takes too long matches nothing.
    if (error instanceof RegexError) throw new ConditionError()
    if (!(error instanceof MatchLimitError)) throw error
  }
  shell.variables.setArray(
    "BASH_REMATCH",
    (match ?? []).map((group, at) => [String(at), group ?? ""] as const),
    false,
  )
  return match !== undefined
}

/** Quoted parts of a =~ pattern match themselves. */
function* regexSource(shell: Shell, word: Word): Steps<string> {
  let source = ""
  for (const part of word.parts ?? []) {
    const value = yield* text(shell, { parts: [part], value: "" })
    source += part.type === "SingleQuoted" || part.type === "DoubleQuoted" ? value.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&") : value
  }
  return source
}
