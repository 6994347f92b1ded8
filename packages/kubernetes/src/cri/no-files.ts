/** Files of a host that has none: for hollow nodes, whose containers read nothing. */
import type { HostFiles } from "../ports/host.ts"

export const noFiles: HostFiles = {
  exists: () => false,
  read: () => "",
  write: () => {},
  list: () => [],
  mkdir: () => {},
  remove: () => {},
  symlink: () => {},
  watch: () => () => {},
  usage: () => ({ capacityBytes: 1e11, usedBytes: 1e9, inodes: 1e6, usedInodes: 1e3 }),
}
