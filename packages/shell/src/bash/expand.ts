/** Word expansion: braces, tilde, parameters, commands, arithmetic, splitting, file names. */
import { parse, type DoubleQuotedChild, type Word, type WordPart } from "unbash"
import type { Steps } from "@drydock/machine"
import { evaluateSource } from "./arithmetic/evaluate.ts"
import { escapeBraces, expandBraces } from "./braces.ts"
import { ExpansionError } from "./expansion-error.ts"
import { fileNames } from "./file-names.ts"
import { type Expansion, parameter } from "./parameters.ts"
import { hasPattern, quotePattern, unquotePattern } from "./pattern.ts"
import { ifs, type Piece } from "./pieces.ts"
import type { Shell } from "./shell.ts"

const MAX_FIELD_BYTES = 4 * 1024 * 1024
const MAX_TEXT = 8 * 1024 * 1024

/** A word as one string: no splitting, no file names. */
export function* text(shell: Shell, word: Word | { parts?: readonly WordPart[] | undefined; value: string }): Steps<string> {
  const pieces = yield* expandParts(shell, word.parts, word.value, false)
  if (pieces.length === 1 && pieces[0] !== "break") return bounded(pieces[0].text)
  const joined = bounded(pieces.map((piece) => (piece === "break" ? " " : piece.text)).join(""))
  if (joined.length > 65_536 && shell.process.charge(joined.length >> 10)) yield* shell.process.yield()
  return joined
}

/** Texts end where a small machine's memory would. */
const bounded = (text: string): string => {
  if (text.length > MAX_TEXT) throw new ExpansionError("xrealloc: cannot allocate memory")
  return text
}

