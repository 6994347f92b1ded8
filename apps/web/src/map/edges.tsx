/** Lines from services to the pods they reach, drawn under the boxes. */
"use client"
import type { MapItem } from "@drydock/protocol"
import { type RefObject, useCallback, useLayoutEffect, useState } from "react"

interface Edge {
  readonly id: string
  readonly path: string
}

const measure = (box: HTMLElement, services: readonly MapItem[]): Edge[] => {
  const origin = box.getBoundingClientRect()
  const place = (id: string) => box.querySelector(`[data-item="${CSS.escape(id)}"]`)?.getBoundingClientRect()
  return services.flatMap((service, at) => {
    const from = place(service.id)
    if (!from) return []
    return (service.targets ?? []).flatMap((target) => {
      const to = place(target)
      if (!to) return []
      const [x1, y1] = [from.left + from.width / 2 - origin.left, from.bottom - origin.top]
      const [x2, y2] = [to.left + Math.min(14, to.width / 2) - origin.left, to.top - origin.top]
      // Down into the gap under the services, along it, and down to the pod: it crosses no word on the way.
      const lane = y1 + 5 + (at % 3) * 2
      const turn = Math.min(5, Math.abs(x2 - x1) / 2)
      const side = Math.sign(x2 - x1) * turn
      return [
        {
          id: `${service.id}>${target}`,
          path: `M${x1} ${y1}V${lane - turn / 2}Q${x1} ${lane} ${x1 + side} ${lane}H${x2 - side}Q${x2} ${lane} ${x2} ${lane + turn}V${y2}`,
        },
      ]
    })
  })
}

const same = (a: readonly Edge[], b: readonly Edge[]) =>
  a.length === b.length && a.every((edge, at) => edge.id === b[at].id && edge.path === b[at].path)

/** @param lit id of the object pointed at */
export const Edges = ({
  box,
  services,
  lit,
}: {
  box: RefObject<HTMLElement | null>
  services: readonly MapItem[]
  lit: string | undefined
}) => {
  const [edges, setEdges] = useState<readonly Edge[]>([])
  const draw = useCallback(() => {
    const element = box.current
    if (!element) return
    const next = measure(element, services)
    setEdges((known) => (same(known, next) ? known : next))
  }, [box, services])
  // After every drawing of the map: whatever changed may have moved boxes.
  useLayoutEffect(() => {
    draw()
    // Arrivals move while they arrive.
    const settled = setTimeout(draw, 280)
    return () => clearTimeout(settled)
  })
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const watch = new ResizeObserver(draw)
    watch.observe(element)
    return () => watch.disconnect()
  }, [box, draw])
  return (
    <svg className="pointer-events-none absolute inset-0 size-full overflow-visible" aria-hidden>
      {edges.map((edge) => {
        const on = lit !== undefined && (edge.id.startsWith(`${lit}>`) || edge.id.endsWith(`>${lit}`))
        return (
          <path
            key={edge.id}
            d={edge.path}
            fill="none"
            stroke={on ? "var(--accent)" : "var(--line-strong)"}
            strokeWidth={on ? 2 : 1.4}
            strokeDasharray={on ? "5 3" : undefined}
            opacity={on ? 1 : lit === undefined ? 0.8 : 0.35}
            className={on ? "motion-safe:animate-[travel_700ms_linear_infinite]" : ""}
          />
        )
      })}
    </svg>
  )
}
