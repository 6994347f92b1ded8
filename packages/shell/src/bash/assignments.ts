/** Assignments: scalars, elements, whole arrays, and words of shell text. */
import { type Assignment, parse } from "unbash"
import type { Steps } from "@drydock/machine"
import { evaluateText } from "./arithmetic/evaluate.ts"
import { assignmentText, fields, text } from "./expand.ts"
import { ExpansionError } from "./expansion-error.ts"
import { traced } from "./quoting.ts"
import type { Shell } from "./shell.ts"
import { lastIndex, ReadonlyError } from "./variables.ts"

/** An index before an array's beginning. */
export class SubscriptError extends ExpansionError {}

/** Shell text as one expanded string. */
export function* textOf(shell: Shell, source: string): Steps<string> {
  const [statement] = parse(`: ${source}`).commands
  const command = statement?.command
  const [word] = command?.type === "Command" ? command.suffix : []
  return word?.type === "Word" ? yield* text(shell, word) : ""
}

/** The key that a subscript means for `name`: arithmetic, or the text for associative arrays. Negative ones count from the end. */
export function* subscript(shell: Shell, name: string, index: string): Steps<string> {
  const variable = shell.variables.find(name)
  if (variable?.associative) return index
  let number = Number(yield* evaluateText(shell, index))
  if (number < 0) number += (variable?.array ? lastIndex(variable) : variable?.value === undefined ? -1 : 0) + 1
  if (number < 0) throw new SubscriptError(`${name}[${index}]: bad array subscript`)
  return String(number)
}

/** `name=value`, `name+=value`, `name[i]=value`, `name=(…)`. With `into`, for the environment of one command alone. */
export function* assign(shell: Shell, assignment: Assignment, into?: Map<string, string>): Steps<void> {
  const { name, value, append, index } = assignment
  if (value.type === "ArrayValue") {
    if (shell.options.xtrace) yield* shell.trace(assignment.text)
    const variable = shell.variables.find(name)
    const elements: [string, string][] = []
    let next = append && variable?.array ? lastIndex(variable) + 1 : append && variable?.value !== undefined ? 1 : 0
    for (const element of value.elements) {
      const keyed = /^\[((?:[^\]"']|"[^"]*"|'[^']*')*)\](\+?)=([\s\S]*)$/.exec(element.text)
      if (keyed) {
        // A key may hold blanks that nothing quotes.
        const source = /\s/.test(keyed[1]) && !/["'\\]/.test(keyed[1]) ? `"${keyed[1]}"` : keyed[1]
        const [key, item] = [yield* textOf(shell, source), yield* textOf(shell, keyed[3])]
        const place = variable?.associative ? key : String(yield* evaluateText(shell, key))
        const before = elements.findLast(([other]) => other === place)?.[1] ?? (append ? variable?.array?.get(place) : undefined)
        elements.push([place, keyed[2] ? (before ?? "") + item : item])
        if (!variable?.associative) next = Number(place) + 1
      } else if (variable?.associative) {
        // declare -A m=(key value key value)
        const words = yield* fields(shell, element)
        for (const word of words) {
          const last = elements.at(-1)
          if (last && pairing.has(last)) {
            last[1] = word
            pairing.delete(last)
          } else {
            const pair: [string, string] = [word, ""]
            pairing.add(pair)
            elements.push(pair)
          }
        }
      } else
        for (const field of yield* fields(shell, element)) {
          if ((next & 4_095) === 0 && shell.process.charge(2_048)) yield* shell.process.yield()
          elements.push([String(next++), field])
        }
    }
    if (variable?.integer) for (const element of elements) element[1] = String(yield* evaluateText(shell, element[1]))
    // A long list goes in by parts, so that others have their turns.
    for (let at = 0; at === 0 || at < elements.length; at += 8_192) {
      shell.variables.setArray(name, elements.length > 8_192 ? elements.slice(at, at + 8_192) : elements, append === true || at > 0)
      if (elements.length > 8_192 && shell.process.charge(2_048)) yield* shell.process.yield()
    }
    return
  }
  let result = yield* assignmentText(shell, value)
  if (shell.options.xtrace)
    yield* shell.trace(`${name}${index ? `[${index.text}]` : ""}${append ? "+" : ""}=${result === "" ? "" : traced(result)}`)
  if (index) {
    const key = yield* subscript(shell, name, yield* text(shell, index))
    const variable = shell.variables.find(name)
    const before = variable?.array ? variable.array.get(key) : key === "0" ? variable?.value : undefined
    if (variable?.integer) {
      const sum = (append ? yield* evaluateText(shell, before ?? "0") : 0n) + (yield* evaluateText(shell, result))
      shell.variables.setElement(name, key, String(sum))
    } else shell.variables.setElement(name, key, append ? (before ?? "") + result : result)
    return
  }
  const variable = shell.variables.find(name)
  if (variable?.integer)
    result = String((append ? yield* evaluateText(shell, shell.variables.get(name) ?? "0") : 0n) + (yield* evaluateText(shell, result)))
  else if (append) result = (shell.variables.get(name) ?? "") + result
  if (into) {
    if (variable?.readonly) throw new ReadonlyError(`${name}: readonly variable`)
    into.set(name, result)
  } else {
    shell.variables.set(name, result)
    if (name === "RANDOM") shell.randomSeed = Number(result) >>> 0
    // As sv_strict_posix: setting it is `set -o posix`.
    if (name === "POSIXLY_CORRECT") shell.options.posix = true
    if (name === "SECONDS") shell.startedAt = shell.process.now() - (Number(result) || 0) * 1_000
    if (shell.options.allexport) shell.variables.declare(name, false).exported = true
  }
}

/** Keys of an associative array's list that wait for their value. */
const pairing = new WeakSet<[string, string]>()
