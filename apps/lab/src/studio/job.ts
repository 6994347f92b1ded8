/** What authors ask of a thread: to read a draft, with its expressions and patterns, and to test it. */
import { performance } from "node:perf_hooks"
import { instantiateLesson, type Lesson, linesBefore, parseSource, type Problem, proseSteps, type SourceFiles } from "@drydock/course"
import { checkTask, clickThrough, type LabProof, type ProofStep, type ProseProblem, proseProblems, proveLab } from "@drydock/grader"

export interface AuthorJob {
  readonly course: string
  readonly slug: string
  readonly files: SourceFiles
  /** Not only read: each task's checks before and after its solution, and the prose clicked through, as `drydock lesson test` does. */
  readonly test: boolean
}

/** `prose`: the proof is done, the commands of the text come now. */
export type AuthorStep = ProofStep | { readonly kind: "prose"; readonly commands: number }

export type AuthorNews =
  | { readonly type: "problems"; readonly problems: readonly Problem[] }
  | { readonly type: "step"; readonly step: AuthorStep }

export interface AuthorAnswer {
  readonly problems: readonly Problem[]
  /** Undefined when there is an error among the problems. */
  readonly lesson?: Lesson
  /** `prose`: what is not as lesson.md says, by the file's lines. */
  readonly proof?: LabProof & { readonly wallMs: number; readonly prose: readonly ProseProblem[] }
}

const prove = (lesson: Lesson, markdown: string, tell: (news: AuthorNews) => void): NonNullable<AuthorAnswer["proof"]> => {
  const began = performance.now()
  const { lab } = lesson
  const varied = Object.keys(lab.variables ?? {}).length > 0
  const seed = lab.seed ?? `${lesson.course}/${lesson.slug}`
  const attempt = (drawn: string) => instantiateLesson(lesson, drawn)
  const step = (one: AuthorStep) => tell({ type: "step", step: one })
  const proof = proveLab((drawn) => attempt(drawn).lab, seed, varied, step)
  const made = attempt(seed)
  const steps = proseSteps(made.prose, linesBefore(markdown, lesson.prose))
  step({ kind: "prose", commands: steps.filter(({ kind }) => kind === "command").length })
  const prose = proseProblems(clickThrough(made.lab, seed, steps))
  return { ...proof, prose, ok: proof.ok && prose.length === 0, wallMs: Math.round(performance.now() - began) }
}

/** @param tell hears of a test what it does, while it does it */
export const authorJob = ({ course, slug, files, test }: AuthorJob, tell: (news: AuthorNews) => void): AuthorAnswer => {
  const { lesson, problems } = parseSource(files, { course, slug, checkTask })
  if (!test) return { problems, ...(lesson && { lesson }) }
  tell({ type: "problems", problems })
  const markdown = files["lesson.md"]
  return { problems, ...(lesson && { lesson, proof: prove(lesson, typeof markdown === "string" ? markdown : "", tell) }) }
}
