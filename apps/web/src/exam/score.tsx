/** A score in words and a bar: shape and word say whether it is passed, not colour alone. */
import { CircleCheck, CircleX } from "lucide-react"
import { ScrollBox } from "../components/scroll-box.tsx"
import { ProgressBar } from "../components/progress-bar.tsx"

export const PassedWord = ({ passed }: { passed: boolean }) => (
  <span className={`inline-flex items-center gap-1.5 font-medium ${passed ? "text-success" : "text-failure"}`}>
    {passed ? <CircleCheck size={16} aria-hidden /> : <CircleX size={16} aria-hidden />}
    {passed ? "Passed" : "Not passed"}
  </span>
)

export const Score = ({ label, percent, passed, pass }: { label: string; percent: number; passed: boolean; pass: number }) => (
  <div className="card p-5">
    <p className="text-sm font-medium text-ink-3">{label}</p>
    <p className="mt-1 flex flex-wrap items-baseline gap-x-4">
      <span className="text-3xl font-semibold tabular-nums">{percent} %</span>
      <PassedWord passed={passed} />
    </p>
    <div className="mt-3">
      <ProgressBar value={percent} of={100} label={label} />
    </div>
    <p className="mt-2 text-sm text-ink-3">Passed from {pass} %.</p>
  </div>
)

/** Points a task. */
export const TaskPoints = ({
  tasks,
}: {
  tasks: readonly { lesson: string; id: string; title: string; points: number; earned: number; reviewed?: number }[]
}) => {
  const changed = tasks.some(({ reviewed }) => reviewed !== undefined)
  return (
    <ScrollBox label="Points" className="card relative">
      <table className="w-full text-left text-[15px]">
        <thead className="text-sm text-ink-3">
          <tr className="border-b border-line">
            <th scope="col" className="px-4 py-2.5 font-medium">
              Task
            </th>
            <th scope="col" className="px-4 py-2.5 text-right font-medium">
              Points
            </th>
            {changed && (
              <th scope="col" className="px-4 py-2.5 text-right font-medium">
                After review
              </th>
            )}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {tasks.map(({ lesson, id, title, points, earned, reviewed }, at) => (
            <tr key={`${lesson}/${id}`}>
              <td className="px-4 py-2.5">
                <span className="text-ink-3 tabular-nums">{at + 1}</span> {title}
              </td>
              <td className="px-4 py-2.5 text-right whitespace-nowrap tabular-nums">
                {earned} of {points}
              </td>
              {changed && (
                <td className="px-4 py-2.5 text-right whitespace-nowrap tabular-nums">
                  {reviewed === undefined ? "as before" : `${reviewed} of ${points}`}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
