/** The form of an exam: what it is called, how long it takes, for whom, and which tasks of which lessons. */
"use client"
import { Plus, Trash2 } from "lucide-react"
import { useRouter } from "next/navigation"
import { type FormEvent, useEffect, useState } from "react"
import { reasonOf } from "../classes/words.ts"
import { api } from "../lab/api.ts"

export interface Choices {
  readonly courses: readonly {
    readonly slug: string
    readonly title: string
    readonly lessons: readonly {
      readonly slug: string
      readonly title: string
      readonly tasks: readonly { readonly id: string; readonly title: string; readonly points: number }[]
    }[]
  }[]
  readonly classes: readonly { readonly id: string; readonly name: string }[]
}

interface PartState {
  readonly key: number
  readonly lesson: string
  readonly tasks: readonly string[]
  readonly weight: number
  readonly texts: Readonly<Record<string, string>>
}

export interface ExamStart {
  readonly id?: string
  readonly title: string
  readonly summary: string
  readonly minutes: number
  readonly pass: number
  readonly attempts: number
  readonly feedback: "none" | "live"
  readonly classId?: string
  readonly opensAt?: number
  readonly closesAt?: number
  readonly parts: readonly { lesson: string; tasks?: readonly string[]; weight: number; texts?: Readonly<Record<string, string>> }[]
}

/** What an input of the kind "datetime-local" holds: this place's time, without a zone. */
const localOf = (at: number | undefined): string =>
  at === undefined ? "" : new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
const timeOf = (text: string): number | undefined => (text === "" ? undefined : new Date(text).getTime())

const box = "field mt-1.5 font-normal"

