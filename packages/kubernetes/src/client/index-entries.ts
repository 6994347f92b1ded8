/** One index of an informer: the objects that have a value, by their keys. */

import { FewEntries } from "@drydock/sim"

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
  #values: FewEntries<Single | FewEntries<unknown>> | undefined

  get(value: string): unknown[] {
    const found = this.#values?.get(value)
    return found === undefined ? [] : found instanceof Single ? [found.object] : [...found.values()]
  }

  add(value: string, key: string, object: unknown): void {
    const values = (this.#values ??= new FewEntries<Single | FewEntries<unknown>>())
    const found = values.get(value)
    if (found === undefined) values.set(value, new Single(key, object))
    else if (!(found instanceof Single)) found.set(key, object)
    else if (found.key === key) found.object = object
    else {
      const several = new FewEntries<unknown>()
      several.set(found.key, found.object)
      several.set(key, object)
      values.set(value, several)
    }
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
