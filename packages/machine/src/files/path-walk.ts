/** Walks a path through directories, links and mounts to an inode. */
import { type Errno, SystemError } from "../kernel/errno.ts"
import type { Credentials } from "../kernel/process.ts"
import type { Inode } from "./inode.ts"
import type { Mount, MountNamespace } from "./mounts.ts"

/** Links followed in one walk, as MAXSYMLINKS. */
const MAX_LINKS = 40
const MAX_PATH = 4096
const MAX_NAME = 255

/** Where a walk is: an inode, the mount it is in, and the names that led there. */
export interface Place {
  readonly inode: Inode
  readonly mount: Mount
  readonly parent: Place | undefined
  readonly name: string
  /** Characters of its path; 0 for the root. */
  readonly length: number
}

export interface WalkOptions {
  /** Follow a link in the last component. */
  follow: boolean
  credentials: Credentials
}

export const permits = (inode: Inode, credentials: Credentials, want: 4 | 2 | 1): boolean => {
  if (credentials.uid === 0) return want !== 1 || inode.type === "directory" || (inode.mode & 0o111) !== 0
  const shift = inode.uid === credentials.uid ? 6 : inode.gid === credentials.gid || credentials.groups.includes(inode.gid) ? 3 : 0
  return ((inode.mode >> shift) & want) !== 0
}

export const rootPlace = (mounts: MountNamespace): Place => ({
  inode: mounts.root.root(),
  mount: mounts.root,
  parent: undefined,
  name: "",
  length: 0,
})

export const childInode = (directory: Inode, name: string): Inode | undefined =>
  directory.children?.get(name) ?? directory.provider?.lookup?.(name)

/** One step down, through whatever is mounted there. Undefined when there is no such name. */
export const step = (mounts: MountNamespace, from: Place, name: string): Place | undefined => {
  const inode = childInode(from.inode, name)
  if (!inode) return undefined
  const length = from.length + 1 + name.length
  let place: Place = { inode, mount: from.mount, parent: from, name, length }
  for (let mount = mounts.over(place, pathOf); mount; mount = mounts.over(place, pathOf))
    place = { inode: mount.root(), mount, parent: from, name, length }
  return place
}

export const pathOf = (place: Place): string => {
  const names: string[] = []
  for (let at: Place | undefined = place; at?.parent; at = at.parent) names.push(at.name)
  return `/${names.reverse().join("/")}`
}

export interface Walked {
  /** The parent of the last component. */
  readonly directory: Place
  /** The last component; "" for the root, "." or "..". */
  readonly name: string
  /** Undefined when the last component does not exist. */
  readonly place: Place | undefined
}

/** As tryWalk; what is wrong is thrown. */
export const walk = (mounts: MountNamespace, path: string, options: WalkOptions): Walked => {
  const walked = tryWalk(mounts, path, options)
  if (typeof walked === "string") throw new SystemError(walked)
  return walked
}

/**
 * Walks an absolute path: ENOENT or ENOTDIR when a component before the last is missing or is no directory. Most who ask whether a file is
 * there are told no, and an error object with its stack would cost more than the walk.
 */
export const tryWalk = (mounts: MountNamespace, path: string, options: WalkOptions): Walked | Errno => {
  if (path === "") return "ENOENT"
  if (path.length > MAX_PATH) return "ENAMETOOLONG"
  const root = rootPlace(mounts)
  let at = root
  let links = 0
  const pending = path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .reverse()
  const wantsDirectory = path.endsWith("/") || path.endsWith("/.")
  while (pending.length > 0) {
    const name = pending.pop() as string
    if (name.length > MAX_NAME) return "ENAMETOOLONG"
    if (at.inode.type !== "directory") return "ENOTDIR"
    if (!permits(at.inode, options.credentials, 1)) return "EACCES"
    if (name === "..") {
      at = at.parent ?? at
      continue
    }
    const last = pending.length === 0
    const next = step(mounts, at, name)
    if (!next) {
      if (last) return { directory: at, name, place: undefined }
      return "ENOENT"
    }
    if (next.inode.type === "symlink" && (!last || options.follow || wantsDirectory)) {
      if (++links > MAX_LINKS) return "ELOOP"
      const target = next.inode.target ?? ""
      if (target.startsWith("/")) at = root
      pending.push(
        ...target
          .split("/")
          .filter((part) => part !== "" && part !== ".")
          .reverse(),
      )
      if (pending.length === 0) return { directory: root, name: "", place: at }
      continue
    }
    if (last) {
      if (wantsDirectory && next.inode.type !== "directory") return "ENOTDIR"
      return { directory: at, name, place: next }
    }
    at = next
  }
  return { directory: at.parent ?? at, name: at.name, place: at }
}
