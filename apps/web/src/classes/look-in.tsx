/** A teacher looks into a learner's lab: its terminals, tasks and map as the learner has them, and a way to ask to type. */
"use client"
import { Check, Circle, Eye, Keyboard, Lock, MessageSquare } from "lucide-react"
import dynamic from "next/dynamic"
import Link from "next/link"
import { useEffect, useMemo, useState } from "react"
import { Lab } from "../lab/lab.ts"
import { useWhileLookedAt } from "../lab/use-lab-of.ts"
import type { LabState } from "../lab/state.ts"
import { api } from "../lab/api.ts"
import { PaneTabs } from "../player/pane-tabs.tsx"
import { PlayerContext, type PlayerView, useLab, usePlayer } from "../player/player-context.tsx"
import { ThemeSwitch } from "../site/theme-switch.tsx"
import { Wordmark } from "../site/wordmark.tsx"
import { type Addressee, MessageDialog } from "./send-message.tsx"

const ClusterMap = dynamic(() => import("../map/cluster-map.tsx").then((module) => module.ClusterMap), { ssr: false })
const WatchedTerminal = dynamic(() => import("./watched-terminal.tsx").then((module) => module.WatchedTerminal), { ssr: false })

const picks = {
  terminals: (state: LabState) => state.terminals,
  tasks: (state: LabState) => state.tasks,
  phase: (state: LabState) => state.phase,
  problem: (state: LabState) => state.problem,
  watched: (state: LabState) => state.watched,
}

export interface LookInProps {
  readonly of: { readonly id: string; readonly name: string }
  readonly session: string
  readonly learner: Addressee
  readonly lesson: { readonly slug: string; readonly title: string }
}

export const LookIn = (props: LookInProps) => {
  const { of, session, lesson } = props
  const lab = useMemo(
    () => new Lab({ course: "", lesson: lesson.slug }, false, { open: () => api.classes.watch.mutate({ id: of.id, session }) }),
    [of.id, session, lesson.slug],
  )
  useWhileLookedAt(lab)
  useEffect(() => lab.show({ map: true, events: false, trace: false }), [lab])
  const view = useMemo<PlayerView>(() => {
    const nothing = () => {}
    return {
      ...{ lab, tasks: [], doneBefore: [], placedQuizzes: [], subject: undefined, wantedFile: undefined },
      ...{ upper: { kind: "files" }, lower: "map", pane: "upper" },
      ...{ showUpper: nothing, showLower: nothing, showPane: nothing, run: nothing, edit: nothing, looksIn: true, follow: nothing },
    }
  }, [lab])
  return (
    <PlayerContext value={view}>
      <Room {...props} />
    </PlayerContext>
  )
}

const Typing = ({ learner }: { learner: Addressee }) => {
  const { lab } = usePlayer()
  const { by, you } = useLab(picks.watched)
  const own = by.find(({ id }) => id === you)
  const ask = (asking: boolean) => () => lab.say({ type: "ask-typing", ask: asking })
  if (!own) return null
  if (own.typing)
    return (
      <p role="status" className="flex items-center gap-2 rounded-md bg-attention-soft py-1 pr-1 pl-3 text-sm font-medium text-attention">
        <Keyboard size={15} aria-hidden /> You may type
        <button type="button" className="button h-7" onClick={ask(false)}>
          Stop typing
        </button>
      </p>
    )
  if (own.asking)
    return (
      <p role="status" className="flex items-center gap-2 text-sm text-ink-2">
        {learner.name} is asked
        <button type="button" className="button h-8" onClick={ask(false)}>
          Take it back
        </button>
      </p>
    )
  return (
    <button type="button" className="button h-8" onClick={ask(true)}>
      <Keyboard size={15} aria-hidden /> Ask to type
    </button>
  )
}

const Tasks = () => {
  const tasks = useLab(picks.tasks)
  if (tasks.length === 0) return <p className="p-5 text-sm text-ink-3">The tasks come with the lab.</p>
  return (
    <ol className="space-y-5 p-5">
      {tasks.map((task, at) => {
        const Icon = { done: Check, open: Circle, locked: Lock }[task.state]
        return (
          <li key={task.id} data-task={task.id} data-state={task.state}>
            <p className="flex items-start gap-2 text-[15px] leading-snug font-medium">
              <Icon size={16} aria-hidden className={`mt-0.5 shrink-0 ${task.state === "done" ? "text-success" : "text-ink-3"}`} />
              <span>
                {at + 1} {task.title}
                <span className="sr-only">: {task.state}</span>
              </span>
            </p>
            {task.state === "open" && (
              <ul className="mt-1.5 space-y-1 pl-6 text-sm text-ink-2">
                {[
                  ...task.checks.map(({ id, title, passed, seen }) => ({ id, title, right: passed, seen })),
                  ...task.quizzes.map(({ id, question, correct, answered }) => ({
                    ...{ id, title: question, right: correct, seen: answered && !correct ? "answered wrongly" : undefined },
                  })),
                ].map(({ id, title, right, seen }) => (
                  <li key={id} className="flex items-start gap-2 leading-snug">
                    {right ? (
                      <Check size={14} aria-hidden className="mt-0.5 shrink-0 text-success" />
                    ) : (
                      <Circle size={14} aria-hidden className="mt-0.5 shrink-0 text-ink-3" />
                    )}
                    <span>
                      <span className="sr-only">{right ? "True: " : "Not yet: "}</span>
                      {title}
                      {seen && !right && (
                        <span className="ml-1.5 font-mono text-[12px] text-attention">now: {seen.replace(/^now:\s*/, "")}</span>
                      )}
                    </span>
                  </li>
                ))}
              </ul>
            )}
            {task.hintsOpened.length > 0 && (
              <p className="mt-1 pl-6 text-[13px] text-ink-3">
                {task.hintsOpened.length} of {task.hintsTotal} hints opened{task.solution !== undefined ? ", the solution too" : ""}
              </p>
            )}
          </li>
        )
      })}
    </ol>
  )
}

