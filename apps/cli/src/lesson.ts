/** `drydock lesson`: writing, checking and proving lessons. */
import { fileURLToPath } from "node:url"
import { type JsonSchema, jsonSchema } from "@drydock/course"
import { type Command, UsageError } from "./command.ts"
import { doAll } from "./jobs.ts"
import { lessonsAt } from "./lesson/find.ts"
import { importLesson } from "./lesson/import.ts"
import { newLesson } from "./lesson/new.ts"
import { previewLesson } from "./lesson/preview.ts"
import { mutationFigure, mutationLines, problemLine, proofLines } from "./lesson/report.ts"
import { threadsOf } from "./threads.ts"

const DEFAULT = "content/courses"

type Input = Parameters<Command["run"]>[0]

const print = (lines: readonly string[]) => void process.stdout.write(lines.map((line) => `${line}\n`).join(""))
const program = () => fileURLToPath(import.meta.url)

const found = async (paths: readonly string[]) => {
  const loaded = await Promise.all((paths.length > 0 ? paths : [DEFAULT]).map((path) => lessonsAt(path)))
  const problems = loaded.flatMap((one) => one.problems)
  return { lessons: loaded.flatMap((one) => one.lessons), problems, wrong: problems.some(({ severity }) => severity === "error") }
}

const lint = async ({ options }: Input, paths: readonly string[]): Promise<number> => {
  const { problems, wrong } = await found(paths)
  if (options.json === true) print([JSON.stringify({ problems })])
  else print(problems.length > 0 ? problems.map(problemLine) : ["no problems"])
  return wrong ? 1 : 0
}

const test = async ({ options }: Input, paths: readonly string[]): Promise<number> => {
  const { lessons, problems, wrong } = await found(paths)
  const text = options.json !== true
  if (text) print(problems.filter(({ severity }) => severity === "error").map(problemLine))
  const seed = typeof options.seed === "string" ? { seed: options.seed } : {}
  const proofs = await doAll(
    "prove",
    lessons.map((lesson) => ({ lesson, prose: options["no-prose"] !== true, ...seed })),
    { program: program(), threads: threadsOf(options.threads), ...(text && { each: (proof) => print(proofLines(proof)) }) },
  )
  print([
    text ? `${proofs.filter(({ ok }) => ok).length} of ${proofs.length} lessons proven` : JSON.stringify({ problems, lessons: proofs }),
  ])
  return wrong || proofs.some(({ ok }) => !ok) ? 1 : 0
}

/** Per cent of mutants that must be caught. */
const MUTANTS_CAUGHT = 95

const mutate = async ({ options }: Input, paths: readonly string[]): Promise<number> => {
  const { lessons, problems, wrong } = await found(paths)
  if (wrong) {
    print(problems.filter(({ severity }) => severity === "error").map(problemLine))
    return 1
  }
  const runs = await doAll(
    "mutate",
    lessons.flatMap((lesson) => lesson.lab.tasks.map((_, task) => ({ lesson, task }))),
    {
      ...{ program: program(), threads: threadsOf(options.threads) },
      each: ({ lesson, mutants }) =>
        void process.stderr.write(
          `${lesson} ${mutants[0]?.task ?? ""}: ${mutants.filter(({ caught }) => caught).length} of ${mutants.length}\n`,
        ),
    },
  )
  const figure = mutationFigure(runs)
  print(options.json === true ? [JSON.stringify({ ...figure, runs })] : mutationLines(runs))
  return figure.percent >= MUTANTS_CAUGHT ? 0 : 1
}

const schema = (_: Input, [name, ...more]: readonly string[]): Promise<number> => {
  const schemas: Readonly<Record<string, JsonSchema>> = jsonSchema()
  const one = name === undefined || more.length > 0 ? undefined : schemas[name]
  if (!one) throw new UsageError(`schema takes one of ${Object.keys(schemas).join(", ")}`)
  print([JSON.stringify(one, null, 2)])
  return Promise.resolve(0)
}

const actions: Readonly<Record<string, (input: Input, paths: readonly string[]) => Promise<number>>> = {
  new: newLesson,
  lint,
  test,
  mutate,
  preview: previewLesson,
  import: importLesson,
  schema,
}

export const lessonCommand: Command = {
  name: "lesson",
  positionals: "new DIR | lint|test|mutate [PATH…] | preview DIR | import DIR --to DIR | schema FILE",
  summary: [
    "new      makes a lesson's folder, ready to be tested and changed",
    "lint     says what is wrong in what is written, with line and column",
    "test     each task fails before and passes after its solution, twice with equal worlds; every command of the prose is understood and prints what is shown",
    "mutate   negates each check and leaves out each step of a solution: how many of these mistakes the test notices",
    "preview  serves one lesson while it is written: text at once, the lab made anew when lab.yaml or a file of it changes",
    "import   a Killercoda, Katacoda, Educates or iximiuz folder as a lesson; says line by line what could not be carried over",
    "schema   prints a JSON Schema, for editors",
  ].join("\n"),
  options: {
    json: { type: "boolean", summary: "print JSON" },
    port: { type: "string", value: "N", summary: "preview: the port (default 3001; 0: a free one)" },
    to: { type: "string", value: "DIR", summary: "import: the folder to make" },
    seed: { type: "string", value: "SEED", summary: "test: what names, addresses and variables are drawn from" },
    threads: { type: "string", value: "N", summary: "test, mutate: how many lessons at once (default: one a core)" },
    "no-prose": { type: "boolean", summary: "test: leave the commands of the prose out" },
    prose: { type: "boolean", summary: "test: the commands of the prose too (as without it)" },
  },
  async run(input) {
    const [action, ...paths] = input.positionals
    const names = Object.keys(actions).join(", ")
    const act = action === undefined || !Object.hasOwn(actions, action) ? undefined : actions[action]
    if (!act) throw new UsageError(action === undefined ? `lesson takes ${names}` : `lesson takes ${names}; not "${action}"`)
    return act(input, paths)
  },
}
