/** The lab of a draft beside its text: terminals, files, browser, map and requests, one at a time. */
"use client"
import { Network, Route } from "lucide-react"
import dynamic from "next/dynamic"
import { useCallback, useRef, useState } from "react"
import type { TraceHop } from "@drydock/protocol"
import type { LabState } from "../lab/state.ts"
import { PaneTabs } from "../player/pane-tabs.tsx"
import { useLab, usePlayer } from "../player/player-context.tsx"
import { frontOf, terminalTabs } from "../player/terminal-tabs.tsx"
import { BROWSER_TAB, FILES_TAB, UpperPanels, upperOf } from "../player/upper-pane.tsx"
import { Terminals } from "../terminal/terminals.tsx"

const ClusterMap = dynamic(() => import("../map/cluster-map.tsx").then((module) => module.ClusterMap), { ssr: false })
const RequestView = dynamic(() => import("../request/request-view.tsx").then((module) => module.RequestView), { ssr: false })

const terminalsOf = (state: LabState) => state.terminals

export type LabTab = "terminal" | "files" | "browser" | "map" | "request"

export const LabPane = ({ tab, onTab }: { tab: LabTab; onTab: (tab: LabTab) => void }) => {
  const { lab, upper, showUpper } = usePlayer()
  const terminals = useLab(terminalsOf)
  const [hop, setHop] = useState<TraceHop>()
  const focus = useRef(() => {})
  const front = frontOf(terminals, upper.kind === "terminal" ? upper.id : "")?.id ?? ""
  const registerFocus = useCallback((given: () => void) => {
    focus.current = given
  }, [])
  const frontTab = tab === "terminal" ? front : tab
  return (
    <section aria-label="Lab" id="studio-lab" className="flex min-h-0 flex-1 flex-col">
      <PaneTabs
        label="Lab"
        dark
        tabs={[
          ...terminalTabs(terminals, lab),
          FILES_TAB,
          BROWSER_TAB,
          { id: "map", label: "Map", icon: <Network size={14} aria-hidden /> },
          { id: "request", label: "Request", icon: <Route size={14} aria-hidden /> },
        ]}
        front={frontTab}
        panel="panel-lab"
        onChoose={(id) => (id === "map" || id === "request" ? onTab(id) : showUpper(upperOf(id)))}
      />
      <div id="panel-lab" role="tabpanel" aria-labelledby={`tab-${frontTab}`} className="@container relative min-h-0 flex-1 bg-terminal">
        <Terminals
          lab={lab}
          front={tab === "terminal" ? front : undefined}
          screenReader={false}
          onLeave={() => document.getElementById(`tab-${frontTab}`)?.focus()}
          registerFocus={registerFocus}
        />
        <UpperPanels front={tab === "files" || tab === "browser" ? tab : "terminal"} />
        {(tab === "map" || tab === "request") && (
          <div className="absolute inset-0 bg-surface">{tab === "map" ? <ClusterMap hop={hop} /> : <RequestView onHop={setHop} />}</div>
        )}
      </div>
    </section>
  )
}
