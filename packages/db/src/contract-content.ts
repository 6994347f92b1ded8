/** Courses and lessons as published. */

/** A lesson as published. `lab` is the course format's LabSpec, with the texts of files/ laid in. */
export interface PublishedLesson {
  readonly course: string
  readonly lesson: string
  /** Content hash. */
  readonly version: string
  readonly title: string
  readonly summary: string
  readonly minutes: number
  readonly shows?: string
  /** Sum of its tasks' points. */
  readonly points: number
  /** Markdown without front matter. */
  readonly prose: string
  readonly lab: unknown
}

export interface PublishedCourse {
  readonly slug: string
  readonly title: string
  readonly summary: string
  readonly modules: readonly { readonly title: string; readonly lessons: readonly string[] }[]
}

export interface ContentRepository {
  /**
   * Makes the database equal to content/: new versions are added, courses that are gone are retired, nothing that a session uses is removed.
   * A lesson that the studio published stays current until its files in content/ are others than at the publishing before.
   */
  publish(courses: readonly { readonly course: PublishedCourse; readonly lessons: readonly PublishedLesson[] }[]): Promise<void>
  courses(): Promise<readonly PublishedCourse[]>
  course(slug: string): Promise<PublishedCourse | undefined>
  /** Current lessons of a course without prose and lab, in the syllabus' order. */
  lessons(course: string): Promise<readonly Omit<PublishedLesson, "prose" | "lab">[]>
  /** The current version, or the one named. */
  lesson(course: string, lesson: string, version?: string): Promise<PublishedLesson | undefined>
}
