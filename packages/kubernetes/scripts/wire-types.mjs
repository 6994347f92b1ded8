/**
 * Makes src/api/schema/wire-types.json out of checkouts of k8s.io/api, k8s.io/apimachinery and k8s.io/apiextensions-apiserver: for every message its fields
 * in Go's order, each "name:number:type". Types: "[" list, "{" map, "^" inline; a final "!" is written even when empty, a final "?" is a pointer.
 *   node wire-types.mjs API_DIR APIMACHINERY_DIR APIEXTENSIONS_DIR
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const [api, machinery, extensions] = process.argv.slice(2)
const target = join(dirname(fileURLToPath(import.meta.url)), "../src/api/schema/wire-types.json")

const protoFiles = function* (directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true }))
    if (entry.name === "generated.proto") yield join(entry.parentPath, entry.name)
}
const wanted = [...protoFiles(api), ...protoFiles(join(machinery, "pkg/apis/meta/v1")), ...protoFiles(join(extensions, "pkg/apis"))].filter(
  (path) => /\/v\d+\/generated\.proto$/.test(path),
)

/** ".k8s.io.api.core.v1.Pod" or "Pod" within core.v1 → "core.v1.Pod". */
const short = (type, own) => {
  const bare = type.replace(/^\./, "")
  if (own === "meta.v1" && (bare === "Time" || bare === "MicroTime")) return bare.toLowerCase()
  if (!bare.includes(".")) return /^(string|bool|bytes|double|float|u?int(32|64))$/.test(bare) ? bare : `${own}.${bare}`
  const parts = bare.split(".")
  if (bare.endsWith("resource.Quantity")) return "quantity"
  if (bare.endsWith("IntOrString")) return "intstr"
  if (bare.endsWith("RawExtension")) return "raw"
  if (bare.endsWith("meta.v1.Time")) return "time"
  if (bare.endsWith("meta.v1.MicroTime")) return "microtime"
  return parts.slice(-3).join(".")
}

/** json name → { pointer, omitempty, embedded, struct } of a Go struct. */
const goFields = (text, message) => {
  const fields = new Map()
  const body = new RegExp(`^type ${message} struct \\{\\n([\\s\\S]*?)\\n\\}`, "m").exec(text)?.[1]
  for (const line of (body ?? "").split("\n")) {
    const match = /^\t(?:(\w+)\s+)?([*\w.[\]]+)\s*`(.*)`/.exec(line)
    if (!match) continue
    const json = /json:"([^"]*)"/.exec(match[3])?.[1] ?? ""
    const proto = /protobuf:"[^"]*name=(\w+)/.exec(match[3])?.[1]
    const [name, ...options] = json.split(",")
    const embedded = match[2].split(".").at(-1) ?? ""
    fields.set(proto ?? (name || embedded.charAt(0).toLowerCase() + embedded.slice(1)), {
      name,
      type: match[2],
      omit: options.includes("omitempty") || options.includes("omitzero"),
      zero: options.includes("omitzero"),
      inline: options.includes("inline") || json === "" || name === "",
    })
  }
  return fields
}

const scalars = new Set([
  "string",
  "bool",
  "bytes",
  "double",
  "float",
  "int32",
  "int64",
  "uint32",
  "uint64",
  "quantity",
  "intstr",
  "raw",
  "time",
  "microtime",
])
const result = {}
for (const path of wanted) {
  const text = readFileSync(path, "utf8").replace(/^\s*\/\/.*$/gm, "")
  const own = /^package (.*);/m.exec(text)[1].split(".").slice(-2).join(".")
  const go = readdirSync(dirname(path))
    .filter((name) => /types.*\.go$/.test(name))
    .map((name) => readFileSync(join(dirname(path), name), "utf8"))
    .join("\n")
  for (const [, message, body] of text.matchAll(/^message (\w+) \{\n([\s\S]*?)^\}/gm)) {
    const fields = goFields(go, message)
    // A struct marked atomic is one field to managed fields: "~".
    const atomic = new RegExp(`structType=atomic\\n(//[^\\n]*\\n)*type ${message} struct`).test(go)
    const lines = atomic ? ["~"] : []
    for (const [, label, mapped, type, name, number] of body.matchAll(
      /(optional|repeated|map<string, ([^>]+)>)\s*([\w.]*?)\s+?(\w+) = (\d+)/g,
    )) {
      const facts = fields.get(name)
      const base = label.startsWith("map") ? `{${short(mapped, own)}` : `${label === "repeated" ? "[" : ""}${short(type, own)}`
      const inline = Boolean(facts?.inline) && !scalars.has(base)
      const container = /^[[{]/.test(base) || /^(map|\[)/.test(facts?.type ?? "")
      const struct = !scalars.has(base) || /^(time|microtime|quantity|intstr|raw)$/.test(base)
      const always = !facts?.omit || (!facts.zero && !container && struct)
      const written = facts !== undefined && !inline && !facts.type.startsWith("*") && always
      lines.push(
        `${(facts?.name === "-" ? "" : facts?.name) || name}:${number}:${inline ? "^" : ""}${base}${written ? "!" : facts?.type.startsWith("*") ? "?" : ""}`,
      )
    }
    result[`${own}.${message}`] = lines
  }
}
writeFileSync(
  target,
  `${JSON.stringify(result, null, 1)
    .replace(/\[\n\s+(?=")/g, "[")
    .replace(/\n\s+\]/g, "]")
    .replace(/",\n\s+"(?=~|[\w$-]+:\d+:)/g, '", "')}\n`,
)
console.error(`${Object.keys(result).length} messages`)
if (!existsSync(target)) process.exit(1)
