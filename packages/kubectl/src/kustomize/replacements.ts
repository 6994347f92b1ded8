/** Values that are copied from one object's field into others' fields. As kustomize/api/filters/replacement. */
import { isObject, type Json } from "@drydock/kubernetes/apimachinery"
import { KubectlError } from "../errors.ts"
import { pathParts, type Place, placesOf, putAt, valueAt } from "./field-paths.ts"
import type { FieldOptions, Replacement } from "./kustomization.ts"
import { type Building, selected, selectorText } from "./resources.ts"

const sourceValue = (all: readonly Building[], source: NonNullable<Replacement["source"]>): unknown => {
  const found = all.filter((one) => selected(one, source, true))
  if (found.length > 1) throw new KubectlError(`multiple matches for selector ${selectorText(source)}`)
  if (found.length === 0) throw new KubectlError(`nothing selected by ${selectorText(source)}`)
  const path = source.fieldPath || "metadata.name"
  const [place] = placesOf(found[0].object as unknown as Json, pathParts(path), false)
  const value = place && valueAt(place)
  if (value === undefined || value === null)
    throw new KubectlError(`fieldPath \`${path}\` is missing for replacement source ${selectorText(source)}`)
  const { delimiter, index = 0 } = source.options ?? {}
  if (!delimiter) return value
  if (isObject(value) || Array.isArray(value)) throw new KubectlError("delimiter option can only be used with scalar nodes")
  const parts = String(value).split(delimiter)
  if (index < 0 || index >= parts.length) throw new KubectlError(`options.index ${index} is out of bounds for value ${String(value)}`)
  return parts[index]
}

/** A scalar keeps the type that it had. */
const scalarLike = (old: unknown, value: unknown): unknown => {
  if (typeof old === "string") return String(value)
  if (typeof old === "number" && value !== "" && !Number.isNaN(Number(value))) return Number(value)
  if (typeof old === "boolean" && (value === "true" || value === "false")) return value === "true"
  return value
}

const put = (place: Place, value: unknown, { delimiter, index = 0 }: FieldOptions): void => {
  const old = valueAt(place)
  const plain = !isObject(value) && !Array.isArray(value)
  if (delimiter) {
    if (!plain || isObject(old) || Array.isArray(old)) throw new KubectlError("delimiter option can only be used with scalar nodes")
    const parts = String(old ?? "").split(delimiter)
    if (index < 0) parts.unshift(String(value))
    else if (index >= parts.length) parts.push(String(value))
    else parts[index] = String(value)
    putAt(place, parts.join(delimiter))
  } else putAt(place, plain ? scalarLike(old, value) : structuredCopy(value))
}

const structuredCopy = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(structuredCopy)
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, structuredCopy(member)])) : value
}

export const replaceValues = (all: readonly Building[], { source, sourceValue: fixed, targets }: Replacement): void => {
  if ((!source && fixed === undefined) || !targets) throw new KubectlError("replacements must specify a source and at least one target")
  const value = source ? sourceValue(all, source) : fixed
  for (const { select, reject = [], fieldPaths = ["metadata.name"], options = {} } of targets) {
    if (!select) throw new KubectlError("target must specify resources to select")
    for (const one of all) {
      if (!selected(one, select) || reject.some((other) => selected(one, other))) continue
      for (const path of fieldPaths) {
        const places = placesOf(one.object as unknown as Json, pathParts(path), options.create === true)
        if (places.length === 0)
          throw new KubectlError(`unable to find ${options.create ? "or create " : ""}field "${path}" in replacement target`)
        for (const place of places) put(place, value, options)
      }
    }
  }
}
