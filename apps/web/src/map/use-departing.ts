/** Objects that have just gone stay drawn until their leaving was seen. */
"use client"
import type { MapItem } from "@drydock/protocol"
import { useEffect, useRef, useState } from "react"

const LEAVE_MS = 260

/** The items, and those that went within the last moment with level "gone". */
export const useDeparting = (items: ReadonlyMap<string, MapItem>): ReadonlyMap<string, MapItem> => {
  const [drawn, setDrawn] = useState(items)
  const before = useRef(items)
  useEffect(() => {
    const gone = [...before.current.values()].filter((item) => !items.has(item.id))
    before.current = items
    if (gone.length === 0 || items.size === 0) {
      setDrawn(items)
      return
    }
    setDrawn(new Map([...items, ...gone.map((item) => [item.id, { ...item, level: "gone" as const }] as const)]))
    const timer = setTimeout(() => setDrawn(items), LEAVE_MS)
    return () => clearTimeout(timer)
  }, [items])
  return drawn
}