/** A word as a pattern: quoted parts match themselves. */
export function* pattern(shell: Shell, word: Word): Steps<string> {
  const parts: readonly WordPart[] | undefined =
    word.parts ?? (word.text.includes("\\") ? [{ type: "Literal", pos: 0, end: 0, value: word.value, text: word.text }] : undefined)
  const pieces = yield* expandParts(shell, parts, word.value, false)
  return pieces.map((piece) => (piece === "break" ? " " : piece.quoted ? quotePattern(piece.text) : piece.text)).join("")
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
        // What stands between brackets is expanded: [$x], ["$a"b].
        if (part.kind === "bracket" && part.parts.some(({ type }) => type !== "Literal"))
          pieces.push({ text: "[", quoted: false, pattern: true }, ...(yield* expandParts(shell, part.parts, "", quoted)), {
            text: "]",
            quoted: false,
            pattern: true,
          })
        else pieces.push({ text: part.text, quoted: false, pattern: true })
        break
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
        if (onlyEmptyList) break
        if (inner.length === 0) pieces.push({ text: "", quoted: true })
        // One by one: there may be more than a call takes arguments.
        for (let at = 0; at < inner.length; at++) {
          if ((at & 4_095) === 4_095 && shell.process.charge(2_048)) yield* shell.process.yield()
          const piece = inner[at]
          pieces.push(piece === "break" || piece.quoted ? piece : { ...piece, quoted: true })
        }
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
              EXPANSION,
            )),
          )
        else {
          const found = shell.special(name) ?? shell.variables.get(name)
          if (found === undefined && shell.options.nounset)
            throw new ExpansionError(`${/^\d/.test(name) ? "$" : ""}${name}: unbound variable`, 127)
          pieces.push({ text: found ?? "", quoted })
        }
        break
      }
      case "ParameterExpansion":
        for (const piece of yield* parameter(shell, part, quoted, EXPANSION)) pieces.push(piece)
        break
      case "CommandExpansion":
        pieces.push({ text: yield* shell.substitute(part.script), quoted })
        break
      case "ArithmeticExpansion":
        pieces.push({
          text: String(yield* evaluateSource(shell, part.text.startsWith("$[") ? part.text.slice(2, -1) : part.text.slice(3, -2))),
          quoted,
        })
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
function* split(shell: Shell, pieces: readonly Piece[]): Steps<string[]> {
  const separators = ifs(shell)
  const fields: string[] = []
  let field: string | undefined
  const end = () => {
    if (field !== undefined) fields.push(field)
    field = undefined
  }
  let count = 0
  for (const piece of pieces) {
    if ((++count & 4_095) === 0 && shell.process.charge(2_048)) yield* shell.process.yield()
    if (piece === "break") {
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

const tilde = (shell: Shell, field: string, word: string): string => {
  if (!word.startsWith("~")) return field
  const slash = field.indexOf("/")
  const head = slash < 0 ? field : field.slice(0, slash)
  if (head === "~") return quotePattern(shell.variables.get("HOME") ?? "/root") + field.slice(1)
  if (head === "~+") return quotePattern(shell.process.cwd) + field.slice(2)
  if (head === "~-") return quotePattern(shell.variables.get("OLDPWD") ?? "~-") + field.slice(2)
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
  if (shell.options.braceexpand && word.parts?.some(({ type }) => type === "BraceExpansion")) {
    const all: string[] = []
    const made = { count: 0 }
    const alternatives = expandBraces(word.text, made)
    if (shell.process.charge(made.count >> 2)) yield* shell.process.yield()
    for (const alternative of alternatives) {
      const [statement] = parse(`: ${escapeBraces(alternative)}`).commands
      const command = statement?.command
      const [inner] = command?.type === "Command" ? command.suffix : []
      if (inner?.type === "Word")
        for (const field of inner.parts?.some(({ type }) => type === "BraceExpansion")
          ? [yield* text(shell, inner)]
          : yield* fields(shell, inner))
          all.push(field)
      else if (alternative !== "") all.push("")
    }
    return all
  }
  if (!word.parts && !/[~\\]/.test(word.text)) return [word.value]
  const pieces = word.parts
    ? yield* expandParts(shell, word.parts, word.value, false)
    : yield* expandParts(shell, [{ type: "Literal", pos: 0, end: 0, value: word.value, text: word.text }], word.value, false)
  const result: string[] = []
  for (const [at, raw] of (yield* split(shell, pieces)).entries()) {
    if ((at & 4_095) === 4_095 && shell.process.charge(2_048)) yield* shell.process.yield()
    if (raw.length > MAX_FIELD_BYTES) throw new ExpansionError("xrealloc: cannot allocate memory")
    const field = at > 0 ? raw : /^[A-Za-z_]\w*=~/.test(word.text) ? afterEquals(shell, raw, word.text) : tilde(shell, raw, word.text)
    const names = hasPattern(field) && !shell.options.noglob ? yield* fileNames(shell, field) : undefined
    if (names) for (const name of names) result.push(name)
    else if (shell.options.failglob && hasPattern(field)) throw new ExpansionError(`no match: ${unquotePattern(field)}`)
    else if (!(shell.options.nullglob && hasPattern(field))) result.push(unquotePattern(field))
  }
  return result
}

/** An argument that looks like an assignment: tilde after its "=" too. */
const afterEquals = (shell: Shell, field: string, word: string): string => {
  const at = word.indexOf("=") + 1
  return field.slice(0, at) + tilde(shell, field.slice(at), word.slice(at))
}

/** Unquoted "~" after ":", where no expansion could have made it. */
const afterColons = (shell: Shell, word: Word): string =>
  word.text
    .split(":")
    .map((part) => unquotePattern(tilde(shell, quotePattern(part).replace(/^\\~/, "~"), part)))
    .join(":")

/** The value of an assignment: tilde after = and :, no splitting. */
export function* assignmentText(shell: Shell, word: Word): Steps<string> {
  if (!word.parts && /(^|:)~/.test(word.text) && word.text === word.value) return afterColons(shell, word)
  if (word.parts?.[0]?.type === "Literal" && word.text.startsWith("~"))
    return unquotePattern(tilde(shell, quotePattern(yield* text(shell, word)).replace(/^\\~/, "~"), word.text))
  return yield* text(shell, word)
}

const EXPANSION: Expansion = { text, pattern, expandParts }
