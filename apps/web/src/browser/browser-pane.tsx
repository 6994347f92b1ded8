/** A browser inside the lab: any port of the learner's network as a page. What it shows runs apart from this site, in a sandbox without an origin. */
"use client"
import { ExternalLink, House, RotateCw } from "lucide-react"
import { useCallback, useEffect, useRef, useState } from "react"
import type { OpenPort } from "@drydock/protocol"
import type { LabState } from "../lab/state.ts"
import { useLab, usePlayer } from "../player/player-context.tsx"
import { type InsideAddress, insideOf, previewPath, readInside, shownAddress } from "./inside-address.ts"
import { PortList } from "./port-list.tsx"

const baseOf = (state: LabState) => state.preview
const readyOf = (state: LabState) => state.phase === "ready"

export const BrowserPane = () => {
  const { lab, wantedPage } = usePlayer()
  const base = useLab(baseOf)
  const ready = useLab(readyOf)
  const [shown, setShown] = useState<{ readonly address: InsideAddress; readonly turn: number }>()
  const [text, setText] = useState("")
  const [refused, setRefused] = useState(false)
  const [loading, setLoading] = useState(false)
  const [ports, setPorts] = useState<readonly OpenPort[]>()
  const [problem, setProblem] = useState<string>()
  const frame = useRef<HTMLIFrameElement>(null)

  const look = useCallback(async () => {
    setProblem(undefined)
    try {
      const answer = await lab.ask({ type: "ports" })
      if (answer.type === "ports") setPorts(answer.ports)
    } catch (reason) {
      setProblem(reason instanceof Error ? reason.message : "The lab did not say what listens.")
    }
  }, [lab])
  useEffect(() => {
    if (ready && !shown) void look()
  }, [ready, shown, look])

  const open = useCallback((address: InsideAddress) => {
    setShown((known) => ({ address, turn: (known?.turn ?? 0) + 1 }))
    setText(shownAddress(address))
    setRefused(false)
    setLoading(true)
  }, [])
  useEffect(() => {
    if (wantedPage) open(wantedPage.address)
  }, [wantedPage, open])

  // The page says where it is; nothing else of it is believed, and that is only shown.
  useEffect(() => {
    const hear = ({ source, data }: MessageEvent) => {
      if (source !== frame.current?.contentWindow || base === undefined) return
      const path = (data as { drydockPreview?: unknown } | null)?.drydockPreview
      const address = typeof path === "string" ? insideOf(base, path.slice(0, 2_000)) : undefined
      if (address) setText(shownAddress(address))
    }
    window.addEventListener("message", hear)
    return () => window.removeEventListener("message", hear)
  }, [base])

  const url = shown && base !== undefined ? previewPath(base, shown.address) : undefined
  return (
    <div className="flex h-full flex-col bg-surface">
      <form
        className="flex items-center gap-1 border-b border-line bg-canvas p-1.5"
        onSubmit={(event) => {
          event.preventDefault()
          const address = readInside(text)
          if (address) open(address)
          else setRefused(true)
        }}
      >
        <button
          type="button"
          className="icon-button"
          aria-label="What listens inside"
          title="What listens inside"
          onClick={() => {
            setShown(undefined)
            setText("")
            setLoading(false)
          }}
        >
          <House size={16} aria-hidden />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Reload the page"
          title="Reload"
          disabled={!shown}
          onClick={() => {
            const address = readInside(text) ?? shown?.address
            if (address) open(address)
          }}
        >
          <RotateCw size={16} aria-hidden className={loading ? "motion-safe:animate-spin" : ""} />
        </button>
        <input
          aria-label="Address inside the lab"
          aria-invalid={refused}
          className="field h-8 min-w-0 flex-1 font-mono text-[13px]"
          placeholder="controlplane:30080"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setRefused(false)
          }}
        />
        {url !== undefined && (
          <a
            className="icon-button"
            aria-label="Open in a window of its own"
            title="Open in a window of its own"
            href={url}
            target="_blank"
            rel="noreferrer"
          >
            <ExternalLink size={16} aria-hidden />
          </a>
        )}
      </form>
      {refused && (
        <p role="alert" className="border-b border-line bg-attention-soft px-3 py-1.5 text-sm text-attention">
          That is no address of the lab. Give a host and a port: node01:30080, or a port alone.
        </p>
      )}
      <div className="relative min-h-0 flex-1">
        {url !== undefined && shown ? (
          <iframe
            // Asked for anew even where the address is the same.
            key={shown.turn}
            ref={frame}
            title={`Page at ${shownAddress(shown.address)}`}
            src={url}
            sandbox="allow-scripts allow-forms allow-modals"
            referrerPolicy="no-referrer"
            className="absolute inset-0 size-full bg-white [color-scheme:light]"
            onLoad={() => setLoading(false)}
          />
        ) : (
          <PortList ports={ports} problem={problem} onChoose={open} onLook={() => void look()} />
        )}
      </div>
    </div>
  )
}
