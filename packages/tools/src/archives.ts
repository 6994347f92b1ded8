/** gzip and tar, which live in rooms that tools do not import: the world hands them in. */

export interface ArchiveEntry {
  readonly name: string
  readonly type: "file" | "directory"
  /** Permission bits. */
  readonly mode: number
  readonly data: Uint8Array
}

export interface Archives {
  gzip(data: Uint8Array): Uint8Array
  /** Throws Error when it is no gzip file. */
  gunzip(data: Uint8Array): Uint8Array
  /** `at`: ms since the epoch, for all entries. */
  pack(entries: readonly ArchiveEntry[], at: number): Uint8Array
  unpack(archive: Uint8Array): readonly ArchiveEntry[]
}
