/** A file system of one world: a shared layer below, its own changes above, with limits and watchers. */
import { SystemError } from "../kernel/errno.ts"
import { type Content, contentSize, type Inode, utf8Length } from "./inode.ts"
import { FIRST_OWN_INODE, type Layer } from "./layer.ts"
import { FewEntries, sharedText } from "@drydock/sim"
import { LayeredNames } from "./layered-names.ts"
import type { Names } from "./names.ts"

export interface VolumeLimits {
  /** Bytes in files written in this volume (the layer's do not count). */
  bytes: number
  fileBytes: number
  inodes: number
}

export interface VolumeOptions {
  /** For df: "/dev/vda1", "tmpfs", "overlay". */
  device: string
  type: string
  layer?: Layer
  limits: VolumeLimits
  now: () => number
  /** The disk as df shows it, bytes; default: the limits and what is in use of them. */
  disk?: () => { size: number; used: number }
}

export class Volume {
  readonly device: string
  readonly type: string
  readonly limits: VolumeLimits
  readonly now: () => number
  readonly #disk: VolumeOptions["disk"]
  #allocated = 0
  #root: Inode
  #nextInode = FIRST_OWN_INODE
  #bytes = 0
  #inodes = 0
  #watchers: Map<Inode, Set<(path: string) => void>> | undefined

  constructor(options: VolumeOptions) {
    this.device = options.device
    this.type = options.type
    this.limits = options.limits
    this.now = options.now
    this.#disk = options.disk
    this.#root = options.layer?.root ?? this.#make("directory", 0o755, 0, 0)
  }

  get root(): Inode {
    return this.#root
  }

  get bytesUsed(): number {
    return this.#bytes
  }

  /** Bytes set aside for files without being written (fallocate). */
  get bytesAllocated(): number {
    return this.#allocated
  }

  /** Bytes, as df shows them. */
  get disk(): { size: number; used: number } {
    return this.#disk?.() ?? { size: this.limits.bytes, used: this.#bytes }
  }

  get inodesUsed(): number {
    return this.#inodes
  }

