/** A mount namespace: one root volume, and others mounted over places in it. Shared by a machine, or a container's own. */
import { sharedText } from "@drydock/sim"
import type { Inode } from "./inode.ts"
import type { Volume } from "./volume.ts"

/** One line of /proc/mounts: what is seen at `path` instead of what lies under it. */
export abstract class Mount {
  readonly volume: Volume
  /** As /proc/mounts names them: "/dev/vda1" and "ext4", or "proc" and "proc". */
  readonly source: string
  readonly type: string
  readOnly: boolean
  /** Without links. Changes when a directory above it is renamed. */
  path = "/"
  /** The mount that it lies in; undefined for the root of a namespace. */
  on: Mount | undefined

  constructor(volume: Volume, source: string, type: string, readOnly: boolean) {
    this.volume = volume
    this.source = source
    this.type = type
    this.readOnly = readOnly
  }

  /** What is seen at `path`: a directory, or the file of a single-file mount. */
  abstract root(): Inode

  /** The same as its volume's own, to be changed. */
  own(): Inode {
    return this.root()
  }
}

/** A whole volume. */
export class VolumeMount extends Mount {
  constructor(volume: Volume, readOnly: boolean) {
    super(volume, volume.device, volume.type, readOnly)
  }

  root(): Inode {
    return this.volume.root
  }

  override own(): Inode {
    return this.volume.ownRoot()
  }
}

/** A tree or file that no volume has, as /proc or /dev; made when it is first walked. */
export class MadeMount extends Mount {
  #root: Inode | (() => Inode)

  /** Bytes written into what was made count for `volume`. */
  constructor(volume: Volume, source: string, type: string, readOnly: boolean, make: () => Inode) {
    super(volume, source, type, readOnly)
    this.#root = make
  }

  root(): Inode {
    if (typeof this.#root === "function") this.#root = this.#root()
    return this.#root
  }
}

/** Where a mount may lie: as a place of a walk, its path's length known beforehand. */
interface Point {
  readonly inode: Inode
  readonly mount: Mount
  readonly name: string
  /** Characters of its path; 0 for the root. */
  readonly length: number
}

export class MountNamespace {
  readonly root: Mount
  #mounts: Mount[] | undefined

  constructor(volume: Volume, readOnly = false) {
    this.root = new VolumeMount(volume, readOnly)
  }

  /** As mount -o remount,ro /: what is mounted over it stays as it is. */
  sealRoot(): void {
    this.root.readOnly = true
  }

  get mounts(): readonly Mount[] {
    return [this.root, ...(this.#mounts ?? [])]
  }

  /**
   * The mount over `point`, if any; `path` tells its path. Every step of every walk asks: lengths and last names are compared before a path is
   * put together.
   */
  over<P extends Point>(point: P, path: (point: P) => string): Mount | undefined {
    if (!this.#mounts) return undefined
    for (const mount of this.#mounts)
      if (mount.path.length === point.length && mount.on === point.mount && mount.path.endsWith(point.name) && mount.path === path(point))
        return mount
    return undefined
  }

  add(path: string, on: Mount, mount: Mount): void {
    mount.path = sharedText(path)
    mount.on = on
    ;(this.#mounts ??= []).push(mount)
  }

  /** Takes the last one away that was mounted at `path`. */
  remove(path: string): void {
    const at = this.#mounts?.findLastIndex((mount) => mount.path === path) ?? -1
    if (at >= 0) this.#mounts?.splice(at, 1)
  }

  /** A directory was renamed: what is mounted below it went along. */
  moved(from: string, to: string): void {
    for (const mount of this.#mounts ?? []) if (mount.path.startsWith(`${from}/`)) mount.path = to + mount.path.slice(from.length)
  }
}
