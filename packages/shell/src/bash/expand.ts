/** Word expansion: braces, tilde, parameters, commands, arithmetic, splitting, file names. */
import { parse, type DoubleQuotedChild, type ParameterExpansionPart, type Word, type WordPart } from "unbash"
import type { Files, Steps } from "@drydock/machine"
import { evaluate, evaluateText } from "./arithmetic.ts"
import { expandBraces } from "./braces.ts"
import { hasPattern, matchPattern, quotePattern, unquotePattern } from "./pattern.ts"
import { decodePrompt } from "./prompt.ts"
import { quoteWord } from "./quoting.ts"
import { showVariable } from "./show-variable.ts"
import type { Shell } from "./shell.ts"
import { arrayKeys, arrayValues } from "./variables.ts"

export class ExpansionError extends Error {}

/** A piece of a word: quoted text stands for itself; `break` ends a field ("$@"). */
type Piece = { text: string; quoted: boolean; pattern?: boolean } | "break"

/** Arrays that the shell itself fills. */
const SPECIAL_ARRAYS = new Set(["PIPESTATUS", "FUNCNAME", "BASH_SOURCE", "BASH_LINENO", "DIRSTACK", "BASH_VERSINFO", "GROUPS"])
const VERSION = ["5", "2", "21", "1", "release", "x86_64-pc-linux-gnu"]

const MAX_FIELD_BYTES = 4 * 1024 * 1024

const valuesOf = (shell: Shell, name: string, index: string | undefined): string[] | undefined => {
  if (name === "@" || name === "*") return [...shell.positional]
  if (index === "@" || index === "*") {
    if (name === "FUNCNAME") return [...shell.frames.map((frame) => frame.name).reverse(), ...(shell.frames.length > 0 ? ["main"] : [])]
    if (name === "BASH_SOURCE") return [...shell.frames.map((frame) => frame.file).reverse(), ...(shell.file ? [shell.file] : [])]
    if (name === "BASH_LINENO") return shell.frames.map((frame) => String(frame.line)).reverse()
    if (name === "DIRSTACK") return [shell.process.cwd, ...shell.directoryStack]
    if (name === "BASH_VERSINFO") return VERSION
    if (name === "GROUPS") return shell.process.credentials.groups.map(String)
  }
  if (name === "PIPESTATUS" && (index === "@" || index === "*")) return shell.pipeStatus.map(String)
  const variable = shell.variables.find(name)
  if (index !== "@" && index !== "*") return undefined
  if (!variable) return []
  return variable.array ? arrayValues(variable) : variable.value === undefined ? [] : [variable.value]
}

function* scalar(shell: Shell, name: string, index: Word | undefined): Steps<string | undefined> {
  if (index) {
    if (SPECIAL_ARRAYS.has(name)) return valuesOf(shell, name, "@")?.[Number(yield* evaluateText(shell, yield* text(shell, index)))]
    const variable = shell.variables.find(name)
    if (!variable) return undefined
    let key = yield* text(shell, index)
    if (!variable.associative) {
      let number = Number(yield* evaluateText(shell, key))
      if (number < 0) number += Math.max(-1, ...arrayKeys(variable).map(Number)) + 1
      key = String(number)
    }
    return variable.array ? variable.array.get(key) : key === "0" ? variable.value : undefined
  }
  return shell.special(name) ?? shell.variables.get(name)
}

/** A word as one string: no splitting, no file names. */
export function* text(shell: Shell, word: Word | { parts?: readonly WordPart[] | undefined; value: string }): Steps<string> {
  const pieces = yield* expandParts(shell, word.parts, word.value, false)
  return pieces.map((piece) => (piece === "break" ? " " : piece.text)).join("")
}

/** A word as a pattern: quoted parts match themselves. */
export function* pattern(shell: Shell, word: Word): Steps<string> {
  const pieces = yield* expandParts(shell, word.parts, word.value, false)
  return pieces.map((piece) => (piece === "break" ? " " : piece.quoted ? quotePattern(piece.text) : piece.text)).join("")
}

