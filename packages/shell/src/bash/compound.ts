/** Compound commands: if, while, for, select, case, [[ ]]. */
import type { ArithmeticFor, Case, CompoundList, For, If, Select, TestExpression, While, Word } from "unbash"
import type { Steps } from "@drydock/machine"
import { evaluate, evaluateText } from "./arithmetic.ts"
import { compareNumbers, testBinary, testUnary } from "./conditions.ts"
import { BreakLoop } from "./control-flow.ts"
import { fields, pattern, text } from "./expand.ts"
import { matchPattern } from "./pattern.ts"
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
    shell.status = 0
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
  for (const word of wordlist) for (const item of yield* fields(shell, word)) items.push(item)
  return items
}

export function* forCommand(shell: Shell, node: For): Steps<number> {
  const items = yield* itemsOf(shell, node.wordlist)
  shell.status = 0
  for (const item of items) {
    shell.variables.set(node.name.value, item)
    if (yield* loopBody(shell, node.body)) break
  }
  return shell.status
}

export function* arithmeticFor(shell: Shell, node: ArithmeticFor): Steps<number> {
  if (node.initialize) yield* evaluate(shell, node.initialize)
  shell.status = 0
  while (!node.test || (yield* evaluate(shell, node.test)) !== 0n) {
    if (yield* loopBody(shell, node.body)) break
    if (node.update) yield* evaluate(shell, node.update)
  }
  return shell.status
}

export function* selectCommand(shell: Shell, node: Select): Steps<number> {
  const items = yield* itemsOf(shell, node.wordlist)
  if (items.length === 0) return 0
  let list = true
  for (;;) {
    if (list) yield* shell.process.error(items.map((item, at) => `${at + 1}) ${item}\n`).join(""))
    yield* shell.process.error(shell.variables.get("PS3") ?? "#? ")
    const reply = yield* shell.process.readLine(0)
    if (reply === undefined) {
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

export function* caseCommand(shell: Shell, node: Case): Steps<number> {
  const word = yield* text(shell, node.word)
  const options = { ignoreCase: shell.options.nocasematch }
  shell.status = 0
  let falls = false
  for (const item of node.items) {
    let matched = falls
    for (const one of matched ? [] : item.pattern)
      if (matchPattern(yield* pattern(shell, one), word, options)) {
        matched = true
        break
      }
    if (!matched) continue
    yield* shell.list(item.body)
    if (item.terminator === ";&") falls = true
    else if (item.terminator === ";;&") falls = false
    else break
  }
  return shell.status
}

export function* test(shell: Shell, expression: TestExpression): Steps<boolean> {
  switch (expression.type) {
    case "TestGroup":
      return yield* test(shell, expression.expression)
    case "TestNot":
      return (yield* test(shell, expression.operand)) !== (expression.negations.length % 2 === 1)
    case "TestLogical":
      for (const operand of expression.operands) {
        const result = yield* test(shell, operand)
        if (expression.operator === "&&" ? !result : result) return result
      }
      return expression.operator === "&&"
    case "TestUnary":
      return testUnary(shell, expression.operator, yield* text(shell, expression.operand))
    case "TestBinary": {
      const left = yield* text(shell, expression.left)
      const { operator } = expression
      if (operator === "==" || operator === "=" || operator === "!=")
        return (
          matchPattern(yield* pattern(shell, expression.right), left, { ignoreCase: shell.options.nocasematch }) === (operator !== "!=")
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
    // What is no pattern matches nothing.
    if (!(error instanceof RegexError || error instanceof MatchLimitError)) throw error
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
