/** Colours for code in prose, made on the server: the browser gets spans, not a highlighter. */
import { createHighlighterCore, type HighlighterCore } from "shiki/core"
import { createJavaScriptRegexEngine } from "shiki/engine/javascript"

const languages: Readonly<Record<string, string>> = {
  bash: "bash",
  sh: "bash",
  shell: "bash",
  yaml: "yaml",
  yml: "yaml",
  json: "json",
  dockerfile: "docker",
  docker: "docker",
  go: "go",
  ini: "ini",
  toml: "toml",
}

let highlighter: Promise<HighlighterCore> | undefined

const load = () =>
  (highlighter ??= createHighlighterCore({
    themes: [import("shiki/themes/github-light-high-contrast.mjs"), import("shiki/themes/github-dark-high-contrast.mjs")],
    langs: [
      import("shiki/langs/bash.mjs"),
      import("shiki/langs/yaml.mjs"),
      import("shiki/langs/json.mjs"),
      import("shiki/langs/docker.mjs"),
      import("shiki/langs/go.mjs"),
      import("shiki/langs/ini.mjs"),
      import("shiki/langs/toml.mjs"),
    ],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  }))

export interface Token {
  readonly text: string
  /** CSS variables --shiki-light, --shiki-dark. */
  readonly style: Readonly<Record<string, string>>
}

/** Lines of tokens; plain lines for a language without colours. */
export const highlight = async (text: string, language: string): Promise<readonly (readonly Token[])[]> => {
  const lang = languages[language]
  if (!lang) return text.split("\n").map((line) => [{ text: line, style: {} }])
  const { tokens } = (await load()).codeToTokens(text, {
    lang,
    themes: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    defaultColor: false,
  })
  return tokens.map((line) => line.map((token) => ({ text: token.content, style: (token.htmlStyle as Record<string, string>) ?? {} })))
}
