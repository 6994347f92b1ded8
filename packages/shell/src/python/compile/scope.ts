/** Which scope a name belongs to, found before anything runs (Python/symtable.c). */
import type { Expression, ParameterNode, Pattern, Span, Statement } from "../syntax/nodes.ts"
import { PythonSyntaxError } from "../syntax/syntax-error.ts"
import type { Code, Step } from "./code.ts"

/** Where a name's value is: in a slot so many scopes out, among the names of this scope, or global. */
export type Place =
  | { readonly kind: "slot"; readonly depth: number; readonly index: number }
  | { readonly kind: "names" }
  | { readonly kind: "global" }

/** What compilers of parts ask of the whole: an expression may hold a function, its body statements, and those expressions again. */
export interface Compilers {
  readonly expression: (node: Expression, scope: Scope) => Code
  readonly block: (body: readonly Statement[], scope: Scope) => Step
}

export const compileExpression = (node: Expression, scope: Scope): Code => scope.compilers.expression(node, scope)

export const compileBlock = (body: readonly Statement[], scope: Scope): Step => scope.compilers.block(body, scope)

export class Scope {
  readonly compilers: Compilers
  readonly kind: "module" | "class" | "function"
  readonly parent: Scope | undefined
  readonly qualifiedName: string
  readonly slots: string[] = []
  readonly #indexes = new Map<string, number>()
  readonly globals = new Set<string>()
  readonly nonlocals = new Set<string>()
  /** Of the class around, for private names and super(). */
  readonly className: string | undefined
  /** A comprehension's: assignments by := go further out. */
  readonly inline: boolean
  loops = 0
  kindOfFunction: "function" | "generator" | "coroutine" = "function"

  /** `outer`: the scope around it, or for a module who compiles its parts. */
  constructor(kind: Scope["kind"], outer: Scope | Compilers, name: string, options: { inline?: boolean; className?: string } = {}) {
    const parent = outer instanceof Scope ? outer : undefined
    this.kind = kind
    this.parent = parent
    this.compilers = outer instanceof Scope ? outer.compilers : outer
    this.inline = options.inline ?? false
    this.className = options.className ?? parent?.className
    this.qualifiedName =
      parent === undefined || parent.kind === "module"
        ? name
        : `${parent.qualifiedName}${parent.kind === "function" ? ".<locals>" : ""}.${name}`
  }

  /** A name that is bound here. */
  declare(name: string): void {
    if (this.kind !== "function" || this.globals.has(name) || this.nonlocals.has(name) || this.#indexes.has(name)) return
    this.#indexes.set(name, this.slots.length)
    this.slots.push(name)
  }

  index(name: string): number | undefined {
    return this.#indexes.get(name)
  }

  /** __name in a class is _Class__name. */
  mangled(name: string): string {
    if (this.className === undefined || !name.startsWith("__") || name.endsWith("__") || name.includes(".")) return name
    return `_${this.className.replace(/^_+/, "")}${name}`
  }

  place(name: string): Place {
    if (this.kind === "module") return { kind: "names" }
    if (this.globals.has(name)) return { kind: "global" }
    if (this.kind === "class" && !this.nonlocals.has(name)) return { kind: "names" }
    return this.#outer(name)
  }

  #outer(name: string): Place {
    let depth = 0
    for (let scope: Scope | undefined = this; scope; scope = scope.parent, depth++) {
      if (scope.kind !== "function") continue
      const index = scope.index(name)
      if (index !== undefined) return { kind: "slot", depth, index }
      if (scope.globals.has(name)) return { kind: "global" }
    }
    return { kind: "global" }
  }

  /** Of a name that a class body does not bind itself: the function around, or global. */
  enclosing(name: string): Place {
    return this.#outer(name)
  }

  /** Where := in a comprehension puts its name. */
  get assigned(): Scope {
    return this.inline && this.parent ? this.parent.assigned : this
  }
}

/** What a body tells of its function. */
export interface Findings {
  yields: boolean
  awaits: boolean
}

class Binder {
  readonly #scope: Scope
  readonly findings: Findings = { yields: false, awaits: false }

  constructor(scope: Scope) {
    this.#scope = scope
  }

