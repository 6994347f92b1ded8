/** Open regular files and directories: an offset into an inode. */
import type { FileStat, FileType } from "../files/contract.ts"
import { type Content, contentBytes, contentSize, type Inode, statOf } from "../files/inode.ts"
import type { Volume } from "../files/volume.ts"
import { EMPTY } from "./byte-queue.ts"
import { SystemError } from "./errno.ts"
import type { OpenFile } from "./open-file.ts"
import { Queue } from "./wait-queue.ts"

const ALWAYS = new Queue()

export class RegularFile implements OpenFile {
  readonly kind: "file" | "directory"
  readonly path: string
  readonly readable: boolean
  readonly writable: boolean
  readonly readQueue = ALWAYS
  readonly writeQueue = ALWAYS
  readonly #inode: Inode
  readonly #volume: Volume
  readonly #append: boolean
  readonly #changed: () => void
  #offset = 0
  #written = false
  #made: { from: Content; bytes: Uint8Array } | undefined

  constructor(
    inode: Inode,
    volume: Volume,
    path: string,
    options: { read: boolean; write: boolean; append: boolean; changed: () => void },
  ) {
    this.kind = inode.type === "directory" ? "directory" : "file"
    this.path = path
    this.#inode = inode
    this.#volume = volume
    this.readable = options.read
    this.writable = options.write
    this.#append = options.append
    this.#changed = options.changed
  }

  tryRead(max: number): Uint8Array {
    if (this.kind === "directory") throw new SystemError("EISDIR")
    const bytes = this.#bytes()
    if (this.#offset >= bytes.length) return EMPTY
    const part = bytes.slice(this.#offset, this.#offset + max)
    this.#offset += part.length
    return part
  }

  /** Text is turned into bytes once; what a thunk makes is made anew for a reader at the start or the end. */
  #bytes(): Uint8Array {
    const { content } = this.#inode
    if (content === undefined || content instanceof Uint8Array) return contentBytes(this.#inode)
    const made = this.#made
    if (made?.from === content && (typeof content === "string" || (this.#offset > 0 && this.#offset < made.bytes.length))) return made.bytes
    const bytes = contentBytes(this.#inode)
    this.#made = { from: content, bytes }
    return bytes
  }

  tryWrite(data: Uint8Array): number {
    if (this.#append) this.#offset = contentSize(this.#inode)
    this.#volume.writeAt(this.#inode, this.#offset, data)
    this.#offset += data.length
    this.#written = true
    return data.length
  }

  stat(): FileStat {
    return statOf(this.#inode)
  }

  seek(offset: number, whence: "set" | "current" | "end"): number {
    const base = whence === "set" ? 0 : whence === "current" ? this.#offset : contentSize(this.#inode)
    if (base + offset < 0) throw new SystemError("EINVAL")
    this.#offset = base + offset
    return this.#offset
  }

  truncate(length: number): void {
    this.#volume.truncate(this.#inode, length)
    this.#written = true
  }

  #references = 0

  retain(): void {
    if (this.#references++ === 0) this.#inode.opens = (this.#inode.opens ?? 0) + 1
  }

  /** Watchers hear of a write when the last descriptor is closed (IN_CLOSE_WRITE). */
  release(): void {
    if (--this.#references > 0) return
    this.#inode.opens = (this.#inode.opens ?? 1) - 1
    if (this.#inode.opens === 0) this.#volume.closed(this.#inode)
    if (!this.#written) return
    this.#written = false
    this.#changed()
  }
}

/** A device whose reads and writes never wait: null, zero, full, urandom, and files of /proc made on read. */
export class DeviceFile implements OpenFile {
  readonly kind = "device"
  readonly path: string
  readonly readable: boolean
  readonly writable: boolean
  readonly readQueue = ALWAYS
  readonly writeQueue = ALWAYS
  readonly #read: (max: number) => Uint8Array
  readonly #write: (data: Uint8Array) => number
  readonly #type: FileType

  constructor(
    path: string,
    flags: { read: boolean; write: boolean },
    device: { read: (max: number) => Uint8Array; write: (data: Uint8Array) => number; type?: FileType },
  ) {
    this.path = path
    this.readable = flags.read
    this.writable = flags.write
    this.#read = device.read
    this.#write = device.write
    this.#type = device.type ?? "character-device"
  }

  tryRead(max: number): Uint8Array {
    return this.#read(max)
  }

  tryWrite(data: Uint8Array): number {
    return this.#write(data)
  }

  seek(): number {
    return 0
  }

  stat(): FileStat {
    return {
      type: this.#type,
      mode: 0o666,
      uid: 0,
      gid: 0,
      size: 0,
      inode: 1,
      links: 1,
      modifiedAt: 0,
      changedAt: 0,
      accessedAt: 0,
      device: 5,
    }
  }

  retain(): void {}
  release(): void {}
}

export const nullDevice = (flags: { read: boolean; write: boolean }): OpenFile =>
  new DeviceFile("/dev/null", flags, { read: () => EMPTY, write: (data) => data.length })