export const ExamForm = ({ choices, start }: { choices: Choices; start: ExamStart }) => {
  const router = useRouter()
  const lessons = choices.courses.flatMap(({ slug: course, title: courseTitle, lessons: all }) =>
    all.map(({ slug, ...lesson }) => ({ ...lesson, name: `${course}/${slug}`, courseTitle })),
  )
  const partOf = (lesson: string, key: number, given?: ExamStart["parts"][number]): PartState => ({
    ...{ key, lesson, weight: given?.weight ?? 1, texts: given?.texts ?? {} },
    tasks: given?.tasks ?? (given ? (lessons.find(({ name }) => name === lesson)?.tasks.map(({ id }) => id) ?? []) : []),
  })
  const [parts, setParts] = useState<readonly PartState[]>(() =>
    start.parts.length > 0 ? start.parts.map((part, at) => partOf(part.lesson, at, part)) : [partOf(lessons[0]?.name ?? "", 0)],
  )
  const [window, setWindow] = useState({ opens: "", closes: "" })
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)
  // The reader's own zone: not the server's.
  useEffect(() => setWindow({ opens: localOf(start.opensAt), closes: localOf(start.closesAt) }), [start.opensAt, start.closesAt])
  const change = (key: number, next: Partial<PartState>) =>
    setParts((all) => all.map((part) => (part.key === key ? { ...part, ...next } : part)))
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? "").trim()
    if (parts.some(({ tasks }) => tasks.length === 0)) return setProblem("Choose at least one task of every lesson.")
    setBusy(true)
    setProblem(undefined)
    const [opensAt, closesAt] = [timeOf(window.opens), timeOf(window.closes)]
    try {
      const { id } = await api.examDesk.save.mutate({
        ...(start.id !== undefined && { id: start.id }),
        spec: {
          ...{ title: text("title"), summary: text("summary"), minutes: Number(text("minutes")), pass: Number(text("pass")) },
          ...{ attempts: Number(text("attempts")), feedback: form.get("live") ? "live" : "none" },
          parts: parts.map(({ lesson, tasks, weight, texts }) => {
            const own = Object.fromEntries(Object.entries(texts).filter(([task, one]) => tasks.includes(task) && one.trim() !== ""))
            return { lesson, tasks: [...tasks], weight, ...(Object.keys(own).length > 0 && { texts: own }) }
          }),
        },
        ...(text("class") !== "" && { classId: text("class") }),
        ...(opensAt !== undefined && { opensAt }),
        ...(closesAt !== undefined && { closesAt }),
      })
      router.push(`/studio/exams/${id}`)
      router.refresh()
    } catch (reason) {
      setProblem(reasonOf(reason))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={save} className="mt-6 space-y-6">
      <div className="card grid gap-4 p-5 sm:grid-cols-2">
        <label className="block text-sm font-medium sm:col-span-2">
          Title
          <input name="title" className={box} required maxLength={200} defaultValue={start.title} autoComplete="off" />
        </label>
        <label className="block text-sm font-medium sm:col-span-2">
          Summary
          <textarea name="summary" className={`${box} h-20 py-2`} maxLength={1000} defaultValue={start.summary} />
        </label>
        <label className="block text-sm font-medium">
          Minutes
          <input name="minutes" type="number" min={1} max={600} className={box} required defaultValue={start.minutes} />
        </label>
        <label className="block text-sm font-medium">
          Passed from, per cent
          <input name="pass" type="number" min={0} max={100} className={box} required defaultValue={start.pass} />
        </label>
        <label className="block text-sm font-medium">
          Attempts a person
          <input name="attempts" type="number" min={1} max={100} className={box} required defaultValue={start.attempts} />
        </label>
        <label className="block text-sm font-medium">
          For
          <select name="class" className={box} defaultValue={start.classId ?? ""}>
            <option value="">everybody who has the link</option>
            {choices.classes.map(({ id, name }) => (
              <option key={id} value={id}>
                the class {name}
              </option>
            ))}
          </select>
        </label>
        <label className="block text-sm font-medium">
          Opens (empty: now)
          <input
            type="datetime-local"
            className={box}
            value={window.opens}
            onChange={(event) => setWindow({ ...window, opens: event.target.value })}
          />
        </label>
        <label className="block text-sm font-medium">
          Closes (empty: never)
          <input
            type="datetime-local"
            className={box}
            value={window.closes}
            onChange={(event) => setWindow({ ...window, closes: event.target.value })}
          />
        </label>
        <label className="flex items-center gap-2.5 text-[15px] sm:col-span-2">
          <input type="checkbox" name="live" className="size-4 accent-[var(--accent)]" defaultChecked={start.feedback === "live"} />
          Say at once when a task is done
        </label>
      </div>
      {parts.map(({ key, lesson, tasks, weight, texts }, at) => {
        const found = lessons.find(({ name }) => name === lesson)
        return (
          <fieldset key={key} className="card p-5">
            <legend className="sr-only">Cluster {at + 1}</legend>
            <div className="flex flex-wrap items-end gap-3">
              <label className="block text-sm font-medium min-w-48 flex-1">
                Cluster {at + 1}: the lesson
                <select
                  className={box}
                  value={lesson}
                  onChange={(event) => change(key, { lesson: event.target.value, tasks: [], texts: {} })}
                >
                  {choices.courses.map((course) => (
                    <optgroup key={course.slug} label={course.title}>
                      {course.lessons.map(({ slug, title }) => (
                        <option key={slug} value={`${course.slug}/${slug}`}>
                          {title}
                        </option>
                      ))}
                    </optgroup>
                  ))}
                </select>
              </label>
              <label className="block text-sm font-medium w-24">
                Weight
                <input
                  type="number"
                  min={0.5}
                  max={100}
                  step={0.5}
                  className={box}
                  value={weight}
                  onChange={(event) => change(key, { weight: Number(event.target.value) })}
                />
              </label>
              <button
                type="button"
                className="icon-button mb-1"
                aria-label={`Remove cluster ${at + 1}`}
                disabled={parts.length === 1}
                onClick={() => setParts(parts.filter((part) => part.key !== key))}
              >
                <Trash2 size={16} aria-hidden />
              </button>
            </div>
            <ul className="mt-4 space-y-2" aria-label="Tasks">
              {found?.tasks.map(({ id, title, points }) => {
                const chosen = tasks.includes(id)
                return (
                  <li key={id}>
                    <label className="flex items-start gap-2.5 text-[15px] leading-snug">
                      <input
                        type="checkbox"
                        className="mt-0.5 size-4 shrink-0 accent-[var(--accent)]"
                        checked={chosen}
                        onChange={(event) =>
                          change(key, { tasks: event.target.checked ? [...tasks, id] : tasks.filter((known) => known !== id) })
                        }
                      />
                      <span>
                        {title} <span className="text-ink-3 tabular-nums">({points})</span>
                      </span>
                    </label>
                    {chosen && (
                      <textarea
                        className="field mt-1.5 ml-6.5 h-16 w-[calc(100%-26px)] py-2 text-sm"
                        aria-label={`Text of the task: ${title}`}
                        placeholder="What is to be done, in Markdown. Empty: what its checks ask for."
                        maxLength={4000}
                        value={texts[id] ?? ""}
                        onChange={(event) => change(key, { texts: { ...texts, [id]: event.target.value } })}
                      />
                    )}
                  </li>
                )
              })}
            </ul>
          </fieldset>
        )
      })}
      <div className="flex flex-wrap items-center gap-3">
        <button
          type="button"
          className="button"
          disabled={parts.length >= 20}
          onClick={() => {
            const next = lessons.find(({ name }) => !parts.some(({ lesson }) => lesson === name))
            if (next) setParts([...parts, partOf(next.name, 1 + Math.max(...parts.map(({ key }) => key)))])
          }}
        >
          <Plus size={15} aria-hidden /> One more cluster
        </button>
        <button type="submit" className="button button-primary ml-auto" disabled={busy}>
          {start.id === undefined ? "Make the exam" : "Save"}
        </button>
      </div>
      <p className="text-sm text-ink-3">What a chosen task needs of others is done before the candidate comes.</p>
      {problem && (
        <p role="alert" className="text-sm text-failure">
          {problem}
        </p>
      )}
    </form>
  )
}
