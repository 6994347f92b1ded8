/** ${x#pattern}, ${x%pattern} and ${x/pattern/text}: what is cut off a text and what is put in its place (subst.c, remove_pattern, pat_subst). */
import type { Steps } from "@drydock/machine"
import { type Budget, costOf, fixedLength, literalOf, matchPattern, newBudget } from "./pattern.ts"
import { endOf, isScannable } from "./pattern-scan.ts"
import type { Shell } from "./shell.ts"

/** Where the pattern cuts the text: short ways for plain texts and for one star at the end that is cut. Undefined: nowhere. */
function* cutAt(shell: Shell, item: string, pattern: string, operator: string): Steps<number | undefined> {
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
  if (isScannable(pattern)) return yield* endOf(shell, item, front ? 0 : item.length, { pattern, backward: !front, shortest: !longest })
  const budget = newBudget()
  let cut: number | undefined
  for (let step = 0; step <= item.length && budget.left > 0 && cut === undefined; step++) {
    const at = front === longest ? item.length - step : step
    if (matchPattern(pattern, front ? item.slice(0, at) : item.slice(at), {}, budget)) cut = at
  }
  if (shell.process.charge(costOf(budget))) yield* shell.process.yield()
  return cut
}

/** The text without what matches at its beginning ("#", "##") or its end ("%", "%%"). */
export function* removed(shell: Shell, item: string, pattern: string, operator: string): Steps<string> {
  const cut = yield* cutAt(shell, item, pattern, operator)
  if (shell.process.charge(item.length >> 8)) yield* shell.process.yield()
  return cut === undefined ? item : operator.startsWith("#") ? item.slice(cut) : item.slice(0, cut)
}

export interface Replacing {
  readonly find: string
  readonly replacement: (matched: string) => string
  readonly operator: "/" | "//" | "/#" | "/%"
  readonly ignoreCase: boolean
}

/** Where the longest match ends that begins at `from`. */
function* longestFrom(
  shell: Shell,
  item: string,
  from: number,
  { find, ignoreCase }: Replacing,
  budget: Budget,
): Steps<number | undefined> {
  const fixed = fixedLength(find)
  if (fixed !== undefined) {
    if (from + fixed > item.length) return undefined
    return matchPattern(find, item.slice(from, from + fixed), { ignoreCase }, budget) ? from + fixed : undefined
  }
  if (isScannable(find, ignoreCase)) return yield* endOf(shell, item, from, { pattern: find, ignoreCase })
  for (let end = item.length; end >= from && budget.left > 0; end--)
    if (matchPattern(find, item.slice(from, end), { ignoreCase }, budget)) return end
  return undefined
}

/** Steps of matching between two payments. */
const PAID_EVERY = 8_192
/** Pieces between two payments when a plain text is looked for. */
const PIECES = 4_096

/** Every plain `find` at once. */
function* plainly(shell: Shell, item: string, find: string, by: string): Steps<string> {
  const pieces: string[] = []
  let from = 0
  for (let at = item.indexOf(find); at >= 0; at = item.indexOf(find, from)) {
    pieces.push(item.slice(from, at), by)
    from = at + find.length
    if (pieces.length % PIECES === 0 && shell.process.charge(PIECES >> 3)) yield* shell.process.yield()
  }
  if (shell.process.charge(1 + (item.length >> 10))) yield* shell.process.yield()
  return from === 0 ? item : pieces.join("") + item.slice(from)
}

/** The text with the first match ("/"), all of them ("//"), or the one at its beginning or end ("/#", "/%") replaced. */
export function* replaced(shell: Shell, item: string, replacing: Replacing): Steps<string> {
  const { find, replacement, operator, ignoreCase } = replacing
  if (shell.process.charge(1 + (item.length >> 8))) yield* shell.process.yield()
  if (item === "") return matchPattern(find, "", { ignoreCase }) ? replacement("") : ""
  if (find === "") return operator === "/#" ? replacement("") + item : operator === "/%" ? item + replacement("") : item
  const budget = newBudget()
  if (operator === "/#") {
    const end = yield* longestFrom(shell, item, 0, replacing, budget)
    return end === undefined ? item : replacement(item.slice(0, end)) + item.slice(end)
  }
  if (operator === "/%") {
    const from = isScannable(find, ignoreCase)
      ? yield* endOf(shell, item, item.length, { pattern: find, ignoreCase, backward: true })
      : yield* cutAt(shell, item, find, "%%")
    return from === undefined ? item : item.slice(0, from) + replacement(item.slice(from))
  }
  const plain = ignoreCase ? undefined : literalOf(find)
  if (plain !== undefined && operator === "//") return yield* plainly(shell, item, plain, replacement(plain))
  if (plain !== undefined) {
    const found = item.indexOf(plain)
    return found < 0 ? item : item.slice(0, found) + replacement(plain) + item.slice(found + plain.length)
  }
  const pieces: string[] = []
  let kept = 0
  // Texts are as long as they are; what one match may take is bounded by what the whole costs.
  let spent = 0
  for (let at = 0; at < item.length; ) {
    const before = budget.left
    budget.left = Math.max(budget.left, PAID_EVERY)
    const start = budget.left
    const end = yield* longestFrom(shell, item, at, replacing, budget)
    spent += 8 + start - budget.left
    budget.left = Math.min(before, budget.left)
    if (spent >= PAID_EVERY) {
      if (shell.process.charge(spent >> 3)) yield* shell.process.yield()
      spent = 0
    }
    if (end === undefined || end === at) {
      at++
      continue
    }
    pieces.push(item.slice(kept, at), replacement(item.slice(at, end)))
    at = kept = end
    if (operator === "/") break
  }
  if (shell.process.charge(1 + (spent >> 3))) yield* shell.process.yield()
  return pieces.join("") + item.slice(kept)
}
