/** `drydock grade`: submissions to a lesson, each in a fresh world, as a table, JSON or JUnit. */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type GradedSubmission, junit } from "@drydock/grader"
import { type Command, UsageError } from "./command.ts"
import { submissionAt } from "./grade/read-submission.ts"
import { doAll, type Timed } from "./jobs.ts"
import { lessonsAt } from "./lesson/find.ts"
import { threadsOf } from "./threads.ts"

const tableOf = (graded: readonly Timed<GradedSubmission>[]): string =>
  graded
    .map((one) =>
      [
        `${one.submission}: ${one.earned} of ${one.total} points (world ${one.world}, ${one.wallMs} ms)`,
        ...one.tasks.flatMap(({ state, id, title, points, earned, checks, feedback }) => [
          `  ${state === "done" ? "✓" : state === "open" ? "○" : "·"} ${`${earned}/${points}`.padStart(5)}  ${id}  ${title}`,
          ...(state === "open"
            ? checks
                .filter(({ passed }) => !passed)
                .map((check) => `           ${check.title}${check.seen === undefined ? "" : ` (now: ${check.seen})`}`)
            : []),
          ...(feedback === undefined ? [] : [`           ${feedback}`]),
        ]),
        ...one.steps
          .filter(({ exit }) => exit !== 0)
          .map(({ name, exit, stderr }) => `  ${name}: exit code ${exit}: ${stderr.trim().split("\n").at(-1) ?? ""}`),
        ...one.problems.map((problem) => `  ${problem}`),
        "",
      ].join("\n"),
    )
    .join("")

export const gradeCommand: Command = {
  name: "grade",
  positionals: "LESSON SUBMISSION…",
  summary:
    "Grades submissions to a lesson: a manifest, a script, a recording, or a folder of these with answers.json. Exit code 1 when one lacks points.",
  options: {
    submission: { type: "string", multiple: true, value: "PATH", summary: "a submission; may be given several times" },
    seed: { type: "string", value: "SEED", summary: "what names, addresses and variables are drawn from (default: the lesson's own)" },
    json: { type: "boolean", summary: "print JSON" },
    junit: { type: "string", value: "FILE", summary: "write JUnit XML" },
    threads: { type: "string", value: "N", summary: "how many are graded at once (default: one a core)" },
  },
  async run({ options, positionals: [path, ...more] }) {
    if (path === undefined) throw new UsageError("grade takes a lesson's folder and one or more submissions")
    const paths = [...(Array.isArray(options.submission) ? options.submission : []), ...more]
    if (paths.length === 0) throw new UsageError("grade takes one or more submissions after the lesson")
    const threads = threadsOf(options.threads)
    const { lessons, problems } = await lessonsAt(path)
    const wrong = problems.find(({ severity }) => severity === "error")
    if (wrong) throw new UsageError(`${wrong.file}:${wrong.line}:${wrong.column}: ${wrong.message}`)
    if (lessons.length !== 1) throw new UsageError(`${path} is not one lesson`)
    const seed = typeof options.seed === "string" ? { seed: options.seed } : {}
    const inputs = paths.map((one) => ({ lesson: lessons[0], submission: submissionAt(one), ...seed }))
    const graded = await doAll("grade", inputs, { program: fileURLToPath(import.meta.url), threads })
    if (typeof options.junit === "string") writeFileSync(options.junit, junit(graded))
    process.stdout.write(options.json === true ? `${JSON.stringify({ submissions: graded })}\n` : tableOf(graded))
    return graded.every(({ earned, total }) => earned === total) ? 0 : 1
  },
}