const ifs = (shell: Shell): string => shell.variables.get("IFS") ?? " \t\n"

function* parameter(shell: Shell, part: ParameterExpansionPart, quoted: boolean): Steps<Piece[]> {
  const { parameter: name, prefix, operation } = part
  const indexText = part.index?.text
  const all = valuesOf(shell, name, indexText)
  const star = name === "*" || indexText === "*"
  const list = (values: readonly string[]): Piece[] => {
    if (quoted && star) return [{ text: values.join(ifs(shell)[0] ?? ""), quoted: true }]
    const pieces: Piece[] = []
    for (const [at, value] of values.entries()) {
      if (at > 0) pieces.push("break")
      pieces.push({ text: value, quoted })
    }
    // "$@" without arguments is no field at all.
    return pieces.length === 0 && quoted ? [{ text: "", quoted: false }] : pieces
  }
  const one = (value: string): Piece[] => [{ text: value, quoted }]
  if (prefix === "#" && !operation) return one(String(all ? all.length : [...((yield* scalar(shell, name, part.index)) ?? "")].length))
  if (prefix === "!") {
    if (operation?.type === "Names") return list(shell.variables.names().filter((other) => other.startsWith(name)))
    if (all) {
      const variable = shell.variables.find(name)
      return list(variable ? (variable.array ? arrayKeys(variable) : ["0"]) : [])
    }
    const target = (yield* scalar(shell, name, part.index)) ?? ""
    const element = /^(\w+)\[(.+)\]$/.exec(target)
    const indirect = element
      ? shell.variables.find(element[1])?.array?.get(element[2])
      : (shell.special(target) ?? shell.variables.get(target))
    return one(indirect ?? "")
  }
  const value = all ? (all.length > 0 ? all.join(" ") : undefined) : yield* scalar(shell, name, part.index)
  if (!operation) {
    if (all) return list(all)
    if (value === undefined && shell.options.nounset && name !== "@" && name !== "*")
      throw new ExpansionError(`${name}${indexText === undefined ? "" : `[${indexText}]`}: unbound variable`)
    return one(value ?? "")
  }
  const each = function* (change: (item: string) => Steps<string>): Steps<Piece[]> {
    if (!all) return one(yield* change(value ?? ""))
    const changed: string[] = []
    for (const item of all) changed.push(yield* change(item))
    return list(changed)
  }
  switch (operation.type) {
    case "Default": {
      const colon = operation.operator.startsWith(":")
      const missing = value === undefined || (colon && value === "")
      const kind = operation.operator.at(-1)
      if (kind === "+") return missing ? one("") : yield* expandParts(shell, operation.operand.parts, operation.operand.value, quoted)
      if (!missing) return all ? list(all) : one(value)
      if (kind === "-") return yield* expandParts(shell, operation.operand.parts, operation.operand.value, quoted)
      const operand = yield* text(shell, operation.operand)
      if (kind === "=") {
        if (part.index) shell.variables.setElement(name, yield* shell.subscript(name, yield* text(shell, part.index)), operand)
        else shell.variables.set(name, operand)
        return one(operand)
      }
      throw new ExpansionError(`${name}: ${operand || (colon ? "parameter null or not set" : "parameter not set")}`)
    }
    case "Remove": {
      const remove = yield* pattern(shell, operation.operand)
      const { operator } = operation
      return yield* each(function* (item) {
        if (shell.process.charge(item.length >> 4)) yield* shell.process.yield()
        const cuts = Array.from({ length: item.length + 1 }, (_, cut) => cut)
        if (operator.startsWith("#")) {
          const order = operator === "##" ? cuts.reverse() : cuts
          const cut = order.find((at) => matchPattern(remove, item.slice(0, at)))
          return cut === undefined ? item : item.slice(cut)
        }
        const order = operator === "%%" ? cuts : cuts.reverse()
        const cut = order.find((at) => matchPattern(remove, item.slice(at)))
        return cut === undefined ? item : item.slice(0, cut)
      })
    }
    case "Replace": {
      const find = yield* pattern(shell, operation.pattern)
      const replacement = yield* text(shell, operation.replacement)
      return yield* each(function* (item) {
        if (shell.process.charge(item.length >> 2)) yield* shell.process.yield()
        return replaceIn(item, find, replacement, operation.operator)
      })
    }
    case "Slice": {
      const offset = Number(yield* evaluateText(shell, yield* text(shell, operation.offset)))
      const length = operation.length ? Number(yield* evaluateText(shell, yield* text(shell, operation.length))) : undefined
      if (all) {
        const source = name === "@" || name === "*" ? [shell.name, ...all] : all
        const start = offset < 0 ? Math.max(0, source.length + offset) : offset
        const slice = source.slice(start, length === undefined ? undefined : start + length)
        return list(name === "@" && offset === 0 ? slice : slice)
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
        return list(
          operator === "k"
            ? arrayKeys(variable).flatMap((key) => [key, variable.array?.get(key) ?? ""])
            : [
                arrayKeys(variable)
                  .map((key) => `${key} "${variable.array?.get(key) ?? ""}"`)
                  .join(" "),
              ],
        )
      if (all && variable && operator === "A") return one(showVariable(name, variable).trimEnd())
      return yield* each(function* (item) {
        yield* shell.tick()
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
    default:
      throw new ExpansionError(`${part.text}: bad substitution`)
  }
}

const attributesOf = (shell: Shell, name: string): string => {
  const variable = shell.variables.find(name)
  if (!variable) return ""
  const { array, associative, integer, lower, upper, exported } = variable
  return `${array ? (associative ? "A" : "a") : ""}${integer ? "i" : ""}${lower ? "l" : ""}${variable.readonly ? "r" : ""}${upper ? "u" : ""}${exported ? "x" : ""}`
}

const replaceIn = (item: string, find: string, replacement: string, operator: "/" | "//" | "/#" | "/%"): string => {
  if (find === "") return item
  const longest = (from: number): number | undefined => {
    for (let end = item.length; end >= from; end--) if (matchPattern(find, item.slice(from, end))) return end
    return undefined
  }
  if (operator === "/#") {
    const end = longest(0)
    return end === undefined ? item : replacement + item.slice(end)
  }
  if (operator === "/%") {
    for (let from = 0; from <= item.length; from++) if (matchPattern(find, item.slice(from))) return item.slice(0, from) + replacement
    return item
  }
  let result = ""
  let at = 0
  while (at < item.length) {
    const end = longest(at)
    if (end === undefined || end === at) {
      result += item[at++]
      continue
    }
    result += replacement
    at = end
    if (operator === "/") return result + item.slice(at)
  }
  return result
}

function* expandParts(
  shell: Shell,
  parts: readonly WordPart[] | readonly DoubleQuotedChild[] | undefined,
  value: string,
  quoted: boolean,
): Steps<Piece[]> {
  if (shell.process.charge(1)) yield* shell.process.yield()
  if (!parts) return [{ text: value, quoted }]
  const pieces: Piece[] = []
  for (const part of parts as readonly WordPart[]) {
    switch (part.type) {
      case "Literal": {
        // A backslash quotes one character: the parser's value has it removed, its text has it kept.
        if (!quoted && part.text.includes("\\")) {
          for (const [, escaped, plain] of part.text.matchAll(/\\([\s\S])|([^\\]+)/g))
            if (escaped !== "\n")
              pieces.push(escaped !== undefined ? { text: escaped, quoted: true } : { text: plain ?? "", quoted: false, pattern: true })
        } else pieces.push({ text: part.value, quoted, pattern: true })
        break
      }
      case "Glob":
      case "ExtendedGlob":
        pieces.push({ text: part.text, quoted: false, pattern: true })
        break
      case "SingleQuoted":
      case "AnsiCQuoted":
        pieces.push({ text: part.value, quoted: true })
        break
      case "DoubleQuoted":
      case "LocaleString": {
        const inner = yield* expandParts(shell, part.parts, "", true)
        const onlyEmptyList =
          inner.length === 1 && inner[0] !== "break" && !inner[0].quoted && inner[0].text === "" && part.parts.length === 1
        if (!onlyEmptyList)
          pieces.push(
            ...(inner.length === 0
              ? [{ text: "", quoted: true }]
              : inner.map((piece): Piece => (piece === "break" ? piece : { ...piece, quoted: true }))),
          )
        break
      }
      case "SimpleExpansion": {
        const name = part.text.slice(1)
        if (name === "@" || name === "*")
          pieces.push(
            ...(yield* parameter(
              shell,
              {
                type: "ParameterExpansion",
                pos: 0,
                end: 0,
                text: part.text,
                parameter: name,
                parameterPos: 0,
                parameterEnd: 0,
                prefix: undefined,
                index: undefined,
                operation: undefined,
              },
              quoted,
            )),
          )
        else {
          const found = shell.special(name) ?? shell.variables.get(name)
          if (found === undefined && shell.options.nounset) throw new ExpansionError(`${name}: unbound variable`)
          pieces.push({ text: found ?? "", quoted })
        }
        break
      }
      case "ParameterExpansion":
        pieces.push(...(yield* parameter(shell, part, quoted)))
        break
      case "CommandExpansion":
        pieces.push({ text: yield* shell.substitute(part.script), quoted })
        break
      case "ArithmeticExpansion":
        pieces.push({ text: String(part.expression ? yield* evaluate(shell, part.expression) : 0n), quoted })
        break
      case "ProcessSubstitution":
        pieces.push({ text: yield* shell.processSubstitution(part.operator, part.script), quoted: true })
        break
      case "BraceExpansion":
        pieces.push({ text: part.text, quoted: false, pattern: true })
        break
    }
  }
  return pieces
}

/** Splits unquoted results by IFS and joins pieces into fields; each field as a pattern. */
const split = (shell: Shell, pieces: readonly Piece[]): string[] => {
  const separators = ifs(shell)
  const fields: string[] = []
  let field: string | undefined
  const end = () => {
    if (field !== undefined) fields.push(field)
    field = undefined
  }
  for (const piece of pieces) {
    if (piece === "break") {
      field ??= ""
      end()
      continue
    }
    if (piece.quoted || piece.pattern) {
      if (piece.text === "" && !piece.quoted) continue
      field = (field ?? "") + (piece.quoted ? quotePattern(piece.text) : piece.text)
      continue
    }
    let pendingSeparator = false
    for (const character of piece.text) {
      if (!separators.includes(character)) {
        field = (field ?? "") + (character === "\\" ? "\\\\" : character)
        pendingSeparator = false
      } else if (" \t\n".includes(character)) end()
      else {
        if (field === undefined && (pendingSeparator || fields.length === 0)) field = ""
        end()
        pendingSeparator = true
      }
    }
  }
  end()
  return fields
}

const isDirectory = (files: Files, path: string): boolean => files.exists(path) && files.stat(path).type === "directory"

/** `**` with globstar: directories at any depth below `base` (itself too), or every name when it is the last part. */
function* everythingBelow(shell: Shell, base: string, last: boolean): Steps<string[]> {
  const { files } = shell.process
  const found = last ? [] : [base]
  const pending = [base]
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    let entries: readonly { name: string; type: string }[]
    try {
      entries = files.list(directory || ".")
    } catch {
      continue
    }
    for (const { name, type } of entries) {
      if (shell.process.charge(1)) yield* shell.process.yield()
      if (name.startsWith(".") && !shell.options.dotglob) continue
      const path = directory + name
      if (type === "directory") {
        pending.push(`${path}/`)
        if (!last) found.push(`${path}/`)
      }
      if (last) found.push(path)
    }
  }
  return found
}

/** Names that fit a pattern, in order; undefined when there are none. */
function* fileNames(shell: Shell, field: string): Steps<string[] | undefined> {
  const absolute = field.startsWith("/")
  const parts = field.split("/").filter((part) => part !== "")
  let found = [absolute ? "/" : ""]
  const { files } = shell.process
  for (const [at, part] of parts.entries()) {
    const next: string[] = []
    const last = at === parts.length - 1
    if (part === "**" && shell.options.globstar) {
      for (const base of found) next.push(...(yield* everythingBelow(shell, base, last)))
      found = [...new Set(next)]
      continue
    }
    for (const base of found) {
      if (shell.process.charge(4)) yield* shell.process.yield()
      if (!hasPattern(part)) {
        const path = base + unquotePattern(part)
        if (files.exists(path)) next.push(last ? path : `${path}/`)
        continue
      }
      let entries: readonly { name: string; type: string }[]
      try {
        entries = files.list(base || ".")
      } catch {
        continue
      }
      for (const { name, type } of entries) {
        if (shell.process.charge(1)) yield* shell.process.yield()
        if (name.startsWith(".") && !part.startsWith(".") && !shell.options.dotglob) continue
        if (!matchPattern(part, name, { ignoreCase: shell.options.nocaseglob }) || (!last && type === "file")) continue
        // "*/" is directories alone.
        if (last && field.endsWith("/") && (type === "file" || !isDirectory(files, base + name))) continue
        next.push(last ? base + name : `${base}${name}/`)
      }
    }
    found = next
  }
  if (found.length === 0) return undefined
  return (field.endsWith("/") ? found.map((path) => `${path}/`) : found).sort()
}

const tilde = (shell: Shell, field: string, word: string): string => {
  if (!word.startsWith("~")) return field
  const slash = field.indexOf("/")
  const head = slash < 0 ? field : field.slice(0, slash)
  if (head === "~") return quotePattern(shell.variables.get("HOME") ?? "/root") + field.slice(1)
  if (head === "~+") return quotePattern(shell.process.cwd) + field.slice(2)
  const user = head.slice(1)
  const line = shell.process.files.exists("/etc/passwd")
    ? shell.process.files
        .readText("/etc/passwd")
        .split("\n")
        .find((one) => one.startsWith(`${user}:`))
    : undefined
  return line ? quotePattern(line.split(":")[5] ?? "") + field.slice(head.length) : field
}

/** Fields of a word as arguments. */
export function* fields(shell: Shell, word: Word): Steps<string[]> {
  if (word.parts?.some(({ type }) => type === "BraceExpansion")) {
    const all: string[] = []
    for (const alternative of expandBraces(word.text)) {
      const [statement] = parse(`: ${alternative}`).commands
      const command = statement?.command
      const [inner] = command?.type === "Command" ? command.suffix : []
      if (inner?.type === "Word")
        all.push(
          ...(inner.parts?.some(({ type }) => type === "BraceExpansion") ? [yield* text(shell, inner)] : yield* fields(shell, inner)),
        )
      else all.push("")
    }
    return all
  }
  if (!word.parts && !/[~\\]/.test(word.text)) return [word.value]
  const pieces = word.parts
    ? yield* expandParts(shell, word.parts, word.value, false)
    : yield* expandParts(shell, [{ type: "Literal", pos: 0, end: 0, value: word.value, text: word.text }], word.value, false)
  const result: string[] = []
  for (const [at, raw] of split(shell, pieces).entries()) {
    if (raw.length > MAX_FIELD_BYTES) throw new ExpansionError("xrealloc: cannot allocate memory")
    const field = at === 0 ? tilde(shell, raw, word.text) : raw
    const names = hasPattern(field) && !shell.options.noglob ? yield* fileNames(shell, field) : undefined
    if (names) result.push(...names)
    else if (shell.options.failglob && hasPattern(field)) throw new ExpansionError(`no match: ${unquotePattern(field)}`)
    else if (!(shell.options.nullglob && hasPattern(field))) result.push(unquotePattern(field))
  }
  return result
}

/** The value of an assignment: tilde after = and :, no splitting. */
export function* assignmentText(shell: Shell, word: Word): Steps<string> {
  if (!word.parts && word.text.startsWith("~")) return unquotePattern(tilde(shell, word.value, word.text))
  if (word.parts?.[0]?.type === "Literal" && word.text.startsWith("~"))
    return unquotePattern(tilde(shell, quotePattern(yield* text(shell, word)).replace(/^\\~/, "~"), word.text))
  return yield* text(shell, word)
}
