/** One world of an exam: its tasks, its terminals and their editor. What was opened stays open while another is in front. */
"use client"
import { FilePen, Flag } from "lucide-react"
import dynamic from "next/dynamic"
import { type ReactNode, useEffect, useMemo, useState } from "react"
import { api } from "../lab/api.ts"
import { Lab } from "../lab/lab.ts"
import { useWhileLookedAt } from "../lab/use-lab-of.ts"
import type { LabState } from "../lab/state.ts"
import { NewTerminal } from "../player/new-terminal.tsx"
import { type PaneTab, PaneTabs } from "../player/pane-tabs.tsx"
import { PlayerContext, type PlayerView, useLab, usePlayer } from "../player/player-context.tsx"
import { TaskQuiz } from "../player/task-quiz.tsx"
import { useTask } from "../player/task-state.ts"
import { frontOf, terminalTabs } from "../player/terminal-tabs.tsx"
import { useLayout } from "../player/use-layout.ts"
import { useWorkspace } from "../player/use-workspace.ts"
import type { TaskOutline } from "../server/api/outline.ts"
import { Terminals } from "../terminal/terminals.tsx"

export interface Part {
  /** "course/lesson" */
  readonly lesson: string
  readonly tasks: readonly (TaskOutline & { readonly text: ReactNode })[]
}

export interface Flags {
  has(task: string): boolean
  toggle(task: string): void
}

const picks = {
  terminals: (state: LabState) => state.terminals,
  machines: (state: LabState) => state.machines,
  edits: (state: LabState) => state.edits.length,
}

const FilesPane = dynamic(() => import("../editor/files-pane.tsx").then((module) => module.FilesPane), { ssr: false })

const EDITOR_TAB: PaneTab = { id: "editor", label: "Editor", icon: <FilePen size={14} aria-hidden /> }

const nothing = () => {}

const Task = ({ part, id, number, text, flags }: { part: string; id: string; number: number; text: ReactNode; flags: Flags }) => {
  const task = useTask(id)
  if (!task) return null
  const key = `${part}/${id}`
  const locked = task.live?.state === "locked"
  return (
    <section id={`task-${key}`} aria-labelledby={`task-${key}-title`} data-task={id} className="card scroll-mt-4 p-4 sm:p-5">
      <header className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="text-[13px] font-medium text-ink-3">
            Task {number} · {task.points} {task.points === 1 ? "point" : "points"}
            {task.done && <span className="text-success"> · Done</span>}
          </p>
          <h2 id={`task-${key}-title`} className="mt-0.5 text-[16px] leading-snug font-semibold text-balance">
            {task.title}
          </h2>
        </div>
        <button
          type="button"
          className={`button button-quiet shrink-0 text-[13px] ${flags.has(key) ? "text-attention" : ""}`}
          aria-pressed={flags.has(key)}
          onClick={() => flags.toggle(key)}
        >
          <Flag size={15} aria-hidden fill={flags.has(key) ? "currentColor" : "none"} /> Flag
          <span className="sr-only"> task {number}</span>
        </button>
      </header>
      <div className="mt-2 text-[15px]">{text}</div>
      {locked && <p className="mt-3 text-[15px] text-ink-2">This builds on another task of this cluster.</p>}
      {task.quizzes.length > 0 && (
        <div className="mt-4 space-y-3">
          {task.quizzes.map((quiz) => (
            <TaskQuiz key={quiz.id} task={id} quiz={quiz.id} />
          ))}
        </div>
      )}
    </section>
  )
}

/** Terminals; and, once `edit FILE` asked for it, an editor over the machines' files. */
const Screen = ({ index, active }: { index: number; active: boolean }) => {
  const { lab, upper, showUpper } = usePlayer()
  const terminals = useLab(picks.terminals)
  const machines = useLab(picks.machines)
  const edits = useLab(picks.edits)
  const [layout] = useLayout()
  const [edited, setEdited] = useState(false)
  useEffect(() => {
    if (edits === 0) return
    setEdited(true)
    showUpper({ kind: "files" })
  }, [edits, showUpper])
  const editing = upper.kind === "files"
  const front = editing ? undefined : (frontOf(terminals, upper.kind === "terminal" ? upper.id : "")?.id ?? "")
  const panel = `panel-part-${index}`
  return (
    <>
      <PaneTabs
        label="Terminals"
        tabs={[...terminalTabs(terminals, lab), ...(edited ? [EDITOR_TAB] : [])]}
        front={front ?? EDITOR_TAB.id}
        panel={panel}
        dark
        onChoose={(id) => showUpper(id === EDITOR_TAB.id ? { kind: "files" } : { kind: "terminal", id })}
      >
        <NewTerminal machines={machines} onAdd={(machine) => showUpper({ kind: "terminal", id: lab.addTerminal(machine) })} />
      </PaneTabs>
      <div id={panel} role="tabpanel" aria-label={editing ? "Editor" : "Terminal"} className="relative min-h-0 flex-1 bg-terminal">
        <Terminals
          lab={lab}
          front={active ? front : undefined}
          screenReader={layout.screenReader}
          onLeave={() => document.querySelector<HTMLElement>(`[data-tab="${CSS.escape(front ?? "")}"]`)?.focus()}
          registerFocus={nothing}
        />
        {edited && (
          <div className={`absolute inset-0 ${editing && active ? "" : "invisible"}`}>
            <FilesPane />
          </div>
        )}
      </div>
    </>
  )
}

export const ExamPart = ({
  attempt,
  part,
  index,
  active,
  pane,
  first,
  flags,
}: {
  attempt: string
  part: Part
  index: number
  active: boolean
  /** On a narrow screen one of the two is shown. */
  pane: "tasks" | "terminal"
  /** Number of its first task in the whole exam. */
  first: number
  flags: Flags
}) => {
  const { lesson, tasks } = part
  const lab = useMemo(() => {
    const [course = "", slug = ""] = lesson.split("/")
    return new Lab({ course, lesson: slug }, false, { open: () => api.exams.open.mutate({ attempt, lesson }) })
  }, [attempt, lesson])
  useWhileLookedAt(lab)
  useEffect(() => lab.show({ map: false, events: false, trace: false }), [lab])
  const workspace = useWorkspace({ lab, tasks })
  // Nothing inside is shown but by terminals and the editor.
  const view = useMemo<PlayerView>(() => {
    const { browse: _, ...rest } = workspace
    return { ...rest, exam: true }
  }, [workspace])
  return (
    <PlayerContext value={view}>
      <article
        aria-label={`Tasks of cluster ${index + 1}`}
        className={`absolute inset-y-0 left-0 w-full overflow-y-auto bg-canvas p-4 sm:p-6 wide:w-[38%] ${active ? "" : "invisible"} ${pane === "tasks" ? "" : "max-wide:invisible"}`}
      >
        <div className="mx-auto max-w-[68ch] space-y-4">
          {tasks.map((task, at) => (
            <Task key={task.id} part={lesson} id={task.id} number={first + at} text={task.text} flags={flags} />
          ))}
        </div>
      </article>
      <section
        aria-label={`Terminals of cluster ${index + 1}`}
        className={`absolute inset-y-0 right-0 flex w-full flex-col wide:w-[62%] ${active ? "" : "invisible"} ${pane === "terminal" ? "" : "max-wide:invisible"}`}
      >
        <Screen index={index} active={active} />
      </section>
    </PlayerContext>
  )
}
