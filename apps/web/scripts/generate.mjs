/** Before a build: public/schemas/kubernetes.json, the JSON schema that the editor validates manifests with, out of the kubernetes room's generated one. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const web = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(web, "../../packages/kubernetes/src/api/schema/generated/definitions.json")

/** JSON schema's keyword; an object literal with it would look like a promise. */
const conclusion = "then"

const ofCode = (given, code) => {
  if (code.startsWith("[")) return { type: "array", items: ofCode(given, code.slice(1)) }
  if (code.startsWith("{")) return { type: "object", additionalProperties: ofCode(given, code.slice(1)) }
  if (code.startsWith("enum:")) return { type: "string", enum: code.slice(5).split("|") }
  if (code.startsWith("#")) return Object.hasOwn(given, code.slice(1)) ? { $ref: `#/definitions/${code.slice(1)}` } : { type: "object" }
  switch (code) {
    case "quantity":
    case "intstr":
      return { type: ["string", "number"] }
    case "time":
    case "microtime":
      return { type: "string" }
    case "any":
      return {}
    case "object":
      return { type: "object" }
    default:
      return { type: code }
  }
}

/** A hover wants the first paragraph, not the page. */
const short = (text) => (text.length > 400 ? `${text.slice(0, 400).replace(/\s+\S*$/, "")} …` : text)

// A whole object says what it is: apiVersion and kind are enumerations of one value.
const soleValue = (code = "") => (code.startsWith("enum:") && !code.includes("|") ? code.slice(5) : undefined)

export const generate = async () => {
  /** @type {Record<string, {d?: string, r?: string[], p: Record<string, string[]>}>} */
  const given = JSON.parse(readFileSync(source, "utf8"))
  const definitions = Object.fromEntries(
    Object.entries(given).map(([key, { d, r, p }]) => [
      key,
      {
        type: "object",
        ...(d && { description: short(d) }),
        ...(r && { required: r }),
        properties: Object.fromEntries(
          Object.entries(p).map(([field, [code, description]]) => [
            field,
            { ...ofCode(given, code), ...(description && { description: short(description) }) },
          ]),
        ),
        additionalProperties: false,
      },
    ]),
  )

  const kinds = Object.entries(given).flatMap(([key, { p }]) => {
    const [apiVersion, kind] = [soleValue(p.apiVersion?.[0]), soleValue(p.kind?.[0])]
    return apiVersion && kind && p.metadata ? [{ key, apiVersion, kind }] : []
  })
  if (kinds.length === 0) throw new Error(`${source} names no kinds: is it of another format now?`)

  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Kubernetes object",
    type: "object",
    required: ["apiVersion", "kind"],
    properties: {
      apiVersion: {
        type: "string",
        examples: [...new Set(kinds.map(({ apiVersion }) => apiVersion))],
        description: "The group and version of the kind.",
      },
      kind: { type: "string", examples: [...new Set(kinds.map(({ kind }) => kind))].sort(), description: "What sort of object this is." },
    },
    allOf: kinds.map(({ key, apiVersion, kind }) =>
      Object.fromEntries([
        ["if", { properties: { apiVersion: { const: apiVersion }, kind: { const: kind } }, required: ["apiVersion", "kind"] }],
        [conclusion, { $ref: `#/definitions/${key}` }],
      ]),
    ),
    definitions,
  }
  const target = join(web, "public/schemas/kubernetes.json")
  mkdirSync(dirname(target), { recursive: true })
  const text = JSON.stringify(schema)
  // Untouched when it is the same, so that nothing is built again for it.
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate()
