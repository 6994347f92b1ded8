/** The older look of kubectl explain (-o plaintext-openapiv2). As kubectl/pkg/explain. */
import { KubectlError } from "../errors.ts"
import { type ExplainOptions, type OpenApiDocument, type OpenApiSchema, explainResolver } from "./plain-text.ts"

interface Options extends ExplainOptions {
  readonly kind: string
  readonly apiVersion: string
}

const WIDTH = 80

/** Whether a line of the source begins one here: lists, and what stands below a colon. */
const startsLine = (lastWord: string, line: string): boolean => lastWord.endsWith(":") || /^(?:\d+\.?|-|\*)\s/.test(line.trim())

/** Words set in lines: the source's own lines are joined, its blank ones and code stay. As kubectl/pkg/explain/formatter.go. */
const paragraphs = (text: string, by: number): string => {
  const width = WIDTH - by
  const lines: string[] = []
  let current = ""
  let lastWord = ""
  const flush = () => {
    if (current) lines.push(current)
    current = ""
    lastWord = ""
  }
  for (const line of text.split("\n")) {
    const code = line.startsWith("    ")
    if (code || (lines.length > 0 && line.trim() === "")) {
      flush()
      lines.push(code ? line : "")
      continue
    }
    if (startsLine(lastWord, line)) flush()
    for (const word of line.split(/\s+/).filter(Boolean)) {
      if (current && current.length + 1 + word.length > width) flush()
      current = current ? `${current} ${word}` : word
      lastWord = word
    }
  }
  flush()
  return lines.map((line) => (line === "" ? "\n" : `${" ".repeat(by)}${line}\n`)).join("") || "\n"
}

const unwrapped = (schema: OpenApiSchema, resolve: (schema: OpenApiSchema) => OpenApiSchema): OpenApiSchema => {
  const target = schema.allOf?.length === 1 ? schema.allOf[0] : schema
  return resolve(target)
}

const typeName = (schema: OpenApiSchema, resolve: (schema: OpenApiSchema) => OpenApiSchema): string => {
  if (schema.items) return `[]${typeName(schema.items, resolve)}`
  if (typeof schema.additionalProperties === "object") return `map[string]${typeName(schema.additionalProperties, resolve)}`
  const target = unwrapped(schema, resolve)
  if (target.properties || target.type === "object" || !target.type) return target.type || target.properties ? "Object" : "string"
  return target.type
}

const inner = (schema: OpenApiSchema, resolve: (schema: OpenApiSchema) => OpenApiSchema): OpenApiSchema => {
  const target = unwrapped(schema, resolve)
  if (target.items) return inner(target.items, resolve)
  if (typeof target.additionalProperties === "object") return inner(target.additionalProperties, resolve)
  return target
}

const recursiveFields = (
  schema: OpenApiSchema,
  resolve: (schema: OpenApiSchema) => OpenApiSchema,
  by: number,
  seen: readonly OpenApiSchema[],
): string =>
  Object.keys(schema.properties ?? {})
    .sort()
    .map((name) => {
      const field = schema.properties?.[name] as OpenApiSchema
      const below = inner(field, resolve)
      const rest = seen.includes(below) ? "" : recursiveFields(below, resolve, by + 3, [...seen, below])
      return `${" ".repeat(by)}${name}\t<${typeName(field, resolve)}>\n${rest}`
    })
    .join("")

export const plainTextV2 = (document: OpenApiDocument, root: OpenApiSchema, { kind, apiVersion, path, recursive }: Options): string => {
  const resolve = explainResolver(document)
  let at: OpenApiSchema = root
  let field: OpenApiSchema | undefined
  for (const name of path) {
    field = inner(at, resolve).properties?.[name]
    if (!field) throw new KubectlError(`field ${JSON.stringify(name)} does not exist`)
    at = field
  }
  const target = inner(at, resolve)
  const isObject = Boolean(target.properties)
  let text = `KIND:     ${kind}\nVERSION:  ${apiVersion}\n\n`
  if (field) text += `${isObject ? "RESOURCE" : "FIELD"}:${isObject ? "" : "   "} ${path.at(-1)} <${typeName(field, resolve)}>\n\n`
  const texts = [...new Set([field?.description, target.description].filter((one) => one !== undefined && one !== ""))] as string[]
  text += `DESCRIPTION:\n${texts.length > 0 ? texts.map((one) => paragraphs(one, 5)).join("\n") : "     <empty>\n"}`
  if (!isObject) return text
  text += "\nFIELDS:\n"
  if (recursive) return text + recursiveFields(target, resolve, 3, [target])
  return (
    text +
    Object.keys(target.properties ?? {})
      .sort()
      .map((name) => {
        const one = target.properties?.[name] as OpenApiSchema
        return `   ${name}\t<${typeName(one, resolve)}>${target.required?.includes(name) ? " -required-" : ""}\n${one.description ? paragraphs(one.description, 5) : "     <no description>\n"}\n`
      })
      .join("")
  )
}
