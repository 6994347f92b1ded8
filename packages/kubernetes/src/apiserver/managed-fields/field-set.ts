/** Sets of fields in the form in which metadata.managedFields keeps them (FieldsV1). As sigs.k8s.io/structured-merge-diff/fieldpath. */

/** "f:spec", `k:{"name":"c"}`, `v:"x"` → what is below; an empty one is a member itself, "." marks a member that has more below. */
export interface FieldSet {
  readonly [element: string]: FieldSet
}

type Growing = { [element: string]: Growing }

const NOTHING: FieldSet = Object.freeze({})

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

const combine = (
  a: FieldSet,
  b: FieldSet,
  both: (left: FieldSet | undefined, right: FieldSet | undefined) => FieldSet | undefined,
): FieldSet => {
  const result: Growing = {}
  for (const element of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (element === ".") continue
    const found = both(a[element], b[element])
    if (found) result[element] = found as Growing
  }
  return result
}

export const union = (a: FieldSet, b: FieldSet): FieldSet =>
  combine(a, b, (left, right) => {
    if (!left || !right) return left ?? right
    return node(isMember(left) || isMember(right), union(below(left), below(right)))
  })

export const difference = (a: FieldSet, b: FieldSet): FieldSet =>
  combine(a, b, (left, right) => {
    if (!left || !right) return left
    return node(isMember(left) && !isMember(right), difference(below(left), below(right)))
  })

export const intersection = (a: FieldSet, b: FieldSet): FieldSet =>
  combine(a, b, (left, right) =>
    left && right ? node(isMember(left) && isMember(right), intersection(below(left), below(right))) : undefined,
  )

/** Without the elements of `b` and everything below them. */
export const without = (a: FieldSet, b: FieldSet): FieldSet =>
  combine(a, b, (left, right) => {
    if (!left || !right) return left
    if (isMember(right)) return undefined
    return node(isMember(left), without(below(left), below(right)))
  })

/** A set being made, path by path. */
export class FieldSetBuilder {
  readonly root: Growing = {}

  insert(path: readonly string[]): void {
    let at = this.root
    for (const [index, element] of path.entries()) {
      const last = index === path.length - 1
      const known = at[element]
      if (last) {
        if (!known) at[element] = {}
        else if (!isEmpty(known)) known["."] = {}
        return
      }
      if (!known) at = at[element] = {}
      else {
        if (isEmpty(known)) known["."] = {}
        at = known
      }
    }
  }
}

/** Elements in fieldpath's order: members and children as its JSON writes them. */
export const sorted = (set: FieldSet): FieldSet => {
  const result: Growing = {}
  for (const element of Object.keys(set).sort((a, b) => (a < b ? -1 : 1))) result[element] = sorted(set[element]) as Growing
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