  #make(type: Inode["type"], mode: number, uid: number, gid: number): Inode {
    // What most inodes come to have is there from the start: members that come later are kept in a table of their own.
    return {
      id: this.#nextInode++,
      type,
      mode,
      uid,
      gid,
      links: type === "directory" ? 2 : 1,
      modifiedAt: this.now(),
      content: undefined,
      children: undefined,
      parent: undefined,
      charged: 0,
    }
  }

  /** A new inode that no directory names yet. Throws ENOSPC at the limit. */
  create(type: Inode["type"], mode: number, uid: number, gid: number): Inode {
    if (this.#inodes >= this.limits.inodes) throw new SystemError("ENOSPC")
    this.#inodes++
    return this.#make(type, mode, uid, gid)
  }

  /** The root as this volume's own. */
  ownRoot(): Inode {
    if (this.#root.shared) this.#root = this.#copy(this.#root)
    return this.#root
  }

  /** `directory`'s child as this volume's own (copied from the layer if need be). `directory` must be its own already. */
  ownChild(directory: Inode, name: string): Inode {
    const child = directory.children?.get(name)
    if (!child) throw new SystemError("ENOENT")
    if (!child.shared) {
      if (child.type === "directory") child.parent = directory
      return child
    }
    const copy = this.#copy(child)
    if (copy.type === "directory") copy.parent = directory
    ;(directory.children as Names<Inode>).set(sharedText(name), copy)
    return copy
  }

  #copy(inode: Inode): Inode {
    this.#inodes++
    const copy: Inode = {
      id: inode.id,
      type: inode.type,
      mode: inode.mode,
      uid: inode.uid,
      gid: inode.gid,
      links: inode.links,
      modifiedAt: inode.modifiedAt,
      content: inode.content,
      children: inode.children && new LayeredNames(inode.children),
      parent: undefined,
      charged: 0,
    }
    if (inode.target !== undefined) copy.target = inode.target
    if (inode.program) copy.program = inode.program
    if (inode.provider) copy.provider = inode.provider
    if (inode.device) copy.device = inode.device
    return copy
  }

  /** Puts a name into a directory of the volume's own. */
  link(directory: Inode, name: string, inode: Inode): void {
    // A name is cut out of a path, which it would keep.
    ;(directory.children ??= new FewEntries<Inode>()).set(sharedText(name), inode)
    if (inode.type === "directory") {
      inode.parent = directory
      directory.links++
    }
    this.touch(directory, name)
  }

  /** Takes a name away; bytes are given back with the last name. */
  unlink(directory: Inode, name: string): void {
    const inode = directory.children?.get(name)
    if (!inode) throw new SystemError("ENOENT")
    ;(directory.children as Names<Inode>).delete(name)
    if (inode.type === "directory") directory.links--
    this.#dropName(inode)
    this.touch(directory, name)
  }

  /** One name less; a directory takes along what is in it. */
  #dropName(inode: Inode): void {
    if (inode.shared) return
    if (inode.type === "directory") {
      for (const child of inode.children?.values() ?? []) this.#dropName(child)
      return this.#forget(inode)
    }
    inode.links--
    inode.changedAt = this.now()
    if (inode.links === 0 && !inode.opens) this.#forget(inode)
  }

  /** The last open description of `inode` was closed. */
  closed(inode: Inode): void {
    if (inode.links === 0) this.#forget(inode)
  }

  #forget(inode: Inode): void {
    this.#inodes--
    this.#charge(inode, 0)
    this.#release(inode)
  }

  #charge(inode: Inode, bytes: number): void {
    const growth = bytes - (inode.charged ?? 0)
    if (growth > 0 && this.#bytes + growth > this.limits.bytes) throw new SystemError("ENOSPC")
    this.#bytes += growth
    inode.charged = bytes
  }

  /** What was set aside for a file is given back: it is gone, or has other content. */
  #release(inode: Inode): void {
    if (inode.content !== undefined || inode.length === undefined) return
    this.#allocated -= inode.length
    inode.length = undefined
  }

  /** Sets `bytes` aside for an empty file: they count on the disk, and no host holds them. Throws ENOSPC beyond the disk. */
  allocate(inode: Inode, bytes: number): void {
    const { size, used } = this.disk
    const growth = bytes - (inode.content === undefined ? (inode.length ?? 0) : 0)
    if (growth > size - used) throw new SystemError("ENOSPC")
    if (inode.content !== undefined) this.setContent(inode, "")
    delete inode.content
    this.#allocated += growth
    inode.length = bytes
    inode.modifiedAt = inode.changedAt = this.now()
  }

  setContent(inode: Inode, content: Content): void {
    this.#release(inode)
    // What a thunk makes is the host's, made when read: it takes no room here.
    const size = typeof content === "function" ? 0 : typeof content === "string" ? utf8Length(content) : content.length
    if (size > this.limits.fileBytes) throw new SystemError("EFBIG")
    this.#charge(inode, size)
    inode.content = content
    if (inode.length !== undefined) inode.length = undefined
    this.#modified(inode)
  }

  #modified(inode: Inode): void {
    if (inode.program) inode.program = undefined
    const now = this.now()
    if (inode.accessedAt === undefined && inode.modifiedAt !== now) inode.accessedAt = inode.modifiedAt
    inode.modifiedAt = now
    if (inode.changedAt !== undefined) inode.changedAt = undefined
  }

  /** Writes at an offset, growing the file's buffer by doubling. */
  writeAt(inode: Inode, offset: number, data: Uint8Array): void {
    this.#release(inode)
    const size = contentSize(inode)
    const end = offset + data.length
    if (end > this.limits.fileBytes) throw new SystemError("EFBIG")
    this.#charge(inode, Math.max(size, end))
    let buffer = inode.content
    if (!(buffer instanceof Uint8Array) || inode.length === undefined || buffer.length < end) {
      const grown = new Uint8Array(Math.max(size, end, Math.min(this.limits.fileBytes, size < 256 ? end + 64 : size * 2)))
      const old = buffer instanceof Uint8Array ? buffer.subarray(0, size) : encode(buffer)
      grown.set(old.subarray(0, Math.min(old.length, grown.length)))
      buffer = grown
    }
    buffer.set(data, offset)
    inode.content = buffer
    inode.length = Math.max(size, end)
    this.#modified(inode)
  }

  truncate(inode: Inode, length: number): void {
    const size = contentSize(inode)
    if (length > size) {
      this.writeAt(inode, length - 1, new Uint8Array(1))
      return
    }
    if (length === 0) this.setContent(inode, "")
    else {
      const kept = encode(inode.content).slice(0, length)
      this.setContent(inode, kept)
    }
  }

  /** Marks a directory as changed and tells watchers at and above it. */
  touch(directory: Inode, name: string): void {
    directory.modifiedAt = this.now()
    if (directory.changedAt !== undefined) directory.changedAt = undefined
    this.notify(directory, name)
  }

  /** Tells watchers of `inode` and of every directory above it, each with the path from there. */
  notify(inode: Inode, name: string): void {
    if (!this.#watchers) return
    let path = name
    for (let at = inode; ; ) {
      for (const changed of [...(this.#watchers.get(at) ?? [])]) changed(path)
      const above: Inode | undefined = at.parent
      if (!above) return
      let own: string | undefined
      for (const [key, child] of above.children ?? []) if (child === at) own = key
      // Removed from there: what happens in it concerns nobody above.
      if (own === undefined) return
      path = `${own}/${path}`
      at = above
    }
  }

  watch(inode: Inode, changed: (name: string) => void): () => void {
    this.#watchers ??= new Map()
    let set = this.#watchers.get(inode)
    if (!set) this.#watchers.set(inode, (set = new Set()))
    set.add(changed)
    return () => {
      set.delete(changed)
      if (set.size === 0) this.#watchers?.delete(inode)
    }
  }
}

const encoder = new TextEncoder()

const encode = (content: Content | undefined): Uint8Array => {
  const value = typeof content === "function" ? content() : content
  return value === undefined ? new Uint8Array(0) : typeof value === "string" ? encoder.encode(value) : value
}
