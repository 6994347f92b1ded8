/** A class's live board: a learner a row, a task a column; whoever is held up longest stands first. */
"use client"
import { Check, CircleAlert, Eye, Lightbulb, MessageSquare, TriangleAlert } from "lucide-react"
import Link from "next/link"
import { useRouter } from "next/navigation"
import { useEffect, useMemo, useState } from "react"
import { ProgressBar } from "../components/progress-bar.tsx"
import { ScrollBox } from "../components/scroll-box.tsx"
import { api } from "../lab/api.ts"
import type { Board as BoardValue, BoardColumns, BoardLab, BoardLearner } from "../server/api/class-board.ts"
import { type Addressee, MessageDialog } from "./send-message.tsx"
import { usePolled } from "./use-polled.ts"
import { counted, lasting } from "./words.ts"

const EVERY_MS = 2_500
/** A learner who is at it is not said to be still, ms. */
const STILL_MS = 60_000
/** Nothing typed for so long: they may be elsewhere, ms. */
const QUIET_MS = 5 * 60_000

interface Column {
  readonly at: number
  readonly key: string
  readonly lesson: string
  readonly title: string
  /** Begins a lesson. */
  readonly first: boolean
}

const columnsOf = ({ lessons }: BoardColumns): readonly Column[] =>
  lessons
    .flatMap(({ slug, title, tasks }, number) =>
      tasks.map((task, at) => ({
        ...{ key: `${slug}/${task.id}`, lesson: slug, first: at === 0 },
        title: `${number + 1}.${at + 1} ${task.title} (${title})`,
      })),
    )
    .map((column, at) => ({ ...column, at }))

const Where = ({ lab, columns }: { lab: BoardLab; columns: BoardColumns }) => {
  const number = columns.lessons.findIndex(({ slug }) => slug === lab.lesson)
  const lesson = columns.lessons[number]
  const task = lesson?.tasks.findIndex(({ id }) => id === lab.task) ?? -1
  if (!lesson) return null
  const place = lab.task === undefined ? `${number + 1} ${lesson.title}` : `${number + 1}.${task + 1} ${lesson.tasks[task]?.title ?? ""}`
  if (lab.stuck)
    return (
      <p className="mt-0.5 flex items-start gap-1.5 text-[13px] leading-snug font-medium text-attention">
        <TriangleAlert size={14} aria-hidden className="mt-0.5 shrink-0" />
        <span>
          stuck {lasting(lab.stillMs ?? 0)} on: {lab.check ?? place}
          {lab.seen !== undefined && <span className="font-normal"> ({lab.seen.startsWith("now:") ? lab.seen : `now: ${lab.seen}`})</span>}
        </span>
      </p>
    )
  const details = [
    lab.online ? undefined : "away",
    lab.stillMs !== undefined && lab.stillMs >= STILL_MS ? `${lasting(lab.stillMs)} on: ${lab.check ?? "this task"}` : undefined,
    lab.quietMs !== undefined && lab.quietMs >= QUIET_MS ? `nothing typed for ${lasting(lab.quietMs)}` : undefined,
  ].filter((detail) => detail !== undefined)
  return (
    <p className="mt-0.5 text-[13px] leading-snug text-ink-3">
      {lab.task === undefined && lab.online ? `${place}: nothing open` : place}
      {details.length > 0 && `, ${details.join(", ")}`}
    </p>
  )
}

const Presence = ({ online }: { online: boolean }) => (
  <span className={`mt-2 size-2 shrink-0 rounded-full ${online ? "bg-success" : "border border-line-strong"}`}>
    <span className="sr-only">{online ? "here" : "not here"}</span>
  </span>
)

type Mark = "done" | "stuck" | "here" | "open"

const markOf = (learner: BoardLearner, column: Column, done: ReadonlySet<number>): Mark => {
  const { lab } = learner
  if (done.has(column.at)) return "done"
  if (lab?.task === undefined || column.key !== `${lab.lesson}/${lab.task}`) return "open"
  return lab.stuck ? "stuck" : lab.online ? "here" : "open"
}

