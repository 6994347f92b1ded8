/** What a learner has done of a course. Times are ms since the epoch. */

export interface DoneTask {
  readonly course: string
  readonly lesson: string
  readonly task: string
  readonly points: number
  readonly at: number
}

export interface ProgressRepository {
  /** Done once is done for good; a second call changes nothing. */
  complete(userId: string, done: Omit<DoneTask, "at">): Promise<void>
  done(userId: string, where?: { course: string; lesson?: string }): Promise<readonly DoneTask[]>
  /** `hint`: 0-based; -1 is the solution. */
  hintUsed(userId: string, where: { course: string; lesson: string; task: string }, hint: number): Promise<void>
  hints(userId: string, where: { course: string; lesson: string }): Promise<readonly { task: string; hint: number }[]>
  answered(
    userId: string,
    where: { course: string; lesson: string; task: string; quiz: string },
    answer: string | readonly string[],
    correct: boolean,
  ): Promise<void>
  /** Newest answer of each quiz. */
  answers(
    userId: string,
    where: { course: string; lesson: string },
  ): Promise<readonly { task: string; quiz: string; answer: string | readonly string[]; correct: boolean }[]>
}
