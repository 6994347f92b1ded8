/** Proofs, problems and mutation runs as lines of text. */
import type { Problem } from "@drydock/course"
import type { MutationRun } from "./mutants.ts"
import type { LessonProof } from "./proof.ts"

export const problemLine = ({ file, line, column, severity, message }: Problem): string =>
  `${file}:${line}:${column}: ${severity}: ${message}`

/** Lines of a table, columns as wide as their widest cell. */
const table = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]))).join("  "))
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

export const proofLines = (proof: LessonProof): string[] => {
  const lines = [`${proof.ok ? "ok  " : "FAIL"} ${proof.lesson} (${seconds(proof.wallMs)}, world ${proof.hash})`]
  for (const line of table(
    proof.tasks.map(({ ok, id, title, virtualMs }) => [`  ${ok ? "ok" : "FAIL"}`, id, title, `${seconds(virtualMs)} of virtual time`]),
  ))
    lines.push(line)
  for (const problem of proof.problems) lines.push(`  ${problem}`)
  for (const { id, problems, transcript } of proof.tasks) {
    for (const problem of problems) lines.push(`  ${id} ${problem}`)
    if (transcript) lines.push(...transcript.flatMap((text) => text.split("\n")).map((line) => `    | ${line}`))
  }
  return lines
}

export interface MutationFigure {
  mutants: number
  caught: number
  /** Of the caught, per cent to a tenth. */
  percent: number
  /** Steps that only wait, not counted. */
  waiting: number
}

export const mutationFigure = (runs: readonly MutationRun[]): MutationFigure => {
  const mutants = runs.flatMap((run) => run.mutants)
  const caught = mutants.filter((one) => one.caught).length
  return {
    mutants: mutants.length,
    caught,
    percent: mutants.length === 0 ? 100 : Math.round((caught / mutants.length) * 1000) / 10,
    waiting: runs.reduce((sum, { waiting }) => sum + waiting, 0),
  }
}

export const mutationLines = (runs: readonly MutationRun[]): string[] => {
  const { mutants, caught, percent, waiting } = mutationFigure(runs)
  return [
    ...runs.flatMap(({ lesson, mutants: all }) =>
      all.filter((one) => !one.caught).map(({ task, change }) => `not noticed: ${lesson}: ${task}: ${change}`),
    ),
    `${caught} of ${mutants} mutants caught (${percent} %); ${waiting} steps that only wait were not counted`,
  ]
}
