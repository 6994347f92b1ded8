/** A command in the prose that a click types into the terminal. */
"use client"
import { Check, CornerDownLeft } from "lucide-react"
import { type ReactNode, useEffect, useRef, useState } from "react"
import { ScrollBox } from "../components/scroll-box.tsx"
import { usePlayer } from "./player-context.tsx"

export const CommandBlock = ({ command, machine, code }: { command: string; machine?: string; code: ReactNode }) => {
  const { run } = usePlayer()
  const [sent, setSent] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const click = () => {
    run(command, machine)
    setSent(true)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setSent(false), 1600)
  }
  return (
    <div className="command-block group">
      <ScrollBox as="pre" label="Command" className="min-w-0 flex-1">
        <code>{code}</code>
      </ScrollBox>
      <button
        type="button"
        onClick={click}
        title={machine ? `Run on ${machine}` : "Run in the terminal"}
        aria-label={`Run: ${command.split("\n")[0]}`}
        className="flex w-18 shrink-0 items-center justify-center gap-1.5 border-l border-terminal-line text-[13px] font-medium text-[#9fc9e2] transition-colors duration-150 hover:bg-[#1a2936] hover:text-[#cfe7f6] focus-visible:-outline-offset-2 focus-visible:outline-[#6fbbe8]"
      >
        {sent ? <Check size={15} aria-hidden /> : <CornerDownLeft size={15} aria-hidden />}
        {sent ? "Sent" : "Run"}
      </button>
    </div>
  )
}
