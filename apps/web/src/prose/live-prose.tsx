/** A lesson's text while it is written, drawn in the browser: the same elements, colours as soon as they are there. */
"use client"
import { type JSX, useEffect, useState } from "react"
import { type CodeProps, codeLines, ProseBlocks } from "./blocks.tsx"
import type { Token } from "./highlight.ts"

type Lines = readonly (readonly Token[])[]

const plain = (text: string): Lines => text.split("\n").map((line) => [{ text: line, style: {} }])

const Code = ({ text, language = "", wrap = false }: CodeProps) => {
  const [coloured, setColoured] = useState<{ readonly of: string; readonly lines: Lines }>()
  useEffect(() => {
    let current = true
    void import("./highlight.ts").then(async ({ highlight }) => {
      const lines = await highlight(text, language)
      if (current) setColoured({ of: text, lines })
    })
    return () => {
      current = false
    }
  }, [text, language])
  return codeLines(coloured?.of === text ? coloured.lines : plain(text), wrap)
}

export const LiveProse = ({ markdown, title }: { markdown: string; title?: string }): JSX.Element => (
  <ProseBlocks markdown={markdown} Code={Code} {...(title !== undefined && { title })} />
)
