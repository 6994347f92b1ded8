/** Where the cluster is seen: its map, the way of a request, its events. */
"use client"
import type { TraceHop } from "@drydock/protocol"
import dynamic from "next/dynamic"
import { useState } from "react"
import type { LabState } from "../lab/state.ts"
import { Clock } from "./clock.tsx"
import { type PaneTab, PaneTabs } from "./pane-tabs.tsx"
import { type LowerTab, useLab, usePlayer } from "./player-context.tsx"

const ClusterMap = dynamic(() => import("../map/cluster-map.tsx").then((module) => module.ClusterMap), { ssr: false })
const RequestView = dynamic(() => import("../request/request-view.tsx").then((module) => module.RequestView), { ssr: false })
const EventsView = dynamic(() => import("./events-view.tsx").then((module) => module.EventsView), { ssr: false })

const pausedOf = (state: LabState) => state.clock?.paused ?? false

export const LOWER: readonly (PaneTab & { readonly id: LowerTab })[] = [
  { id: "map", label: "Map" },
  { id: "request", label: "Request" },
  { id: "events", label: "Events" },
]

export const LowerPane = () => {
  const { lower, showLower } = usePlayer()
  const paused = useLab(pausedOf)
  const [hop, setHop] = useState<TraceHop>()
  return (
    <>
      <PaneTabs label="Cluster" tabs={LOWER} front={lower} panel="panel-lower" onChoose={(id) => showLower(id as LowerTab)} />
      <div className="flex justify-end border-b border-line px-2 py-1.5 sm:hidden">
        <Clock />
      </div>
      <div
        id="panel-lower"
        role="tabpanel"
        aria-labelledby={`tab-${lower}`}
        className={`relative min-h-0 flex-1 ${paused ? "shadow-[inset_0_0_0_2px_var(--attention)]" : ""}`}
      >
        <div className={`absolute inset-0 ${lower === "map" ? "" : "hidden"}`}>
          <ClusterMap hop={hop} />
        </div>
        {lower === "request" && (
          <div className="absolute inset-0">
            <RequestView onHop={setHop} />
          </div>
        )}
        {lower === "events" && (
          <div className="absolute inset-0">
            <EventsView />
          </div>
        )}
      </div>
    </>
  )
}
