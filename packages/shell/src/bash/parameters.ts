/** ${…}: a parameter's value and what is done with it. */
import type { DoubleQuotedChild, ParameterExpansionPart, Word, WordPart } from "unbash"
import type { Steps } from "@drydock/machine"
import { evaluateText } from "./arithmetic/evaluate.ts"
import { ExpansionError } from "./expansion-error.ts"
import { type Budget, costOf, fixedLength, literalOf, matchPattern, newBudget } from "./pattern.ts"
import { ifs, type Piece } from "./pieces.ts"
import { decodePrompt } from "./prompt.ts"
import { quoteWord } from "./quoting.ts"
import { showVariable } from "./show-variable.ts"
import type { Shell } from "./shell.ts"
import { arrayKeys, arrayValues, lastIndex } from "./variables.ts"

/** The expansion of words, which parameters hold. */
export interface Expansion {
  text(shell: Shell, word: Word | { parts?: readonly WordPart[] | undefined; value: string }): Steps<string>
  pattern(shell: Shell, word: Word): Steps<string>
  expandParts(
    shell: Shell,
    parts: readonly WordPart[] | readonly DoubleQuotedChild[] | undefined,
    value: string,
    quoted: boolean,
  ): Steps<Piece[]>
}

/** Arrays that the shell itself fills. */
const SPECIAL_ARRAYS = new Set(["PIPESTATUS", "FUNCNAME", "BASH_SOURCE", "BASH_LINENO", "DIRSTACK", "BASH_VERSINFO", "GROUPS"])
const VERSION = ["5", "2", "21", "1", "release", "x86_64-pc-linux-gnu"]

const valuesOf = (shell: Shell, name: string, index: string | undefined): string[] | undefined => {
  if (name === "@" || name === "*") return [...shell.positional]
  if (index === "@" || index === "*") {
    if (name === "FUNCNAME")
      return [...shell.frames.map((frame) => frame.name).reverse(), ...(shell.frames.length > 0 && shell.runsFile ? ["main"] : [])]
    if (name === "BASH_SOURCE") return [...shell.frames.map((frame) => frame.file).reverse(), ...(shell.file ? [shell.file] : [])]
    if (name === "BASH_LINENO") return shell.frames.map((frame) => String(frame.line)).reverse()
    if (name === "DIRSTACK") return [shell.directory, ...shell.directoryStack]
    if (name === "BASH_VERSINFO") return VERSION
    if (name === "GROUPS") return [...new Set([shell.process.credentials.gid, ...shell.process.credentials.groups])].map(String)
  }
  if (name === "PIPESTATUS" && (index === "@" || index === "*")) return shell.pipeStatus.map(String)
  const variable = shell.variables.find(name)
  if (index !== "@" && index !== "*") return undefined
  if (!variable) return []
  return variable.array ? arrayValues(variable) : variable.value === undefined ? [] : [variable.value]
}

function* scalar(shell: Shell, name: string, index: Word | undefined, text: Expansion["text"]): Steps<string | undefined> {
  if (index) {
    if (SPECIAL_ARRAYS.has(name)) return valuesOf(shell, name, "@")?.[Number(yield* evaluateText(shell, yield* text(shell, index)))]
    const variable = shell.variables.find(name)
    if (!variable) return undefined
    let key = yield* text(shell, index)
    if (!variable.associative) {
      let number = Number(yield* evaluateText(shell, key))
      if (number < 0) number += (variable.array ? lastIndex(variable) : 0) + 1
      if (number < 0) {
        yield* shell.complain(`${name}: bad array subscript`)
        return undefined
      }
      key = String(number)
    }
    return variable.array ? variable.array.get(key) : key === "0" ? variable.value : undefined
  }
  return shell.special(name) ?? shell.variables.get(name)
}

