/** Monaco as Drydock uses it: YAML with Kubernetes' schema, shell, and nothing from elsewhere. Loaded with the first file. */
import { configureMonacoYaml } from "monaco-yaml"
import * as monaco from "monaco-editor/editor/editor.api"
import "monaco-editor/features/register.all"
import "monaco-editor/languages/definitions/markdown/register"
import "monaco-editor/languages/definitions/shell/register"
import "monaco-editor/languages/definitions/yaml/register"
import { createWebWorker } from "monaco-editor/internal/common/workers"

window.MonacoEnvironment = {
  getWorker: (_id, label) =>
    label === "yaml"
      ? new Worker(new URL("./yaml.worker.ts", import.meta.url), { type: "module" })
      : new Worker(new URL("./editor.worker.ts", import.meta.url), { type: "module" }),
}

export const KUBERNETES_SCHEMA = { uri: new URL("/schemas/kubernetes.json", location.origin).href, fileMatch: ["**/*.yaml", "**/*.yml"] }

// monaco-yaml asks the public module for a factory that this Monaco keeps inside.
export const yaml = configureMonacoYaml({ ...monaco, editor: { ...monaco.editor, createWebWorker } } as never, {
  enableSchemaRequest: true,
  hover: true,
  completion: true,
  validate: true,
  format: { enable: true },
  schemas: [KUBERNETES_SCHEMA],
})

const colours = {
  light: {
    base: "vs" as const,
    background: "#ffffff",
    lineNumber: "#7d8a96",
    selection: "#cfe4f2",
    // Monaco's own red is too light on white: flags of commands.
    rules: [{ token: "attribute.name", foreground: "b42318" }],
  },
  dark: { base: "vs-dark" as const, background: "#151c25", lineNumber: "#6b7a88", selection: "#1d4159", rules: [] },
}

for (const name of ["light", "dark"] as const)
  monaco.editor.defineTheme(`drydock-${name}`, {
    base: colours[name].base,
    inherit: true,
    rules: colours[name].rules,
    colors: {
      "editor.background": colours[name].background,
      "editorLineNumber.foreground": colours[name].lineNumber,
      "editor.selectionBackground": colours[name].selection,
    },
  })

export const languageOf = (path: string): string => {
  if (/\.ya?ml$/.test(path)) return "yaml"
  if (/\.md$/.test(path)) return "markdown"
  return /\.(sh|bash)$|\/\.(bashrc|profile|bash_profile)$/.test(path) ? "shell" : "plaintext"
}

const themeNow = () => (document.documentElement.dataset.theme === "dark" ? "drydock-dark" : "drydock-light")

/** Editors change colours with the page. @returns what ends it */
export const followTheme = (): (() => void) => {
  monaco.editor.setTheme(themeNow())
  const watch = new MutationObserver(() => monaco.editor.setTheme(themeNow()))
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] })
  return () => watch.disconnect()
}

export const editorOptions = {
  automaticLayout: true,
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
} as const

export { monaco }
