/** jq's language: its expressions, patterns and definitions. */

export type Pattern =
  | { type: "variable"; name: string }
  | { type: "array"; items: Pattern[] }
  | { type: "object"; entries: { key: Ast; variable: string | undefined; value: Pattern | undefined }[] }

export type Ast =
  | { type: "identity" }
  | { type: "recurse" }
  | { type: "literal"; value: null | boolean | number | string }
  | { type: "text"; format: string | undefined; parts: (string | Ast)[] }
  | { type: "format"; name: string }
  | { type: "field"; target: Ast; name: Ast }
  | { type: "slice"; target: Ast; from: Ast | undefined; to: Ast | undefined }
  | { type: "iterate"; target: Ast }
  | { type: "try"; body: Ast; handler: Ast | undefined }
  | { type: "array"; body: Ast | undefined }
  | { type: "object"; entries: { key: Ast; value: Ast | undefined }[] }
  | { type: "negate"; body: Ast }
  | { type: "pipe"; left: Ast; right: Ast }
  | { type: "comma"; left: Ast; right: Ast }
  | { type: "binary"; operator: string; left: Ast; right: Ast }
  | { type: "assign"; operator: string; left: Ast; right: Ast }
  | { type: "if"; test: Ast; then: Ast; otherwise: Ast | undefined }
  | { type: "reduce"; source: Ast; pattern: Pattern; start: Ast; update: Ast }
  | { type: "foreach"; source: Ast; pattern: Pattern; start: Ast; update: Ast; extract: Ast | undefined }
  | { type: "as"; source: Ast; patterns: Pattern[]; body: Ast }
  | { type: "define"; definition: Definition; body: Ast }
  | { type: "call"; name: string; args: Ast[]; at?: number }
  | { type: "variable"; name: string; line: number; at?: number }
  | { type: "label"; name: string; body: Ast }
  | { type: "break"; name: string; at?: number }

export interface Definition {
  name: string
  parameters: string[]
  body: Ast
}

/** What is wrong with a program's text, and where. */
export class JqSyntaxError extends Error {
  /** Place in the program. */
  readonly at: number
  /** What jq says besides. */
  readonly also: string | undefined

  constructor(message: string, at = 0, also?: string) {
    super(message)
    this.at = at
    this.also = also
  }
}
