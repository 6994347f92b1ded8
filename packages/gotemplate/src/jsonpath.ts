/** Kubernetes' JSONPath templates over JSON values. As k8s.io/client-go/util/jsonpath/jsonpath.go. */
import { goJson, type GoKind, goKind, goType, goValue, isMap, sortedKeys } from "./go-values.ts"
import { JsonPathError, parsePath, type PathNode } from "./jsonpath-parser.ts"

export { JsonPathError } from "./jsonpath-parser.ts"

/** What a wildcard reaches: also a text's bytes, since Go takes it for a list of them. */
const children = (value: unknown): unknown[] =>
  Array.isArray(value)
    ? value
    : isMap(value)
      ? sortedKeys(value).map((key) => value[key])
      : typeof value === "string"
        ? [...new TextEncoder().encode(value)]
        : []

const descend = (value: unknown): unknown[] => {
  const below = children(value)
  return below.length === 0 ? [] : [value, ...below.flatMap(descend)]
}

const compared = (value: unknown): GoKind => {
  const kind = goKind(value)
  if (!["bool", "int", "float", "string"].includes(kind)) throw new Error("invalid type for comparison")
  return kind
}

const alike = (a: unknown, b: unknown): GoKind => {
  const kind = compared(a)
  if (kind !== compared(b)) throw new Error("incompatible types for comparison")
  return kind
}

const equal = (a: unknown, b: unknown): boolean => {
  alike(a, b)
  return a?.valueOf() === b?.valueOf()
}

const less = (a: unknown, b: unknown): boolean => {
  if (alike(a, b) === "bool") throw new Error("invalid type for comparison")
  return (a as number) < (b as number)
}

/** As client-go's fork of text/template compares: with fewer words than Go's own. */
const OPERATORS: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  "==": equal,
  "!=": (a, b) => !equal(a, b),
  "<": less,
  "<=": (a, b) => less(a, b) || equal(a, b),
  ">": (a, b) => !less(a, b) && !equal(a, b),
  ">=": (a, b) => !less(a, b),
}

/** One run over one object. What `range` and `end` did is counted here until the next text or action is looked at. */
class Walk {
  readonly allowMissing: boolean
  beginning = 0
  ending = 0
  inside = 0
  /** Where the last {end} stands. */
  lastEnd: number | undefined

  constructor(allowMissing: boolean) {
    this.allowMissing = allowMissing
  }

  /** What each text and action from FIRST on finds, up to an {end} of this range. */
  results(nodes: readonly PathNode[], first: number, current: unknown): unknown[][] {
    const found: unknown[][] = []
    for (let at = first; at < nodes.length; at++) {
      const values = this.node([current], nodes[at])
      if (this.ending > 0 && this.ending <= this.inside) {
        this.ending--
        this.lastEnd = at
        break
      }
      if (this.beginning === 0) {
        found.push(values)
        continue
      }
      this.beginning--
      this.inside++
      for (const value of values) found.push(...this.results(nodes, at + 1, value))
      // A range without results is run once for nothing, to find its end.
      if (values.length === 0) this.results(nodes, at + 1, undefined)
      this.inside--
      // A range without an {end} goes on behind itself once more.
      if (this.lastEnd !== undefined && this.lastEnd > at) at = this.lastEnd
    }
    return found
  }

  list(nodes: readonly PathNode[], input: readonly unknown[]): unknown[] {
    let current = [...input]
    for (const node of nodes) current = this.node(current, node)
    return current
  }

  node(input: readonly unknown[], node: PathNode): unknown[] {
    switch (node.kind) {
      case "list":
        return this.list(node.nodes, input)
      case "text":
        return [node.text]
      case "constant":
        return input.map(() => node.value)
      case "field":
        return this.field(input, node.name)
      case "wildcard":
        return input.flatMap(children)
      case "recursive":
        return input.flatMap(descend)
      case "array":
        return slices(input, node)
      case "union":
        return this.failing(input, () => node.parts.flatMap((part) => this.list(part, input)))
      case "filter":
        return input.flatMap((value) => this.filter(input, value, node))
      case "word":
        return this.word(input, node.word)
    }
  }

  word(input: readonly unknown[], word: string): unknown[] {
    if (word === "range") {
      this.beginning++
      return [...input]
    }
    if (word !== "end") throw new JsonPathError(`unrecognized identifier ${word}`, input)
    if (this.inside === 0) throw new JsonPathError("not in range, nothing to end")
    this.ending++
    return []
  }

  field(input: readonly unknown[], name: string): unknown[] {
    if (input.length === 0) return []
    const found = input.flatMap((value) => (isMap(value) && Object.hasOwn(value, name) ? [value[name]] : []))
    if (found.length === 0 && !this.allowMissing) throw new JsonPathError(`${name} is not found`)
    return found
  }

