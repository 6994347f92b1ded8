/** A teacher's messages, over the player until they are read. */
"use client"
import { MessageSquare } from "lucide-react"
import { useEffect, useState } from "react"
import { api } from "../lab/api.ts"
import type { ClassWord, LabState } from "../lab/state.ts"
import { useLab } from "./player-context.tsx"

const picks = { words: (state: LabState) => state.words, ready: (state: LabState) => state.phase === "ready" }
const SHOWN = 3

/** @param visitor nobody is signed in, so nobody has written to them */
export const ClassWords = ({ visitor }: { visitor: boolean }) => {
  const told = useLab(picks.words)
  const ready = useLab(picks.ready)
  const [kept, setKept] = useState<readonly ClassWord[]>([])
  const [readUpTo, setReadUpTo] = useState(0)
  // What was said before this page was open, or while its line was down.
  useEffect(() => {
    if (visitor || !ready) return
    let here = true
    api.classes.messages.query().then(
      (messages) => here && setKept(messages.filter(({ read }) => !read)),
      () => {},
    )
    return () => {
      here = false
    }
  }, [visitor, ready])
  const all = new Map([...kept, ...told].map((word) => [word.id, word]))
  const unread = [...all.values()].filter(({ id }) => id > readUpTo).sort((a, b) => a.id - b.id)
  if (unread.length === 0) return null
  const newest = unread[unread.length - 1].id
  return (
    <section
      aria-label="Messages"
      className="fixed top-16 right-3 z-30 w-[min(22rem,calc(100vw-24px))] rounded-xl border border-line bg-surface p-4 shadow-pop motion-safe:animate-[skeleton-in_150ms]"
    >
      <ul role="status" className="max-h-64 space-y-3 overflow-y-auto">
        {unread.length > SHOWN && <li className="text-sm text-ink-3">{unread.length - SHOWN} earlier ones are on your progress page.</li>}
        {unread.slice(-SHOWN).map(({ id, from, text }) => (
          <li key={id} className="flex items-start gap-2.5">
            <MessageSquare size={16} aria-hidden className="mt-1 shrink-0 text-accent" />
            <span className="min-w-0">
              <span className="block text-[13px] font-medium text-ink-3">{from}</span>
              <span className="block text-[15px] leading-snug break-words whitespace-pre-line">{text}</span>
            </span>
          </li>
        ))}
      </ul>
      <div className="mt-3 flex justify-end">
        <button
          type="button"
          className="button h-8"
          onClick={() => {
            setReadUpTo(newest)
            void api.classes.read.mutate({ message: newest }).catch(() => {})
          }}
        >
          Got it
        </button>
      </div>
    </section>
  )
}
