/** One index of an informer: the objects that have a value, by their keys. */

/** What has a value alone is kept without a table: most values are one object's. */
class Single {
  readonly key: string
  object: unknown

  constructor(key: string, object: unknown) {
    this.key = key
    this.object = object
  }
}

export class IndexEntries {
  #values: Map<string, Single | Map<string, unknown>> | undefined

  get(value: string): unknown[] {
    const found = this.#values?.get(value)
    return found === undefined ? [] : found instanceof Single ? [found.object] : [...found.values()]
  }

  add(value: string, key: string, object: unknown): void {
    const values = (this.#values ??= new Map())
    const found = values.get(value)
    if (found === undefined) values.set(value, new Single(key, object))
    else if (!(found instanceof Single)) found.set(key, object)
    else if (found.key === key) found.object = object
    else
      values.set(
        value,
        new Map([
          [found.key, found.object],
          [key, object],
        ]),
      )
  }

  delete(value: string, key: string): void {
    const found = this.#values?.get(value)
    if (found === undefined) return
    if (found instanceof Single) {
      if (found.key === key) this.#values?.delete(value)
      return
    }
    found.delete(key)
    if (found.size === 0) this.#values?.delete(value)
  }
}
