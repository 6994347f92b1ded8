/** What a directory asks of its names: a Map's part of it. */
import type { Inode } from "./inode.ts"

export interface Names extends Iterable<[string, Inode]> {
  readonly size: number
  get(name: string): Inode | undefined
  has(name: string): boolean
  set(name: string, inode: Inode): unknown
  delete(name: string): boolean
  keys(): Iterable<string>
  values(): Iterable<Inode>
}
