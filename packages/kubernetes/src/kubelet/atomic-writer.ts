/** Generated files as a volume shows them: links into a directory that is exchanged as a whole. As pkg/volume/util/atomic_writer.go. */
import { Digest } from "@drydock/sim"
import type { HostFiles } from "../ports/host.ts"

const DATA = "..data"

/** "..2026_01_05_08_00_00.1234567890": the time, and digits that make it unlike others. */
const directoryName = (path: string, now: number): string => {
  const [date, time] = new Date(Math.floor(now)).toISOString().slice(0, 19).split("T")
  const digits = Number.parseInt(new Digest().add(`${path} ${now}`).toString().slice(0, 8), 16)
  return `..${date.replaceAll("-", "_")}_${time.replaceAll(":", "_")}.${String(digits).padStart(10, "0")}`
}

/** What a file holds; a function says it anew each time that the file is read. */
export type Text = string | (() => string)

const read = (files: HostFiles, path: string): string | undefined => (files.exists(path) ? files.read(path) : undefined)

/** Paths of the files below a directory. */
const below = (files: HostFiles, directory: string, prefix = ""): string[] =>
  files.list(directory).flatMap((name) => {
    const path = `${directory}/${name}`
    // Only a directory can be listed; a file is not read for it.
    try {
      files.list(path)
    } catch {
      return [`${prefix}${name}`]
    }
    return below(files, path, `${prefix}${name}/`)
  })

/** Makes the volume at `path` hold `wanted` (text by path), all of it at once; does nothing when it does already. */
export const writeAtomically = (
  files: HostFiles,
  path: string,
  wanted: ReadonlyMap<string, Text>,
  options: { now: number; mode: (path: string) => number },
): void => {
  const current = files.exists(`${path}/${DATA}`)
  if (current) {
    const held = below(files, `${path}/${DATA}`)
    if (
      held.length === wanted.size &&
      held.every((name) => typeof wanted.get(name) === "function" || wanted.get(name) === read(files, `${path}/${DATA}/${name}`))
    )
      return
  }
  const old = current ? files.list(path).filter((name) => name.startsWith("..") && name !== DATA) : []
  const directory = directoryName(path, options.now)
  files.mkdir(`${path}/${directory}`)
  for (const [name, text] of wanted) {
    const file = `${path}/${directory}/${name}`
    if (name.includes("/")) files.mkdir(file.slice(0, file.lastIndexOf("/")))
    files.write(file, text, options.mode(name))
  }
  if (current) files.remove(`${path}/${DATA}`)
  files.symlink(directory, `${path}/${DATA}`)
  const shown = new Set([...wanted.keys()].map((name) => name.split("/")[0]))
  const present = new Set(current ? files.list(path) : [])
  for (const name of shown) if (!present.has(name)) files.symlink(`${DATA}/${name}`, `${path}/${name}`)
  for (const name of present) if (!name.startsWith("..") && !shown.has(name)) files.remove(`${path}/${name}`)
  for (const name of old) if (name !== directory) files.remove(`${path}/${name}`)
}
