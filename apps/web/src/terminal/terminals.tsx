/** The terminals of a lab: those that were shown stay drawn, the one in front is visible; and what stands there before there is one. */
"use client"
import { LoaderCircle, PlugZap, RotateCcw } from "lucide-react"
import dynamic from "next/dynamic"
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react"
import { readInside } from "../browser/inside-address.ts"
import type { Lab } from "../lab/lab.ts"
import type { LabState } from "../lab/state.ts"
import { useLab, usePlayer } from "../player/player-context.tsx"
import { KeyRow } from "./key-row.tsx"
import type { TerminalHandle } from "./terminal-view.tsx"

const load = () => import("./terminal-view.tsx")
const TerminalView = dynamic(() => load().then((module) => module.TerminalView), { ssr: false })

const picks = {
  tabs: (state: LabState) => state.terminals,
  phase: (state: LabState) => state.phase,
  preparing: (state: LabState) => state.preparing,
  problem: (state: LabState) => state.problem,
  noticed: (state: LabState) => state.noticed,
}

const Centre = ({ children }: { children: ReactNode }) => (
  <div className="absolute inset-0 flex flex-col items-center justify-center gap-4 bg-terminal p-6 text-center text-terminal-ink">
    {children}
  </div>
)

const Before = ({ lab }: { lab: Lab }) => {
  const phase = useLab(picks.phase)
  const preparing = useLab(picks.preparing)
  const problem = useLab(picks.problem)
  const noticed = useLab(picks.noticed)
  if (phase === "failed" || phase === "ended" || phase === "elsewhere")
    return (
      <Centre>
        <PlugZap size={26} aria-hidden className="text-[#e5bd68]" />
        <div role="alert" className="max-w-sm">
          <p className="font-semibold">
            {{ ended: "This lab has ended", elsewhere: "This lab is open in another window", failed: "The lab did not open" }[phase]}
          </p>
          <p className="mt-1 text-sm text-[#a9b8c5]">
            {phase === "elsewhere" ? "One window at a time has its terminals." : problem}{" "}
            {phase === "ended" ? "Tasks that you finished are kept." : phase === "failed" ? "Nothing that you did is lost." : ""}
          </p>
        </div>
        <button type="button" className="button" onClick={() => void lab.open()}>
          <RotateCcw size={15} aria-hidden /> {{ ended: "Open a new one", elsewhere: "Use it here", failed: "Try again" }[phase]}
        </button>
      </Centre>
    )
  const percent = Math.round((preparing?.done ?? 0) * 100)
  return (
    <Centre>
      <LoaderCircle size={22} aria-hidden className="text-[#6fbbe8] motion-safe:animate-spin" />
      <p role="status" className="text-sm text-[#a9b8c5]">
        {preparing ? preparing.step : "Opening your cluster"}
      </p>
      {noticed && (
        <p role="status" className="max-w-sm text-sm text-[#e5bd68]">
          The lab does not answer; trying again. {problem}
        </p>
      )}
      {preparing && (
        <div className="h-1 w-48 overflow-hidden rounded-full bg-[#25313d]" aria-hidden>
          <div className="h-full bg-[#6fbbe8] transition-[width] duration-150" style={{ width: `${percent}%` }} />
        </div>
      )}
    </Centre>
  )
}

/** @param front id of the terminal in front; undefined when the files are */
export const Terminals = ({
  lab,
  front,
  screenReader,
  onLeave,
  registerFocus,
}: {
  lab: Lab
  front: string | undefined
  screenReader: boolean
  onLeave: () => void
  /** Is given a function that puts the focus into the terminal in front, and one that opens its search. */
  registerFocus: (focus: () => void, find: () => void) => void
}) => {
  const { browse } = usePlayer()
  const tabs = useLab(picks.tabs)
  const noticed = useLab(picks.noticed)
  const phase = useLab(picks.phase)
  const [shown, setShown] = useState<readonly string[]>([])
  const handles = useRef(new Map<string, TerminalHandle>())
  const wanted = useRef(false)
  const ctrl = useRef(false)
  const [held, setHeld] = useState(false)
  const stage = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (front !== undefined) setShown((known) => (known.includes(front) ? known : [...known, front]))
  }, [front])

  const frontRef = useRef(front)
  frontRef.current = front
  useEffect(() => {
    registerFocus(
      () => {
        const handle = handles.current.get(frontRef.current ?? "")
        if (handle) handle.focus()
        // It is being loaded: it takes the focus when it is there.
        else wanted.current = true
      },
      () => handles.current.get(frontRef.current ?? "")?.find(),
    )
  }, [registerFocus])

  const onReady = useCallback((id: string, handle: TerminalHandle | undefined) => {
    if (!handle) handles.current.delete(id)
    else {
      handles.current.set(id, handle)
      if (wanted.current && id === frontRef.current) {
        wanted.current = false
        handle.focus()
      }
    }
  }, [])

  const press = (data: string) => {
    const handle = handles.current.get(front ?? "")
    handle?.press(data)
    handle?.focus()
  }

  // On its way while the lab is being opened.
  useEffect(() => void load(), [])

  const pressNow = useRef(press)
  pressNow.current = press
  useEffect(() => {
    const element = stage.current
    if (!element) return
    // Ctrl of the key row holds for one key of the phone's keyboard.
    const control = (event: globalThis.KeyboardEvent) => {
      if (!ctrl.current || event.key.length !== 1) return
      event.preventDefault()
      event.stopPropagation()
      ctrl.current = false
      setHeld(false)
      pressNow.current(String.fromCharCode(event.key.toUpperCase().charCodeAt(0) & 0x1f))
    }
    element.addEventListener("keydown", control, true)
    return () => {
      element.removeEventListener("keydown", control, true)
    }
  }, [])

  const drawn = tabs.filter((tab) => shown.includes(tab.id))
  const away = drawn.length === 0 || phase === "ended" || phase === "elsewhere" || phase === "failed"
  return (
    <div className={`absolute inset-0 flex flex-col bg-terminal ${front === undefined ? "invisible" : ""}`}>
      <div ref={stage} className="relative min-h-0 flex-1">
        {drawn.map((tab) => (
          <TerminalView
            key={tab.id}
            lab={lab}
            tab={tab}
            visible={tab.id === front}
            screenReader={screenReader}
            onLeave={onLeave}
            onInside={(text) => {
              const address = readInside(text)
              if (browse && address) browse(address)
              // Where there is no browser the lab's curl asks.
              else lab.keys(tab.id, `curl ${text}`)
            }}
            onReady={onReady}
          />
        ))}
        {away && <Before lab={lab} />}
        {noticed && !away && (
          <p
            role="status"
            className="absolute inset-x-3 top-3 mx-auto flex w-fit max-w-full items-center gap-2 rounded-lg border border-[#7a5f23] bg-[#2c230d] px-3 py-2 text-sm text-[#f0d089] shadow-pop"
          >
            <LoaderCircle size={15} aria-hidden className="shrink-0 motion-safe:animate-spin" />
            The line to the lab is down. What you type is kept and sent when it is back.
          </p>
        )}
      </div>
      <KeyRow
        press={press}
        held={held}
        onHold={(on) => {
          ctrl.current = on
          setHeld(on)
        }}
      />
    </div>
  )
}
