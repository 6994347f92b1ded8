/** The files of a draft in Monaco: a model each, which takes over what others write without losing the reader's place. */
"use client"
import { useEffect, useRef } from "react"
import type { Problem } from "@drydock/course/lesson"
import { editorOptions, followTheme, languageOf, monaco } from "../editor/monaco.ts"
import { withLessonSchemas } from "../editor/schemas.ts"

export interface Reveal {
  readonly path: string
  readonly line: number
  /** Tells two askings apart. */
  readonly turn: number
}

const uriOf = (path: string) => monaco.Uri.from({ scheme: "file", authority: "draft", path: `/${path}` })

/** Only what differs is replaced, so that the cursor and the marks around it stay. */
const replaceText = (model: monaco.editor.ITextModel, text: string) => {
  const was = model.getValue()
  let start = 0
  while (start < was.length && start < text.length && was[start] === text[start]) start++
  let [wasEnd, end] = [was.length, text.length]
  while (wasEnd > start && end > start && was[wasEnd - 1] === text[end - 1]) {
    wasEnd--
    end--
  }
  const [from, to] = [model.getPositionAt(start), model.getPositionAt(wasEnd)]
  model.pushEditOperations(
    [],
    [{ range: new monaco.Range(from.lineNumber, from.column, to.lineNumber, to.column), text: text.slice(start, end) }],
    () => null,
  )
}

export const SourceEditor = ({
  path,
  text,
  problems,
  reveal,
  onChange,
  onSave,
}: {
  path: string
  text: string
  problems: readonly Problem[]
  reveal: Reveal | undefined
  onChange: (path: string, text: string) => void
  onSave: () => void
}) => {
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<monaco.editor.IStandaloneCodeEditor>(undefined)
  const listeners = useRef({ onChange, onSave })
  listeners.current = { onChange, onSave }
  /** A change that came from outside is not told. */
  const taking = useRef(false)
  const places = useRef(new Map<string, monaco.editor.ICodeEditorViewState | null>())
  const texts = useRef(text)
  texts.current = text

  useEffect(() => {
    const element = host.current
    if (!element) return
    const made = monaco.editor.create(element, { ...editorOptions, model: null })
    editor.current = made
    made.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS, () => listeners.current.onSave())
    const still = followTheme()
    const schemas = withLessonSchemas()
    return () => {
      schemas()
      still()
      made.dispose()
      editor.current = undefined
      for (const model of monaco.editor.getModels()) if (model.uri.authority === "draft") model.dispose()
    }
  }, [])

  useEffect(() => {
    const made = editor.current
    if (!made) return
    const uri = uriOf(path)
    const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(texts.current, languageOf(path), uri)
    model.updateOptions({ tabSize: 2, insertSpaces: true })
    made.setModel(model)
    made.updateOptions({ wordWrap: path.endsWith(".md") ? "on" : "off", ariaLabel: path })
    const before = places.current.get(path)
    if (before) made.restoreViewState(before)
    const heard = model.onDidChangeContent(() => {
      if (!taking.current) listeners.current.onChange(path, model.getValue())
    })
    return () => {
      places.current.set(path, made.saveViewState())
      heard.dispose()
    }
  }, [path])

  useEffect(() => {
    const model = monaco.editor.getModel(uriOf(path))
    if (!model || model.getValue() === text) return
    taking.current = true
    replaceText(model, text)
    taking.current = false
  }, [path, text])

  useEffect(() => {
    const model = monaco.editor.getModel(uriOf(path))
    if (!model) return
    const markers = problems
      .filter(({ file }) => file === path)
      .map(({ line, column, message, severity }) => {
        const at = Math.min(Math.max(1, line), model.getLineCount())
        return {
          ...{ message, startLineNumber: at, endLineNumber: at },
          ...{ startColumn: column, endColumn: Math.max(column + 1, model.getLineMaxColumn(at)) },
          severity: severity === "error" ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
        }
      })
    monaco.editor.setModelMarkers(model, "drydock", markers)
  }, [path, problems])

  useEffect(() => {
    const made = editor.current
    if (!made || reveal?.path !== path) return
    made.revealLineInCenter(reveal.line)
    made.setPosition({ lineNumber: reveal.line, column: made.getModel()?.getLineFirstNonWhitespaceColumn(reveal.line) || 1 })
    made.focus()
  }, [path, reveal])

  return <div ref={host} className="absolute inset-0" />
}
