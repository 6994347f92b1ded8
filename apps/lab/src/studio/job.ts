/** What authors ask of a thread: to read a draft, with its expressions and patterns, and to test it. */
import { performance } from "node:perf_hooks"
import { instantiateLab, type LabSpec, type Lesson, parseSource, type Problem, type SourceFiles } from "@drydock/course"
import { checkTask, type LabProof, type ProofStep, proveLab } from "@drydock/grader"

export interface AuthorJob {
  readonly course: string
  readonly slug: string
  readonly files: SourceFiles
  /** Not only read: each task's checks before and after its solution. */
  readonly test: boolean
}

export type AuthorNews =
  | { readonly type: "problems"; readonly problems: readonly Problem[] }
  | { readonly type: "step"; readonly step: ProofStep }

export interface AuthorAnswer {
  readonly problems: readonly Problem[]
  /** Undefined when there is an error among the problems. */
  readonly lesson?: Lesson
  readonly proof?: LabProof & { readonly wallMs: number }
}

const prove = (lab: LabSpec, name: string, tell: (news: AuthorNews) => void) => {
  const began = performance.now()
  const varied = Object.keys(lab.variables ?? {}).length > 0
  const proof = proveLab(
    (seed) => instantiateLab(lab, seed).lab,
    lab.seed ?? name,
    varied,
    (step) => tell({ type: "step", step }),
  )
  return { ...proof, wallMs: Math.round(performance.now() - began) }
}

/** @param tell hears of a test what it does, while it does it */
export const authorJob = ({ course, slug, files, test }: AuthorJob, tell: (news: AuthorNews) => void): AuthorAnswer => {
  const { lesson, problems } = parseSource(files, { course, slug, checkTask })
  if (!test) return { problems, ...(lesson && { lesson }) }
  tell({ type: "problems", problems })
  return { problems, ...(lesson && { lesson, proof: prove(lesson.lab, `${course}/${slug}`, tell) }) }
}
