/** Sets of fields in the form in which metadata.managedFields keeps them (FieldsV1). As sigs.k8s.io/structured-merge-diff/fieldpath. */

/** "f:spec", `k:{"name":"c"}`, `v:"x"` → what is below; an empty one is a member itself, "." marks a member that has more below. */
import { ByText } from "@drydock/sim"
export interface FieldSet {
  readonly [element: string]: FieldSet
}

type Growing = { [element: string]: Growing }

const NOTHING: FieldSet = Object.freeze({})
/** Most of a set are members with nothing below: one value for all of them. */
const LEAF: Growing = NOTHING as Growing

export const isEmpty = (set: FieldSet | undefined): boolean => {
  if (set === undefined) return true
  for (const _ in set) return false
  return true
}

/** Whether `set`, found under some element, makes that element a member. */
export const isMember = (set: FieldSet | undefined): boolean => set !== undefined && (isEmpty(set) || set["."] !== undefined)

const below = (set: FieldSet): FieldSet => {
  if (set["."] === undefined) return set
  const { ".": _, ...rest } = set
  return rest
}

/** The node for "is a member" and "has children". */
const node = (member: boolean, children: FieldSet): FieldSet | undefined => {
  if (isEmpty(children)) return member ? NOTHING : undefined
  return member ? { ".": NOTHING, ...children } : children
}

/** `a` changed element by element: `found` says what is left of one that is in `b` too. The set itself where that is all of it. */
const each = (a: FieldSet, b: FieldSet, found: (left: FieldSet, right: FieldSet) => FieldSet | undefined): FieldSet => {
  const result: Growing = {}
  let same = a["."] === undefined
  for (const element in a) {
    if (element === ".") continue
    const left = a[element]
    const right = b[element]
    const kept = right ? found(left, right) : left
    if (kept) result[element] = kept as Growing
    if (kept !== left) same = false
  }
  return same ? a : result
}

export const union = (a: FieldSet, b: FieldSet): FieldSet => {
  if (a === b || isEmpty(b)) return below(a)
  const result = {
    ...each(a, b, (left, right) => (left === right ? left : node(isMember(left) || isMember(right), union(below(left), below(right))))),
  }
  for (const element in b) if (element !== "." && !a[element]) (result as Growing)[element] = b[element] as Growing
  return result
}

export const difference = (a: FieldSet, b: FieldSet): FieldSet =>
  each(a, b, (left, right) =>
    left === right ? undefined : node(isMember(left) && !isMember(right), difference(below(left), below(right))),
  )

export const intersection = (a: FieldSet, b: FieldSet): FieldSet => {
  const result: Growing = {}
  for (const element in a) {
    const [left, right] = [a[element], b[element]]
    if (element === "." || !right) continue
    const found = left === right ? left : node(isMember(left) && isMember(right), intersection(below(left), below(right)))
    if (found) result[element] = found as Growing
  }
  return result
}

/** Without the elements of `b` and everything below them. */
export const without = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmpty(b)
    ? below(a)
    : each(a, b, (left, right) => (isMember(right) ? undefined : node(isMember(left), without(below(left), below(right)))))

/** A set being made, path by path. Paths come in the order of a walk: each begins where it leaves the one before. */
export class FieldSetBuilder {
  readonly root: Growing = {}
  /** The path before, and what it led through: one node more than elements. */
  readonly #elements: string[] = []
  readonly #nodes: Growing[] = [this.root]
  #length = 0

  insert(path: readonly string[]): void {
    const [elements, nodes, last] = [this.#elements, this.#nodes, path.length - 1]
    let depth = 0
    while (depth < last && depth < this.#length && elements[depth] === path[depth]) depth++
    let at = nodes[depth]
    // What was a leaf has something below it now: it stays a member.
    if (at === LEAF) at = nodes[depth] = nodes[depth - 1][elements[depth - 1]] = { ".": LEAF }
    for (; depth < last; depth++) {
      const element = path[depth]
      const known = at[element]
      at = known && known !== LEAF ? known : (at[element] = known ? { ".": LEAF } : {})
      elements[depth] = element
      nodes[depth + 1] = at
    }
    const element = path[last]
    const known = at[element]
    if (known && known !== LEAF) known["."] = LEAF
    elements[last] = element
    nodes[last + 1] = known ?? (at[element] = LEAF)
    this.#length = last + 1
  }
}

/** Sets that were made before, by their JSON as it came: what one template makes is managed alike. */
const LARGEST = 16 * 1024
const known = new ByText<FieldSet>(2_000, LARGEST)
/** Of the JSON of one element at least: `".":{},`. */
const SHORTEST_ELEMENT = 7

/** Whether the JSON of these sets is longer than so many UTF-16 units for sure, told without writing it. */
export const isBeyond = (sets: readonly FieldSet[], length: number): boolean => {
  let left = length / SHORTEST_ELEMENT
  const count = (set: FieldSet): void => {
    for (const element in set) {
      if (--left < 0) return
      count(set[element])
    }
  }
  for (const set of sets) count(set)
  return left < 0
}

const deepFreeze = (set: FieldSet): FieldSet => {
  if (set === NOTHING) return set
  for (const element in set) deepFreeze(set[element])
  return Object.freeze(set)
}

/** `sorted`, one value for equal sets of all objects and worlds. */
export const sortedOnce = (set: FieldSet): FieldSet => {
  const before = sortedBefore.get(set)
  if (before) return before
  const made = sortedByText(set)
  sortedBefore.set(set, made)
  return made
}

const sortedBefore = new WeakMap<FieldSet, FieldSet>()

const sortedByText = (set: FieldSet): FieldSet => {
  if (isBeyond([set], LARGEST)) return deepFreeze(sorted(set))
  return known.of(JSON.stringify(set), () => deepFreeze(sorted(set)))
}

/** Elements in fieldpath's order: members and children as its JSON writes them. */
export const sorted = (set: FieldSet): FieldSet => {
  if (isEmpty(set)) return NOTHING
  const result: Growing = {}
  for (const element of Object.keys(set).sort()) result[element] = sorted(set[element]) as Growing
  return result
}

/** As fieldpath.PathElement.String: ".spec", `[name="c"]`, `[="x"]`. */
const elementText = (element: string): string => {
  const rest = element.slice(2)
  switch (element[0]) {
    case "f":
      return `.${rest}`
    case "k":
      return `[${Object.entries(JSON.parse(rest) as Record<string, unknown>)
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join(",")}]`
    case "v":
      return `[=${rest}]`
    default:
      return `[${rest}]`
  }
}

/** Every member's path as messages name it, in order. */
export const pathsOf = (set: FieldSet, prefix = ""): string[] =>
  Object.keys(set)
    .filter((element) => element !== ".")
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((element) => {
      const at = prefix + elementText(element)
      return [...(isMember(set[element]) ? [at] : []), ...pathsOf(set[element], at)]
    })
