/** What is wrong with a program's text, and where. */
import type { Span } from "./nodes.ts"

export class PythonSyntaxError extends Error {
  readonly kind: "SyntaxError" | "IndentationError" | "TabError"
  readonly at: Span
  /** The text ended too early: a prompt asks for more. */
  readonly incomplete: boolean

  constructor(message: string, at: Span, options: { kind?: "SyntaxError" | "IndentationError" | "TabError"; incomplete?: boolean } = {}) {
    super(message)
    this.at = at
    this.kind = options.kind ?? "SyntaxError"
    this.incomplete = options.incomplete ?? false
  }
}
