/** What an awk program is made of. */

export type Expression =
  | { kind: "number"; value: number }
  | { kind: "string"; value: string }
  | { kind: "regex"; source: string }
  | { kind: "variable"; name: string }
  | { kind: "field"; index: Expression }
  | { kind: "element"; name: string; keys: Expression[] }
  | { kind: "unary"; operator: string; operand: Expression }
  | { kind: "binary"; operator: string; left: Expression; right: Expression }
  | { kind: "assign"; operator: string; target: Expression; value: Expression }
  | { kind: "step"; operator: string; prefix: boolean; target: Expression }
  | { kind: "ternary"; test: Expression; yes: Expression; no: Expression }
  | { kind: "call"; name: string; args: Expression[] }
  | { kind: "in"; keys: Expression[]; name: string }
  | { kind: "getline"; target: Expression | undefined; file: Expression | undefined; command: Expression | undefined }
  | { kind: "list"; items: Expression[] }

export type Statement =
  | { kind: "block"; body: Statement[] }
  | { kind: "if"; test: Expression; yes: Statement; no: Statement | undefined }
  | { kind: "while"; test: Expression; body: Statement; first: boolean }
  | { kind: "for"; start: Statement | undefined; test: Expression | undefined; step: Statement | undefined; body: Statement }
  | { kind: "each"; name: string; array: string; body: Statement }
  | { kind: "print"; args: Expression[]; format: boolean; to: { operator: ">" | ">>" | "|"; target: Expression } | undefined }
  | { kind: "expression"; value: Expression }
  | { kind: "jump"; name: "next" | "nextfile" | "break" | "continue" | "exit" | "return"; value: Expression | undefined }
  | { kind: "delete"; name: string; keys: Expression[] | undefined }

export interface Rule {
  pattern: "BEGIN" | "END" | Expression | [Expression, Expression] | undefined
  action: Statement | undefined
}

export interface AwkFunction {
  parameters: readonly string[]
  /** Parameters that its body uses as arrays. */
  arrays: Set<string>
  body: Statement
}

export interface Program {
  rules: Rule[]
  functions: Map<string, AwkFunction>
}

/** A program that is none; the text as mawk's parse.y words it. */
export class AwkSyntaxError extends Error {}

/** What ends a program while it runs. */
export class AwkError extends Error {}
