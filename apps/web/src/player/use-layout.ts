/** Sizes and choices of the player that outlive a visit. */
"use client"
import { useEffect, useState } from "react"

export interface Layout {
  /** Percent of the width that the text takes, and of the right side's height that the terminal takes. */
  readonly across: number
  readonly down: number
  readonly screenReader: boolean
}

const KEY = "drydock-layout"
const initial: Layout = { across: 40, down: 58, screenReader: false }
const within = (value: unknown, low: number, high: number, otherwise: number) =>
  typeof value === "number" && value >= low && value <= high ? value : otherwise

export const useLayout = (): readonly [Layout, (change: Partial<Layout>) => void] => {
  const [layout, setLayout] = useState(initial)
  useEffect(() => {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, unknown>
      setLayout({
        across: within(kept.across, 22, 65, initial.across),
        down: within(kept.down, 20, 85, initial.down),
        screenReader: kept.screenReader === true,
      })
    } catch {
      // Nothing kept, or not ours: the first layout stands.
    }
  }, [])
  const change = (part: Partial<Layout>) => {
    const next = { ...layout, ...part }
    setLayout(next)
    try {
      localStorage.setItem(KEY, JSON.stringify(next))
    } catch {
      // It holds for this visit.
    }
  }
  return [layout, change]
}
