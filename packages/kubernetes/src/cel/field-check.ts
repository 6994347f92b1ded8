/** Finds fields that an expression asks for and that what it asks has not, by schemas. As cel-go's checker does over types made of OpenAPI (k8s.io/apiserver/pkg/cel/openapi). */
import { Environment } from "@marcbachmann/cel-js"
import type { Schema } from "../api/define-kind.ts"
import { withoutObjectLiterals } from "./object-literals.ts"

/** What this file uses of @marcbachmann/cel-js' syntax tree. */
interface Node {
  op: string
  args: unknown
  /** Where the field's name begins, of op ".". */
  pos: number
}

/** Undefined: anything may be asked of it. */
type Type = Schema | undefined

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "op" in value && "args" in value

const ELEMENTWISE = new Set(["all", "exists", "exists_one", "existsOne", "filter", "map", "sortBy"])
/** Deeper than any that is kept: an expression has some 32,000 characters. */
const DEEPEST = 500

const CEL_NAMES: Readonly<Record<string, string>> = { string: "string", boolean: "bool", integer: "int", number: "double" }

class FieldCheck {
  readonly found: { at: number; message: string }[] = []
  readonly #roots: ReadonlyMap<string, Schema>

  constructor(roots: ReadonlyMap<string, Schema>) {
    this.#roots = roots
  }

  /** The type of `node`, as far as schemas tell. */
  typeOf(node: unknown, scope: ReadonlyMap<string, Type>, depth = 0): Type {
    if (!isNode(node) || depth > DEEPEST) return undefined
    const { op, args } = node
    if (op === "id") return scope.has(String(args)) ? scope.get(String(args)) : this.#roots.get(String(args))
    const parts = Array.isArray(args) ? (args as unknown[]) : []
    if (op === ".") return this.#select(this.typeOf(parts[0], scope, depth + 1), String(parts[1]), node.pos - 1)
    if (op === "[]") {
      const [of] = parts.map((part) => this.typeOf(part, scope, depth + 1))
      return of?.items ?? (typeof of?.additionalProperties === "object" ? of.additionalProperties : undefined)
    }
    if (op === "rcall" && ELEMENTWISE.has(String(parts[0]))) return this.#elementwise(parts, scope, depth)
    for (const part of parts) {
      this.typeOf(part, scope, depth + 1)
      if (Array.isArray(part)) for (const one of part) this.typeOf(one, scope, depth + 1)
    }
    return undefined
  }

  /** all(x, …): the variable stands for an item, or for a map's key. */
  #elementwise([name, receiver, given]: readonly unknown[], scope: ReadonlyMap<string, Type>, depth: number): Type {
    const of = this.typeOf(receiver, scope, depth + 1)
    const [variable, ...bodies] = Array.isArray(given) ? (given as unknown[]) : []
    const inner = new Map(scope)
    if (isNode(variable) && variable.op === "id") inner.set(String(variable.args), of?.items)
    for (const body of bodies) this.typeOf(body, inner, depth + 1)
    return name === "filter" ? of : undefined
  }

  #select(of: Type, field: string, at: number): Type {
    if (!of || of["x-kubernetes-preserve-unknown-fields"] || of["x-kubernetes-int-or-string"]) return undefined
    const plain = of.type === undefined ? undefined : CEL_NAMES[of.type]
    if (plain) this.found.push({ at, message: `type '${plain}' does not support field selection` })
    if (plain || of.type === "array") return undefined
    if (of.additionalProperties) return typeof of.additionalProperties === "object" ? of.additionalProperties : undefined
    if (!of.properties) return undefined
    if (Object.hasOwn(of.properties, field)) return of.properties[field]
    this.found.push({ at, message: `undefined field '${field}'` })
    return undefined
  }
}

/** As cel-go's common.Error shows a place in a source. */
const shown = (source: string, at: number, message: string): string => {
  const before = source.slice(0, at).split("\n")
  const column = before[before.length - 1].length
  const line = source.split("\n")[before.length - 1]
  return `ERROR: <input>:${before.length}:${column + 1}: ${message}\n | ${line}\n | ${".".repeat(column)}^`
}

let environment: Environment | undefined

/** Empty for an expression that asks for nothing that is not there, or that is none. Lines as cel-go prints them. */
export const undefinedFields = (source: string, roots: ReadonlyMap<string, Schema>): string => {
  environment ??= new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true, homogeneousAggregateLiterals: false })
  let tree: unknown
  try {
    tree = environment.parse(withoutObjectLiterals(source)).ast
  } catch {
    // Validation has refused it.
    return ""
  }
  const check = new FieldCheck(roots)
  check.typeOf(tree, new Map())
  return check.found
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, message }) => shown(source, at, message))
    .join("\n")
}
