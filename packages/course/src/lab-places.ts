/** Where a lab's tasks and checks stand in lab.yaml: what a test says is shown at its line. Runs in a browser too. */
import { isMap, isNode, isSeq, LineCounter, parseDocument } from "yaml"

export interface TaskPlace {
  readonly id: string
  readonly title: string
  /** From 1. */
  readonly line: number
  /** Of each check, from 1, in their order. */
  readonly checks: readonly number[]
}

/** Of text that is no lab, what there is. Never throws. */
export const labPlaces = (text: string): TaskPlace[] => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, logLevel: "silent" })
  const tasks = document.get("tasks")
  if (!isMap(document.contents) || !isSeq(tasks)) return []
  const lineOf = (node: unknown): number => (isNode(node) && node.range ? lines.linePos(node.range[0]).line : 1)
  return tasks.items.flatMap((task) => {
    if (!isMap(task)) return []
    const checks = task.get("checks")
    const [id, title] = [task.get("id"), task.get("title")]
    return [
      {
        id: typeof id === "string" ? id : "",
        title: typeof title === "string" ? title : "",
        line: lineOf(task),
        checks: isSeq(checks) ? checks.items.map(lineOf) : [],
      },
    ]
  })
}
