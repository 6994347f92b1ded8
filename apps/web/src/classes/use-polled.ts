/** Asks again and again while the page is looked at. */
"use client"
import { useEffect, useRef, useState } from "react"

export interface Polled<Value> {
  readonly value: Value
  /** The last two tries came to nothing. */
  readonly failing: boolean
  /** Asks at once. */
  refresh(): void
}

/** @param everyMs between an answer and the next question */
export const usePolled = <Value>(ask: () => Promise<Value>, everyMs: number, initial: Value): Polled<Value> => {
  const [value, setValue] = useState(initial)
  const [failures, setFailures] = useState(0)
  const question = useRef(ask)
  question.current = ask
  const now = useRef(() => {})
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let over = false
    let asking = false
    const tick = async () => {
      clearTimeout(timer)
      if (over || asking || document.visibilityState === "hidden") return
      asking = true
      try {
        const answer = await question.current()
        if (over) return
        setValue(answer)
        setFailures(0)
      } catch {
        if (!over) setFailures((count) => count + 1)
      } finally {
        asking = false
        if (!over) timer = setTimeout(tick, everyMs)
      }
    }
    now.current = () => void tick()
    timer = setTimeout(tick, everyMs)
    // Hidden, it rests; looked at again, it is up to date at once.
    const seen = () => void tick()
    document.addEventListener("visibilitychange", seen)
    return () => {
      over = true
      clearTimeout(timer)
      document.removeEventListener("visibilitychange", seen)
    }
  }, [everyMs])
  return { value, failing: failures >= 2, refresh: () => now.current() }
}
