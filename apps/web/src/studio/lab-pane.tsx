/** The lab of a draft beside its text: terminals, files, map and requests, one at a time. */
"use client"
import { FolderTree, Network, Route, SquareTerminal } from "lucide-react"
import dynamic from "next/dynamic"
import { useCallback, useRef, useState } from "react"
import type { TraceHop } from "@drydock/protocol"
import type { LabState } from "../lab/state.ts"
import { PaneTabs } from "../player/pane-tabs.tsx"
import { useLab, usePlayer } from "../player/player-context.tsx"
import { Terminals } from "../terminal/terminals.tsx"

const ClusterMap = dynamic(() => import("../map/cluster-map.tsx").then((module) => module.ClusterMap), { ssr: false })
const RequestView = dynamic(() => import("../request/request-view.tsx").then((module) => module.RequestView), { ssr: false })
const FilesPane = dynamic(() => import("../editor/files-pane.tsx").then((module) => module.FilesPane), { ssr: false })

const terminalsOf = (state: LabState) => state.terminals

export type LabTab = "terminal" | "files" | "map" | "request"

export const LabPane = ({ tab, onTab }: { tab: LabTab; onTab: (tab: LabTab) => void }) => {
  const { lab, upper, showUpper } = usePlayer()
  const terminals = useLab(terminalsOf)
  const [hop, setHop] = useState<TraceHop>()
  const focus = useRef(() => {})
  const wanted = upper.kind === "terminal" ? upper.id : ""
  const front = terminals.find(({ id }) => id === wanted) ?? terminals[0]
  const registerFocus = useCallback((given: () => void) => {
    focus.current = given
  }, [])
  const tabs = [
    ...terminals.map(({ id, machine }) => ({
      id: `terminal ${id}`,
      label: terminals.filter((other) => other.machine === machine).length > 1 ? id : machine,
      icon: <SquareTerminal size={14} aria-hidden />,
    })),
    { id: "files", label: "Files", icon: <FolderTree size={14} aria-hidden /> },
    { id: "map", label: "Map", icon: <Network size={14} aria-hidden /> },
    { id: "request", label: "Request", icon: <Route size={14} aria-hidden /> },
  ]
  const frontTab = tab === "terminal" ? `terminal ${front?.id ?? ""}` : tab
  return (
    <section aria-label="Lab" id="studio-lab" className="flex min-h-0 flex-1 flex-col">
      <PaneTabs
        label="Lab"
        dark
        tabs={tabs}
        front={frontTab}
        panel="panel-lab"
        onChoose={(id) => {
          if (id.startsWith("terminal ")) {
            showUpper({ kind: "terminal", id: id.slice(9) })
            onTab("terminal")
          } else onTab(id as LabTab)
        }}
      />
      <div id="panel-lab" role="tabpanel" aria-labelledby={`tab-${frontTab}`} className="@container relative min-h-0 flex-1 bg-terminal">
        <Terminals
          lab={lab}
          front={tab === "terminal" ? (front?.id ?? "") : undefined}
          screenReader={false}
          onLeave={() => document.getElementById(`tab-${frontTab}`)?.focus()}
          registerFocus={registerFocus}
        />
        {tab !== "terminal" && (
          <div className="absolute inset-0 bg-surface">
            {tab === "files" && <FilesPane />}
            {tab === "map" && <ClusterMap hop={hop} />}
            {tab === "request" && <RequestView onHop={setHop} />}
          </div>
        )}
      </div>
    </section>
  )
}
