/** --sort-by: by what a path finds; amounts by size. As kubectl/pkg/cmd/get/sorter.go. */
import { JsonPathError, parseJsonPath, relaxed } from "@drydock/gotemplate"
import { parseQuantity, QuantityError } from "@drydock/kubernetes/apimachinery"
import type { Process } from "@drydock/machine"
import { KubectlError } from "../errors.ts"
import { klog } from "../klog.ts"
import { goSort } from "./go-sort.ts"

const quantity = (text: string): bigint | undefined => {
  try {
    return parseQuantity(text)
  } catch (error) {
    if (error instanceof QuantityError) return undefined
    throw error
  }
}

const isLess = (a: unknown, b: unknown): boolean => {
  if (a === null) return b !== null
  if (b === null) return false
  if (typeof a === "string" && typeof b === "string") {
    const [x, y] = [quantity(a), quantity(b)]
    return x !== undefined && y !== undefined ? x < y : a < b
  }
  if (typeof a === "object") throw new UnsortableError(Array.isArray(a) ? "[]interface {}" : "map[string]interface {}")
  if (typeof a === "boolean") throw new UnsortableError("bool")
  return typeof a === typeof b && (a as number) < (b as number)
}

/** What Go's sorter cannot put in order; it ends the program in the log's words. */
class UnsortableError extends Error {}

/** The items in order. `object`: what an item's path is looked up in. */
export const sortBy = <Item>(process: Process, items: readonly Item[], path: string, object: (item: Item) => unknown): Item[] => {
  try {
    const expression = relaxed(path)
    const parser = parseJsonPath(expression)
    const keyed = items.map((item) => ({ item, key: parser.values(object(item))[0] }))
    if (items.length > 0 && keyed.every(({ key }) => key === undefined))
      throw new KubectlError(`couldn't find any field with path ${JSON.stringify(expression)} in the list of objects`)
    // What is missing is less than everything, itself too.
    return goSort(keyed, (a, b) => a.key === undefined || (b.key !== undefined && isLess(a.key, b.key))).map(({ item }) => item)
  } catch (error) {
    if (error instanceof JsonPathError) throw new KubectlError(error.message)
    if (error instanceof UnsortableError)
      throw new KubectlError(
        klog(
          process,
          "F",
          "sorter.go:329",
          `Field ${relaxed(path)} in *unstructured.Unstructured is an unsortable type: interface, err: unsortable type: ${error.message}`,
        ).trimEnd(),
        { raw: true },
      )
    throw error
  }
}
