/** A YAML file checked against a schema, every complaint with its line and column. */
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml"
import type { z } from "zod"
import { closest, type KnownFields } from "./field-names.ts"
import type { Problem } from "./lesson.ts"

export type Path = readonly (string | number)[]

/** A parsed file that can say where things are. */
export class YamlSource {
  readonly file: string
  readonly #document: Document.Parsed
  readonly #lines: LineCounter
  /** Lines before the YAML begins (front matter has one). */
  readonly #skipped: number

  constructor(file: string, text: string, skippedLines = 0) {
    this.file = file
    this.#skipped = skippedLines
    this.#lines = new LineCounter()
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, stringKeys: true, merge: false })
  }

  /** A problem at an offset of the text. */
  #at(offset: number, message: string, severity: Problem["severity"] = "error"): Problem {
    const { line, col } = this.#lines.linePos(Math.max(0, offset))
    return { file: this.file, line: Math.max(1, line) + this.#skipped, column: Math.max(1, col), message, severity }
  }

  /** A problem at the value under `path`, or at the nearest parent that exists. `key` points at that key's name instead. */
  problem(path: Path, message: string, options: { key?: string; severity?: Problem["severity"] } = {}): Problem {
    let node: unknown = this.#document.contents
    let offset = offsetOf(node)
    for (const step of path) {
      const pair = isMap(node) ? pairOf(node.items, step) : undefined
      const next: unknown = pair ? (pair.value ?? pair.key) : isSeq(node) && typeof step === "number" ? node.items[step] : undefined
      if (next === undefined) break
      node = isAlias(next) ? next.resolve(this.#document) : next
      offset = offsetOf(pair?.key ?? next) ?? offset
    }
    if (options.key !== undefined && isMap(node)) offset = offsetOf(pairOf(node.items, options.key)?.key) ?? offset
    return this.#at(offset ?? 0, message, options.severity)
  }

  /** The value as the schema has it, defaults filled in; undefined with problems otherwise. */
  read<S extends z.ZodType>(schema: S, known: KnownFields): { value?: z.output<S>; problems: Problem[] } {
    const problems = this.#document.errors.map((error) => this.#at(error.pos[0], sentence(error.message)))
    for (const warning of this.#document.warnings) problems.push(this.#at(warning.pos[0], sentence(warning.message), "warning"))
    if (this.#document.errors.length > 0) return { problems }
    let raw: unknown
    try {
      raw = this.#document.toJS({ maxAliasCount: 100 })
    } catch (error) {
      return { problems: [this.#at(0, sentence((error as Error).message))] }
    }
    const parsed = schema.safeParse(raw)
    if (parsed.success) return { value: parsed.data, problems }
    for (const issue of parsed.error.issues) problems.push(...this.#explain(issue, issue.path as Path, raw, known))
    return { problems }
  }

  #explain(issue: z.core.$ZodIssue, path: Path, raw: unknown, known: KnownFields): Problem[] {
    const field = path.length === 0 ? "the file" : `"${named(path)}"`
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys.map((key) => {
          const near = closest(key, known)
          return this.problem(path, `unknown field "${key}"${near ? `; did you mean "${near}"?` : ""}`, { key })
        })
      case "invalid_type": {
        const given = valueAt(raw, path)
        if (given === undefined) return [this.problem(path.slice(0, -1), `${field} is missing`)]
        return [this.problem(path, `${field} must be ${typeName(issue.expected)}, not ${describe(given)}`)]
      }
      case "invalid_union": {
        if (issue.errors.length === 0) {
          const given = valueAt(raw, path)
          // Without a discriminator that fits; its path may point at the object or at the field.
          const kind = typeof given === "object" && given !== null ? (given as Record<string, unknown>).kind : given
          const where = path.at(-1) === "kind" ? path : [...path, "kind"]
          return [
            this.problem(
              where,
              kind === undefined
                ? `a check needs a kind: cel, script, http, history or quiz`
                : `there is no kind of check ${JSON.stringify(kind)}; there are cel, script, http, history and quiz`,
            ),
          ]
        }
        // The branch that got furthest explains best.
        const furthest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0]
        if (depth(furthest) > 0) return furthest.flatMap((inner) => this.#explain(inner, [...path, ...(inner.path as Path)], raw, known))
        return [this.problem(path, `${field} has the wrong type: ${describe(valueAt(raw, path))}`)]
      }
      case "invalid_value":
        return [this.problem(path, `${field} must be one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`)]
      case "too_small":
        return [
          this.problem(
            path,
            issue.origin === "array"
              ? `${field} needs at least ${issue.minimum} entry`
              : `${field} must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`,
          ),
        ]
      case "too_big":
        return [this.problem(path, `${field} may be at most ${issue.maximum}${issue.origin === "array" ? " entries long" : ""}`)]
      case "invalid_format":
        return [
          this.problem(
            path,
            issue.message.startsWith("Invalid")
              ? `${field} does not have the form ${issue.pattern ?? issue.format}`
              : `${field}: ${issue.message}`,
          ),
        ]
      default:
        return [this.problem(path, `${field}: ${issue.message}`)]
    }
  }
}

const pairOf = (pairs: readonly Pair[], key: string | number): Pair | undefined =>
  pairs.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))

const offsetOf = (node: unknown): number | undefined => (isNode(node) ? (node as Node).range?.[0] : undefined)

const valueAt = (raw: unknown, path: Path): unknown => {
  let value = raw
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

const depth = (issues: readonly z.core.$ZodIssue[]): number =>
  Math.max(0, ...issues.map(({ path, code }) => path.length + (code === "unrecognized_keys" ? 1 : 0)))

/** tasks.0.checks.1.title → tasks[0].checks[1].title */
const named = (path: Path): string =>
  path.map((step, index) => (typeof step === "number" ? `[${step}]` : index > 0 ? `.${step}` : step)).join("")

const typeName = (expected: string): string =>
  ({
    string: "text",
    int: "a whole number",
    number: "a number",
    array: "a list",
    object: "a map",
    record: "a map",
    boolean: "true or false",
  })[expected] ?? expected

const describe = (value: unknown): string => {
  if (value === null || value === undefined) return "empty"
  if (Array.isArray(value)) return "a list"
  if (typeof value === "object") return "a map"
  return typeof value === "string" ? `the text ${JSON.stringify(value.slice(0, 40))}` : `${JSON.stringify(value)}`
}

const sentence = (message: string): string =>
  message
    .split("\n")[0]
    .replace(/ at line \d+, column \d+:?$/, "")
    .replace(/[.:]$/, "")
