/** Proves a lesson, as `drydock lesson test` does: its lab, timed. */
import { performance } from "node:perf_hooks"
import { instantiateLab, instantiateLesson, type Lesson } from "@drydock/course"
import { type LabProof, labWorld, proveLab } from "@drydock/grader"
import type { World } from "@drydock/world"

export interface LessonProof extends LabProof {
  lesson: string
  wallMs: number
}

/** The seed of an attempt at a lesson that nobody chose one for. */
export const seedOf = (lesson: Lesson): string => lesson.lab.seed ?? `${lesson.course}/${lesson.slug}`

/** A lesson's world as the learner finds it, and the lesson with its variables filled in. */
export const lessonWorld = (given: Lesson, seed = seedOf(given)): { world: World; problems: string[]; lesson: Lesson } => {
  const lesson = instantiateLesson(given, seed)
  return { ...labWorld(lesson.lab, { seed }), lesson }
}

/** Runs the lesson's solutions in order, twice; a lesson with variables a third time, with others drawn. */
export const proveLesson = (lesson: Lesson, seed = seedOf(lesson)): LessonProof => {
  const began = performance.now()
  const varied = Object.keys(lesson.lab.variables ?? {}).length > 0
  const { ok, problems, tasks, hash } = proveLab((drawn) => instantiateLab(lesson.lab, drawn).lab, seed, varied)
  return { lesson: `${lesson.course}/${lesson.slug}`, ok, problems, tasks, hash, wallMs: Math.round(performance.now() - began) }
}