export function* parameter(shell: Shell, part: ParameterExpansionPart, quoted: boolean, expansion: Expansion): Steps<Piece[]> {
  if (shell.dialect?.refuses(part)) throw new ExpansionError(`${part.text}: bad substitution`)
  const { text, pattern, expandParts } = expansion
  const { parameter: name, prefix, operation } = part
  const indexText = part.index?.text
  const all = valuesOf(shell, name, indexText)
  const star = name === "*" || indexText === "*"
  function* list(values: readonly string[]): Steps<Piece[]> {
    if (quoted && star) return [{ text: values.join(ifs(shell)[0] ?? ""), quoted: true }]
    const pieces: Piece[] = []
    for (let at = 0; at < values.length; at++) {
      if ((at & 4_095) === 4_095 && shell.process.charge(2_048)) yield* shell.process.yield()
      if (at > 0) pieces.push("break")
      pieces.push({ text: values[at], quoted })
    }
    // "$@" without arguments is no field at all.
    return pieces.length === 0 && quoted ? [{ text: "", quoted: false }] : pieces
  }
  const one = (value: string): Piece[] => [{ text: value, quoted }]
  if (prefix === "#" && !operation)
    return one(String(all ? all.length : [...((yield* scalar(shell, name, part.index, text)) ?? "")].length))
  if (prefix === "!") {
    if (operation?.type === "Names") return yield* list(shell.variables.names().filter((other) => other.startsWith(name)))
    if (all) {
      const variable = shell.variables.find(name)
      return yield* list(variable ? (variable.array ? arrayKeys(variable) : ["0"]) : [])
    }
    const reference = shell.variables.own(name)
    if (reference?.nameref && !operation) return one(reference.value ?? "")
    const target = yield* scalar(shell, name, part.index, text)
    if (target === undefined) throw new ExpansionError(`${name}: invalid indirect expansion`)
    const element = /^([A-Za-z_]\w*)(?:\[(.+)\])?$/.exec(target) ?? /^(\d+|[@*#?$!-])$/.exec(target)
    if (!element) throw new ExpansionError(`${target}: invalid variable name`)
    const index: Word | undefined =
      element[2] === undefined ? undefined : { type: "Word", pos: 0, end: 0, text: element[2], value: element[2], parts: undefined }
    return yield* parameter(shell, { ...part, prefix: undefined, parameter: element[1], index }, quoted, expansion)
  }
  if (all && !operation) return yield* list(all)
  const value = all ? (all.length > 0 ? all.join(" ") : undefined) : yield* scalar(shell, name, part.index, text)
  if (!operation) {
    if (value === undefined && shell.options.nounset && name !== "@" && name !== "*")
      throw new ExpansionError(
        `${/^\d/.test(name) ? "$" : ""}${name}${indexText === undefined ? "" : `[${indexText}]`}: unbound variable`,
        127,
      )
    return one(value ?? "")
  }
  const each = function* (change: (item: string) => Steps<string>): Steps<Piece[]> {
    if (!all) return one(yield* change(value ?? ""))
    const changed: string[] = []
    for (const item of all) changed.push(yield* change(item))
    return yield* list(changed)
  }
  switch (operation.type) {
    case "Default": {
      const colon = operation.operator.startsWith(":")
      const missing = value === undefined || (colon && value === "")
      const kind = operation.operator.at(-1)
      if (kind === "+") return missing ? one("") : yield* expandParts(shell, operation.operand.parts, operation.operand.value, quoted)
      if (!missing) return all ? yield* list(all) : one(value)
      if (kind === "-") return yield* expandParts(shell, operation.operand.parts, operation.operand.value, quoted)
      const operand = yield* text(shell, operation.operand)
      if (kind === "=") {
        if (part.index) shell.variables.setElement(name, yield* shell.subscript(name, yield* text(shell, part.index)), operand)
        else shell.variables.set(name, operand)
        return one(operand)
      }
      throw new ExpansionError(`${name}: ${operand || (colon ? "parameter null or not set" : "parameter not set")}`, 127)
    }
    case "Remove": {
      const remove = yield* pattern(shell, operation.operand)
      const { operator } = operation
      return yield* each(function* (item) {
        const budget = newBudget()
        const cut = cutAt(item, remove, operator, budget)
        if (shell.process.charge((item.length >> 8) + costOf(budget))) yield* shell.process.yield()
        return cut === undefined ? item : operator.startsWith("#") ? item.slice(cut) : item.slice(0, cut)
      })
    }
    case "Replace": {
      const find = yield* pattern(shell, operation.pattern)
      const replacement = yield* replacementOf(shell, operation.replacement, expandParts)
      return yield* each(function* (item) {
        const budget = newBudget()
        const replaced = replaceIn(item, find, replacement, operation.operator, budget)
        if (shell.process.charge((item.length >> 6) + costOf(budget))) yield* shell.process.yield()
        return replaced
      })
    }
    case "Slice": {
      const offset = Number(yield* evaluateText(shell, yield* text(shell, operation.offset)))
      const length = operation.length ? Number(yield* evaluateText(shell, yield* text(shell, operation.length))) : undefined
      if (all) {
        const source = name === "@" || name === "*" ? [shell.name, ...all] : all
        const start = offset < 0 ? Math.max(0, source.length + offset) : offset
        if (length !== undefined && length < 0) throw new ExpansionError(`${length}: substring expression < 0`)
        const slice = source.slice(start, length === undefined ? undefined : start + length)
        return yield* list(name === "@" && offset === 0 ? slice : slice)
      }
      const characters = [...(value ?? "")]
      const start = offset < 0 ? characters.length + offset : offset
      if (start < 0) return one("")
      const end = length === undefined ? undefined : length < 0 ? characters.length + length : start + length
      if (end !== undefined && length !== undefined && length < 0 && end < start)
        throw new ExpansionError(`${length}: substring expression < 0`)
      return one(characters.slice(start, end).join(""))
    }
    case "CaseModification": {
      const which = operation.operand ? yield* pattern(shell, operation.operand) : "?"
      const { operator } = operation
      const up = operator.startsWith("^")
      return yield* each(function* (item) {
        yield* shell.tick()
        const change = (character: string) =>
          matchPattern(which, character) ? (up ? character.toUpperCase() : character.toLowerCase()) : character
        return operator.length === 2 ? [...item].map(change).join("") : change(item.slice(0, 1)) + item.slice(1)
      })
    }
    case "Transform": {
      const operator = operation.operand.value
      const variable = shell.variables.find(name)
      if (all && variable && (operator === "K" || operator === "k"))
        return yield* list(
          operator === "k"
            ? arrayKeys(variable).flatMap((key) => [key, variable.array?.get(key) ?? ""])
            : [
                arrayKeys(variable)
                  .map((key) => `${key} "${variable.array?.get(key) ?? ""}"`)
                  .join(" ") + (variable.associative ? " " : ""),
              ],
        )
      if (all && variable && operator === "A") return one(showVariable(name, variable).trimEnd())
      return yield* each(function* (item) {
        yield* shell.tick()
        if (variable === undefined && item === "" && !/^[\d@*]/.test(name)) return ""
        switch (operator) {
          case "Q":
            return /[\n\t]/.test(item) ? quoteWord(item) : `'${item.replaceAll("'", "'\\''")}'`
          case "E":
            return yield* shell.textOf(`$'${item.replaceAll("'", "\\'")}'`)
          case "a":
            return attributesOf(shell, name)
          case "A": {
            const flags = attributesOf(shell, name)
            const assigned = `${name}='${item.replaceAll("'", "'\\''")}'`
            return flags === "" ? assigned : `declare -${flags} ${assigned}`
          }
          case "P":
            return yield* decodePrompt(shell, item)
          case "U":
            return item.toUpperCase()
          case "u":
            return item.slice(0, 1).toUpperCase() + item.slice(1)
          case "L":
            return item.toLowerCase()
          default:
            return item
        }
      })
    }
    default: {
      // Old case toggles, which the parser does not know.
      const toggle = /^\$\{\w+(?:\[[^\]]*\])?(~~?)\}$/.exec(part.text)
      if (!toggle) throw new ExpansionError(`${part.text}: bad substitution`)
      const flip = (character: string) => (character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase())
      return yield* each(function* (item) {
        yield* shell.tick()
        return toggle[1] === "~~" ? [...item].map(flip).join("") : flip(item.slice(0, 1)) + item.slice(1)
      })
    }
  }
}

/** patsub_replacement: an unquoted "&" of the replacement is what was matched. */
function* replacementOf(shell: Shell, word: Word, expandParts: Expansion["expandParts"]): Steps<(matched: string) => string> {
  const pieces: (string | undefined)[] = []
  // Without parts the parser has taken the backslashes away that keep "&" what it is.
  const parts = word.parts ?? [{ type: "Literal" as const, pos: 0, end: 0, value: word.value, text: word.text }]
  for (const piece of yield* expandParts(shell, parts, word.value, false)) {
    if (piece === "break") pieces.push(" ")
    else if (piece.quoted || !piece.text.includes("&") || !shell.options.patsub_replacement) pieces.push(piece.text)
    else
      for (const [, escaped, plain] of piece.text.matchAll(/\\([&\\])|(&|[^&\\]+|\\)/g))
        pieces.push(escaped ?? (plain === "&" ? undefined : plain))
  }
  return (matched) => pieces.map((piece) => piece ?? matched).join("")
}

const attributesOf = (shell: Shell, name: string): string => {
  const variable = shell.variables.find(name)
  if (!variable) return ""
  const { array, associative, integer, lower, upper, exported } = variable
  return `${array ? (associative ? "A" : "a") : ""}${integer ? "i" : ""}${lower ? "l" : ""}${variable.readonly ? "r" : ""}${upper ? "u" : ""}${exported ? "x" : ""}`
}

/** Where ${x#pattern} and its kin cut: short ways for plain texts and for one star at the end that is cut. */
const cutAt = (item: string, pattern: string, operator: string, budget: Budget): number | undefined => {
  const front = operator.startsWith("#")
  const longest = operator.length === 2
  const plain = literalOf(pattern)
  if (plain !== undefined)
    return front ? (item.startsWith(plain) ? plain.length : undefined) : item.endsWith(plain) ? item.length - plain.length : undefined
  const starred = front
    ? pattern.startsWith("*")
      ? literalOf(pattern.slice(1))
      : undefined
    : pattern.endsWith("*") && !pattern.endsWith("\\*")
      ? literalOf(pattern.slice(0, -1))
      : undefined
  if (starred !== undefined && starred !== "") {
    const at = front === longest ? item.lastIndexOf(starred) : item.indexOf(starred)
    return at < 0 ? undefined : front ? at + starred.length : at
  }
  const length = fixedLength(pattern)
  const at = (step: number) => (front === longest ? item.length - step : step)
  if (length !== undefined) {
    const cut = front ? length : item.length - length
    return length <= item.length && matchPattern(pattern, front ? item.slice(0, cut) : item.slice(cut), {}, budget) ? cut : undefined
  }
  for (let step = 0; step <= item.length && budget.left > 0; step++) {
    const cut = at(step)
    if (matchPattern(pattern, front ? item.slice(0, cut) : item.slice(cut), {}, budget)) return cut
  }
  return undefined
}

const replaceIn = (
  item: string,
  find: string,
  replacement: (matched: string) => string,
  operator: "/" | "//" | "/#" | "/%",
  budget: Budget,
): string => {
  if (find === "") return operator === "/#" ? replacement("") + item : operator === "/%" ? item + replacement("") : item
  const fixed = fixedLength(find)
  const longest = (from: number): number | undefined => {
    if (fixed !== undefined)
      return from + fixed <= item.length && matchPattern(find, item.slice(from, from + fixed), {}, budget) ? from + fixed : undefined
    for (let end = item.length; end >= from && budget.left > 0; end--) if (matchPattern(find, item.slice(from, end), {}, budget)) return end
    return undefined
  }
  if (operator === "/#") {
    const end = longest(0)
    return end === undefined ? item : replacement(item.slice(0, end)) + item.slice(end)
  }
  if (operator === "/%") {
    for (let from = 0; from <= item.length && budget.left > 0; from++)
      if (matchPattern(find, item.slice(from), {}, budget)) return item.slice(0, from) + replacement(item.slice(from))
    return item
  }
  const plain = literalOf(find)
  if (plain !== undefined && operator === "//") return item.split(plain).join(replacement(plain))
  if (plain !== undefined && operator === "/") {
    const found = item.indexOf(plain)
    return found < 0 ? item : item.slice(0, found) + replacement(plain) + item.slice(found + plain.length)
  }
  let result = ""
  let at = 0
  // The long way is short for long texts: what it does not reach stays as it is.
  budget.left += item.length * 16
  while (at < item.length) {
    const end = longest(at)
    if (end === undefined || end === at) {
      result += item[at++]
      continue
    }
    result += replacement(item.slice(at, end))
    at = end
    if (operator === "/") return result + item.slice(at)
  }
  return result
}
