/** Brings content/ into the database. */
import { type Course, type Lesson, loadCourses } from "@drydock/course"
import type { PublishedCourse, PublishedLesson, Repositories } from "@drydock/db"

export const toLesson = ({ course, slug, header, prose, lab, version }: Lesson): PublishedLesson => ({
  ...{ course, lesson: slug, version, title: header.title, summary: header.summary, minutes: header.minutes },
  ...(header.shows === undefined ? {} : { shows: header.shows }),
  ...{ points: lab.tasks.reduce((sum, { points }) => sum + points, 0), prose, lab },
})

const toCourse = ({ slug, spec: { title, summary, modules } }: Course): PublishedCourse => ({ slug, title, summary, modules })

/** @returns a line for every lesson that has mistakes and stays away */
export const publishContent = async (repositories: Repositories, directory: string, relativeTo: string): Promise<readonly string[]> => {
  const { courses, problems } = await loadCourses(directory, { relativeTo })
  await repositories.content.publish(courses.map((course) => ({ course: toCourse(course), lessons: course.lessons.map(toLesson) })))
  return problems
    .filter(({ severity }) => severity === "error")
    .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)
}
