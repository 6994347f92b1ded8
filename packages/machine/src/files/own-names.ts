/** Names of a directory. Most directories have few: those are a list, without the table that a Map begins with. */
import type { Inode } from "./inode.ts"

/** What a directory asks of its names: a Map's part of it. */
export interface Names extends Iterable<[string, Inode]> {
  readonly size: number
  get(name: string): Inode | undefined
  has(name: string): boolean
  set(name: string, inode: Inode): unknown
  delete(name: string): boolean
  keys(): Iterable<string>
  values(): Iterable<Inode>
}

/** Beyond so many a table finds them faster. */
const FEW = 8

export class OwnNames implements Names {
  /** Name, inode, name, inode …, or a table. */
  #held: readonly (string | Inode)[] | Map<string, Inode> = []

  #place(name: string): number {
    const { length } = this.#held as readonly unknown[]
    for (let at = 0; at < length; at += 2) if ((this.#held as readonly unknown[])[at] === name) return at
    return -1
  }

  get size(): number {
    return this.#held instanceof Map ? this.#held.size : this.#held.length / 2
  }

  get(name: string): Inode | undefined {
    if (this.#held instanceof Map) return this.#held.get(name)
    const at = this.#place(name)
    return at < 0 ? undefined : (this.#held[at + 1] as Inode)
  }

  has(name: string): boolean {
    return this.#held instanceof Map ? this.#held.has(name) : this.#place(name) >= 0
  }

  set(name: string, inode: Inode): void {
    if (this.#held instanceof Map) {
      this.#held.set(name, inode)
      return
    }
    const at = this.#place(name)
    if (at >= 0) this.#held = this.#held.with(at + 1, inode)
    // Not pushed: that leaves room for sixteen more.
    else if (this.size < FEW) this.#held = this.#held.concat(name, inode)
    else this.#held = new Map([...this, [name, inode]])
  }

  delete(name: string): boolean {
    if (this.#held instanceof Map) return this.#held.delete(name)
    const at = this.#place(name)
    if (at < 0) return false
    this.#held = this.#held.toSpliced(at, 2)
    return true
  }

  *[Symbol.iterator](): Generator<[string, Inode]> {
    if (this.#held instanceof Map) yield* this.#held
    else for (let at = 0; at < this.#held.length; at += 2) yield [this.#held[at] as string, this.#held[at + 1] as Inode]
  }

  *keys(): Generator<string> {
    for (const [name] of this) yield name
  }

  *values(): Generator<Inode> {
    for (const [, inode] of this) yield inode
  }
}
