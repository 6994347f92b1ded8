/** A zip or folder that somebody hands in, as lessons to go on writing: our own form as it is, another platform's as what it becomes. Runs in a browser too. */
import { pathProblem, type SourceFile, type SourceFiles, titleIn } from "../draft-files.ts"
import type { Problem } from "../lesson.ts"
import { SLUG } from "../new-lesson.ts"
import { packFiles, unpackAll } from "../zip.ts"
import { importFolder, ImportRefused } from "./import-folder.ts"
import type { Imported } from "./imported.ts"
import { type ImportNote, nameOf } from "./import-notes.ts"

export interface SourceLesson {
  /** Folder name. */
  readonly slug: string
  readonly title: string
  readonly files: SourceFiles
}

export interface ImportedSource {
  readonly form: Imported["form"] | "drydock"
  readonly lessons: readonly SourceLesson[]
  /** What was not carried over, each thing with its place. */
  readonly notes: readonly ImportNote[]
}

const toBase64 = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}
const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

/** A lesson's folder as a zip. @param folder its name */
export const packSource = (files: SourceFiles, folder: string): Uint8Array =>
  packFiles(
    new Map(Object.entries(files).map(([path, file]) => [path, typeof file === "string" ? file : fromBase64(file.base64)])),
    `${folder}/`,
  )

/** The files of a zip; every entry that is refused is a problem with its name as the place. Never throws. */
export const unpackSource = (bytes: Uint8Array): { files: Record<string, SourceFile>; problems: Problem[] } => {
  const { files, problems } = unpackAll(bytes)
  return {
    files: Object.fromEntries([...files].map(([path, file]) => [path, typeof file === "string" ? file : { base64: toBase64(file) }])),
    problems,
  }
}

/** One lesson of our own form. */
const ownLesson = (files: SourceFiles, slug: string, place: string): { lesson: SourceLesson; notes: ImportNote[] } => {
  const notes: ImportNote[] = []
  const kept = Object.entries(files).filter(([path]) => {
    const wrong = pathProblem(path)
    if (wrong !== undefined) notes.push({ file: `${place}${path}`, line: 1, message: `this file is not carried over: ${wrong}` })
    return wrong === undefined
  })
  const own = Object.fromEntries(kept)
  return { lesson: { slug, title: titleIn(own, slug), files: own }, notes }
}

const slugFor = (name: string): string => (SLUG.test(name) ? name : nameOf(name, new Set(), "imported"))

/**
 * @param slug the lesson's folder name, if it is one lesson
 * @throws ImportRefused when the folder is of no form that is known
 */
export const importSource = (files: SourceFiles, slug: string): ImportedSource => {
  if (files["lesson.md"] !== undefined || files["lab.yaml"] !== undefined) {
    const { lesson, notes } = ownLesson(files, slugFor(slug), "")
    return { form: "drydock", lessons: [lesson], notes }
  }
  if (files["course.yaml"] !== undefined) {
    const folders = [
      ...new Set(Object.keys(files).flatMap((path) => (/^[^/]+\/(lesson\.md|lab\.yaml)$/.test(path) ? [path.split("/")[0]] : []))),
    ]
    const own = folders.map((folder) =>
      ownLesson(
        Object.fromEntries(
          Object.entries(files).flatMap(([path, file]) => (path.startsWith(`${folder}/`) ? [[path.slice(folder.length + 1), file]] : [])),
        ),
        slugFor(folder),
        `${folder}/`,
      ),
    )
    const left = Object.keys(files).filter((path) => path !== "course.yaml" && !folders.includes(path.split("/")[0]))
    return {
      form: "drydock",
      lessons: own.map(({ lesson }) => lesson),
      notes: [
        { file: "course.yaml", line: 1, message: "titles and order of the course are not carried over: lessons are published one by one" },
        ...own.flatMap(({ notes }) => notes),
        ...left.map((file) => ({ file, line: 1, message: "this file is in no lesson's folder and not carried over" })),
      ],
    }
  }
  // What is no text is marked as such for the readers of other forms, and they say so.
  const texts = new Map(Object.entries(files).map(([path, file]) => [path, typeof file === "string" ? file : "\ufffd"]))
  const { form, lessons, notes } = importFolder(texts, slugFor(slug))
  if (lessons.length === 0) throw new ImportRefused("there is no lesson in this folder")
  return { form, notes, lessons: lessons.map((one) => ({ slug: one.slug, title: one.title, files: Object.fromEntries(one.files) })) }
}
