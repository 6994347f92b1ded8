/** One world of an exam: its tasks and its terminals. What was opened stays open while another is in front. */
"use client"
import { Flag, Plus, SquareTerminal } from "lucide-react"
import { type ReactNode, useEffect, useMemo, useState } from "react"
import { Menu, MenuItem } from "../components/menu.tsx"
import { api } from "../lab/api.ts"
import { Lab } from "../lab/lab.ts"
import type { LabState } from "../lab/state.ts"
import { PaneTabs } from "../player/pane-tabs.tsx"
import { PlayerContext, type PlayerView, useLab, usePlayer } from "../player/player-context.tsx"
import { TaskQuiz } from "../player/task-quiz.tsx"
import { useTask } from "../player/task-state.ts"
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
  edits: (state: LabState) => state.edits,
}

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

const Screen = ({ index, active }: { index: number; active: boolean }) => {
  const { lab } = usePlayer()
  const terminals = useLab(picks.terminals)
  const machines = useLab(picks.machines)
  const edits = useLab(picks.edits)
  const [wanted, setWanted] = useState("")
  const [refusedEdit, setRefusedEdit] = useState(false)
  const front = terminals.find(({ id }) => id === wanted) ?? terminals[0]
  useEffect(() => {
    // An exam has terminals alone.
    for (const { editor } of edits) lab.editorClosed(editor)
    if (edits.length > 0) setRefusedEdit(true)
  }, [edits, lab])
  const panel = `panel-part-${index}`
  return (
    <>
      <PaneTabs
        label="Terminals"
        tabs={terminals.map((tab) => {
          const same = terminals.filter(({ machine }) => machine === tab.machine)
          return {
            id: tab.id,
            label: same.length > 1 ? `${tab.machine} ${same.indexOf(tab) + 1}` : tab.machine,
            icon: <SquareTerminal size={14} aria-hidden />,
            ...(same.length > 1 && { close: () => lab.closeTerminal(tab.id) }),
          }
        })}
        front={front?.id ?? ""}
        panel={panel}
        dark
        onChoose={setWanted}
      >
        {machines.length > 0 && (
          <Menu
            trigger={
              <button
                type="button"
                className="icon-button size-7 text-inherit hover:bg-[#1b2530] hover:text-white"
                aria-label="New terminal"
                title="New terminal"
              >
                <Plus size={16} aria-hidden />
              </button>
            }
          >
            {machines.map((machine) => (
              <MenuItem key={machine} icon={<SquareTerminal size={15} aria-hidden />} onSelect={() => setWanted(lab.addTerminal(machine))}>
                New terminal on {machine}
              </MenuItem>
            ))}
          </Menu>
        )}
      </PaneTabs>
      {refusedEdit && (
        <p role="status" className="flex items-center gap-3 bg-attention-soft px-3 py-1.5 text-sm text-attention">
          There is no editor window in an exam. Use vi or nano in the terminal.
          <button type="button" className="button ml-auto h-7" onClick={() => setRefusedEdit(false)}>
            Good
          </button>
        </p>
      )}
      <div id={panel} role="tabpanel" aria-label={front?.machine ?? "Terminal"} className="relative min-h-0 flex-1 bg-terminal">
        <Terminals
          lab={lab}
          front={active ? (front?.id ?? "") : undefined}
          screenReader={false}
          onLeave={() => document.querySelector<HTMLElement>(`[data-tab="${CSS.escape(front?.id ?? "")}"]`)?.focus()}
          registerFocus={nothing}
        />
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
  useEffect(() => {
    void lab.open()
    lab.show({ map: false, events: false, trace: false })
    const hurry = () => lab.hurry()
    window.addEventListener("online", hurry)
    document.addEventListener("visibilitychange", hurry)
    return () => {
      window.removeEventListener("online", hurry)
      document.removeEventListener("visibilitychange", hurry)
      lab.close()
    }
  }, [lab])
  const view = useMemo<PlayerView>(
    () => ({
      ...{ lab, tasks, doneBefore: [], placedQuizzes: [], subject: undefined, wantedFile: undefined, exam: true },
      ...{ upper: { kind: "files" }, lower: "map", pane: "upper" },
      ...{ showUpper: nothing, showLower: nothing, showPane: nothing, run: nothing, edit: nothing, follow: nothing },
    }),
    [lab, tasks],
  )
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
