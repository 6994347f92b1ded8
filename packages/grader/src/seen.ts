/** What was seen, in a few words: values as text, and the part of an expression that is not so. */
import type { ASTNode } from "@marcbachmann/cel-js"
import { compile, type Expression, type Outcome } from "./cel.ts"
import type { ObjectReader } from "./objects.ts"

const LONGEST = 200

export const shorten = (text: string): string => {
  const line = text.trim().replace(/\s+/g, " ")
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line
}

export const asText = (value: unknown): string => {
  if (typeof value === "string") return value === "" ? '""' : shorten(value)
  if (Array.isArray(value) && value.every((item) => typeof item !== "object"))
    return value.length === 0 ? "none" : shorten(value.map(asText).join(", "))
  if (typeof value === "object" && value !== null)
    return shorten(JSON.stringify(value, (_, member: unknown) => (typeof member === "bigint" ? Number(member) : member)) ?? "")
  return String(value)
}

const COMPARISONS: readonly string[] = ["==", "!=", "<", "<=", ">", ">=", "in"]

/** The part of `a && b && c` that is not true, and of a comparison what stands on its left. */
export const explainFailure = (expression: Expression, reader: ObjectReader): string | undefined => {
  let node: ASTNode = expression.ast
  const part = (inner: ASTNode): Outcome | undefined => {
    const made = compile(expression.source.slice(inner.start, inner.end))
    return "expression" in made ? made.expression.evaluate(reader) : undefined
  }
  for (let depth = 0; node.op === "&&" && depth < 60; depth++) {
    const [left, right] = node.args as [ASTNode, ASTNode]
    const outcome = part(left)
    if (!outcome) return undefined
    node = "value" in outcome && outcome.value === true ? right : left
  }
  if (!COMPARISONS.includes(node.op)) {
    const outcome = part(node)
    return outcome && "error" in outcome ? outcome.error : undefined
  }
  const [left] = node.args as [ASTNode, ASTNode]
  if (left.op === "value") return undefined
  const outcome = part(left)
  return outcome && ("value" in outcome ? asText(outcome.value) : outcome.error)
}
