/** The file system as one process sees it. All paths may be relative to its cwd; errors are SystemError. */
import type { Program } from "../kernel/process.ts"

export type FileType = "file" | "directory" | "symlink" | "fifo" | "socket" | "character-device" | "block-device"

export interface FileStat {
  readonly type: FileType
  /** Permission bits with set-id and sticky bits, e.g. 0o644. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes. */
  readonly size: number
  readonly inode: number
  readonly links: number
  /** ms since the epoch. */
  readonly modifiedAt: number
  readonly changedAt: number
  readonly accessedAt: number
  readonly device: number
}

export interface DirectoryEntry {
  readonly name: string
  readonly type: FileType
}

export interface Files {
  /** Absolute, normalised, links not followed. */
  resolve(path: string): string
  /** Absolute with every link followed. Throws ENOENT, ELOOP. */
  realpath(path: string): string
  exists(path: string): boolean
  stat(path: string): FileStat
  lstat(path: string): FileStat
  /** Names in byte order, without . and .. */
  list(path: string): readonly DirectoryEntry[]
  readBytes(path: string): Uint8Array
  /** What makes the text of a file that was laid out to be made when it is read; undefined once somebody has written it. */
  laidOut(path: string): (() => string) | undefined
  /** UTF-8; bytes that are none come out as U+FFFD. */
  readText(path: string): string
  write(path: string, content: Uint8Array | string, options?: { mode?: number; append?: boolean }): void
  mkdir(path: string, options?: { parents?: boolean; mode?: number }): void
  remove(path: string, options?: { recursive?: boolean }): void
  rmdir(path: string): void
  rename(from: string, to: string): void
  link(existing: string, path: string): void
  symlink(target: string, path: string): void
  readlink(path: string): string
  mkfifo(path: string, mode?: number): void
  chmod(path: string, mode: number): void
  chown(path: string, uid: number, gid: number): void
  utimes(path: string, accessedAt: number, modifiedAt: number): void
  truncate(path: string, length: number): void
  /** access(2) for this process's credentials. */
  access(path: string, want: { read?: boolean; write?: boolean; execute?: boolean }): boolean
  /** The program behind an executable file made by install; undefined for scripts and data. */
  program(path: string): Program | undefined
  /** Puts an executable whose behaviour is `program`. As root: images and machines are made with it. */
  install(path: string, program: Program): void
  /** Calls `changed(path)` after anything at or below `path` changed (inotify); returns how to stop. */
  watch(path: string, changed: (path: string) => void): () => void
  /** Sets `bytes` aside for the file at `path`, which is made when missing. Throws ENOSPC when the disk has no such room. */
  allocate(path: string, bytes: number): void
  /** Blocks of 1 KiB, for df. */
  usage(path: string): {
    device: string
    mountPoint: string
    type: string
    size: number
    used: number
    inodes?: number
    inodesUsed?: number
  }
  /** mount(2): a place of the same files (--bind), or memory (tmpfs) of so many bytes. Throws ENOENT, EPERM. */
  mountAt?(path: string, source: { bind: string } | { fresh: "tmpfs"; bytes?: number }, options: { readOnly: boolean }): void
  /** umount(2) of what mountAt put there; false for what cannot be unmounted. */
  unmountAt?(path: string): boolean
}
