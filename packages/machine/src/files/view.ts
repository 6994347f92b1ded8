/** The file system as one process sees it: paths relative to its cwd, permissions of its credentials. */
import { sharedText } from "@drydock/sim"
import { SystemError } from "../kernel/errno.ts"
import type { Credentials, Program } from "../kernel/process.ts"
import type { DirectoryEntry, Files, FileStat } from "./contract.ts"
import { type Content, contentBytes, contentText, type Inode, statOf } from "./inode.ts"
import { Mount, type MountNamespace, VolumeMount } from "./mounts.ts"
import { pathOf, permits, type Place, step, tryWalk, walk, type Walked } from "./path-walk.ts"
import { Volume } from "./volume.ts"

export interface Viewer {
  readonly cwd: string
  readonly credentials: Credentials
  readonly umask: number
}

/** `..` and `.` folded away, without asking the file system. */
export const normalise = (path: string, cwd: string): string => {
  const parts: string[] = []
  for (const part of (path.startsWith("/") ? path : `${cwd}/${path}`).split("/")) {
    if (part === "..") parts.pop()
    else if (part !== "" && part !== ".") parts.push(part)
  }
  return `/${parts.join("/")}`
}

export class FilesView implements Files {
  readonly mounts: MountNamespace
  readonly #viewer: Viewer

  constructor(mounts: MountNamespace, viewer: Viewer) {
    this.mounts = mounts
    this.#viewer = viewer
  }

