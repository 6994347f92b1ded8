/** What an import says about what it could not carry over: each thing with its place in the folder that came in. */
import type { Path, YamlSource } from "../yaml-source.ts"

export interface ImportNote {
  readonly file: string
  readonly line: number
  readonly message: string
}

export class ImportNotes {
  readonly notes: ImportNote[] = []

  add(file: string, line: number, message: string): void {
    this.notes.push({ file, line, message })
  }

  /** Names every field of a map that nothing reads. @param path where the map is in the file */
  unread(source: YamlSource, path: Path, value: unknown, read: readonly string[], reasons: Readonly<Record<string, string>> = {}): void {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return
    for (const key of Object.keys(value)) {
      if (read.includes(key)) continue
      const { file, line } = source.problem(path, "", { key })
      this.add(file, line, `"${[...path, key].join(".")}" is not carried over${reasons[key] ? `: ${reasons[key]}` : ""}`)
    }
  }
}

/** A name for a task or a folder: lower-case letters, digits and dashes, not among those taken. */
export const nameOf = (text: string, taken: Set<string>, fallback: string): string => {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "")
  const base = plain === "" ? fallback : plain
  let name = base
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}`
  taken.add(name)
  return name
}
