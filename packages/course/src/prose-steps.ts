/** A lesson's prose as what is done in it: commands to click, output to compare, tasks in their places. */
import { parseProse, proseBlocks } from "./prose.ts"

export type ProseStep =
  | { kind: "command"; line: number; text: string; machine?: string }
  | { kind: "output"; line: number; text: string }
  | { kind: "task"; id: string }

/** @param before lines that stand before the prose (its front matter): lines of the steps count from the file's first */
export const proseSteps = (prose: string, before = 0): ProseStep[] =>
  proseBlocks(parseProse(prose)).flatMap((block): ProseStep[] => {
    const line = block.place.line + before
    if (block.kind === "command")
      return [{ kind: "command", line, text: block.text, ...(block.machine !== undefined && { machine: block.machine }) }]
    if (block.kind === "code" && block.output) return [{ kind: "output", line, text: block.text }]
    return block.kind === "task" ? [{ kind: "task", id: block.id }] : []
  })

/** Lines before the prose in a lesson.md. */
export const linesBefore = (markdown: string, prose: string): number => {
  const at = markdown.lastIndexOf(prose)
  return at < 0 ? 0 : markdown.slice(0, at).split("\n").length - 1
}
