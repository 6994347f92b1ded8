/** A state as a shape with a colour; the word stands beside it. */
import type { MapItem } from "@drydock/protocol"

type Level = MapItem["level"]

const colours: Record<Level, string> = {
  pending: "text-attention",
  running: "text-accent",
  ready: "text-success",
  failing: "text-failure",
  gone: "text-ink-3",
}

export const levelColour = (level: Level): string => colours[level]

/** ○ pending, ● running, ✓ ready, ✕ failing. */
export const Glyph = ({ level, size = 13 }: { level: Level; size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden className={`shrink-0 ${colours[level]}`}>
    {level === "pending" && <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" strokeWidth="2.2" strokeDasharray="3.4 2.3" />}
    {level === "running" && <circle cx="8" cy="8" r="6" fill="currentColor" />}
    {level === "ready" && (
      <path d="m3 8.6 3.4 3.4L13 4.8" fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round" />
    )}
    {level === "failing" && <path d="M4 4l8 8M12 4l-8 8" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" />}
    {level === "gone" && <path d="M4 8h8" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />}
  </svg>
)
