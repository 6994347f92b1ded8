/** $(NAME) in objects, for the value of another object's field. As kustomize/api/filters/refvar. */
import { isObject, type Json } from "@drydock/kubernetes/apimachinery"
import { pathParts, placesOf, valueAt } from "./field-paths.ts"
import type { Variable } from "./kustomization.ts"
import { type Building, groupVersion, selected } from "./resources.ts"

/** The names that stood nowhere. */
export const substitute = (all: readonly Building[], variables: readonly Variable[]): string[] => {
  const values = new Map<string, unknown>()
  for (const { name, objref, fieldref } of variables) {
    const [group, version] = groupVersion(objref.apiVersion ?? "")
    const wanted = { group, version, name: objref.name, ...(objref.kind && { kind: objref.kind }) }
    const one = all.find((other) => selected(other, wanted, true))
    const [place] = one
      ? placesOf(one.object as unknown as Json, pathParts(fieldref?.fieldpath ?? fieldref?.fieldPath ?? "metadata.name"), false)
      : []
    if (place) values.set(name, valueAt(place))
  }
  const unused = new Set(values.keys())
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit)
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, visit(member)]))
    if (typeof value !== "string" || !value.includes("$(")) return value
    const whole = /^\$\(([\w.-]+)\)$/.exec(value)?.[1]
    if (whole !== undefined && values.has(whole)) {
      unused.delete(whole)
      return values.get(whole)
    }
    return value.replace(/\$\(([\w.-]+)\)/g, (text, name: string) => {
      if (!values.has(name)) return text
      unused.delete(name)
      return String(values.get(name))
    })
  }
  if (values.size > 0)
    for (const one of all)
      one.object = Object.fromEntries(
        Object.entries(one.object).map(([key, member]) => [key, key === "spec" || key === "data" ? visit(member) : member]),
      ) as typeof one.object
  return variables.map(({ name }) => name).filter((name) => unused.has(name))
}
