/** A file that find looks at, and what its expression is told of. */
import type { FileStat, Steps } from "@drydock/machine"

export class FindError extends Error {}

/** -quit. */
export class Quit extends Error {}

/** A file in question. */
export interface Place {
  readonly path: string
  readonly root: string
  readonly depth: number
  readonly stat: FileStat
  prune: boolean
}

export type Test = (place: Place) => Steps<boolean>

export interface Settings {
  least: number
  most: number
  depthFirst: boolean
  acts: boolean
  /** Which links are followed: all, those that are named, none. */
  follow: "all" | "named" | "none"
  /** Days are counted from the end of today. */
  dayStart: boolean
  /** Where a list of starting points is, each ended by a NUL. */
  startsFrom: string | undefined
  /** Run at the end, for -exec … +. */
  readonly finish: (() => Steps<void>)[]
  failed: boolean
}

export const TYPES: Readonly<Record<string, FileStat["type"]>> = {
  f: "file",
  d: "directory",
  l: "symlink",
  p: "fifo",
  s: "socket",
  c: "character-device",
  b: "block-device",
}
