/** The syntax tree of a Python program. */

/** Lines from 1, columns from 0, in UTF-16 units. */
export interface Span {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**" | "@" | "<<" | ">>" | "&" | "|" | "^"
export type Comparison = "<" | ">" | "==" | ">=" | "<=" | "!=" | "in" | "not in" | "is" | "is not"

export interface Argument {
  /** Undefined: by position. */
  readonly name?: string
  readonly spread?: "*" | "**"
  readonly value: Expression
}

export interface ParameterNode {
  readonly name: string
  readonly kind: "plain" | "rest" | "keyword" | "keywords"
  readonly positional: boolean
  readonly fallback?: Expression
  readonly annotation?: Expression
}

export interface Clause {
  readonly target: Expression
  readonly source: Expression
  readonly conditions: readonly Expression[]
}

export type FormatPart =
  | string
  | { readonly value: Expression; readonly conversion?: string; readonly format?: readonly FormatPart[]; readonly label?: string }

export type Expression = Span &
  (
    | { readonly kind: "number"; readonly value: number | bigint }
    | { readonly kind: "float"; readonly value: number }
    | { readonly kind: "string"; readonly value: string }
    | { readonly kind: "bytes"; readonly value: Uint8Array }
    | { readonly kind: "format"; readonly parts: readonly FormatPart[] }
    | { readonly kind: "constant"; readonly value: "None" | "True" | "False" | "..." }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "tuple" | "list" | "set"; readonly items: readonly Expression[] }
    | { readonly kind: "dict"; readonly items: readonly { readonly key?: Expression; readonly value: Expression }[] }
    | {
        readonly kind: "comprehension"
        readonly makes: "list" | "set" | "dict" | "generator"
        readonly element: Expression
        readonly value?: Expression
        readonly clauses: readonly Clause[]
      }
    | { readonly kind: "unary"; readonly operator: "-" | "+" | "~" | "not"; readonly operand: Expression }
    | {
        readonly kind: "binary"
        readonly operator: BinaryOperator
        readonly left: Expression
        readonly right: Expression
        readonly at: Span
      }
    | { readonly kind: "logic"; readonly operator: "and" | "or"; readonly left: Expression; readonly right: Expression }
    | {
        readonly kind: "compare"
        readonly first: Expression
        readonly rest: readonly { readonly operator: Comparison; readonly value: Expression }[]
      }
    | { readonly kind: "choice"; readonly condition: Expression; readonly consequent: Expression; readonly otherwise: Expression }
    | { readonly kind: "lambda"; readonly parameters: readonly ParameterNode[]; readonly body: Expression }
    | { readonly kind: "call"; readonly callee: Expression; readonly args: readonly Argument[] }
    | { readonly kind: "attribute"; readonly object: Expression; readonly name: string }
    | { readonly kind: "subscript"; readonly object: Expression; readonly index: Expression }
    | { readonly kind: "slice"; readonly start?: Expression; readonly stop?: Expression; readonly step?: Expression }
    | { readonly kind: "star"; readonly value: Expression }
    | { readonly kind: "walrus"; readonly name: string; readonly value: Expression }
    | { readonly kind: "yield"; readonly value?: Expression; readonly from: boolean }
    | { readonly kind: "await"; readonly value: Expression }
  )

export type ExpressionOf<K extends Expression["kind"]> = Extract<Expression, { kind: K }>

export interface Handler extends Span {
  readonly type?: Expression
  readonly name?: string
  readonly body: readonly Statement[]
}

export interface Case {
  readonly pattern: Pattern
  readonly guard?: Expression
  readonly body: readonly Statement[]
}

export type Pattern = Span &
  (
    | { readonly kind: "value"; readonly value: Expression }
    | { readonly kind: "capture"; readonly name?: string }
    | { readonly kind: "as"; readonly pattern: Pattern; readonly name: string }
    | { readonly kind: "or"; readonly patterns: readonly Pattern[] }
    | { readonly kind: "sequence"; readonly items: readonly Pattern[] }
    | { readonly kind: "rest"; readonly name?: string }
    | {
        readonly kind: "mapping"
        readonly items: readonly { readonly key: Expression; readonly pattern: Pattern }[]
        readonly rest?: string
      }
    | {
        readonly kind: "class"
        readonly cls: Expression
        readonly items: readonly Pattern[]
        readonly named: readonly { readonly name: string; readonly pattern: Pattern }[]
      }
  )

export type Statement = Span &
  (
    | { readonly kind: "expression"; readonly value: Expression }
    | { readonly kind: "assign"; readonly targets: readonly Expression[]; readonly value: Expression }
    | { readonly kind: "annotated"; readonly target: Expression; readonly annotation: Expression; readonly value?: Expression }
    | { readonly kind: "augmented"; readonly target: Expression; readonly operator: BinaryOperator; readonly value: Expression }
    | { readonly kind: "return"; readonly value?: Expression }
    | { readonly kind: "pass" | "break" | "continue" }
    | { readonly kind: "delete"; readonly targets: readonly Expression[] }
    | { readonly kind: "raise"; readonly value?: Expression; readonly cause?: Expression }
    | { readonly kind: "assert"; readonly condition: Expression; readonly message?: Expression }
    | { readonly kind: "global" | "nonlocal"; readonly names: readonly string[] }
    | { readonly kind: "import"; readonly names: readonly { readonly module: string; readonly as?: string }[] }
    | {
        readonly kind: "from"
        readonly module: string
        readonly level: number
        /** Undefined: *. */
        readonly names?: readonly { readonly name: string; readonly as?: string }[]
      }
    | {
        readonly kind: "if"
        readonly condition: Expression
        readonly consequent: readonly Statement[]
        readonly otherwise: readonly Statement[]
      }
    | {
        readonly kind: "while"
        readonly condition: Expression
        readonly body: readonly Statement[]
        readonly otherwise: readonly Statement[]
      }
    | {
        readonly kind: "for"
        readonly target: Expression
        readonly source: Expression
        readonly body: readonly Statement[]
        readonly otherwise: readonly Statement[]
      }
    | {
        readonly kind: "try"
        readonly body: readonly Statement[]
        readonly handlers: readonly Handler[]
        readonly otherwise: readonly Statement[]
        readonly last: readonly Statement[]
      }
    | {
        readonly kind: "with"
        readonly items: readonly { readonly value: Expression; readonly target?: Expression }[]
        readonly body: readonly Statement[]
      }
    | {
        readonly kind: "function"
        readonly name: string
        readonly parameters: readonly ParameterNode[]
        readonly body: readonly Statement[]
        readonly decorators: readonly Expression[]
        readonly coroutine: boolean
        readonly returns?: Expression
      }
    | {
        readonly kind: "class"
        readonly name: string
        readonly args: readonly Argument[]
        readonly body: readonly Statement[]
        readonly decorators: readonly Expression[]
      }
    | { readonly kind: "match"; readonly subject: Expression; readonly cases: readonly Case[] }
  )

export type StatementOf<K extends Statement["kind"]> = Extract<Statement, { kind: K }>
