/** Names of a directory that was copied from a layer to be changed: the layer's own stay where they are, changes lie above. */
import { FewEntries } from "@drydock/sim"
import type { Inode } from "./inode.ts"
import type { Names } from "./names.ts"

/**
 * A machine installs a program of its own into a directory of three hundred shared ones; copying the names would cost each world more than
 * everything else that it has on its disk.
 */
export class LayeredNames implements Names<Inode> {
  readonly #below: Names<Inode>
  /** Made for the first name of its own. */
  #above: FewEntries<Inode> | undefined
  /** Names of the layer that were taken away. */
  #gone: Set<string> | undefined

  constructor(below: Names<Inode>) {
    this.#below = below
  }

  #shines(name: string): boolean {
    return !this.#above?.has(name) && !this.#gone?.has(name)
  }

  get(name: string): Inode | undefined {
    return this.#above?.get(name) ?? (this.#gone?.has(name) ? undefined : this.#below.get(name))
  }

  has(name: string): boolean {
    return this.#above?.has(name) || (this.#below.has(name) && !this.#gone?.has(name))
  }

  set(name: string, inode: Inode): void {
    this.#above ??= new FewEntries<Inode>()
    this.#above.set(name, inode)
  }

  delete(name: string): boolean {
    const had = this.has(name)
    this.#above?.delete(name)
    if (this.#below.has(name)) (this.#gone ??= new Set()).add(name)
    return had
  }

  get size(): number {
    let size = this.#above?.size ?? 0
    for (const name of this.#below.keys()) if (this.#shines(name)) size++
    return size
  }

  *[Symbol.iterator](): Generator<[string, Inode]> {
    for (const entry of this.#below) if (this.#shines(entry[0])) yield entry
    if (this.#above) yield* this.#above
  }

  *keys(): Generator<string> {
    for (const [name] of this) yield name
  }

  *values(): Generator<Inode> {
    for (const [, inode] of this) yield inode
  }
}
