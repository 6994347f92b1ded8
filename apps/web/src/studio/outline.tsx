/** What stands where in the file that is open: headings of the text, tasks and checks of the lab. */
"use client"
import { useDeferredValue, useMemo } from "react"
import { labPlaces } from "@drydock/course/lab-places"

interface Entry {
  readonly line: number
  readonly level: number
  readonly text: string
}

const MOST = 200

const headings = (text: string): Entry[] => {
  const entries: Entry[] = []
  let fence = ""
  let front = false
  for (const [index, line] of text.split("\n").entries()) {
    if (index === 0 && line.trimEnd() === "---") front = true
    else if (front) front = line.trimEnd() !== "---"
    else {
      const [, mark] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? []
      if (fence === "" && mark) fence = mark
      else if (fence !== "" && mark?.startsWith(fence)) fence = ""
      else if (fence === "") {
        const [, marks, title] = /^(#{1,6})\s+(.+?)\s*#*\s*$/.exec(line) ?? []
        const [, directive, id] = /^::(task|quiz|map|trace|edit)(?:\{[^}]*?\bid=([\w-]+)[^}]*\})?/.exec(line) ?? []
        if (marks && title) entries.push({ line: index + 1, level: marks.length, text: title })
        else if (directive) entries.push({ line: index + 1, level: 3, text: id ? `${directive}: ${id}` : directive })
      }
    }
  }
  return entries
}

const tasks = (text: string): Entry[] =>
  labPlaces(text).map(({ line, title, id }, index) => ({ line, level: 1, text: `${index + 1}. ${title || id || "task"}` }))

export const Outline = ({ path, text, onGo }: { path: string; text: string; onGo: (line: number) => void }) => {
  const read = useDeferredValue(text)
  const entries = useMemo(
    () => (path.endsWith(".md") ? headings(read) : path === "lab.yaml" ? tasks(read) : []).slice(0, MOST),
    [path, read],
  )
  if (entries.length === 0) return null
  return (
    <nav aria-label="Outline" className="min-h-0 overflow-y-auto border-t border-line py-2">
      <h2 className="px-3 pb-1 text-[13px] font-semibold">Outline</h2>
      <ul>
        {entries.map(({ line, level, text: title }) => (
          <li key={line}>
            <button
              type="button"
              onClick={() => onGo(line)}
              style={{ paddingLeft: `${Math.min(level, 4) * 10 + 2}px` }}
              className="block w-full truncate py-1 pr-3 text-left text-[13px] text-ink-2 -outline-offset-2 hover:bg-sunken hover:text-ink"
            >
              {title}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  )
}
