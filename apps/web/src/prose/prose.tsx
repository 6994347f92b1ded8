/** A lesson's text, drawn on the server: code comes with its colours. */
import type { JSX } from "react"
import { type CodeProps, codeLines, ProseBlocks } from "./blocks.tsx"
import { highlight } from "./highlight.ts"

export { placedIn } from "./blocks.tsx"

const Code = async ({ text, language = "", wrap = false }: CodeProps) => codeLines(await highlight(text, language), wrap)

export const Prose = ({ markdown, title }: { markdown: string; title?: string }): JSX.Element => (
  <ProseBlocks markdown={markdown} Code={Code} {...(title !== undefined && { title })} />
)
