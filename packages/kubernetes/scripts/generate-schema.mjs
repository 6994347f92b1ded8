/** Generates src/api/schema/generated/definitions.json: fields, types and descriptions of every kind, read out of the npm package kubernetes-models. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const here = dirname(fileURLToPath(import.meta.url))
const target = resolve(here, "../src/api/schema/generated/definitions.json")
const require = createRequire(import.meta.url)
const rootOf = (name) => {
  for (let at = here; at !== dirname(at); at = dirname(at)) {
    const candidate = join(at, "node_modules", name)
    if (existsSync(candidate)) return candidate
  }
  return dirname(require.resolve(name))
}

const files = function* (directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.name.startsWith("_") || entry.name === "node_modules") continue
    const path = join(directory, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else if (entry.name.endsWith(".d.ts") && entry.name !== "index.d.ts") yield path
  }
}

/** Types whose values are texts or numbers with a meaning of their own. */
const SPECIAL = {
  Quantity: "quantity",
  IntOrString: "intstr",
  Time: "time",
  MicroTime: "microtime",
  RawExtension: "object",
  FieldsV1: "object",
  JSON: "any",
  Patch: "object",
  JSONSchemaPropsOrBool: "any",
  JSONSchemaPropsOrArray: "any",
  JSONSchemaPropsOrStringArray: "any",
}

const typeCode = (text, own) => {
  const type = text.trim()
  if (type.startsWith("Array<")) return `[${typeCode(type.slice(6, -1), own)}`
  if (/^"/.test(type)) return `enum:${[...type.matchAll(/"([^"]*)"/g)].map((m) => m[1]).join("|")}`
  if (type === "number") return "integer"
  if (type === "string" || type === "boolean") return type
  const reference = /^I(?:IoK8s\w*?(?:V\d\w*?)?)?([A-Z]\w*)$/.exec(type)
  if (reference) {
    const special = Object.keys(SPECIAL).find(
      (name) =>
        type === `I${name}` ||
        (type.startsWith("IIoK8s") && type.endsWith(name) && /(Resource|V1|Intstr|Runtime)$/.test(type.slice(1, -name.length))),
    )
    if (special) return SPECIAL[special]
    return `#${type.startsWith("IIoK8s") ? type.slice(1) : (own.get(type) ?? type.slice(1))}`
  }
  const map = /^\{\s*\[key: string\]: ([\s\S]*?);?\s*\}$/.exec(type)
  if (map) return `{${typeCode(map[1], own)}`
  return "object"
}

const clean = (comment) =>
  comment
    .replace(/^\s*\/\*\*/, "")
    .replace(/\*\/\s*$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .trim()

const parse = (text, own, definitions) => {
  const declaration = /((?:\/\*\*[\s\S]*?\*\/\s*)?)export interface (I\w+)[^{]*\{\n([\s\S]*?)\n\}/.exec(text)
  if (!declaration) return
  const [, comment, name, body] = declaration
  const key = own.get(name) ?? name.slice(1)
  const properties = {}
  const required = []
  const member = /((?: {4}\/\*\*[\s\S]*?\*\/\n)?) {4}"([^"]+)"(\??): ((?:\{[\s\S]*?\n {4}\}|Array<\{[\s\S]*?\n {4}\}>|[^\n;]+));/g
  for (const [, description, field, optional, type] of body.matchAll(member)) {
    properties[field] = description ? [typeCode(type, own), clean(description)] : [typeCode(type, own)]
    if (optional === "" && field !== "apiVersion" && field !== "kind") required.push(field)
  }
  definitions[key] = { ...(comment && { d: clean(comment) }), ...(required.length && { r: required }), p: properties }
}

/** Writes the file unless it is newer than the packages and this script. */
export const generate = async () => {
  const roots = [rootOf("kubernetes-models"), rootOf("@kubernetes-models/apimachinery")]
  const newest = Math.max(
    ...roots.map((root) => statSync(join(root, "package.json")).mtimeMs),
    statSync(fileURLToPath(import.meta.url)).mtimeMs,
  )
  if (existsSync(target) && statSync(target).mtimeMs > newest) return
  const definitions = {}
  for (const root of roots)
    for (const path of files(root)) {
      const text = readFileSync(path, "utf8")
      const own = new Map([...text.matchAll(/(I\w+) as I(IoK8s\w+)/g)].map((m) => [m[1], m[2]]))
      parse(text, own, definitions)
    }
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, JSON.stringify(definitions))
  console.error(`Generated ${Object.keys(definitions).length} API definitions.`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await generate()
