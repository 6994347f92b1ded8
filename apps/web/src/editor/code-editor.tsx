/** One file in Monaco. */
"use client"
import { useEffect, useRef } from "react"
import { monaco } from "./monaco.ts"

const languageOf = (path: string): string =>
  /\.ya?ml$/.test(path) ? "yaml" : /\.(sh|bash)$|\/\.(bashrc|profile|bash_profile)$/.test(path) ? "shell" : "plaintext"

const themeNow = () => (document.documentElement.dataset.theme === "dark" ? "drydock-dark" : "drydock-light")

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
  onSave: () => void
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
      model,
      theme: themeNow(),
      automaticLayout: true,
      ariaLabel: `${path} on ${machine}`,
      fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
      fontSize: 14,
      lineHeight: 21,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      padding: { top: 10, bottom: 10 },
      renderLineHighlight: "line",
      overviewRulerLanes: 0,
      fixedOverflowWidgets: true,
      quickSuggestions: { other: true, comments: false, strings: true },
      wordWrap: "off",
    })
    made.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS, () => listeners.current.onSave())
    const heard = model.onDidChangeContent(() => listeners.current.onChange(model.getValue()))
    const recolour = () => monaco.editor.setTheme(themeNow())
    const watch = new MutationObserver(recolour)
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] })
    made.focus()
    return () => {
      watch.disconnect()
      heard.dispose()
      made.dispose()
      model.dispose()
    }
  }, [machine, path])

  return <div ref={host} className="absolute inset-0" />
}
