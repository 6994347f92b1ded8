/** Image layers: immutable file trees, made once and shared by every world of the process. */
import type { Program } from "../kernel/process.ts"
import type { Content, Inode } from "./inode.ts"

export interface LayerEntry {
  path: string
  /** A directory when nothing else is given. */
  content?: Content
  program?: Program
  target?: string
  /** Default 0o755 for directories and programs, 0o644 for files. */
  mode?: number
  uid?: number
  gid?: number
}

export interface Layer {
  readonly root: Inode
  readonly inodes: number
}

/** 2025-12-17 00:00 UTC: when image files say they were last changed. */
const BUILT_AT = Date.UTC(2025, 11, 17)

/** Layer inodes are numbered from 2 in each layer; a volume numbers its own from above. */
export const FIRST_OWN_INODE = 1_000_000

/** Builds a tree out of entries, later ones over earlier ones, on top of `base`. Parent directories are made as needed. */
export const defineLayer = (entries: readonly LayerEntry[], base?: Layer): Layer => {
  let next = base ? base.inodes + 2 : 2
  const make = (type: Inode["type"], mode: number, rest: Partial<Inode> = {}): Inode => ({
    id: next++,
    type,
    mode,
    uid: 0,
    gid: 0,
    links: 1,
    modifiedAt: BUILT_AT,
    shared: true,
    ...(type === "directory" && { children: new Map<string, Inode>(), links: 2 }),
    ...rest,
  })
  // Directories of the base are copied along the paths that change, so that a base stays as it was for its other users.
  const fresh = new Set<Inode>()
  const own = (directory: Inode): Inode => {
    if (fresh.has(directory)) return directory
    const copy = { ...directory, children: new Map(directory.children) }
    fresh.add(copy)
    return copy
  }
  const root = base ? own(base.root) : make("directory", 0o755)
  fresh.add(root)
  for (const entry of entries) {
    const parts = entry.path.split("/").filter(Boolean)
    const name = parts.pop()
    let directory = root
    for (const part of parts) {
      const children = directory.children as Map<string, Inode>
      let child = children.get(part)
      if (child?.type === "directory") child = own(child)
      else fresh.add((child = make("directory", 0o755)))
      children.set(part, child)
      directory = child
    }
    if (name === undefined) continue
    const rest = { ...(entry.uid !== undefined && { uid: entry.uid }), ...(entry.gid !== undefined && { gid: entry.gid }) }
    const children = directory.children as Map<string, Inode>
    if (entry.target !== undefined) children.set(name, make("symlink", 0o777, { target: entry.target, ...rest }))
    else if (entry.program)
      children.set(
        name,
        make("file", entry.mode ?? 0o755, {
          program: entry.program,
          ...(entry.content !== undefined && { content: entry.content }),
          ...rest,
        }),
      )
    else if (entry.content !== undefined) children.set(name, make("file", entry.mode ?? 0o644, { content: entry.content, ...rest }))
    else {
      const existing = children.get(name)
      if (existing?.type === "directory") {
        const copy = own(existing)
        if (entry.mode !== undefined) copy.mode = entry.mode
        Object.assign(copy, rest)
        children.set(name, copy)
      } else {
        const made = make("directory", entry.mode ?? 0o755, rest)
        fresh.add(made)
        children.set(name, made)
      }
    }
  }
  return { root, inodes: next - 2 }
}
