/** Two versions of a text, what became of what; Monaco's, read only. */
"use client"
import { useEffect, useRef } from "react"
import { editorOptions, followTheme, languageOf, monaco } from "../editor/monaco.ts"

export const DiffView = ({ path, before, after }: { path: string; before: string; after: string }) => {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = host.current
    if (!element) return
    const made = monaco.editor.createDiffEditor(element, {
      ...{ ...editorOptions, readOnly: true, ariaLabel: `What changed in ${path}` },
      ...{ renderSideBySide: element.offsetWidth > 760, hideUnchangedRegions: { enabled: true }, wordWrap: "on" },
    })
    const still = followTheme()
    const [original, modified] = [before, after].map((text) => monaco.editor.createModel(text, languageOf(path)))
    made.setModel({ original, modified })
    return () => {
      still()
      made.dispose()
      original.dispose()
      modified.dispose()
    }
  }, [path, before, after])
  return <div ref={host} className="absolute inset-0" />
}
