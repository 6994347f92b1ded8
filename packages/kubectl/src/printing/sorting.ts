/** --sort-by: by what a path finds, amounts by size, numbers within texts by value. As kubectl/pkg/cmd/get/sorter.go. */
import { JsonPathError, parseJsonPath, relaxed } from "@drydock/gotemplate"
import { parseQuantity, QuantityError } from "@drydock/kubernetes/apimachinery"
import { KubectlError } from "../errors.ts"

const quantity = (text: string): bigint | undefined => {
  try {
    return parseQuantity(text)
  } catch (error) {
    if (error instanceof QuantityError) return undefined
    throw error
  }
}

/** "a2" before "a10". */
export const naturalCompare = (a: string, b: string): number => {
  const [left, right] = [a, b].map((text) => text.match(/\d+|\D+/g) ?? [])
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    if (left[at] === right[at]) continue
    if (/^\d/.test(left[at]) && /^\d/.test(right[at])) {
      const [x, y] = [BigInt(left[at]), BigInt(right[at])]
      if (x !== y) return x < y ? -1 : 1
      return left[at].length - right[at].length
    }
    return left[at] < right[at] ? -1 : 1
  }
  return left.length - right.length
}

const compare = (a: unknown, b: unknown): number => {
  if (a === undefined || a === null) return b === undefined || b === null ? 0 : -1
  if (b === undefined || b === null) return 1
  if (typeof a === "string" && typeof b === "string") {
    const [x, y] = [quantity(a), quantity(b)]
    if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0
    return naturalCompare(a, b)
  }
  if (typeof a !== typeof b || typeof a === "object")
    throw new KubectlError(`unsortable type: ${typeof a === "object" ? (Array.isArray(a) ? "slice" : "map") : typeof a}`)
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0
}

/** The items in order. `object`: what an item's path is looked up in. */
export const sortBy = <Item>(items: readonly Item[], path: string, object: (item: Item) => unknown): Item[] => {
  let expression: string
  try {
    expression = relaxed(path)
    const parser = parseJsonPath(expression)
    const keyed = items.map((item) => ({ item, key: parser.values(object(item))[0] }))
    if (items.length > 0 && keyed.every(({ key }) => key === undefined))
      throw new KubectlError(`couldn't find any field with path ${JSON.stringify(expression)} in the list of objects`)
    return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item)
  } catch (error) {
    if (error instanceof JsonPathError) throw new KubectlError(error.message)
    throw error
  }
}
