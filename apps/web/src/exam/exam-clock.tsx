/** What is left of an exam: by the server's clock, whatever the computer's own says, and the same after a reload. */
"use client"
import { Timer } from "lucide-react"
import { useEffect, useRef, useState } from "react"
import { api } from "../lab/api.ts"

/** The server is asked again so often, ms: a computer that slept has another idea of time. */
const ASK_MS = 30_000

const two = (number: number) => String(number).padStart(2, "0")

/** "1:05:09" or "05:09" */
export const leftText = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return `${hours > 0 ? `${hours}:` : ""}${two(minutes)}:${two(seconds % 60)}`
}

/** @param begun the server's clock and the end by it, as the page was made. @returns ms left */
export const useTimeLeft = (attempt: string, begun: { readonly now: number; readonly endsAt: number }, onOver: () => void): number => {
  const [left, setLeft] = useState(begun.endsAt - begun.now)
  const over = useRef(onOver)
  over.current = onOver
  const { now, endsAt } = begun
  useEffect(() => {
    let here = true
    let asking = false
    // The server's clock less this page's.
    let offset = now - performance.now()
    let end = endsAt
    const ask = async () => {
      if (asking) return
      asking = true
      const sent = performance.now()
      try {
        const told = await api.exams.clock.query({ attempt })
        if (!here) return
        end = told.endsAt
        offset = told.now - (sent + performance.now()) / 2
        if (told.over) over.current()
      } catch {
        // The line is down: this page's clock goes on.
      } finally {
        asking = false
      }
    }
    const tick = () => {
      const rest = end - (performance.now() + offset)
      setLeft(rest)
      if (rest <= 0) void ask()
    }
    const seen = () => {
      if (document.visibilityState === "visible") void ask()
    }
    void ask()
    const [ticking, asked] = [setInterval(tick, 500), setInterval(() => void ask(), ASK_MS)]
    document.addEventListener("visibilitychange", seen)
    return () => {
      here = false
      clearInterval(ticking)
      clearInterval(asked)
      document.removeEventListener("visibilitychange", seen)
    }
  }, [attempt, now, endsAt])
  return left
}

const MINUTE = 60_000

export const ExamClock = ({ left }: { left: number }) => {
  const warning = left <= MINUTE ? "One minute is left." : left <= 5 * MINUTE ? "Five minutes are left." : ""
  return (
    <p
      className={`flex items-center gap-1.5 rounded-md px-2 py-1 text-[15px] font-semibold tabular-nums ${left <= 5 * MINUTE ? "bg-attention-soft text-attention" : "text-ink"}`}
    >
      <Timer size={16} aria-hidden />
      <span className="sr-only">Time left: </span>
      <time role="timer" suppressHydrationWarning>
        {leftText(left)}
      </time>
      <span role="status" className="sr-only">
        {warning}
      </span>
    </p>
  )
}
