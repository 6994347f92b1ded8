/** Where the learner works: terminals, files and the lab's own browser, one in front. What was opened stays as it was. */
"use client"
import { FolderTree, Globe, Search } from "lucide-react"
import dynamic from "next/dynamic"
import { useEffect, useState } from "react"
import type { LabState } from "../lab/state.ts"
import { Terminals } from "../terminal/terminals.tsx"
import { NewTerminal } from "./new-terminal.tsx"
import { type PaneTab, PaneTabs } from "./pane-tabs.tsx"
import { type UpperTab, useLab, usePlayer } from "./player-context.tsx"
import { frontOf, terminalTabs } from "./terminal-tabs.tsx"

const FilesPane = dynamic(() => import("../editor/files-pane.tsx").then((module) => module.FilesPane), { ssr: false })
const BrowserPane = dynamic(() => import("../browser/browser-pane.tsx").then((module) => module.BrowserPane), { ssr: false })

const picks = {
  terminals: (state: LabState) => state.terminals,
  machines: (state: LabState) => state.machines,
  edits: (state: LabState) => state.edits.length,
}

export const FILES_TAB: PaneTab = { id: "files", label: "Files", icon: <FolderTree size={14} aria-hidden /> }
export const BROWSER_TAB: PaneTab = { id: "browser", label: "Browser", icon: <Globe size={14} aria-hidden /> }

/** What a tab's id stands for. */
export const upperOf = (id: string): UpperTab => (id === "files" || id === "browser" ? { kind: id } : { kind: "terminal", id })

/** Files and browser, drawn once they were wanted. */
export const UpperPanels = ({ front }: { front: UpperTab["kind"] }) => {
  const [seen, setSeen] = useState({ files: false, browser: false })
  useEffect(() => {
    if (front !== "terminal") setSeen((known) => (known[front] ? known : { ...known, [front]: true }))
  }, [front])
  return (
    <>
      {seen.files && (
        <div className={`absolute inset-0 ${front === "files" ? "" : "invisible"}`}>
          <FilesPane />
        </div>
      )}
      {seen.browser && (
        <div className={`absolute inset-0 ${front === "browser" ? "" : "invisible"}`}>
          <BrowserPane />
        </div>
      )}
    </>
  )
}

export const UpperPane = ({
  screenReader,
  find,
  onLeave,
  onAdd,
  registerFocus,
}: {
  screenReader: boolean
  /** Opens the search of the terminal in front. */
  find: () => void
  onLeave: () => void
  onAdd: (machine: string) => void
  registerFocus: (focus: () => void, find: () => void) => void
}) => {
  const { lab, upper, showUpper } = usePlayer()
  const terminals = useLab(picks.terminals)
  const machines = useLab(picks.machines)
  const edits = useLab(picks.edits)
  useEffect(() => {
    if (edits > 0) showUpper({ kind: "files" })
  }, [edits, showUpper])
  const terminal = upper.kind === "terminal" ? (frontOf(terminals, upper.id)?.id ?? "") : undefined
  const front = upper.kind === "terminal" ? (terminal ?? "") : upper.kind
  return (
    <>
      <PaneTabs
        label="Terminals, files and browser"
        tabs={[...terminalTabs(terminals, lab), FILES_TAB, BROWSER_TAB]}
        front={front}
        panel="panel-upper"
        dark
        onChoose={(id) => showUpper(upperOf(id))}
      >
        <span
          aria-hidden
          className="mr-1 text-xs text-[#8797a5] opacity-0 transition-opacity duration-150 group-has-[.xterm-helper-textarea:focus]/upper:opacity-100 max-wide:hidden"
        >
          Esc leaves the terminal
        </span>
        {terminal && (
          <button
            type="button"
            className="icon-button size-7 text-inherit hover:bg-[#1b2530] hover:text-white"
            aria-label="Find in the terminal"
            title="Find"
            onClick={find}
          >
            <Search size={14} aria-hidden />
          </button>
        )}
        <NewTerminal machines={machines} onAdd={onAdd} />
      </PaneTabs>
      <div id="panel-upper" role="tabpanel" aria-labelledby={`tab-${front}`} className="relative min-h-0 flex-1 bg-terminal">
        <Terminals lab={lab} front={terminal} screenReader={screenReader} onLeave={onLeave} registerFocus={registerFocus} />
        <UpperPanels front={upper.kind} />
      </div>
    </>
  )
}
