/** An open file description: what descriptors point to, shared after dup and fork. */
import type { WaitQueue } from "./steps.ts"
import type { FileStat } from "../files/contract.ts"

export interface OpenFile {
  readonly kind: "file" | "directory" | "pipe" | "tty" | "socket" | "device"
  /** For /proc/<pid>/fd and error texts. */
  readonly path: string
  readonly readable: boolean
  readonly writable: boolean
  /** Bytes now at hand; undefined when a reader would have to wait. An empty array is the end of the file. */
  tryRead(max: number): Uint8Array | undefined
  /** Whether tryRead would give something now (data or the end); absent on what never waits. */
  hasInput?(): boolean
  /** How many bytes were taken (0 when full). Throws EPIPE, ENOSPC, EFBIG. */
  tryWrite(data: Uint8Array): number
  /** Woken when tryRead or tryWrite may succeed. */
  readonly readQueue: WaitQueue
  readonly writeQueue: WaitQueue
  stat(): FileStat
  seek?(offset: number, whence: "set" | "current" | "end"): number
  truncate?(length: number): void
  /** Reference counting over descriptors; the last close ends it. */
  retain(): void
  release(): void
}
