/** A class's gradebook: points by learner and lesson, with what help cost taken off, and the same as a CSV file. */
import type { ClassInfo, Repositories } from "@drydock/db"
import { classExamResults } from "../exam-results.ts"

export interface GradeColumn {
  readonly key: string
  readonly title: string
  /** Points there are to be had. */
  readonly of: number
}

export interface GradeRow {
  readonly id: string
  readonly name: string
  /** Empty for a guest. */
  readonly email: string
  /** By column; 0 for what was not begun. */
  readonly points: readonly number[]
  readonly total: number
  /** To a tenth. */
  readonly percent: number
  /** By exam: per cent of the best sitting; undefined when there is none. */
  readonly exams: readonly (number | undefined)[]
}

export interface Gradebook {
  readonly columns: readonly GradeColumn[]
  readonly of: number
  readonly exams: readonly { readonly id: string; readonly title: string }[]
  readonly rows: readonly GradeRow[]
}

/** An exam's results as the gradebook wants them: per cent by person. */
export interface ExamResults {
  readonly id: string
  readonly title: string
  readonly percent: ReadonlyMap<string, number>
}

/** The class's exams, newest first, with everybody's best attempt that is over. */
const examColumns = async (kept: Repositories, id: string): Promise<ExamResults[]> => {
  const columns = new Map<string, { id: string; title: string; percent: Map<string, number> }>()
  for (const { exam, title, userId, percent } of await classExamResults(kept, id)) {
    const column = columns.get(exam) ?? { id: exam, title, percent: new Map<string, number>() }
    column.percent.set(userId, Math.max(percent, column.percent.get(userId) ?? 0))
    columns.set(exam, column)
  }
  return [...columns.values()]
}

export const gradebookOf = async (kept: Repositories, { id, course }: ClassInfo): Promise<Gradebook> => {
  const [lessons, { learners }, exams] = await Promise.all([kept.content.lessons(course), kept.classes.progress(id), examColumns(kept, id)])
  const columns = lessons.map(({ lesson, title, points }) => ({ key: lesson, title, of: points }))
  const of = columns.reduce((sum, column) => sum + column.of, 0)
  return {
    columns,
    of,
    exams: exams.map((exam) => ({ id: exam.id, title: exam.title })),
    rows: learners.map(({ person, done }): GradeRow => {
      const earned = columns.map((column) =>
        // A lesson may have lost points since they were earned.
        Math.min(
          column.of,
          done.filter(({ lesson }) => lesson === column.key).reduce((sum, { points }) => sum + points, 0),
        ),
      )
      const total = earned.reduce((sum, points) => sum + points, 0)
      return {
        ...{ id: person.id, name: person.name, email: person.isAnonymous ? "" : person.email, points: earned, total },
        percent: of === 0 ? 0 : Math.round((1000 * total) / of) / 10,
        exams: exams.map(({ percent }) => percent.get(person.id)),
      }
    }),
  }
}

/** A spreadsheet takes such a text for a formula, and runs it. */
const FORMULA = /^[=+\-@\t\r]/
const text = (value: string): string => {
  const safe = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** RFC 4180, in UTF-8 with the mark by which spreadsheets know it. */
export const gradebookCsv = ({ columns, of, exams, rows }: Gradebook): string => {
  const lines = [
    ["Name", "E-mail", ...columns.map((column) => `${column.title} (of ${column.of})`), `Total (of ${of})`, "Per cent"],
    ...rows.map(({ name, email, points, total, percent }) => [name, email, ...points.map(String), String(total), String(percent)]),
  ]
  const [head, ...body] = lines
  const titles = [...(head ?? []), ...exams.map(({ title }) => `${title} (per cent)`)]
  const cells = body.map((line, at) => [
    ...line,
    ...(rows[at]?.exams ?? []).map((percent) => (percent === undefined ? "" : String(percent))),
  ])
  return `\ufeff${[titles, ...cells].map((line) => `${line.map(text).join(",")}\r\n`).join("")}`
}
