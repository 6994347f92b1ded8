/** Inodes of trees that no volume has: /proc, /sys, /dev. */
import type { Inode } from "./inode.ts"

export const systemInode = (type: Inode["type"], mode: number, rest: Partial<Inode>): Inode => ({
  id: 4,
  type,
  mode,
  uid: 0,
  gid: 0,
  links: 1,
  modifiedAt: 0,
  ...rest,
})

/** A file made when it is read. */
export const textInode = (content: () => string, mode = 0o444): Inode => systemInode("file", mode, { content })

export const directoryInode = (entries: Readonly<Record<string, Inode>>): Inode =>
  systemInode("directory", 0o555, { children: new Map(Object.entries(entries)) })

/** A directory whose entries are made when they are looked up. */
export const lazyDirectory = (entries: () => Readonly<Record<string, () => Inode>>, more: Partial<Inode> = {}): Inode =>
  systemInode("directory", 0o555, {
    provider: {
      list: () => Object.keys(entries()),
      lookup: (name) => {
        const made = entries()
        return Object.hasOwn(made, name) ? made[name]() : undefined
      },
    },
    ...more,
  })
