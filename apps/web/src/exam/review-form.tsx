/** A reviewer's points, a task at a time, and a word to the candidate. */
"use client"
import { useRouter } from "next/navigation"
import { type FormEvent, useState } from "react"
import { ScrollBox } from "../components/scroll-box.tsx"
import { reasonOf } from "../classes/words.ts"
import { api } from "../lab/api.ts"

export const ReviewForm = ({
  attempt,
  tasks,
  note,
}: {
  attempt: string
  tasks: readonly { lesson: string; id: string; title: string; points: number; earned: number; reviewed?: number }[]
  note: string
}) => {
  const router = useRouter()
  const [told, setTold] = useState<{ text: string; wrong: boolean }>()
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const points: Record<string, number> = {}
    for (const { lesson, id, earned } of tasks) {
      const given = Number(form.get(`${lesson}/${id}`))
      if (given !== earned) points[`${lesson}/${id}`] = given
    }
    try {
      await api.examDesk.review.mutate({ attempt, points, note: String(form.get("note") ?? "") })
      setTold({ text: "Kept. The candidate sees the score before and after.", wrong: false })
      router.refresh()
    } catch (reason) {
      setTold({ text: reasonOf(reason), wrong: true })
    }
  }
  return (
    <form onSubmit={save} className="mt-6">
      <ScrollBox label="Points" className="card relative">
        <table className="w-full text-left text-[15px]">
          <thead className="text-sm text-ink-3">
            <tr className="border-b border-line">
              <th scope="col" className="px-4 py-2.5 font-medium">
                Task
              </th>
              <th scope="col" className="px-4 py-2.5 text-right font-medium">
                Graded
              </th>
              <th scope="col" className="px-4 py-2.5 text-right font-medium">
                Your points
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {tasks.map(({ lesson, id, title, points, earned, reviewed }) => (
              <tr key={`${lesson}/${id}`}>
                <td className="px-4 py-2">
                  {title}
                  <span className="block text-sm text-ink-3">{lesson}</span>
                </td>
                <td className="px-4 py-2 text-right whitespace-nowrap tabular-nums">
                  {earned} of {points}
                </td>
                <td className="px-4 py-2 text-right">
                  <input
                    name={`${lesson}/${id}`}
                    type="number"
                    min={0}
                    max={points}
                    required
                    className="field h-9 w-20 text-right tabular-nums"
                    aria-label={`Points for ${title}`}
                    defaultValue={reviewed ?? earned}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <label className="mt-4 block text-sm font-medium">
        A word to the candidate
        <textarea name="note" className="field mt-1.5 h-24 py-2 font-normal" maxLength={4000} defaultValue={note} />
      </label>
      <div className="mt-4 flex flex-wrap items-center gap-4">
        <button type="submit" className="button button-primary">
          Keep the review
        </button>
        <p role="status" className={`text-sm ${told?.wrong ? "text-failure" : "text-ink-2"}`}>
          {told?.text}
        </p>
      </div>
    </form>
  )
}
