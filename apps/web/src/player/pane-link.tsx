/** Links in the prose to what is shown beside it. */
"use client"
import { ArrowRight, FilePen } from "lucide-react"
import type { ReactNode } from "react"
import { type LowerTab, type RequestSubject, usePlayer } from "./player-context.tsx"

/** "Pod/web" or "Pod/default/web"; a name without a namespace is looked for in `default`. */
export const subjectOf = (text: string): RequestSubject | undefined => {
  const parts = text.split("/")
  if (parts.length === 2 && parts.every(Boolean)) return { kind: parts[0], name: parts[1] }
  if (parts.length === 3 && parts.every(Boolean)) return { kind: parts[0], namespace: parts[1], name: parts[2] }
  return undefined
}

export const PaneLink = ({ pane, object, children }: { pane: LowerTab; object?: string; children: ReactNode }) => {
  const { showLower, showPane, follow } = usePlayer()
  const click = () => {
    if (pane === "request") follow(object === undefined ? undefined : subjectOf(object))
    else {
      showLower(pane)
      showPane("lower")
    }
  }
  return (
    <button type="button" className="button" onClick={click}>
      {children}
      <ArrowRight size={15} aria-hidden />
    </button>
  )
}

export const EditLink = ({ path, machine }: { path: string; machine?: string }) => {
  const { edit } = usePlayer()
  return (
    <button type="button" className="button" onClick={() => edit(machine, path)}>
      <FilePen size={15} aria-hidden />
      Edit <code className="text-[13px]">{path}</code>
    </button>
  )
}
