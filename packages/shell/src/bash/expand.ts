/** Word expansion: braces, tilde, parameters, commands, arithmetic, splitting, file names. */
import { parse, type DoubleQuotedChild, type Word, type WordPart } from "unbash"
import type { Steps } from "@drydock/machine"
import { evaluateSource } from "./arithmetic/evaluate.ts"
import { escapeBraces, expandBraces } from "./braces.ts"
import { ExpansionError } from "./expansion-error.ts"
import { fileNames } from "./file-names.ts"
import { type Expansion, parameter } from "./parameters.ts"
import { hasPattern, quotePattern, unquotePattern } from "./pattern.ts"
import { flat, ifs, literalPart, type Piece } from "./pieces.ts"
import type { Shell } from "./shell.ts"
import { withTildes } from "./tildes.ts"

const MAX_FIELD_BYTES = 4 * 1024 * 1024
const MAX_TEXT = 8 * 1024 * 1024

/** A word as one string: no splitting, no file names. */
export function* text(
  shell: Shell,
  word: Word | { parts?: readonly WordPart[] | undefined; value: string },
  quoted = false,
): Steps<string> {
  const pieces = yield* expandParts(shell, "text" in word ? partsOf(shell, word) : word.parts, word.value, quoted)
  if (pieces.length === 1) return bounded(flat(pieces[0]))
  const joined = bounded(pieces.map(flat).join(""))
  if (joined.length > 65_536 && shell.process.charge(joined.length >> 10)) yield* shell.process.yield()
  return joined
}

/** Texts end where a small machine's memory would. */
const bounded = (text: string): string => {
  if (text.length > MAX_TEXT) throw new ExpansionError("xrealloc: cannot allocate memory", true)
  return text
}

/** The parts of a word, a tilde at its beginning expanded; undefined for one that stands for itself. */
const partsOf = (shell: Shell, word: Word): readonly WordPart[] | undefined => {
  if (!word.text.startsWith("~")) return word.parts
  return withTildes(shell, word.parts ?? [literalPart(word)], { assignment: false })
}

/** A word as a pattern: quoted parts match themselves. */
export function* pattern(shell: Shell, word: Word): Steps<string> {
  const parts = partsOf(shell, word) ?? (word.text.includes("\\") ? [literalPart(word)] : undefined)
  const pieces = yield* expandParts(shell, parts, word.value, false)
  return pieces.map((piece) => (piece !== "break" && piece.quoted ? quotePattern(piece.text) : flat(piece))).join("")
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
            throw new ExpansionError(`${/^[\d!]/.test(name) ? "$" : ""}${name}: unbound variable`, true)
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
  // The last field ended with a separator that is no blank: another one makes an empty field.
  let pendingSeparator = false
  for (const piece of pieces) {
    if ((++count & 4_095) === 0 && shell.process.charge(2_048)) yield* shell.process.yield()
    if (piece === "break") {
      end()
      continue
    }
    if (piece.ends) {
      end()
      continue
    }
    if (piece.quoted || piece.pattern) {
      if (piece.text === "" && !piece.quoted) continue
      field = (field ?? "") + (piece.quoted ? quotePattern(piece.text) : piece.text)
      pendingSeparator = false
      continue
    }
    // Stretches without separators at once.
    const { text: subject } = piece
    for (let at = 0; at < subject.length; ) {
      let next = at
      while (next < subject.length && !separators.includes(subject[next])) next++
      if (next > at) {
        field = (field ?? "") + subject.slice(at, next).replaceAll("\\", "\\\\")
        pendingSeparator = false
        at = next
        if ((++count & 1_023) === 0 && shell.process.charge(1_024)) yield* shell.process.yield()
        continue
      }
      if (!" \t\n".includes(subject[at])) {
        if (field === undefined && (pendingSeparator || fields.length === 0)) field = ""
        pendingSeparator = true
      }
      end()
      at++
    }
  }
  end()
  return fields
}

/** Where the value begins in an argument that looks like an assignment, whose tildes are those of one. */
const assignmentAt = (word: string): number => /^[A-Za-z_]\w*\+?=/.exec(word)?.[0].length ?? -1

/** A word in which there is nothing to expand and nothing to unquote. */
const PLAIN = /^[\w./:@%+,-]+$/

/** Fields of a word as arguments. */
export function* fields(shell: Shell, word: Word): Steps<string[]> {
  if (shell.options.braceexpand && word.parts?.some(({ type }) => type === "BraceExpansion")) {
    const all: string[] = []
    let count = 0
    for (const alternative of yield* expandBraces(shell, word.text)) {
      // Most are words that stand for themselves.
      const plain = PLAIN.test(alternative)
      count += plain ? 1 : 64
      if (count >= 4_096) {
        if (shell.process.charge(count >> 2)) yield* shell.process.yield()
        count = 0
      }
      if (plain) {
        all.push(alternative)
        continue
      }
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
  let parts = word.parts ?? [literalPart(word)]
  if (word.text.includes("~")) {
    const from = assignmentAt(word.text)
    parts = withTildes(shell, parts, { assignment: from >= 0, from: Math.max(0, from) })
  }
  const pieces = yield* expandParts(shell, parts, word.value, false)
  const result: string[] = []
  for (const [at, field] of (yield* split(shell, pieces)).entries()) {
    if ((at & 4_095) === 4_095 && shell.process.charge(2_048)) yield* shell.process.yield()
    if (field.length > MAX_FIELD_BYTES) throw new ExpansionError("xrealloc: cannot allocate memory", true)
    const names = hasPattern(field) && !shell.options.noglob ? yield* fileNames(shell, field) : undefined
    if (names) for (const name of names) result.push(name)
    else if (shell.options.failglob && hasPattern(field)) throw new ExpansionError(`no match: ${unquotePattern(field)}`)
    else if (!(shell.options.nullglob && hasPattern(field))) result.push(unquotePattern(field))
  }
  return result
}

/** The value of an assignment: tilde at its beginning and after ":", no splitting. */
export function* assignmentText(shell: Shell, word: Word): Steps<string> {
  if (!word.text.includes("~")) return yield* text(shell, word)
  return yield* text(shell, { parts: withTildes(shell, word.parts ?? [literalPart(word)], { assignment: true }), value: word.value })
}

const EXPANSION: Expansion = { text, pattern, expandParts }