const Cell = ({ mark, first }: { mark: Mark; first: boolean }) => (
  <td className={`py-0 max-sm:hidden pr-[1.5px] ${first ? "border-l border-line pl-1.5" : "pl-[1.5px]"}`}>
    <span
      data-mark={mark}
      className={`flex size-[18px] items-center justify-center rounded-[4px] transition-colors duration-250 ${
        {
          done: "bg-success text-surface",
          stuck: "bg-attention text-surface",
          here: "border-2 border-accent",
          open: "border border-line-strong/55",
        }[mark]
      }`}
    >
      {mark === "done" && <Check size={13} strokeWidth={3} aria-hidden className="motion-safe:animate-[tick_240ms]" />}
      {mark === "stuck" && <CircleAlert size={13} strokeWidth={2.5} aria-hidden />}
      <span className="sr-only">{{ done: "done", stuck: "stuck", here: "at it", open: "open" }[mark]}</span>
    </span>
  </td>
)

const Row = ({
  id,
  learner,
  columns,
  flat,
  onMessage,
}: {
  id: string
  learner: BoardLearner
  columns: BoardColumns
  flat: readonly Column[]
  onMessage: () => void
}) => {
  const { lab, name, guest, hints, solutions, points } = learner
  const done = new Set(learner.done)
  const help = [hints > 0 && counted(hints, "hint"), solutions > 0 && counted(solutions, "solution")].filter(Boolean).join(", ")
  return (
    <tr data-learner={name} className={lab?.stuck ? "bg-attention-soft" : "bg-surface"}>
      <th scope="row" className="sticky left-0 z-10 bg-inherit py-2.5 pr-3 pl-4 text-left align-top font-normal">
        <div className="flex items-start gap-2.5 sm:w-80">
          <Presence online={lab?.online ?? false} />
          <div className="min-w-0 flex-1">
            <p className="truncate font-medium">
              {name}
              {guest && <span className="ml-1.5 text-[13px] font-normal text-ink-3">guest</span>}
            </p>
            {/* A narrow screen has no room for a column a task. */}
            <div className="mt-1.5 mb-1 sm:hidden">
              <ProgressBar value={learner.done.length} of={flat.length} label={`Tasks done by ${name}`} />
            </div>
            {lab ? <Where lab={lab} columns={columns} /> : <p className="mt-0.5 text-[13px] text-ink-3">no lab open</p>}
            <p className="mt-0.5 flex flex-wrap gap-x-3 text-[13px] text-ink-3 tabular-nums">
              <span>
                {learner.done.length} of {flat.length} tasks, {counted(points, "point")}
              </span>
              {help && (
                <span className="inline-flex items-center gap-1">
                  <Lightbulb size={13} aria-hidden /> {help}
                </span>
              )}
            </p>
          </div>
        </div>
      </th>
      <td className="w-px px-2 py-2.5 align-top">
        <span className="flex gap-0.5">
          {lab ? (
            <Link
              href={`/classes/${id}/look/${lab.session}`}
              className="icon-button"
              aria-label={`Look into ${name}'s lab`}
              title="Look in"
            >
              <Eye size={16} aria-hidden />
            </Link>
          ) : (
            <span className="size-8" />
          )}
          <button type="button" className="icon-button" aria-label={`Message to ${name}`} title="Message" onClick={onMessage}>
            <MessageSquare size={16} aria-hidden />
          </button>
        </span>
      </td>
      {flat.map((column) => (
        <Cell key={column.key} first={column.first} mark={markOf(learner, column, done)} />
      ))}
    </tr>
  )
}

const KEY = [
  { word: "done", className: "bg-success text-surface", icon: Check },
  { word: "at it now", className: "border-2 border-accent", icon: undefined },
  { word: "stuck", className: "bg-attention text-surface", icon: CircleAlert },
] as const

