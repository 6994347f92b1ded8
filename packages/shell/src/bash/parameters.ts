/** ${…}: a parameter's value and what is done with it. */
import type { DoubleQuotedChild, ParameterExpansionPart, Word, WordPart } from "unbash"
import type { Steps } from "@drydock/machine"
import { evaluateText } from "./arithmetic/evaluate.ts"
import { countOf, sliceOf } from "./characters.ts"
import { ExpansionError } from "./expansion-error.ts"
import { matchPattern } from "./pattern.ts"
import { ifs, literalPart, type Piece, separator } from "./pieces.ts"
import { decodePrompt } from "./prompt.ts"
import { reusable } from "./quoting.ts"
import { removed, replaced } from "./replacing.ts"
import { showVariable } from "./show-variable.ts"
import type { Shell } from "./shell.ts"
import { withTildes } from "./tildes.ts"
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
    if (name === "FUNCNAME" && shell.depth === 0) return []
    if (name === "FUNCNAME")
      return [...shell.frames.map((frame) => frame.name).reverse(), ...(shell.frames.length > 0 && shell.runsFile ? ["main"] : [])]
    if (name === "BASH_SOURCE") return [...shell.frames.map((frame) => frame.file).reverse(), ...(shell.runsFile ? [shell.name] : [])]
    if (name === "BASH_LINENO")
      return [...shell.frames.map((frame) => String(frame.line)).reverse(), ...(shell.frames.length > 0 && shell.runsFile ? ["0"] : [])]
    if (name === "BASH_ALIASES") return [...shell.aliases.values()]
    if (name === "BASH_CMDS") return [...shell.hashed.values()].map(({ path }) => path)
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
    if (name === "BASH_ALIASES") return shell.aliases.get(yield* text(shell, index))
    if (name === "BASH_CMDS") return shell.hashed.get(yield* text(shell, index))?.path
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
  if (part.parameter === "") {
    // ${!} and ${!:-x} are of the parameter "!".
    if (part.prefix !== "!") throw new ExpansionError(`${part.text}: bad substitution`)
    return yield* parameter(shell, { ...part, prefix: undefined, parameter: "!" }, quoted, expansion)
  }
  const { parameter: name, prefix, operation } = part
  const indexText = part.index?.text
  const all = valuesOf(shell, name, indexText)
  const star = name === "*" || indexText === "*" || (operation?.type === "Names" && operation.operator === "*")
  function* list(values: readonly string[]): Steps<Piece[]> {
    if (quoted && star) return [{ text: values.join(ifs(shell)[0] ?? ""), quoted: true }]
    const pieces: Piece[] = []
    const between: Piece = quoted ? "break" : separator(shell, star)
    for (let at = 0; at < values.length; at++) {
      if ((at & 4_095) === 4_095 && shell.process.charge(2_048)) yield* shell.process.yield()
      if (at > 0) pieces.push(between)
      pieces.push({ text: values[at], quoted })
    }
    // "$@" without arguments is no field at all.
    return pieces.length === 0 && quoted ? [{ text: "", quoted: false }] : pieces
  }
  const one = (value: string): Piece[] => [{ text: value, quoted }]
  const unbound = (shown: string) => new ExpansionError(`${shown}: unbound variable`, true)
  if (prefix === "#" && !operation) {
    if (all) return one(String(all.length))
    const measured = yield* scalar(shell, name, part.index, text)
    if (measured === undefined && shell.options.nounset) throw unbound(name)
    return one(String(countOf(measured ?? "")))
  }
  if (prefix === "!") {
    if (operation?.type === "Names") return yield* list(shell.variables.names().filter((other) => other.startsWith(name)))
    if (all) {
      if (name === "BASH_ALIASES") return yield* list([...shell.aliases.keys()])
      if (name === "BASH_CMDS") return yield* list([...shell.hashed.keys()])
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
    try {
      return yield* parameter(shell, { ...part, prefix: undefined, parameter: element[1], index }, quoted, expansion)
    } catch (error) {
      // What is unbound is told by the name that was asked for.
      if (error instanceof ExpansionError && error.message === `${target}: unbound variable`) throw unbound(`!${name}`)
      throw error
    }
  }
  if (all && !operation) return yield* list(all)
  const value = all ? (all.length > 0 ? all.join(" ") : undefined) : yield* scalar(shell, name, part.index, text)
  if (value === undefined && shell.options.nounset && !all && operation?.type !== "Default")
    throw unbound(`${/^[\d!]/.test(name) ? "$" : ""}${name}${indexText === undefined ? "" : `[${indexText}]`}`)
  if (!operation) return one(value ?? "")
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
      const { operand: word } = operation
      const parts =
        !quoted && word.text.startsWith("~") ? withTildes(shell, word.parts ?? [literalPart(word)], { assignment: false }) : word.parts
      if (kind === "+") return missing ? one("") : yield* expandParts(shell, parts, word.value, quoted)
      if (!missing) return all ? yield* list(all) : one(value)
      if (kind === "-") return yield* expandParts(shell, parts, word.value, quoted)
      const operand = yield* text(shell, operation.operand)
      const shown = indexText === undefined ? name : `${name}[${indexText}]`
      if (kind === "=") {
        if (!/^[A-Za-z_]/.test(name) || indexText === "@" || indexText === "*")
          throw new ExpansionError(`$${shown}: cannot assign in this way`)
        if (part.index) shell.variables.setElement(name, yield* shell.subscript(name, yield* text(shell, part.index)), operand)
        else shell.variables.set(name, operand)
        return one(operand)
      }
      throw new ExpansionError(`${shown}: ${operand || (colon ? "parameter null or not set" : "parameter not set")}`, true)
    }
    case "Remove": {
      const remove = yield* pattern(shell, operation.operand)
      return yield* each((item) => removed(shell, item, remove, operation.operator))
    }
    case "Replace": {
      const find = yield* pattern(shell, operation.pattern)
      const replacement = yield* replacementOf(shell, operation.replacement, expandParts)
      const { operator } = operation
      return yield* each((item) => replaced(shell, item, { find, replacement, operator, ignoreCase: shell.options.nocasematch }))
    }
    case "Slice": {
      const offset = Number(yield* evaluateText(shell, yield* text(shell, operation.offset)))
      const length = operation.length ? Number(yield* evaluateText(shell, yield* text(shell, operation.length))) : undefined
      if (all) {
        if (length !== undefined && length < 0) throw new ExpansionError(`${length}: substring expression < 0`)
        return yield* list(elementsFrom(shell, name, all, offset, length))
      }
      const subject = value ?? ""
      const size = countOf(subject)
      if (shell.process.charge(subject.length >> 10)) yield* shell.process.yield()
      const start = offset < 0 ? size + offset : offset
      if (start < 0) return one("")
      const end = length === undefined ? undefined : length < 0 ? size + length : start + length
      if (end !== undefined && length !== undefined && length < 0 && end < start)
        throw new ExpansionError(`${length}: substring expression < 0`)
      return one(end !== undefined && end < start ? "" : sliceOf(subject, start, end))
    }
    case "CaseModification": {
      const which = operation.operand ? yield* pattern(shell, operation.operand) : "?"
      const { operator } = operation
      const up = operator.startsWith("^")
      return yield* each(function* (item) {
        yield* shell.tick(1 + (item.length >> 10))
        const turned = (text: string) => (up ? text.toUpperCase() : text.toLowerCase())
        const change = (character: string) => (matchPattern(which, character) ? turned(character) : character)
        if (operator.length < 2) return change(item.slice(0, 1)) + item.slice(1)
        if (which === "?") return turned(item)
        const pieces: string[] = []
        for (let at = 0; at < item.length; at++) {
          if ((at & 1_023) === 1_023) yield* shell.tick(128)
          pieces.push(change(item[at]))
        }
        return pieces.join("")
      })
    }
    case "Transform": {
      const operator = operation.operand.value
      if (!/^[QEPAKkaUuL]$/.test(operator)) throw new ExpansionError(`${part.text}: bad substitution`, true)
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
          case "K":
          case "k":
            return reusable(item)
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

/** Elements from `offset` on: of an indexed array by their indices, of the parameters with $0 before them (array_subrange, pos_params). */
const elementsFrom = (
  shell: Shell,
  name: string,
  all: readonly string[],
  offset: number,
  length: number | undefined,
): readonly string[] => {
  const positional = name === "@" || name === "*"
  const variable = positional ? undefined : shell.variables.find(name)
  if (variable?.array && !variable.associative) {
    const keys = arrayKeys(variable)
    const from = offset < 0 ? lastIndex(variable) + 1 + offset : offset
    if (from < 0) return []
    const first = keys.findIndex((key) => Number(key) >= from)
    return first < 0 ? [] : all.slice(first, length === undefined ? undefined : first + length)
  }
  const source = positional ? [shell.name, ...all] : all
  const from = offset < 0 ? source.length + offset : offset
  return from < 0 ? [] : source.slice(from, length === undefined ? undefined : from + length)
}

/** patsub_replacement: an unquoted "&" of the replacement is what was matched. */
function* replacementOf(shell: Shell, word: Word, expandParts: Expansion["expandParts"]): Steps<(matched: string) => string> {
  const pieces: (string | undefined)[] = []
  // Without parts the parser has taken the backslashes away that keep "&" what it is.
  const parts = word.parts ?? [literalPart(word)]
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
  return /^declare -(\w*)/.exec(showVariable(name, variable))?.[1] ?? ""
}
