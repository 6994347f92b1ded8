/** Inodes: what directories name. Those of image layers are shared by all worlds and never changed, only copied on write. */
import type { OpenFile } from "../kernel/open-file.ts"
import type { Pipe } from "../kernel/pipe.ts"
import type { Program } from "../kernel/process.ts"
import type { FileStat, FileType } from "./contract.ts"
import type { Names } from "./names.ts"

export type Content = Uint8Array | string | (() => Uint8Array | string)

/** What a directory or file made on read (proc, sys) answers. */
export interface Provider {
  list?: () => readonly string[]
  lookup?: (name: string) => Inode | undefined
}

export interface Inode {
  readonly id: number
  type: FileType
  mode: number
  uid: number
  gid: number
  links: number
  modifiedAt: number
  /** Undefined, for most: when it was modified. */
  changedAt?: number | undefined
  accessedAt?: number | undefined
  /** Regular files. A thunk is called when first read. */
  content?: Content | undefined
  /** Bytes in use when `content` is a growing buffer; without content, bytes that are set aside for it. */
  length?: number | undefined
  /** Of a directory; made for its first name. */
  children?: Names<Inode> | undefined
  /** Symlinks. */
  target?: string
  program?: Program | undefined
  provider?: Provider
  /** Files made when they are read: tells of each change until what it returns is called. */
  follow?: (changed: () => void) => () => void
  /** Devices and fifos: opens a description of it. */
  device?: (flags: { read: boolean; write: boolean }) => OpenFile
  /** Fifos: what its two sides share, made when first opened. */
  fifo?: Pipe
  /** Bytes of it that count against its volume's limit. */
  charged?: number
  /** Open descriptions of a file; one without a name is given back with the last of them. */
  opens?: number
  /** Belongs to an image layer: copy before changing. */
  shared?: boolean
  /** Directory that names it, kept for directories of a volume's own, so that watchers above hear of changes below. */
  parent?: Inode | undefined
}

const encoder = new TextEncoder()

export const contentBytes = (inode: Inode): Uint8Array => {
  const { content } = inode
  if (content === undefined) return new Uint8Array(0)
  if (content instanceof Uint8Array) return inode.length === undefined ? content : content.subarray(0, inode.length)
  const value = typeof content === "function" ? content() : content
  return typeof value === "string" ? encoder.encode(value) : value
}

const decoder = new TextDecoder()

export const contentText = (inode: Inode): string => {
  const { content } = inode
  const value = typeof content === "function" ? content() : content
  return typeof value === "string" ? value : decoder.decode(contentBytes(inode))
}

/** Length in UTF-8, without making the bytes. */
export const utf8Length = (text: string): number => {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) continue
    // A pair of surrogates is four bytes for two units; half a pair becomes U+FFFD.
    if (code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      length += 2
      i++
    } else length += code < 0x800 ? 1 : 2
  }
  return length
}

export const contentSize = (inode: Inode): number => {
  if (inode.type === "directory") return 4096
  if (inode.type === "symlink") return utf8Length(inode.target ?? "")
  if (inode.program && inode.content === undefined) return 14_720
  const { content } = inode
  if (typeof content === "string") return utf8Length(content)
  return content === undefined ? (inode.length ?? 0) : (inode.length ?? contentBytes(inode).length)
}

class Stat implements FileStat {
  readonly type: FileType
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly inode: number
  readonly links: number
  readonly modifiedAt: number
  readonly changedAt: number
  readonly accessedAt: number
  readonly device: number
  #size: number | undefined
  /** Its content when it was asked about; how many bytes that is takes reading all of it. */
  readonly #text: string | undefined
  readonly #of: Inode

  constructor(of: Inode, device: number) {
    this.type = of.type
    this.mode = of.mode
    this.uid = of.uid
    this.gid = of.gid
    this.inode = of.id
    this.links = of.links
    this.modifiedAt = of.modifiedAt
    this.changedAt = of.changedAt ?? of.modifiedAt
    this.accessedAt = of.accessedAt ?? of.modifiedAt
    this.device = device
    this.#of = of
    // What is made when first read (a certificate) is not made because somebody asks whether it is there.
    if (typeof of.content === "string" && of.type === "file") this.#text = of.content
    else if (typeof of.content !== "function") this.#size = contentSize(of)
  }

  get size(): number {
    return (this.#size ??= this.#text === undefined ? contentSize(this.#of) : utf8Length(this.#text))
  }
}

export const statOf = (inode: Inode, device = 1): FileStat => new Stat(inode, device)
