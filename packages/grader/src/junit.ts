/** Graded submissions as JUnit XML: a suite a submission, a case a task. */
import type { GradedSubmission } from "./grade-submission.ts"

const escaped = (text: string): string =>
  text
    // XML 1.0 has no way to write most control characters.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

const testCase = (graded: GradedSubmission, task: GradedSubmission["tasks"][number]): string => {
  const open = `    <testcase classname="${escaped(graded.lesson)}" name="${escaped(task.title)}"`
  if (task.state === "done") return `${open}/>`
  if (task.state === "locked") return `${open}>\n      <skipped message="an earlier task is not done"/>\n    </testcase>`
  const missing = task.checks
    .filter(({ passed }) => !passed)
    .map(({ title, seen }) => `${title}${seen === undefined ? "" : ` (now: ${seen})`}`)
    .join("\n")
  return `${open}>\n      <failure message="${escaped(`${task.earned} of ${task.points} points`)}">${escaped(missing)}</failure>\n    </testcase>`
}

/** @param submissions with the wall time that each took, ms; 0 keeps the text the same in every run */
export const junit = (submissions: readonly (GradedSubmission & { wallMs?: number })[]): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    ...submissions.flatMap((graded) => {
      const failures = graded.tasks.filter(({ state }) => state === "open").length
      const skipped = graded.tasks.filter(({ state }) => state === "locked").length
      return [
        `  <testsuite name="${escaped(graded.submission)}" tests="${graded.tasks.length}" failures="${failures}" skipped="${skipped}" time="${seconds(graded.wallMs ?? 0)}">`,
        ...graded.tasks.map((task) => testCase(graded, task)),
        "  </testsuite>",
      ]
    }),
    "</testsuites>",
    "",
  ].join("\n")
