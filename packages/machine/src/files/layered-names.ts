/** Names of a directory that was copied from a layer to be changed: the layer's own stay where they are, changes lie above. */
import type { Inode } from "./inode.ts"

/**
 * A Map in all that it answers. A machine installs a program of its own into a directory of three hundred shared ones; copying the names would
 * cost each world more than everything else that it has on its disk.
 */
export class LayeredNames extends Map<string, Inode> {
  readonly #below: ReadonlyMap<string, Inode>
  /** Names of the layer that were taken away. */
  #gone: Set<string> | undefined

  constructor(below: ReadonlyMap<string, Inode>) {
    super()
    this.#below = below
  }

  #shines(name: string): boolean {
    return !super.has(name) && !this.#gone?.has(name)
  }

  override get(name: string): Inode | undefined {
    return super.get(name) ?? (this.#gone?.has(name) ? undefined : this.#below.get(name))
  }

  override has(name: string): boolean {
    return super.has(name) || (this.#below.has(name) && !this.#gone?.has(name))
  }

  override delete(name: string): boolean {
    const had = this.has(name)
    super.delete(name)
    if (this.#below.has(name)) (this.#gone ??= new Set()).add(name)
    return had
  }

  override clear(): void {
    super.clear()
    this.#gone = new Set(this.#below.keys())
  }

  #all(): [string, Inode][] {
    return [...[...this.#below].filter(([name]) => this.#shines(name)), ...super.entries()]
  }

  override get size(): number {
    let size = super.size
    for (const name of this.#below.keys()) if (this.#shines(name)) size++
    return size
  }

  override entries() {
    return this.#all().values() as unknown as ReturnType<Map<string, Inode>["entries"]>
  }

  override keys() {
    return this.#all()
      .map(([name]) => name)
      .values() as unknown as ReturnType<Map<string, Inode>["keys"]>
  }

  override values() {
    return this.#all()
      .map(([, inode]) => inode)
      .values() as unknown as ReturnType<Map<string, Inode>["values"]>
  }

  override [Symbol.iterator]() {
    return this.entries()
  }

  override forEach(visit: (inode: Inode, name: string, map: Map<string, Inode>) => void): void {
    for (const [name, inode] of this.#all()) visit(inode, name, this)
  }
}
