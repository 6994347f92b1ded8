/** The cluster's own clock: how long it has run, and how fast. */
"use client"
import { FastForward, Pause, Play } from "lucide-react"
import { useEffect, useRef } from "react"
import { type LabState, virtualNow } from "../lab/state.ts"
import { useLab, usePlayer } from "./player-context.tsx"

/** @param ms "00:04:12"; days before hours when there are any */
export const elapsed = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60]
  const two = (value: number) => String(value).padStart(2, "0")
  return `${days > 0 ? `${days}d ` : ""}${two(hours)}:${two(minutes)}:${two(seconds % 60)}`
}

const clockOf = (state: LabState) => state.clock
const speeds = [1, 10] as const

export const Clock = () => {
  const { lab } = usePlayer()
  const clock = useLab(clockOf)
  const face = useRef<HTMLTimeElement>(null)

  useEffect(() => {
    if (!clock) return
    // Written past React: sixty drawings a minute of a player would be sixty too many.
    const draw = () => {
      if (face.current) face.current.textContent = elapsed(virtualNow(clock, performance.now()) - clock.startedAt)
    }
    draw()
    if (clock.paused) return
    const timer = setInterval(draw, Math.max(50, 1000 / clock.speed / 2))
    return () => clearInterval(timer)
  }, [clock])

  if (!clock) return null
  const speed = clock.speed
  return (
    <fieldset
      aria-label="The cluster's clock"
      className={`flex items-center gap-0.5 rounded-lg border py-px pr-2 pl-px ${clock.paused ? "border-attention bg-attention-soft" : "border-line bg-surface"}`}
    >
      <button
        type="button"
        className="icon-button size-7"
        aria-label={clock.paused ? "Let the clock run" : "Pause the clock"}
        onClick={() => lab.send({ type: "clock", action: clock.paused ? "resume" : "pause" })}
      >
        {clock.paused ? <Play size={15} aria-hidden /> : <Pause size={15} aria-hidden />}
      </button>
      {speeds.map((value) => (
        <button
          key={value}
          type="button"
          aria-label={value === 1 ? "×1, normal speed" : `×${value} as fast`}
          aria-pressed={!clock.paused && speed === value}
          onClick={() => lab.send({ type: "clock", action: "resume", speed: value })}
          className={`h-6 rounded px-1.5 text-xs font-medium tabular-nums ${!clock.paused && speed === value ? "bg-accent-soft text-accent" : "text-ink-3 hover:text-ink"}`}
        >
          ×{value}
        </button>
      ))}
      <button
        type="button"
        className="icon-button size-7"
        aria-label="Skip to the next event"
        onClick={() => lab.send({ type: "clock", action: "skip" })}
      >
        <FastForward size={15} aria-hidden />
      </button>
      {clock.paused && <span className="text-xs font-semibold text-attention">Paused</span>}
      <time
        ref={face}
        className="ml-1 min-w-[4.6rem] text-right font-mono text-[13px] text-ink-2 tabular-nums"
        title="Since the cluster was made"
      />
    </fieldset>
  )
}
