/** Brings content/ into the database. */
import { join } from "node:path"
import { type Course, type Lesson, loadCourses, loadExams } from "@drydock/course"
import type { PublishedCourse, PublishedLesson, Repositories } from "@drydock/db"

export const toLesson = ({ course, slug, header, prose, lab, version }: Lesson): PublishedLesson => ({
  ...{ course, lesson: slug, version, title: header.title, summary: header.summary, minutes: header.minutes },
  ...(header.shows === undefined ? {} : { shows: header.shows }),
  ...{ points: lab.tasks.reduce((sum, { points }) => sum + points, 0), prose, lab },
})

const toCourse = ({ slug, spec: { title, summary, modules } }: Course): PublishedCourse => ({ slug, title, summary, modules })

/** @param directory of the courses; exams lie in exams/ beside it. @returns a line for every lesson or exam that has mistakes and stays away */
export const publishContent = async (repositories: Repositories, directory: string, relativeTo: string): Promise<readonly string[]> => {
  const { courses, problems } = await loadCourses(directory, { relativeTo })
  await repositories.content.publish(courses.map((course) => ({ course: toCourse(course), lessons: course.lessons.map(toLesson) })))
  const sat = await loadExams(join(directory, "../exams"), courses, { relativeTo })
  await repositories.exams.publish(
    sat.exams.map(({ slug, spec }) => ({ slug, draft: { title: spec.title, spec, attempts: spec.attempts } })),
  )
  return [...problems, ...sat.problems]
    .filter(({ severity }) => severity === "error")
    .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)
}
