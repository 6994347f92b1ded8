/** A class's gradebook, for its teachers: points by learner and lesson, and the same as a file. */
import { Download } from "lucide-react"
import type { Metadata } from "next"
import { ClassFrame } from "../../../../classes/class-frame.tsx"
import { findTaught } from "../../../../classes/find-class.ts"
import { ScrollBox } from "../../../../components/scroll-box.tsx"
import { api } from "../../../../server/context.ts"

export const metadata: Metadata = { title: "Gradebook" }
export const dynamic = "force-dynamic"

const cell = "px-3 py-2 text-right tabular-nums whitespace-nowrap"

const GradebookPage = async ({ params }: { params: Promise<{ id: string }> }) => {
  const found = await findTaught(params)
  const { columns, of, exams, rows } = await (await api()).classes.gradebook({ id: found.id })
  return (
    <ClassFrame of={found} page="Gradebook">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-2xl text-[15px] text-ink-2">Points by lesson. What hints and solutions cost is taken off.</p>
        <a className="button" href={`/classes/${found.id}/gradebook/csv`} download>
          <Download size={15} aria-hidden /> CSV
        </a>
      </div>
      {rows.length === 0 ? (
        <p className="card mt-4 p-6 text-[15px] text-ink-2">Nobody has joined yet.</p>
      ) : (
        <div className="card mt-4 overflow-hidden">
          <ScrollBox label="Gradebook" className="relative overflow-x-auto">
            <table className="w-full border-collapse text-sm">
              <thead>
                <tr className="border-b border-line bg-canvas text-left text-ink-2">
                  <th scope="col" className="sticky left-0 z-10 bg-canvas px-4 py-2 font-medium">
                    Learner
                  </th>
                  {columns.map((column, at) => (
                    <th key={column.key} scope="col" className={`${cell} font-medium`} title={column.title}>
                      <span aria-hidden>{at + 1}</span>
                      <span className="sr-only">
                        {column.title}, of {column.of}
                      </span>
                      <span className="block text-xs font-normal text-ink-3" aria-hidden>
                        {column.of}
                      </span>
                    </th>
                  ))}
                  <th scope="col" className={`${cell} font-medium`}>
                    Total
                    <span className="block text-xs font-normal text-ink-3">{of}</span>
                  </th>
                  <th scope="col" className={`${cell} font-medium`}>
                    Per cent
                  </th>
                  {exams.map((exam) => (
                    <th key={exam.id} scope="col" className={`${cell} font-medium`}>
                      {exam.title}
                      <span className="block text-xs font-normal text-ink-3">per cent</span>
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody className="divide-y divide-line">
                {rows.map((row) => (
                  <tr key={row.id}>
                    <th scope="row" className="sticky left-0 z-10 max-w-56 bg-surface px-4 py-2 text-left font-medium">
                      <span className="block truncate">{row.name}</span>
                      <span className="block truncate text-xs font-normal text-ink-3">{row.email || "guest"}</span>
                    </th>
                    {row.points.map((points, at) => (
                      <td
                        key={columns[at]?.key}
                        className={`${cell} ${points === 0 ? "text-ink-3" : points >= (columns[at]?.of ?? 0) ? "font-medium text-success" : ""}`}
                      >
                        {points}
                      </td>
                    ))}
                    <td className={`${cell} font-semibold`}>{row.total}</td>
                    <td className={cell}>{row.percent}</td>
                    {row.exams.map((percent, at) => (
                      <td key={exams[at]?.id} className={cell}>
                        {percent ?? "–"}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollBox>
        </div>
      )}
      <ol className="mt-6 grid gap-x-8 gap-y-1 text-sm text-ink-2 sm:grid-cols-2 lg:grid-cols-3">
        {columns.map((column, at) => (
          <li key={column.key}>
            <span className="inline-block w-7 text-ink-3 tabular-nums">{at + 1}</span>
            {column.title}
          </li>
        ))}
      </ol>
    </ClassFrame>
  )
}
export default GradebookPage
