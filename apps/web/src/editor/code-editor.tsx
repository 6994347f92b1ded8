/** One file in Monaco. */
"use client"
import { useEffect, useRef } from "react"
import { editorOptions, followTheme, languageOf, monaco } from "./monaco.ts"

/** @param path says the language */
export const CodeEditor = ({
  machine,
  path,
  initial,
  onChange,
  onSave,
}: {
  machine: string
  path: string
  /** The text to begin with; from then on the editor has it. */
  initial: string
  onChange: (text: string) => void
  /** With the text as it is at that key: what was typed last need not have been drawn yet. */
  onSave: (text: string) => void
}) => {
  const host = useRef<HTMLDivElement>(null)
  const listeners = useRef({ onChange, onSave })
  listeners.current = { onChange, onSave }
  const first = useRef(initial)

  useEffect(() => {
    const element = host.current
    if (!element) return
    const uri = monaco.Uri.from({ scheme: "file", authority: machine, path })
    const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(first.current, languageOf(path), uri)
    model.updateOptions({ tabSize: 2, insertSpaces: true })
    const made = monaco.editor.create(element, {
      ...editorOptions,
      model,
      ariaLabel: `${path} on ${machine}`,
    })
    made.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS, () => listeners.current.onSave(model.getValue()))
    const heard = model.onDidChangeContent(() => listeners.current.onChange(model.getValue()))
    const still = followTheme()
    made.focus()
    return () => {
      still()
      heard.dispose()
      made.dispose()
      model.dispose()
    }
  }, [machine, path])

  return <div ref={host} className="absolute inset-0" />
}
