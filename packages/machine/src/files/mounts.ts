/** A mount namespace: one root volume, and others mounted over inodes of it. Shared by a machine, or a container's own. */
import type { Inode } from "./inode.ts"
import type { Volume } from "./volume.ts"

export interface Mount {
  readonly path: string
  readonly volume: Volume
  /** What is seen at `path`; a file for single-file mounts. A thunk for a volume's root, which changes once when first written. */
  readonly root: () => Inode
  readonly readOnly: boolean
  readonly source: string
}

export class MountNamespace {
  readonly root: Mount & { readOnly: boolean }
  /** By covered inode. */
  #covering = new Map<Inode, Mount>()
  #mounts: Mount[] = []

  constructor(volume: Volume, readOnly = false) {
    this.root = { path: "/", volume, root: () => volume.root, readOnly, source: volume.device }
  }

  /** As mount -o remount,ro /: what is mounted over it stays as it is. */
  sealRoot(): void {
    this.root.readOnly = true
  }

  get mounts(): readonly Mount[] {
    return [this.root, ...this.#mounts]
  }

  /** The mount over `inode`, if any. */
  over(inode: Inode): Mount | undefined {
    return this.#covering.size === 0 ? undefined : this.#covering.get(inode)
  }

  add(covered: Inode, mount: Mount): void {
    this.#covering.set(covered, mount)
    this.#mounts.push(mount)
  }

  remove(path: string): void {
    this.#mounts = this.#mounts.filter((mount) => mount.path !== path)
    for (const [inode, mount] of this.#covering) if (mount.path === path) this.#covering.delete(inode)
  }
}
