/** An exam while it is sat: tasks, timer, terminals; nothing else. */
"use client"
import { Flag, ListChecks, SquareTerminal } from "lucide-react"
import { useRouter } from "next/navigation"
import { useEffect, useMemo, useState } from "react"
import { reasonOf } from "../classes/words.ts"
import { Dialog } from "../components/dialog.tsx"
import { PaneBar } from "../components/pane-bar.tsx"
import { api } from "../lab/api.ts"
import { ThemeSwitch } from "../site/theme-switch.tsx"
import { ExamClock, useTimeLeft } from "./exam-clock.tsx"
import { ExamPart, type Flags, type Part } from "./exam-part.tsx"

/** Flags are the candidate's own notes: kept in this browser. */
const useFlags = (attempt: string): Flags => {
  const place = `drydock-flags-${attempt}`
  const [flagged, setFlagged] = useState<readonly string[]>([])
  useEffect(() => {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(place) ?? "[]")
      if (Array.isArray(kept)) setFlagged(kept.filter((one): one is string => typeof one === "string"))
    } catch {
      // Nothing was kept.
    }
  }, [place])
  return useMemo(
    () => ({
      has: (task) => flagged.includes(task),
      toggle: (task) => {
        const next = flagged.includes(task) ? flagged.filter((one) => one !== task) : [...flagged, task]
        setFlagged(next)
        try {
          localStorage.setItem(place, JSON.stringify(next))
        } catch {
          // A browser that keeps nothing: until the reload.
        }
      },
    }),
    [flagged, place],
  )
}

const PANES = [
  { id: "tasks", label: "Tasks", icon: ListChecks },
  { id: "terminal", label: "Terminal", icon: SquareTerminal },
] as const

export interface ExamRoomProps {
  readonly attempt: string
  readonly title: string
  readonly endsAt: number
  /** The server's clock as the page was made. */
  readonly now: number
  readonly parts: readonly Part[]
  /** Where the score is told. */
  readonly result: string
}

export const ExamRoom = ({ attempt, title, endsAt, now, parts, result }: ExamRoomProps) => {
  const router = useRouter()
  const [active, setActive] = useState(0)
  const [visited, setVisited] = useState<readonly number[]>([0])
  const [pane, setPane] = useState<"tasks" | "terminal">("tasks")
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<string>()
  const flags = useFlags(attempt)
  const left = useTimeLeft(attempt, { now, endsAt }, () => router.replace(result))
  const show = (index: number) => {
    setActive(index)
    setVisited((known) => (known.includes(index) ? known : [...known, index]))
  }
  const submit = async () => {
    try {
      await api.exams.submit.mutate({ attempt })
      router.replace(result)
    } catch (reason) {
      setProblem(reasonOf(reason))
    }
  }
  const flagged = parts.flatMap(({ lesson, tasks }) => tasks.filter(({ id }) => flags.has(`${lesson}/${id}`))).length
  const firstOf = (index: number) => 1 + parts.slice(0, index).reduce((sum, { tasks }) => sum + tasks.length, 0)
  return (
    <div className="flex h-dvh flex-col overflow-clip">
      <header className="flex min-h-13 shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-surface px-3 py-1.5">
        <h1 className="truncate text-sm font-semibold max-sm:sr-only">{title}</h1>
        <nav aria-label="Clusters" className="flex min-w-0 flex-wrap items-center gap-1">
          {parts.map(({ lesson, tasks }, index) => {
            const [from, to] = [firstOf(index), firstOf(index) + tasks.length - 1]
            const marked = tasks.some(({ id }) => flags.has(`${lesson}/${id}`))
            return (
              <button
                key={lesson}
                type="button"
                aria-current={index === active ? "true" : undefined}
                aria-label={`Cluster ${index + 1}, ${from === to ? `task ${from}` : `tasks ${from} to ${to}`}${marked ? ", flagged" : ""}`}
                onClick={() => show(index)}
                className={`inline-flex h-8 items-center gap-1 rounded-md px-2.5 text-sm font-medium tabular-nums ${index === active ? "bg-accent-soft text-accent" : "text-ink-2 hover:bg-sunken"}`}
              >
                {from === to ? from : `${from}–${to}`}
                {marked && <Flag size={13} aria-hidden className="text-attention" fill="currentColor" />}
              </button>
            )
          })}
        </nav>
        <div className="ml-auto flex items-center gap-2">
          <ExamClock left={left} />
          <button type="button" className="button button-primary h-8" onClick={() => setAsking(true)}>
            Hand in
          </button>
          <span className="max-sm:hidden">
            <ThemeSwitch />
          </span>
        </div>
      </header>
      <main className="relative min-h-0 flex-1">
        {parts.map((part, index) =>
          visited.includes(index) ? (
            <ExamPart
              key={part.lesson}
              attempt={attempt}
              part={part}
              index={index}
              active={index === active}
              pane={pane}
              first={firstOf(index)}
              flags={flags}
            />
          ) : null,
        )}
      </main>
      <PaneBar panes={PANES} front={pane} onChoose={setPane} />
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title="Hand the exam in?"
        description={`Your clusters end, and nothing can be changed after that.${flagged > 0 ? ` ${flagged} ${flagged === 1 ? "task is" : "tasks are"} flagged.` : ""}`}
      >
        {problem && (
          <p role="alert" className="text-sm text-failure">
            {problem}
          </p>
        )}
        <div className="mt-2 flex justify-end gap-2">
          <button type="button" className="button" onClick={() => setAsking(false)}>
            Go on
          </button>
          <button type="button" className="button button-primary" onClick={() => void submit()}>
            Hand it in
          </button>
        </div>
      </Dialog>
    </div>
  )
}
