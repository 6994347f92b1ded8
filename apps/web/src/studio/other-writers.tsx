/** Who else has this draft open, and which file is before them. */
"use client"
import { Users } from "lucide-react"
import { useEffect, useState } from "react"
import { api } from "../lab/api.ts"

/** How often the page says that it is here, ms; after three times without a word one has gone. */
const HERE_MS = 4_000

interface Other {
  readonly name: string
  readonly path: string
}

/** @param path the file before this reader, which others are told */
export const OtherWriters = ({ draft, path }: { draft: string; path: string }) => {
  const [others, setOthers] = useState<readonly Other[]>([])
  useEffect(() => {
    let current = true
    const say = async () => {
      if (document.visibilityState !== "visible") return
      try {
        const there = await api.studio.here.mutate({ draft, path })
        if (current) setOthers(there)
      } catch {
        // Said again soon.
      }
    }
    void say()
    const timer = setInterval(() => void say(), HERE_MS)
    return () => {
      current = false
      clearInterval(timer)
    }
  }, [draft, path])
  return (
    <ul aria-label="Also here" aria-live="polite" className="flex items-center gap-2 text-[13px] text-ink-2 max-md:hidden">
      {others.map((other) => (
        <li key={`${other.name} ${other.path}`} className="flex items-center gap-1.5 rounded-full bg-accent-soft px-2.5 py-0.5 text-accent">
          <Users size={13} aria-hidden />
          {other.name}
          <span className="font-mono text-xs">{other.path}</span>
        </li>
      ))}
    </ul>
  )
}
