// Writes the fields of the Go structs below a PodTemplateSpec, in their order: what the hash of a template is made of.
// node go-fields.mjs <k8s.io/api core/v1/types.go> <k8s.io/apimachinery pkg/apis/meta/v1/types.go> > src/api/schema/go-fields.json
import { readFileSync } from "node:fs"

const [core, meta] = process.argv.slice(2).map((path) => readFileSync(path, "utf8"))

/** Name → {fields} or {kind}, of one file. */
const parse = (source) => {
  const types = new Map()
  const text = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "")
  for (const [, name, kind] of text.matchAll(/^type (\w+) (string|int32|int64|bool|map\[\w+\][\w.]+)$/gm)) types.set(name, { kind })
  for (const [, name, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields = []
    for (const line of body.split("\n")) {
      const match = /^\s*(?:(\w+)\s+)?([\w.*[\]]+)\s*`[^`]*json:"([^"]*)"/.exec(line)
      if (!match) continue
      const [, field, type, tag] = match
      fields.push([field ?? type.split(".").at(-1), tag.split(",")[0], type])
    }
    types.set(name, { fields })
  }
  return types
}

const sources = { core: parse(core), meta: parse(meta) }
const table = {}
/** A type as Go's reflection writes it, seen from a package. */
const named = (type, from) => {
  const [, prefix, bare] = /^((?:\*|\[\]|map\[\w+\])*)(.+)$/.exec(type)
  const shown = prefix.replace(/map\[(\w+)\]/g, (_, key) => `map[${/^[A-Z]/.test(key) ? `v1.${key}` : key}]`)
  if (/^[a-z]\w*$/.test(bare)) return shown + bare
  if (!bare.includes(".")) {
    visit(bare, from)
    return `${shown}v1.${bare}`
  }
  if (bare.startsWith("metav1.")) {
    visit(bare.slice(7), "meta")
    return `${shown}v1.${bare.slice(7)}`
  }
  return shown + bare
}
const visit = (name, from) => {
  const key = `v1.${name}`
  if (table[key] || name === "Time") return
  const found = sources[from].get(name)
  if (!found) return
  table[key] = {}
  table[key] = found.fields ? found.fields.map(([field, json, type]) => [field, json, named(type, from)]) : named(found.kind, from)
}
visit("PodTemplateSpec", "core")
const lines = Object.keys(table)
  .sort()
  .map((key) => `  ${JSON.stringify(key)}: ${JSON.stringify(table[key])}`)
process.stdout.write(`{\n${lines.join(",\n")}\n}\n`)
