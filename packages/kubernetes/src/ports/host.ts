/** A node's host: its files, its clock skew, its journal. */

/** Files of a host, with absolute paths. Errors are thrown with a `code` such as "ENOENT". */
export interface HostFiles {
  exists(path: string): boolean
  read(path: string): string
  /** Content may be a thunk: made when first read (certificates, large manifests). */
  write(path: string, content: string | (() => string), mode?: number): void
  list(path: string): readonly string[]
  mkdir(path: string): void
  /** chmod, and chgrp when a group is given. */
  permit?(path: string, mode: number, group?: number): void
  remove(path: string): void
  /** cp -a of a directory. */
  copy?(from: string, to: string): void
  symlink(target: string, path: string): void
  /** Calls back after anything at or below `path` changed; returns how to stop. */
  watch(path: string, changed: () => void): () => void
  /** Bytes of all files at and below `path`. */
  size?(path: string): number
  usage(): { capacityBytes: number; usedBytes: number; inodes: number; usedInodes: number }
}

export interface Host {
  readonly name: string
  readonly address: string
  readonly files: HostFiles
  readonly cpus: number
  /** Bytes. */
  readonly memory: number
  /** The machine's clock, ms since the epoch; default: the world's. */
  now?(): number
  /** Bytes of memory in use, the system's own among them. */
  memoryUsed?(): number
  /** The values of a YAML stream; what it throws says in go-yaml's words what is wrong. Default: another parser's words. */
  readYaml?(text: string): readonly unknown[]
  /** One line of a unit's journal; priority as in syslog. */
  log(unit: string, message: string, priority?: number): void
  /** What uname and os-release say, for node.status.nodeInfo. */
  readonly system: { kernelVersion: string; osImage: string; machineId: string; systemUuid: string; bootId: string }
}
