/** The cluster's Events, newest first. */
"use client"
import { BellRing, Info, TriangleAlert } from "lucide-react"
import { ScrollBox } from "../components/scroll-box.tsx"
import type { LabState } from "../lab/state.ts"
import { elapsed } from "./clock.tsx"
import { type RequestSubject, useLab, usePlayer } from "./player-context.tsx"

const eventsOf = (state: LabState) => state.events
const itemsOf = (state: LabState) => state.items

/** Events write kinds in lower case; the map knows how they are spelt. */
const subjectOf = (kind: string, name: string, items: LabState["items"]): RequestSubject => {
  const known = [...items.values()].find((item) => item.kind.toLowerCase() === kind.toLowerCase() && item.name === name)
  if (!known) return { kind: kind.charAt(0).toUpperCase() + kind.slice(1), name }
  return { kind: known.kind, name, ...(known.namespace !== undefined && { namespace: known.namespace }) }
}

const startedOf = (state: LabState) => state.clock?.startedAt ?? 0

export const EventsView = () => {
  const events = useLab(eventsOf)
  const startedAt = useLab(startedOf)
  const items = useLab(itemsOf)
  const { follow } = usePlayer()
  if (events.length === 0)
    return (
      <div className="flex h-full flex-col items-center justify-center gap-2 p-6 text-center text-sm text-ink-2">
        <BellRing size={22} aria-hidden className="text-ink-3" />
        <p className="max-w-sm">No events yet. When a part of the cluster does something to an object, it says so here.</p>
      </div>
    )
  return (
    <ScrollBox label="Events" className="h-full">
      <table className="w-full text-left text-[13px]">
        <thead className="sticky top-0 bg-surface text-xs text-ink-3">
          <tr className="[&>th]:border-b [&>th]:border-line [&>th]:px-3 [&>th]:py-2 [&>th]:font-medium">
            <th>Time</th>
            <th>Reason</th>
            <th className="@max-2xl:hidden">Object</th>
            <th className="w-full">Message</th>
          </tr>
        </thead>
        <tbody>
          {events.toReversed().map((event) => {
            const [kind = "", name = ""] = event.object.split(/\/(.*)/)
            const object = (
              <button
                type="button"
                className="text-left hover:text-accent hover:underline"
                onClick={() => follow(subjectOf(kind, name, items))}
              >
                {event.object}
              </button>
            )
            return (
              <tr
                key={`${event.object}\n${event.reason}\n${event.message}`}
                className="align-top [&>td]:border-b [&>td]:border-line [&>td]:px-3 [&>td]:py-1.5"
              >
                <td className="font-mono text-xs leading-5 text-ink-3 tabular-nums">{elapsed(event.at - startedAt)}</td>
                <td className="whitespace-nowrap">
                  <span className="inline-flex items-center gap-1.5 font-medium">
                    {event.type === "Warning" ? (
                      <TriangleAlert size={14} className="text-attention" aria-label="Warning" />
                    ) : (
                      <Info size={14} className="text-ink-3" aria-label="Normal" />
                    )}
                    {event.reason}
                    {event.count > 1 && <span className="text-xs font-normal text-ink-3">×{event.count}</span>}
                  </span>
                </td>
                <td className="font-mono text-xs leading-5 whitespace-nowrap @max-2xl:hidden">{object}</td>
                <td className="wrap-anywhere text-ink-2">
                  <span className="mb-0.5 block font-mono text-xs leading-5 text-ink @2xl:hidden">{object}</span>
                  {event.message}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </ScrollBox>
  )
}
