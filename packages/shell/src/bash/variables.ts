/** Variables: scalars, arrays, attributes, scopes. */
import { ExpansionError, ScriptError } from "./expansion-error.ts"

export interface Variable {
  value: string | undefined
  array?: Map<string, string>
  associative?: boolean
  exported?: boolean
  readonly?: boolean
  integer?: boolean
  lower?: boolean
  upper?: boolean
  /** declare -c: the first letter large, the others small. */
  capital?: boolean
  /** declare -t: nothing comes of it but its letter. */
  traced?: boolean
  /** An array that was declared and never assigned to. */
  blank?: boolean
  /** Its value is another variable's name, which it stands for. */
  nameref?: boolean
}

/** Namerefs of namerefs that are followed. */
const MAX_REFERENCES = 8

/** Elements of one array. */
const MAX_ELEMENTS = 100_000

export class ReadonlyError extends ScriptError {}

export class Variables {
  #scopes: Map<string, Variable>[]
  /** The scopes are another shell's as well: whoever changes them first makes its own copy. */
  #shared: boolean

  constructor(scopes: Map<string, Variable>[] = [new Map()], shared = false) {
    this.#scopes = scopes
    this.#shared = shared
  }

  /** For a child: most end before they change anything. */
  copy(): Variables {
    this.#shared = true
    return new Variables(this.#scopes, true)
  }

  #change(): void {
    if (!this.#shared) return
    this.#shared = false
    this.#scopes = this.#scopes.map((scope) => {
      const own = new Map<string, Variable>()
      for (const [name, variable] of scope)
        own.set(name, variable.array ? { ...variable, array: new Map(variable.array) } : { ...variable })
      return own
    })
  }

  /** As find, for what is about to be changed in place. */
  changing(name: string): Variable | undefined {
    this.#change()
    return this.find(name)
  }

  /** The variable that `name` is, namerefs followed. */
  find(name: string): Variable | undefined {
    const found = this.own(name)
    return found?.nameref ? this.own(this.target(name)) : found
  }

  /** The name that `name` stands for. */
  target(name: string): string {
    let at = name
    for (let hops = 0; hops < MAX_REFERENCES; hops++) {
      const variable = this.own(at)
      if (!variable?.nameref || !variable.value || variable.value === at) return at
      at = variable.value
    }
    return at
  }

  /** As find, but a nameref is itself. */
  own(name: string): Variable | undefined {
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      const found = this.#scopes[index].get(name)
      if (found) return found
    }
    return undefined
  }

  get(name: string): string | undefined {
    const own = this.own(name)
    const element = own?.nameref ? /^(\w+)\[(.+)\]$/.exec(own.value ?? "") : undefined
    if (element) return this.find(element[1])?.array?.get(element[2])
    const variable = own?.nameref ? this.find(name) : own
    return variable?.array ? variable.array.get("0") : variable?.value
  }

  declare(name: string, local: boolean): Variable {
    this.#change()
    const scope = local ? this.#scopes[this.#scopes.length - 1] : this.#scopes[0]
    const existing = local ? scope.get(name) : this.own(name)
    if (existing) return existing
    const made: Variable = { value: undefined }
    scope.set(name, made)
    return made
  }

  /** As declare, outside of all functions, though a local one hides it (declare -g). */
  declareOutermost(name: string): Variable {
    this.#change()
    const [scope] = this.#scopes
    const existing = scope.get(name)
    if (existing) return existing
    const made: Variable = { value: undefined }
    scope.set(name, made)
    return made
  }

  /** Whether `name` would be new in the innermost scope. */
  isNewHere(name: string): boolean {
    return !this.#scopes[this.#scopes.length - 1].has(name)
  }

  /** The variable that a local one hides. */
  outer(name: string): Variable | undefined {
    for (let index = this.#scopes.length - 2; index >= 0; index--) {
      const found = this.#scopes[index].get(name)
      if (found) return found
    }
    return undefined
  }

  /** The variable outside of all functions. */
  outermost(name: string): Variable | undefined {
    return this.#scopes[0].get(name)
  }

  /** Names in the innermost scope, in order. */
  localNames(): string[] {
    return [...(this.#scopes.at(-1)?.keys() ?? [])].sort()
  }

  set(given: string, value: string): void {
    const name = this.target(given)
    const element = /^(\w+)\[(.+)\]$/.exec(name)
    if (element) return this.setElement(element[1], element[2], value)
    const variable = this.declare(name, false)
    if (variable.readonly) throw new ReadonlyError(`${name}: readonly variable`)
    const text = cased(variable, value)
    if (variable.array) variable.array.set("0", text)
    else variable.value = text
  }

  setElement(given: string, key: string, value: string): void {
    const name = this.target(given)
    const variable = this.declare(name, false)
    if (variable.readonly) throw new ReadonlyError(`${name}: readonly variable`)
    if (!variable.array) {
      variable.array = new Map(variable.value === undefined ? [] : [["0", variable.value]])
      variable.value = undefined
    }
    variable.array.set(key, cased(variable, value))
    variable.blank = false
  }

  setArray(given: string, elements: readonly (readonly [string, string])[], append: boolean): void {
    const name = this.target(given)
    const variable = this.declare(name, false)
    if (variable.readonly) throw new ReadonlyError(`${name}: readonly variable`)
    variable.array =
      append && variable.array ? variable.array : new Map(append && variable.value !== undefined ? [["0", variable.value]] : [])
    variable.value = undefined
    variable.blank = false
    if (variable.array.size + elements.length > MAX_ELEMENTS) throw new ExpansionError("xmalloc: cannot allocate memory", true)
    for (const [key, value] of elements) variable.array.set(key, cased(variable, value))
  }

  /** `stays`: a local one of a calling function stays as well, unset (localvar_unset). */
  unset(name: string, stays = false): void {
    this.#change()
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      const variable = this.#scopes[index].get(name)
      if (!variable) continue
      if (variable.readonly) throw new ReadonlyError(`${name}: cannot unset: readonly variable`)
      // A local one stays local, without a value, until its function ends.
      if (index > 0 && (stays || index === this.#scopes.length - 1)) this.#scopes[index].set(name, { value: undefined })
      else this.#scopes[index].delete(name)
      return
    }
  }

  push(): void {
    this.#change()
    this.#scopes.push(new Map())
  }

  pop(): void {
    this.#change()
    this.#scopes.pop()
  }

  get depth(): number {
    return this.#scopes.length
  }

  names(): string[] {
    return [...new Set(this.#scopes.flatMap((scope) => [...scope.keys()]))].sort()
  }

  exported(): Map<string, string> {
    const environment = new Map<string, string>()
    for (const scope of this.#scopes)
      for (const [name, { exported, value }] of scope) if (exported && value !== undefined) environment.set(name, value)
    return environment
  }
}

/** A value as the variable's attributes have its letters. */
export const cased = ({ lower, upper, capital }: Variable, value: string): string =>
  lower
    ? value.toLowerCase()
    : upper
      ? value.toUpperCase()
      : capital
        ? value.slice(0, 1).toUpperCase() + value.slice(1).toLowerCase()
        : value

/** The highest index of an indexed array; -1 when it is empty. */
export const lastIndex = (variable: Variable): number => {
  let last = -1
  for (const key of variable.array?.keys() ?? []) last = Math.max(last, Number(key))
  return last
}

/** Values of an array in index order; associative ones in the order they were set. */
export const arrayValues = (variable: Variable): string[] => arrayKeys(variable).map((key) => variable.array?.get(key) ?? "")

export const arrayKeys = (variable: Variable): string[] => {
  const keys = [...(variable.array?.keys() ?? [])]
  if (variable.associative) return inHashOrder(keys)
  // Most were filled from the first to the last.
  let last = -1
  for (const key of keys) {
    const index = Number(key)
    if (index < last) return keys.sort((a, b) => Number(a) - Number(b))
    last = index
  }
  return keys
}

/** Buckets of an associative array's table (ASSOC_HASH_BUCKETS), of which there are four times as many once two keys are in each. */
const BUCKETS = 1_024

/** FNV-1 over the bytes of a key (hashlib.c, hash_string). */
const hashOf = (key: string): number => {
  let hash = 2_166_136_261
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at)
    if (code > 127) {
      for (const byte of new TextEncoder().encode(key.slice(at))) hash = Math.imul(hash, 16_777_619) ^ ((byte << 24) >> 24)
      return hash >>> 0
    }
    hash = Math.imul(hash, 16_777_619) ^ code
  }
  return hash >>> 0
}

/** Keys bucket after bucket; in one bucket the newest comes first. */
const inHashOrder = (keys: readonly string[]): string[] => {
  let buckets = BUCKETS
  while (keys.length >= buckets * 2) buckets *= 4
  return keys
    .map((key, at) => ({ key, at, bucket: hashOf(key) & (buckets - 1) }))
    .sort((a, b) => a.bucket - b.bucket || b.at - a.at)
    .map(({ key }) => key)
}