  declarations(statements: readonly Statement[]): void {
    for (const statement of statements) {
      if (statement.kind === "global") for (const name of statement.names) this.#scope.globals.add(name)
      else if (statement.kind === "nonlocal") {
        for (const name of statement.names) {
          if (this.#scope.kind === "module") throw new PythonSyntaxError("nonlocal declaration not allowed at module level", statement)
          if (!this.#known(name)) throw new PythonSyntaxError(`no binding for nonlocal '${name}' found`, statement)
          this.#scope.nonlocals.add(name)
        }
      } else for (const block of blocksOf(statement)) this.declarations(block)
    }
  }

  #known(name: string): boolean {
    for (let scope = this.#scope.parent; scope; scope = scope.parent)
      if (scope.kind === "function" && scope.index(name) !== undefined) return true
    return false
  }

  #bind(name: string): void {
    this.#scope.declare(this.#scope.mangled(name))
  }

  target(node: Expression): void {
    if (node.kind === "name") this.#bind(node.name)
    else if (node.kind === "tuple" || node.kind === "list") for (const item of node.items) this.target(item)
    else if (node.kind === "star") this.target(node.value)
    else this.visit(node)
  }

  /** Looks into expressions for := and yield. */
  visit(node: unknown): void {
    if (Array.isArray(node)) {
      for (const one of node) this.visit(one)
      return
    }
    if (typeof node !== "object" || node === null) return
    const { kind } = node as { kind?: string }
    if (kind === "walrus") this.#bind((node as { name: string }).name)
    if (kind === "yield") this.findings.yields = true
    if (kind === "await") this.findings.awaits = true
    if (kind === "lambda") {
      for (const { fallback } of (node as { parameters: ParameterNode[] }).parameters) this.visit(fallback)
      return
    }
    for (const value of Object.values(node)) if (typeof value === "object") this.visit(value)
  }

  pattern(pattern: Pattern): void {
    switch (pattern.kind) {
      case "capture":
      case "rest":
        if (pattern.name !== undefined) this.#bind(pattern.name)
        return
      case "as":
        this.#bind(pattern.name)
        this.pattern(pattern.pattern)
        return
      case "or":
        for (const one of pattern.patterns) this.pattern(one)
        return
      case "sequence":
        for (const one of pattern.items) this.pattern(one)
        return
      case "mapping":
        for (const one of pattern.items) this.pattern(one.pattern)
        if (pattern.rest !== undefined) this.#bind(pattern.rest)
        return
      case "class":
        for (const one of pattern.items) this.pattern(one)
        for (const one of pattern.named) this.pattern(one.pattern)
        return
      case "value":
        return
    }
  }

  statements(body: readonly Statement[]): void {
    for (const statement of body) this.#statement(statement)
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case "function":
        this.#bind(statement.name)
        this.visit(statement.decorators)
        for (const { fallback, annotation } of statement.parameters) this.visit([fallback, annotation])
        return
      case "class":
        this.#bind(statement.name)
        this.visit(statement.decorators)
        this.visit(statement.args)
        return
      case "import":
        for (const { module, as } of statement.names) this.#bind(as ?? module.split(".")[0])
        return
      case "from":
        for (const { name, as } of statement.names ?? []) this.#bind(as ?? name)
        return
      case "assign":
        for (const target of statement.targets) this.target(target)
        this.visit(statement.value)
        return
      case "annotated":
        this.target(statement.target)
        this.visit(statement.value)
        return
      case "augmented":
        this.target(statement.target)
        this.visit(statement.value)
        return
      case "delete":
        for (const target of statement.targets) this.target(target)
        return
      case "for":
        this.target(statement.target)
        this.visit(statement.source)
        break
      case "with":
        for (const { value, target } of statement.items) {
          this.visit(value)
          if (target) this.target(target)
        }
        break
      case "try":
        for (const { name, type } of statement.handlers) {
          if (name !== undefined) this.#bind(name)
          this.visit(type)
        }
        break
      case "match":
        this.visit(statement.subject)
        for (const { pattern, guard } of statement.cases) {
          this.pattern(pattern)
          this.visit(guard)
        }
        break
      case "if":
      case "while":
        this.visit(statement.condition)
        break
      case "global":
      case "nonlocal":
        return
      default:
        this.visit({ ...statement, kind: undefined })
        return
    }
    for (const block of blocksOf(statement)) this.statements(block)
  }
}

/** Blocks of a statement that belong to the same scope. */
const blocksOf = (statement: Statement): readonly (readonly Statement[])[] => {
  switch (statement.kind) {
    case "if":
      return [statement.consequent, statement.otherwise]
    case "while":
    case "for":
      return [statement.body, statement.otherwise]
    case "try":
      return [statement.body, ...statement.handlers.map(({ body }) => body), statement.otherwise, statement.last]
    case "with":
      return [statement.body]
    case "match":
      return statement.cases.map(({ body }) => body)
    default:
      return []
  }
}

/** Declares all that a body binds. Throws PythonSyntaxError. */
export const bindBody = (scope: Scope, body: readonly Statement[]): Findings => {
  const binder = new Binder(scope)
  binder.declarations(body)
  binder.statements(body)
  return binder.findings
}

/** Declares what an expression (a lambda's body, a comprehension's target) binds. */
export const bindExpression = (scope: Scope, expression: Expression): Findings => {
  const binder = new Binder(scope)
  binder.visit(expression)
  return binder.findings
}

export const bindTarget = (scope: Scope, target: Expression): void => new Binder(scope).target(target)

/** Refuses what may only stand elsewhere. */
export const outside = (what: string, at: Span): never => {
  throw new PythonSyntaxError(`'${what}' outside ${what === "return" || what === "yield" || what === "await" ? "function" : "loop"}`, at)
}