const WORDS: Readonly<Partial<Record<LabState["phase"], string>>> = {
  idle: "Opening the lab",
  connecting: "Opening the lab",
  preparing: "Preparing the lab",
  lost: "The line is down; trying again",
}

const Room = ({ of, learner, lesson }: LookInProps) => {
  const { lab } = usePlayer()
  const all = useLab(picks.terminals)
  const phase = useLab(picks.phase)
  const problem = useLab(picks.problem)
  const { by, you } = useLab(picks.watched)
  const [wanted, setWanted] = useState("")
  const [writing, setWriting] = useState(false)
  const terminals = all.filter(({ open }) => open)
  const front = terminals.find(({ id }) => id === wanted) ?? terminals[0]
  const typing = by.some(({ id, typing: may }) => id === you && may)
  const over = phase === "ended" || phase === "failed" || phase === "elsewhere"
  return (
    <div className="flex min-h-dvh flex-col wide:h-dvh wide:overflow-clip">
      <header className="flex min-h-13 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-surface px-3 py-1.5">
        <Wordmark small />
        <nav aria-label="You are here" className="flex min-w-0 items-center gap-1.5 text-sm">
          <Link href={`/classes/${of.id}`} className="truncate rounded text-ink-3 hover:text-ink">
            {of.name}
          </Link>
          <span className="text-line-strong" aria-hidden>
            /
          </span>
          <h1 className="truncate font-semibold">
            {learner.name}
            <span className="ml-2 font-normal text-ink-3">{lesson.title}</span>
          </h1>
        </nav>
        <div className="ml-auto flex flex-wrap items-center gap-2">
          <p className="flex items-center gap-1.5 text-[13px] text-ink-3 max-md:hidden">
            <Eye size={15} aria-hidden /> {learner.name} sees that you look in
          </p>
          <Typing learner={learner} />
          <button type="button" className="icon-button" aria-label={`Message to ${learner.name}`} onClick={() => setWriting(true)}>
            <MessageSquare size={16} aria-hidden />
          </button>
          <ThemeSwitch />
        </div>
      </header>
      <main className="flex min-h-0 flex-1 flex-col wide:flex-row">
        <section
          aria-label="Tasks"
          className="min-h-0 overflow-y-auto border-line bg-surface max-wide:order-last max-wide:border-t wide:w-80 wide:shrink-0 wide:border-r"
        >
          <Tasks />
        </section>
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <section
            aria-label="Terminals"
            className={`flex min-h-0 flex-col max-wide:h-[55vh] wide:flex-[58] ${typing ? "shadow-[inset_0_0_0_2px_var(--attention)]" : ""}`}
          >
            <PaneTabs
              label="Terminals"
              tabs={terminals.map(({ id }) => ({ id, label: id.endsWith("-1") ? id.slice(0, -2) : id }))}
              front={front?.id ?? ""}
              panel="panel-terminals"
              dark
              onChoose={setWanted}
            />
            <div
              id="panel-terminals"
              {...(front && { role: "tabpanel", "aria-labelledby": `tab-${front.id}` })}
              className="relative min-h-0 flex-1 bg-terminal"
            >
              {terminals.map((tab) => (
                <WatchedTerminal key={tab.id} lab={lab} tab={tab} typing={typing} visible={tab.id === front?.id} />
              ))}
              {(over || terminals.length === 0 || phase === "lost") && (
                <div className="absolute inset-0 flex flex-col items-center justify-center gap-3 bg-terminal/90 p-6 text-center text-sm text-[#a9b8c5]">
                  <p role={over ? "alert" : "status"}>
                    {over ? `${problem ?? "This lab has ended."}` : (WORDS[phase] ?? `${learner.name} has no terminal open.`)}
                  </p>
                  {over && (
                    <Link href={`/classes/${of.id}`} className="button">
                      Back to the board
                    </Link>
                  )}
                </div>
              )}
            </div>
          </section>
          <section
            aria-label="Cluster"
            className="@container relative min-h-80 border-t border-line bg-surface max-wide:h-[60vh] wide:flex-[42]"
          >
            <ClusterMap hop={undefined} />
          </section>
        </div>
      </main>
      {writing && <MessageDialog id={of.id} to={learner} onClose={() => setWriting(false)} />}
    </div>
  )
}
