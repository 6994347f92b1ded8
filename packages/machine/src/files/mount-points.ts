/** Layers with the directories and files that something will be mounted on, made once for all who mount the same on them. */
import type { Inode } from "./inode.ts"
import { defineLayer, type Layer } from "./layer.ts"

export interface MountPoint {
  path: string
  directory: boolean
}

/** Learners choose paths too: what comes after as many different sets is made each time. */
const KEPT = 64

const made = new WeakMap<Layer, Map<string, Layer>>()

/** Whether `path` has to be made; one that leads through a link or a file is left to whoever mounts. */
const lacks = (root: Inode, path: string): boolean => {
  let at: Inode = root
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue
    if (part === ".." || at.type !== "directory") return false
    const next = at.children?.get(part)
    if (!next) return true
    at = next
  }
  return false
}

/** `layer` with what is missing of `points`, as runc makes them in a root. */
export const withMountPoints = (layer: Layer, points: readonly MountPoint[]): Layer => {
  const missing = points.filter(({ path }) => lacks(layer.root, path))
  if (missing.length === 0) return layer
  const key = missing.map(({ path, directory }) => (directory ? path : `file ${path}`)).join("\n")
  let known = made.get(layer)
  if (!known) made.set(layer, (known = new Map()))
  let result = known.get(key)
  if (!result) {
    result = defineLayer(
      missing.map(({ path, directory }) => ({ path, ...(!directory && { content: "" }) })),
      layer,
    )
    if (known.size < KEPT) known.set(key, result)
  }
  return result
}
