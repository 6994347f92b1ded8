/** What is wrong with a draft as it is typed: its form at once, here; its expressions when it is saved, from the lab server. */
"use client"
import { useEffect, useRef, useState } from "react"
import type { SourceFiles } from "@drydock/course/draft-files"
import type { Lesson, Problem } from "@drydock/course/lesson"
import { checkDraft } from "./studio-door.ts"

/** After the last key, ms. */
const LOOK_AFTER_MS = 250

export interface Looked {
  /** Of these files. */
  readonly files: SourceFiles
  readonly problems: readonly Problem[]
  /** The last that had no error in its form: what preview and lab show. */
  readonly lesson: Lesson | undefined
  /** It is that of these files, and not of some before. */
  readonly current: boolean
}

const keyOf = ({ file, message }: Problem) => `${file}\0${message}`
const inOrder = (problems: readonly Problem[]) =>
  problems.toSorted((a, b) => (a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1))

/** @param saved the revision that these files are, if they are saved */
export const useProblems = (
  draft: { readonly id: string; readonly course: string; readonly lesson: string },
  files: SourceFiles,
  saved: number | undefined,
): Looked => {
  const { id, course, lesson: slug } = draft
  const [looked, setLooked] = useState<Looked>({ files, problems: [], lesson: undefined, current: false })
  /** What only the lab server found. */
  const [found, setFound] = useState<readonly Problem[]>([])
  const last = useRef<Lesson>(undefined)

  useEffect(() => {
    let current = true
    const timer = setTimeout(
      async () => {
        const { parseSource } = await import("@drydock/course/draft-files")
        if (!current) return
        const { lesson, problems } = parseSource(files, { course, slug })
        last.current = lesson ?? last.current
        setLooked({ files, problems, lesson: last.current, current: lesson !== undefined })
      },
      last.current ? LOOK_AFTER_MS : 0,
    )
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [files, course, slug])

  useEffect(() => {
    if (saved === undefined) return
    const gone = new AbortController()
    void (async () => {
      try {
        const [all, { parseSource }] = await Promise.all([checkDraft(id, saved, gone.signal), import("@drydock/course/draft-files")])
        const here = new Set(parseSource(files, { course, slug }).problems.map(keyOf))
        if (!gone.signal.aborted) setFound(all.filter((problem) => !here.has(keyOf(problem))))
      } catch {
        // The form is looked at here all the same; publishing looks again.
      }
    })()
    return () => gone.abort()
    // One revision has one set of files.
  }, [id, course, slug, saved, files])

  const here = new Set(looked.problems.map(keyOf))
  return { ...looked, problems: inOrder([...looked.problems, ...found.filter((problem) => !here.has(keyOf(problem)))]) }
}
