/** Keys that a phone's keyboard lacks. Ctrl holds for the next key. */
"use client"

const keys = [
  { label: "Esc", data: "\x1b" },
  { label: "Tab", data: "\t" },
  { label: "Ctrl", data: undefined },
  { label: "↑", data: "\x1b[A", name: "Up" },
  { label: "↓", data: "\x1b[B", name: "Down" },
  { label: "|", data: "|", name: "Pipe" },
  { label: "^C", data: "\x03", name: "Control C" },
] as const

/** @param press sends as if typed; the letter after Ctrl becomes its control character */
export const KeyRow = ({ press, held, onHold }: { press: (data: string) => void; held: boolean; onHold: (held: boolean) => void }) => {
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
          onClick={() => (key.data === undefined ? onHold(!held) : press(key.data))}
          className={`h-9 min-w-0 flex-1 rounded-md border text-[13px] font-medium ${held && key.label === "Ctrl" ? "border-[#6fbbe8] bg-[#6fbbe8] text-[#05202f]" : "border-terminal-line bg-[#1b2530] text-terminal-ink"}`}
        >
          {key.label}
        </button>
      ))}
    </div>
  )
}
