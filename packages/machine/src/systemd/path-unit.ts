/** What a path unit waits for: files that come, change, or fill a directory. As systemd's path.c. */
import type { Files } from "../files/contract.ts"

export type PathKind = "PathExists" | "PathExistsGlob" | "PathChanged" | "PathModified" | "DirectoryNotEmpty"
export const PATH_KINDS: readonly PathKind[] = ["PathExists", "PathExistsGlob", "PathChanged", "PathModified", "DirectoryNotEmpty"]

export interface WatchedPath {
  readonly kind: PathKind
  readonly path: string
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/"

/** Whether there is something already, for kinds that ask for a state and not for a change. */
const holds = (files: Files, { kind, path }: WatchedPath): boolean => {
  if (kind === "PathExists") return files.exists(path)
  const listed = (directory: string) => (files.exists(directory) && files.stat(directory).type === "directory" ? files.list(directory) : [])
  if (kind === "DirectoryNotEmpty") return listed(path).length > 0
  if (kind !== "PathExistsGlob") return false
  const [front, back = ""] = path.slice(path.lastIndexOf("/") + 1).split("*")
  return listed(parentOf(path)).some(({ name }) => name.startsWith(front) && name.endsWith(back))
}

/** Calls `trigger` when one of the paths is as it is waited for, now or later. @returns how to stop */
export const watchPaths = (files: Files, paths: readonly WatchedPath[], trigger: () => void): (() => void) => {
  const stops = paths.map((one) => {
    const isChange = one.kind === "PathChanged" || one.kind === "PathModified"
    const watched = one.kind === "PathExistsGlob" ? parentOf(one.path) : one.path
    let held = false
    const look = () => {
      const now = holds(files, one)
      if (isChange || (now && !held)) trigger()
      held = now
    }
    const stop = files.watch(watched, look)
    if (!isChange) look()
    return stop
  })
  return () => {
    for (const stop of stops) stop()
  }
}
