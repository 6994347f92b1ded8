/** Keys that a phone's keyboard lacks. Ctrl holds for the next key. */
"use client"
import { useState } from "react"

const keys = [
  { label: "Esc", data: "\x1b" },
  { label: "Tab", data: "\t" },
  { label: "Ctrl", data: undefined },
  { label: "↑", data: "\x1b[A", name: "Up" },
  { label: "↓", data: "\x1b[B", name: "Down" },
  { label: "|", data: "|", name: "Pipe" },
  { label: "^C", data: "\x03", name: "Control C" },
] as const

/** @param press sends as if typed; a letter after Ctrl becomes its control character */
export const KeyRow = ({ press, onCtrl }: { press: (data: string) => void; onCtrl: (held: boolean) => void }) => {
  const [held, setHeld] = useState(false)
  const hold = (on: boolean) => {
    setHeld(on)
    onCtrl(on)
  }
  return (
    <div className="flex gap-1.5 border-t border-terminal-line bg-terminal px-2 py-1.5 wide:hidden" role="toolbar" aria-label="Keys">
      {keys.map((key) => (
        <button
          key={key.label}
          type="button"
          aria-label={"name" in key ? key.name : key.label}
          {...(key.label === "Ctrl" && { "aria-pressed": held })}
          // The terminal keeps the focus, and the phone its keyboard.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => (key.data === undefined ? hold(!held) : press(key.data))}
          className={`h-9 min-w-0 flex-1 rounded-md border text-[13px] font-medium ${held && key.label === "Ctrl" ? "border-[#6fbbe8] bg-[#6fbbe8] text-[#05202f]" : "border-terminal-line bg-[#1b2530] text-terminal-ink"}`}
        >
          {key.label}
        </button>
      ))}
    </div>
  )
}