  /** Runs `work`, whose fault leaves the input as it was. */
  failing(input: readonly unknown[], work: () => unknown[]): unknown[] {
    try {
      return work()
    } catch (error) {
      throw error instanceof JsonPathError ? new JsonPathError(error.message, input) : error
    }
  }

  filter(input: readonly unknown[], value: unknown, { left, operator, right }: Extract<PathNode, { kind: "filter" }>): unknown[] {
    if (!Array.isArray(value)) {
      const told = value === undefined ? "<invalid reflect.Value>" : goValue(value)
      throw new JsonPathError(`${told} is not array or slice and cannot be filtered`, input)
    }
    return value.filter((item) => {
      if (operator === "exists") return this.exists(left, item)
      const [one, rest] = this.failing(input, () => this.list(left, [item]))
      if (rest !== undefined) throw new JsonPathError("can only compare one element at a time", input)
      if (one === undefined) return false
      const [other, others] = this.failing(input, () => this.list(right, [item]))
      if (others !== undefined) throw new JsonPathError("can only compare one element at a time", input)
      if (other === undefined) return false
      const compare = OPERATORS[operator]
      if (!compare) throw new JsonPathError(`unrecognized filter operator ${operator}`)
      try {
        return compare(one, other)
      } catch (error) {
        throw new JsonPathError((error as Error).message)
      }
    })
  }

  /** Whether a path leads anywhere: what was found before a fault counts too. */
  exists(path: readonly PathNode[], item: unknown): boolean {
    try {
      return this.list(path, [item]).length > 0
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error
      return error.found.length > 0
    }
  }
}

/** An index or a range of each list. The first of them that is asked for nothing ends it. */
const slices = (input: readonly unknown[], { from, to, step, single }: Extract<PathNode, { kind: "array" }>): unknown[] => {
  const found: unknown[] = []
  const fail = (message: string): never => {
    throw new JsonPathError(message, input)
  }
  for (const value of input) {
    if (value === null || value === undefined) continue
    if (!Array.isArray(value)) return fail(`${goType(value)} is not array or slice`)
    const { length } = value
    let start = from ?? 0
    if (start < 0) start += length
    let end = single ? (from ?? 0) + 1 : (to ?? length)
    if (end < 0 || (end === 0 && single)) end += length
    if (start === end) return found
    if (start >= length || start < 0) return fail(`array index out of bounds: index ${start}, length ${length}`)
    if (end > length || end < 0) return fail(`array index out of bounds: index ${end - 1}, length ${length}`)
    if (start > end) return fail(`starting index ${start} is greater than ending index ${end}`)
    if (step !== undefined && step <= 0) return fail("step must be > 0")
    found.push(...value.slice(start, end).filter((_, at) => at % (step ?? 1) === 0))
  }
  return found
}

const show = (value: unknown): string => {
  const kind = goKind(value)
  return kind === "slice" || kind === "map" ? goJson(value) : value === null ? "null" : goValue(value)
}

/** kubectl accepts ".a", "a", "{a}" and "{.a}". As kubectl/pkg/cmd/get.RelaxedJSONPathExpression. */
export const relaxed = (path: string): string => {
  if (path === "") return path
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(path)
  if (!match)
    throw new JsonPathError(`unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`)
  return `{.${match[1] ?? match[2]}}`
}

export interface JsonPathOptions {
  /** A field that is not there is an error unless this is true (default). */
  readonly allowMissing?: boolean
  /** Each action's values as a JSON list. */
  readonly asJson?: boolean
}

/** A template, parsed once. Throws JsonPathError. */
export const parseJsonPath = (template: string) => {
  const nodes = parsePath(template)
  const results = (root: unknown, allowMissing: boolean) => new Walk(allowMissing).results(nodes, 0, root)
  return {
    /** Its text for `root`. */
    text: (root: unknown, { allowMissing = true, asJson = false }: JsonPathOptions = {}): string =>
      results(root, allowMissing)
        .map((values) => (asJson ? `${goJson(values, "    ")}\n` : values.map(show).join(" ")))
        .join(""),
    /** All values that it finds, flat. */
    values: (root: unknown, allowMissing = true): unknown[] => results(root, allowMissing).flat(),
  }
}

export const jsonPath = (template: string, root: unknown, allowMissing = true): string =>
  parseJsonPath(template).text(root, { allowMissing })

/** The values that a single path (braces or not) finds. */
export const jsonPathValues = (path: string, root: unknown): unknown[] => parseJsonPath(relaxed(path)).values(root)