export const Board = ({ id, columns, initial }: { id: string; columns: BoardColumns; initial: BoardValue }) => {
  const router = useRouter()
  const { value: board, failing } = usePolled(() => api.classes.board.query({ id }), EVERY_MS, initial)
  const [writing, setWriting] = useState<Addressee>()
  const flat = useMemo(() => columnsOf(columns), [columns])
  // A lesson was published meanwhile: other columns.
  const changed = board.stamp !== columns.stamp
  useEffect(() => {
    if (changed) router.refresh()
  }, [changed, router])
  const { learners } = board
  const here = learners.filter(({ lab }) => lab?.online).length
  const stuck = learners.filter(({ lab }) => lab?.stuck).length
  if (learners.length === 0)
    return (
      <div className="card p-6">
        <p className="text-[15px] text-ink-2">Nobody has joined yet. The join link is with the people.</p>
        <Link href={`/classes/${id}/people`} className="button button-primary mt-4">
          To the join link
        </Link>
      </div>
    )
  return (
    <section aria-label="Board">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 text-sm text-ink-2">
        <p role="status" className="tabular-nums">
          {here} of {counted(learners.length, "learner")} here
          {stuck > 0 && <span className="font-medium text-attention">, {stuck} stuck</span>}
        </p>
        {failing && (
          <p role="alert" className="text-failure">
            The board cannot be brought up to date; trying on.
          </p>
        )}
        <ul className="flex gap-4 max-sm:hidden sm:ml-auto">
          {KEY.map(({ word, className, icon: Icon }) => (
            <li key={word} className="flex items-center gap-1.5 text-[13px]">
              <span className={`flex size-4 items-center justify-center rounded-[4px] ${className}`}>
                {Icon && <Icon size={11} strokeWidth={3} aria-hidden />}
              </span>
              {word}
            </li>
          ))}
        </ul>
      </div>
      <div className="card mt-3 overflow-hidden">
        {/* Positioned: what is for screen readers alone stays inside. */}
        <ScrollBox label="Board" className="relative overflow-x-auto">
          <table className="border-separate max-sm:w-full max-sm:table-fixed border-spacing-0 text-sm [&_tbody_tr>*]:border-t [&_tbody_tr>*]:border-t-line">
            <thead>
              <tr className="text-left text-[13px] text-ink-2">
                <th scope="col" className="sticky left-0 z-10 bg-surface py-2.5 pl-4 font-medium">
                  Learner
                </th>
                <th scope="col" className="max-sm:w-20">
                  <span className="sr-only">What to do</span>
                </th>
                {columns.lessons
                  .filter(({ tasks }) => tasks.length > 0)
                  .map((lesson) => (
                    <th
                      key={lesson.slug}
                      scope="colgroup"
                      colSpan={lesson.tasks.length}
                      className="border-l border-line py-2.5 pl-1.5 font-medium max-sm:hidden"
                      title={lesson.title}
                    >
                      {/* As wide as its tasks are. */}
                      <span className="block truncate" style={{ maxWidth: lesson.tasks.length * 21 - 8 }}>
                        <span className="text-ink-3 tabular-nums">{columns.lessons.indexOf(lesson) + 1}</span> {lesson.title}
                      </span>
                    </th>
                  ))}
              </tr>
              <tr className="sr-only max-sm:hidden">
                <th scope="col">Learner</th>
                <th scope="col">What to do</th>
                {flat.map((column) => (
                  <th key={column.key} scope="col">
                    {column.title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {learners.map((learner) => (
                <Row
                  key={learner.id}
                  id={id}
                  learner={learner}
                  columns={columns}
                  flat={flat}
                  onMessage={() => setWriting({ id: learner.id, name: learner.name })}
                />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      </div>
      {writing && <MessageDialog id={id} to={writing} onClose={() => setWriting(undefined)} />}
    </section>
  )
}
