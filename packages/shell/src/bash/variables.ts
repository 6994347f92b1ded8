/** Variables: scalars, arrays, attributes, scopes. */
export interface Variable {
  value: string | undefined
  array?: Map<string, string>
  associative?: boolean
  exported?: boolean
  readonly?: boolean
  integer?: boolean
  lower?: boolean
  upper?: boolean
}

export class ReadonlyError extends Error {}

export class Variables {
  #scopes: Map<string, Variable>[]

  constructor(scopes: Map<string, Variable>[] = [new Map()]) {
    this.#scopes = scopes
  }

  copy(): Variables {
    return new Variables(
      this.#scopes.map(
        (scope) =>
          new Map([...scope].map(([name, variable]) => [name, { ...variable, ...(variable.array && { array: new Map(variable.array) }) }])),
      ),
    )
  }

  find(name: string): Variable | undefined {
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      const found = this.#scopes[index].get(name)
      if (found) return found
    }
    return undefined
  }

  get(name: string): string | undefined {
    const variable = this.find(name)
    return variable?.array ? variable.array.get("0") : variable?.value
  }

  declare(name: string, local: boolean): Variable {
    const scope = local ? this.#scopes[this.#scopes.length - 1] : this.#scopes[0]
    const existing = local ? scope.get(name) : this.find(name)
    if (existing) return existing
    const made: Variable = { value: undefined }
    scope.set(name, made)
    return made
  }

  set(name: string, value: string): void {
    const variable = this.declare(name, false)
    if (variable.readonly) throw new ReadonlyError(`${name}: readonly variable`)
    const text = variable.lower ? value.toLowerCase() : variable.upper ? value.toUpperCase() : value
    if (variable.array) variable.array.set("0", text)
    else variable.value = text
  }

  setElement(name: string, key: string, value: string): void {
    const variable = this.declare(name, false)
    if (variable.readonly) throw new ReadonlyError(`${name}: readonly variable`)
    if (!variable.array) {
      variable.array = new Map(variable.value === undefined ? [] : [["0", variable.value]])
      variable.value = undefined
    }
    variable.array.set(key, value)
  }

  setArray(name: string, elements: readonly (readonly [string, string])[], append: boolean): void {
    const variable = this.declare(name, false)
    if (variable.readonly) throw new ReadonlyError(`${name}: readonly variable`)
    variable.array =
      append && variable.array ? variable.array : new Map(append && variable.value !== undefined ? [["0", variable.value]] : [])
    variable.value = undefined
    for (const [key, value] of elements) variable.array.set(key, value)
  }

  unset(name: string): void {
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      const variable = this.#scopes[index].get(name)
      if (!variable) continue
      if (variable.readonly) throw new ReadonlyError(`${name}: cannot unset: readonly variable`)
      this.#scopes[index].delete(name)
      return
    }
  }

  push(): void {
    this.#scopes.push(new Map())
  }

  pop(): void {
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

/** Values of an array in index order; associative ones in the order they were set. */
export const arrayValues = (variable: Variable): string[] => arrayKeys(variable).map((key) => variable.array?.get(key) ?? "")

export const arrayKeys = (variable: Variable): string[] => {
  const keys = [...(variable.array?.keys() ?? [])]
  return variable.associative ? keys : keys.sort((a, b) => Number(a) - Number(b))
}
