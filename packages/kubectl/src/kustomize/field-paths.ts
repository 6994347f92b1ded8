/** Fields of objects by their paths: "spec/template[]/metadata" of field specs, "spec.containers.[name=main].args.1" of replacements. As kyaml/yaml/fns.go. */
import { isObject, type Json } from "@drydock/kubernetes/apimachinery"

/** Sets what a path of field specs leads to, in every item of the lists on the way. `create`: what is missing is made. */
export const setField = (object: unknown, path: string, create: boolean, set: (old: unknown) => unknown): void => {
  const [first = "", ...rest] = path.split("/").filter((part) => part !== "")
  const key = first.replace(/\[\]$/, "")
  if (Array.isArray(object)) {
    for (const item of object as unknown[]) setField(item, path, create, set)
    return
  }
  if (!isObject(object) || key === "") return
  if (rest.length === 0) {
    if (!create && object[key] === undefined) return
    if (Array.isArray(object[key]) && first.endsWith("[]")) object[key] = (object[key] as unknown[]).map(set)
    else object[key] = set(object[key])
    return
  }
  if (object[key] === undefined || object[key] === null) {
    if (!create || first.endsWith("[]")) return
    object[key] = {}
  }
  setField(object[key], rest.join("/"), create, set)
}

/** "a.b\.c.[x=y.z]" in parts. As kyaml/utils.SmarterPathSplitter. */
export const pathParts = (path: string): string[] => {
  const parts: string[] = []
  let part = ""
  let depth = 0
  for (let at = 0; at < path.length; at++) {
    const letter = path[at]
    if (letter === "\\" && path[at + 1] === ".") part += path[++at]
    else if (letter === "." && depth === 0) {
      parts.push(part)
      part = ""
    } else {
      if (letter === "[") depth++
      if (letter === "]") depth--
      part += letter
    }
  }
  parts.push(part)
  return parts.filter((one) => one !== "")
}

/** A place where a value is or may be put. */
export interface Place {
  readonly holder: Json | unknown[]
  readonly key: string | number
}

export const valueAt = ({ holder, key }: Place): unknown => (Array.isArray(holder) ? holder[Number(key)] : holder[key])

export const putAt = ({ holder, key }: Place, value: unknown): void => {
  if (Array.isArray(holder)) holder[Number(key)] = value
  else holder[key] = value
}

/** All places that `parts` lead to. `create`: what is missing on the way is made. As yaml.PathMatcher. */
export const placesOf = (root: Json, parts: readonly string[], create: boolean): Place[] => {
  let places: Place[] = [{ holder: { root }, key: "root" }]
  for (const [at, part] of parts.entries()) {
    const next: Place[] = []
    const list = /^(?:\[.*\]|-|\d+)$/.test(parts[at])
    for (const place of places) {
      let value = valueAt(place)
      if ((value === undefined || value === null) && create) {
        value = list ? [] : {}
        putAt(place, value)
      }
      const match = /^\[([^=]+)=(.*)\]$/.exec(part)
      if (Array.isArray(value)) {
        const items = value as unknown[]
        if (part === "*") next.push(...items.map((_, key) => ({ holder: items, key })))
        else if (part === "-") next.push({ holder: items, key: items.length })
        else if (match) {
          const [, field, wanted] = match
          const found = items.flatMap((item, key) => (isObject(item) && String(item[field]) === wanted ? [{ holder: items, key }] : []))
          if (found.length === 0 && create) {
            items.push({ [field]: wanted })
            found.push({ holder: items, key: items.length - 1 })
          }
          next.push(...found)
        } else if (/^\d+$/.test(part)) {
          if (Number(part) < items.length || create) next.push({ holder: items, key: Math.min(Number(part), items.length) })
        }
      } else if (isObject(value)) {
        if (part === "*") next.push(...Object.keys(value).map((key) => ({ holder: value as Json, key })))
        else if (value[part] !== undefined || create) next.push({ holder: value, key: part })
      }
    }
    places = next
  }
  return places
}
