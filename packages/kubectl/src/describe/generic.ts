/** Any object, field by field: for kinds that nobody describes better. As kubectl/pkg/describe's genericDescriber. */
import { isObject } from "@drydock/kubernetes/apimachinery"
import type { Described } from "./define-describer.ts"
import type { Writer } from "./writer.ts"

const SKIPPED = new Set([".metadata.managedFields", ".metadata.name", ".metadata.namespace", ".metadata.labels", ".metadata.annotations"])
const ACRONYMS = new Set(["API", "URL", "UID", "GUID"])

/** "apiVersion" is "API Version". Names with anything but letters and "-" stay. */
export const labelFor = (field: string): string => {
  if (!/^[\p{L}-]*$/u.test(field)) return field
  const parts = field.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}|[^\p{Lu}\p{Ll}]+/gu) ?? []
  return parts
    .map((part) => (ACRONYMS.has(part.toUpperCase()) ? part.toUpperCase() : part[0].toUpperCase() + part.slice(1).toLowerCase()))
    .join(" ")
}

const goText = (value: unknown): string => (value === null || value === undefined ? "<nil>" : String(value))

const writeContent = (w: Writer, level: number, content: Readonly<Record<string, unknown>>, path: string): void => {
  for (const field of Object.keys(content).sort()) {
    const value = content[field]
    const here = `${path}.${field}`
    if (SKIPPED.has(here)) continue
    const label = labelFor(field)
    if (Array.isArray(value)) {
      w.line(level, `${label}:`)
      for (const child of value)
        if (isObject(child)) writeContent(w, level + 1, child, here)
        else w.line(level + 1, goText(child))
    } else if (isObject(value)) {
      w.line(level, `${label}:`)
      writeContent(w, level + 1, value, here)
    } else w.field(level, label, goText(value))
  }
}

export const describeGeneric = (w: Writer, object: Described): void => {
  w.field(0, "Name", object.metadata.name).field(0, "Namespace", object.metadata.namespace ?? "")
  w.labels("Labels", object.metadata.labels).annotations("Annotations", object.metadata.annotations)
  writeContent(w, 0, object as unknown as Readonly<Record<string, unknown>>, "")
}
