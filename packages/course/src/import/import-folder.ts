/** A foreign folder as lessons of ours: which form it has, what it becomes, and what could not be carried over. */
import { importEducates, isEducates } from "./educates.ts"
import type { ImportNote } from "./import-notes.ts"
import type { Imported } from "./imported.ts"
import { importIximiuz, isIximiuz } from "./iximiuz.ts"
import { importKillercoda, isKillercoda } from "./killercoda.ts"

/** The folder is of no form that is known here, or its description cannot be read. */
export class ImportRefused extends Error {}

/**
 * @param files texts by path; what is no text may be left out or hold U+FFFD
 * @param slug the lesson's folder name, if it is one lesson
 * @throws ImportRefused
 */
export const importFolder = (files: ReadonlyMap<string, string>, slug: string): Imported => {
  const binary = [...files].filter(([, content]) => content.includes("\0") || content.includes("\ufffd")).map(([path]) => path)
  const texts = new Map([...files].filter(([path]) => !binary.includes(path)))
  const forms = [
    [isEducates, importEducates],
    [isKillercoda, importKillercoda],
    [isIximiuz, importIximiuz],
  ] as const
  const [, read] = forms.find(([is]) => is(texts)) ?? []
  if (!read)
    throw new ImportRefused(
      "this folder has none of: index.json or structure.json (Killercoda, Katacoda), resources/workshop.yaml (Educates), index.md with kind and tasks (iximiuz)",
    )
  try {
    const imported = read(texts, slug)
    const left = binary.map((file): ImportNote => ({ file, line: 1, message: "this file is no text and not carried over" }))
    return {
      ...imported,
      notes: [...imported.notes, ...left].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line)),
    }
  } catch (error) {
    throw new ImportRefused(`the folder's description cannot be read: ${(error as Error).message.split("\n")[0]}`)
  }
}
