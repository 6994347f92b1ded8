/** The lesson format: schema, loader, linter, importers. */
export type { TaskChecker } from "./check-lab.ts"
export { type JsonSchema, jsonSchema } from "./json-schema.ts"
export * from "./lesson.ts"
export { lintCourses, type LoadOptions, loadCourse, loadCourses, loadLesson, readLessonFiles } from "./load-courses.ts"
export { type ParseOptions, parseLesson } from "./parse-lesson.ts"
export { machinesOf } from "./lab-names.ts"
export * from "./prose.ts"