  #absolute(path: string): string {
    if (path === "") throw new SystemError("ENOENT")
    return path.startsWith("/") ? path : `${this.#viewer.cwd}/${path}`
  }

  #walk(path: string, follow: boolean): Walked {
    return walk(this.mounts, this.#absolute(path), { follow, credentials: this.#viewer.credentials })
  }

  /** The place at `path`. Throws ENOENT. */
  place(path: string, follow = true): Place {
    const { place } = this.#walk(path, follow)
    if (!place) throw new SystemError("ENOENT")
    return place
  }

  /** The inode at `place` as its volume's own, so that it may be changed, whatever the mount says. */
  ownAlways(place: Place): Inode {
    return this.#ownUnchecked(place)
  }

  /** The inode at `place` as its volume's own, so that it may be changed. Throws EROFS on read-only mounts. */
  own(place: Place): Inode {
    if (place.mount.readOnly) throw new SystemError("EROFS")
    return this.#ownUnchecked(place)
  }

  #ownUnchecked(place: Place): Inode {
    const { volume } = place.mount
    if (!place.inode.shared && (place.inode.type !== "directory" || place.inode.parent || place.inode === volume.root)) return place.inode
    const above = place.parent
    if (!above || above.mount !== place.mount) return place.mount.own()
    if (above.inode.provider && !above.inode.children?.has(place.name)) return place.inode
    return volume.ownChild(this.#ownUnchecked(above), place.name)
  }

  /** The directory that a new name goes into, writable and owned. */
  #ownDirectory(place: Place): Inode {
    if (place.inode.type !== "directory") throw new SystemError("ENOTDIR")
    if (place.inode.provider && !place.inode.children)
      throw new SystemError(permits(place.inode, this.#viewer.credentials, 2) ? "EPERM" : "EACCES")
    // A read-only mount refuses a new name before the directory's mode does: mnt_want_write comes first.
    if (place.mount.readOnly) throw new SystemError("EROFS")
    if (!permits(place.inode, this.#viewer.credentials, 2)) throw new SystemError("EACCES")
    return this.own(place)
  }

  #checkSticky(directory: Inode, inode: Inode): void {
    const { uid } = this.#viewer.credentials
    if ((directory.mode & 0o1000) !== 0 && uid !== 0 && uid !== inode.uid && uid !== directory.uid) throw new SystemError("EPERM")
  }

  #create(walked: Walked, type: Inode["type"], mode: number): Inode {
    const directory = this.#ownDirectory(walked.directory)
    const { uid, gid } = this.#viewer.credentials
    const inode = walked.directory.mount.volume.create(type, mode, uid, (directory.mode & 0o2000) !== 0 ? directory.gid : gid)
    walked.directory.mount.volume.link(directory, walked.name, inode)
    return inode
  }

  resolve(path: string): string {
    return normalise(path, this.#viewer.cwd)
  }

  realpath(path: string): string {
    return pathOf(this.place(path))
  }

  exists(path: string): boolean {
    if (path === "") return false
    const walked = tryWalk(this.mounts, this.#absolute(path), { follow: true, credentials: this.#viewer.credentials })
    return typeof walked !== "string" && walked.place !== undefined
  }

  stat(path: string): FileStat {
    return statOf(this.place(path).inode)
  }

  laidOut(path: string): (() => string) | undefined {
    const { inode } = this.place(path)
    const { content } = inode
    // Of the file as it is now, whatever is written later.
    return typeof content === "function" ? () => contentText({ ...inode, content }) : undefined
  }

  lstat(path: string): FileStat {
    return statOf(this.place(path, false).inode)
  }

  list(path: string): readonly DirectoryEntry[] {
    const place = this.place(path)
    if (place.inode.type !== "directory") throw new SystemError("ENOTDIR")
    if (!permits(place.inode, this.#viewer.credentials, 4)) throw new SystemError("EACCES")
    const names = [...(place.inode.children?.keys() ?? []), ...(place.inode.provider?.list?.() ?? [])]
    return names.sort(byBytes).map((name) => ({ name, type: step(this.mounts, place, name)?.inode.type ?? "file" }))
  }

  #readable(path: string): Inode {
    const { inode } = this.place(path)
    if (inode.type === "directory") throw new SystemError("EISDIR")
    if (!permits(inode, this.#viewer.credentials, 4)) throw new SystemError("EACCES")
    return inode
  }

  readBytes(path: string): Uint8Array {
    const inode = this.#readable(path)
    if (inode.device && inode.content === undefined) return new Uint8Array(0)
    // A growing buffer is written in place later: its reader gets a copy.
    return inode.length === undefined ? contentBytes(inode) : contentBytes(inode).slice()
  }

  readText(path: string): string {
    const inode = this.#readable(path)
    return inode.device && inode.content === undefined ? "" : contentText(inode)
  }

  /** The inode at `path` to write into: created when missing, owned, permission checked. */
  openForWriting(path: string, mode: number, exclusive = false): { inode: Inode; place: Place; volume: Volume } {
    const walked = this.#walk(path, true)
    if (!walked.place) {
      const inode = this.#create(walked, "file", mode & ~this.#viewer.umask)
      return {
        inode,
        place: step(this.mounts, walked.directory, walked.name) as Place,
        volume: walked.directory.mount.volume,
      }
    }
    if (exclusive) throw new SystemError("EEXIST")
    const { place } = walked
    if (place.inode.type === "directory") throw new SystemError("EISDIR")
    if (!permits(place.inode, this.#viewer.credentials, 2)) throw new SystemError("EACCES")
    if (place.inode.device) return { inode: place.inode, place, volume: place.mount.volume }
    return { inode: this.own(place), place, volume: place.mount.volume }
  }

  /** As write, without asking for permission and with a thunk allowed: how images, kubeadm and kubelets lay files out. */
  write(path: string, content: Content, options: { mode?: number; append?: boolean } = {}): void {
    const { inode, volume } = this.openForWriting(path, options.mode ?? 0o666)
    if (inode.device) {
      // A setting of the kernel takes what is written; other devices have nobody who asks.
      if (inode.content !== undefined && typeof content !== "function")
        inode.device({ read: false, write: true }).tryWrite(typeof content === "string" ? encoder.encode(content) : content)
      return
    }
    if (options.append && typeof content !== "function")
      volume.writeAt(inode, contentBytes(inode).length, typeof content === "string" ? encoder.encode(content) : content)
    else volume.setContent(inode, content)
    if (options.mode !== undefined) inode.mode = options.mode
    this.changed(path)
  }

  /** Tells watchers that the file at `path` changed. */
  changed(path: string): void {
    const { directory, name } = this.#walk(path, true)
    directory.mount.volume.notify(directory.inode, name)
  }

  mkdir(path: string, options: { parents?: boolean; mode?: number } = {}): void {
    if (options.parents) {
      const parts = this.resolve(path).split("/").filter(Boolean)
      let at = ""
      for (const part of parts) {
        at += `/${part}`
        const walked = this.#walk(at, true)
        if (!walked.place) this.#create(walked, "directory", (options.mode ?? 0o777) & ~this.#viewer.umask)
        else if (walked.place.inode.type !== "directory") throw new SystemError(at === `/${parts.join("/")}` ? "EEXIST" : "ENOTDIR")
      }
      return
    }
    const walked = this.#walk(path.replace(/(?<=.)\/+$/, ""), false)
    if (walked.place) throw new SystemError("EEXIST")
    this.#create(walked, "directory", (options.mode ?? 0o777) & ~this.#viewer.umask)
  }

  remove(path: string, options: { recursive?: boolean } = {}): void {
    const walked = this.#walk(path, false)
    if (!walked.place) throw new SystemError("ENOENT")
    const { inode } = walked.place
    if (inode.type === "directory" && !options.recursive) throw new SystemError("EISDIR")
    if (walked.place.mount !== walked.directory.mount || !walked.place.parent) throw new SystemError("EBUSY")
    const directory = this.#ownDirectory(walked.directory)
    this.#checkSticky(directory, inode)
    if (!directory.children?.has(walked.name)) throw new SystemError("EPERM")
    walked.directory.mount.volume.unlink(directory, walked.name)
  }

  rmdir(path: string): void {
    const walked = this.#walk(path, false)
    if (!walked.place) throw new SystemError("ENOENT")
    if (walked.place.inode.type !== "directory") throw new SystemError("ENOTDIR")
    if ((walked.place.inode.children?.size ?? 0) > 0) throw new SystemError("ENOTEMPTY")
    if (walked.place.mount !== walked.directory.mount || !walked.place.parent) throw new SystemError("EBUSY")
    const directory = this.#ownDirectory(walked.directory)
    this.#checkSticky(directory, walked.place.inode)
    walked.directory.mount.volume.unlink(directory, walked.name)
  }

  rename(from: string, to: string): void {
    const source = this.#walk(from, false)
    const target = this.#walk(to, false)
    if (!source.place) throw new SystemError("ENOENT")
    if (source.directory.mount !== target.directory.mount || source.place.mount !== source.directory.mount) throw new SystemError("EXDEV")
    for (let at: Place | undefined = target.directory; at; at = at.parent)
      if (at.inode === source.place.inode) throw new SystemError("EINVAL")
    const { volume } = source.directory.mount
    if (target.place) {
      if (target.place.inode === source.place.inode) return
      const [oldIsDirectory, newIsDirectory] = [source.place.inode.type === "directory", target.place.inode.type === "directory"]
      if (newIsDirectory && !oldIsDirectory) throw new SystemError("EISDIR")
      if (!newIsDirectory && oldIsDirectory) throw new SystemError("ENOTDIR")
      if (newIsDirectory && (target.place.inode.children?.size ?? 0) > 0) throw new SystemError("ENOTEMPTY")
    }
    const sourceDirectory = this.#ownDirectory(source.directory)
    this.#checkSticky(sourceDirectory, source.place.inode)
    const inode = volume.ownChild(sourceDirectory, source.name)
    const targetDirectory = this.#ownDirectory(this.place(pathOf(target.directory)))
    if (target.place) {
      this.#checkSticky(targetDirectory, target.place.inode)
      volume.unlink(targetDirectory, target.name)
    }
    inode.links++
    volume.link(targetDirectory, target.name, inode)
    sourceDirectory.children?.delete(source.name)
    if (inode.type === "directory") this.mounts.moved(pathOf(source.place), slash(pathOf(target.directory)) + target.name)
    inode.links--
    if (inode.type === "directory") sourceDirectory.links--
    volume.touch(sourceDirectory, source.name)
  }

  link(existing: string, path: string): void {
    const source = this.place(existing, false)
    if (source.inode.type === "directory") throw new SystemError("EPERM")
    const walked = this.#walk(path, false)
    if (walked.place) throw new SystemError("EEXIST")
    if (walked.directory.mount !== source.mount) throw new SystemError("EXDEV")
    const inode = this.own(source)
    const directory = this.#ownDirectory(this.place(pathOf(walked.directory)))
    inode.links++
    inode.changedAt = source.mount.volume.now()
    source.mount.volume.link(directory, walked.name, inode)
  }

  symlink(target: string, path: string): void {
    const walked = this.#walk(path, false)
    if (walked.place) throw new SystemError("EEXIST")
    this.#create(walked, "symlink", 0o777).target = sharedText(target)
  }

  mkfifo(path: string, mode = 0o666): void {
    const walked = this.#walk(path, false)
    if (walked.place) throw new SystemError("EEXIST")
    this.#create(walked, "fifo", mode & ~this.#viewer.umask)
  }

  readlink(path: string): string {
    const { inode } = this.place(path, false)
    if (inode.type !== "symlink") throw new SystemError("EINVAL")
    return inode.target ?? ""
  }

  #ownAsOwner(path: string, follow = true): Inode {
    const place = this.place(path, follow)
    const { uid } = this.#viewer.credentials
    if (uid !== 0 && uid !== place.inode.uid) throw new SystemError("EPERM")
    return this.own(place)
  }

  chmod(path: string, mode: number): void {
    const inode = this.#ownAsOwner(path)
    inode.mode = mode & 0o7777
    inode.changedAt = this.mounts.root.volume.now()
  }

  chown(path: string, uid: number, gid: number): void {
    const place = this.place(path)
    const { credentials } = this.#viewer
    const ownGroup = uid === place.inode.uid && credentials.uid === uid && (credentials.gid === gid || credentials.groups.includes(gid))
    if (credentials.uid !== 0 && !ownGroup) throw new SystemError("EPERM")
    const inode = this.own(place)
    if (uid >= 0) inode.uid = uid
    if (gid >= 0) inode.gid = gid
    inode.changedAt = this.mounts.root.volume.now()
  }

  utimes(path: string, accessedAt: number, modifiedAt: number): void {
    const inode = this.#ownAsOwner(path)
    inode.accessedAt = accessedAt
    inode.modifiedAt = modifiedAt
  }

  truncate(path: string, length: number): void {
    const { inode, volume } = this.openForWriting(path, 0o666)
    if (!inode.device) volume.truncate(inode, length)
  }

  allocate(path: string, bytes: number): void {
    const { inode, volume } = this.openForWriting(path, 0o644)
    if (!inode.device) volume.allocate(inode, bytes)
  }

  access(path: string, want: { read?: boolean; write?: boolean; execute?: boolean }): boolean {
    try {
      const place = this.place(path)
      const { credentials } = this.#viewer
      if (want.read && !permits(place.inode, credentials, 4)) return false
      if (want.write && (place.mount.readOnly || !permits(place.inode, credentials, 2))) return false
      return !(want.execute && !permits(place.inode, credentials, 1))
    } catch (error) {
      if (error instanceof SystemError) return false
      throw error
    }
  }

  program(path: string): Program | undefined {
    return this.place(path).inode.program
  }

  install(path: string, program: Program): void {
    const parent = path.slice(0, path.lastIndexOf("/"))
    if (parent) this.mkdir(parent, { parents: true })
    const { inode } = this.openForWriting(path, 0o755)
    inode.mode = 0o755
    inode.content = undefined
    inode.program = program
  }

  watch(path: string, changed: (path: string) => void): () => void {
    const wanted = this.resolve(path)
    let existing = wanted
    while (existing !== "/" && !this.exists(existing)) existing = existing.slice(0, existing.lastIndexOf("/")) || "/"
    // Watched from the top of its mount: only there is it heard when a directory on the way goes or comes.
    const place = this.place(existing)
    if (place.inode.follow && existing === wanted) return place.inode.follow(() => changed(wanted))
    let top = place
    while (top.parent && top.parent.mount === place.mount) top = top.parent
    const missing = existing === wanted ? "" : wanted.slice(slash(existing).length)
    const real = missing === "" ? pathOf(place) : slash(pathOf(place)) + missing
    const mountPoint = slash(pathOf(top))
    let there = this.exists(wanted)
    return place.mount.volume.watch(this.#ownUnchecked(top), (name) => {
      const full = mountPoint + name
      if (full === real || full.startsWith(slash(real))) {
        there = this.exists(wanted)
        changed(full === real ? wanted : slash(wanted) + full.slice(slash(real).length))
      } else if (real.startsWith(`${full}/`) && this.exists(wanted) !== there) {
        there = !there
        changed(wanted)
      }
    })
  }

  mountAt(path: string, source: { bind: string } | { fresh: "tmpfs"; bytes?: number }, options: { readOnly: boolean }): void {
    if (this.#viewer.credentials.uid !== 0) throw new SystemError("EPERM")
    this.place(path)
    const { limits, now } = this.mounts.root.volume
    if ("bind" in source) this.mount(path, { view: this.as(ROOT_VIEWER), path: this.resolve(source.bind) }, options)
    else {
      const size = source.bytes ?? limits.bytes
      // No more than the whole disk may hold is really kept, whatever its size is said to be.
      const own = { ...limits, bytes: Math.min(limits.bytes, size) }
      const volume: Volume = new Volume({
        device: "tmpfs",
        type: "tmpfs",
        limits: own,
        now,
        disk: () => ({ size, used: volume.bytesUsed }),
      })
      this.mount(path, { volume }, options)
    }
    const mounted = this.mounts.mounts.at(-1)
    if (mounted) byHand.add(mounted)
  }

  unmountAt(path: string): boolean {
    if (this.#viewer.credentials.uid !== 0) throw new SystemError("EPERM")
    const found = this.mounts.mounts.findLast((mount) => mount.path === path)
    if (!found || !byHand.has(found)) return false
    this.mounts.remove(path)
    return true
  }

  usage(path: string): ReturnType<Files["usage"]> {
    const { mount } = this.place(path)
    const { volume } = mount
    return {
      device: volume.device,
      mountPoint: mount.path,
      type: volume.type,
      size: Math.floor(volume.disk.size / 1024),
      used: Math.ceil(volume.disk.used / 1024),
      ...(volume.type === "tmpfs"
        ? { inodes: 274_098, inodesUsed: 1 + volume.inodesUsed }
        : { inodes: INODES, inodesUsed: INODES_USED + volume.inodesUsed }),
    }
  }

  /** Mounts a directory or file of another view (or a fresh volume's root) at `path`, which is made when missing. */
  mount(path: string, source: { view: FilesView; path: string } | { volume: Volume }, options: { readOnly?: boolean } = {}): void {
    const readOnly = options.readOnly ?? false
    this.attach(
      path,
      "volume" in source
        ? new VolumeMount(source.volume, readOnly)
        : new BindMount(source.view, source.path, source.view.place(source.path), readOnly),
    )
  }

  attach(path: string, mount: Mount): void {
    if (!this.exists(path)) {
      if (mount.root().type !== "directory") {
        const parent = path.slice(0, path.lastIndexOf("/"))
        if (parent) this.mkdir(parent, { parents: true })
        this.write(path, "")
      } else this.mkdir(path, { parents: true })
    }
    const point = this.place(path)
    this.mounts.add(pathOf(point), point.mount, mount)
  }

  unmount(path: string): void {
    this.mounts.remove(this.resolve(path))
  }

  /** A view of the same files by somebody else. */
  as(viewer: Viewer): FilesView {
    return new FilesView(this.mounts, viewer)
  }
}

/** As mount --bind: a directory or file of another view. */
class BindMount extends Mount {
  readonly #view: FilesView
  readonly #from: string
  #inode: Inode

  constructor(view: FilesView, path: string, place: Place, readOnly: boolean) {
    super(place.mount.volume, place.mount.source, place.mount.type, readOnly)
    this.#view = view
    this.#from = path
    this.#inode = place.inode
  }

  /** What still belongs to a layer is looked up again: whoever changes it there first gets a copy of it. */
  root(): Inode {
    if (this.#inode.shared) {
      const walked = tryWalk(this.#view.mounts, this.#from, { follow: true, credentials: ROOT_VIEWER.credentials })
      if (typeof walked !== "string" && walked.place) this.#inode = walked.place.inode
    }
    return this.#inode
  }

  override own(): Inode {
    if (this.root().shared) this.#inode = this.#view.ownAlways(this.#view.place(this.#from))
    return this.#inode
  }
}

/** Mounts that somebody made with mount(8). */
const byHand = new WeakSet<Mount>()
/** Of a disk of 40 GiB, and those that a system takes. */
const INODES = 2_600_000
const INODES_USED = 90_000

const encoder = new TextEncoder()

const slash = (path: string): string => (path.endsWith("/") ? path : `${path}/`)

const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Root at /. */
export const ROOT_VIEWER: Viewer = { cwd: "/", credentials: { uid: 0, gid: 0, groups: [0] }, umask: 0o022 }
