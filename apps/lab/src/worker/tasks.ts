/** A lesson's tasks in one world: the grader's results, hints that were opened, and the solution once it was asked for. */
import { hintCost, hintText, type LabSpec, scoreTask, shownOptions, type TaskScore, type TaskSpec } from "@drydock/course"
import { createGrader, type Grader, replyTo } from "@drydock/grader"
import type { Quiz, TaskState } from "@drydock/protocol"
import type { World } from "@drydock/world"
import type { SessionSpec } from "../link.ts"

/** A hint's number that stands for the solution. */
export const SOLUTION = -1

export class Tasks {
  /** The learner's. */
  readonly #specs: readonly TaskSpec[]
  /** With those that are solved before. */
  readonly #all: readonly TaskSpec[]
  readonly #grader: Grader
  readonly #opened = new Map<string, Set<number>>()
  readonly #answers = new Map<string, { correct: boolean; reply?: string }>()
  readonly #exam: SessionSpec["exam"]
  readonly #before: ReadonlySet<string>
  /** Told whenever what the learner sees of a task changed. */
  onChange: (() => void) | undefined

  constructor(world: World, lab: LabSpec, { opened, exam, before = [] }: Pick<SessionSpec, "opened" | "exam" | "before">) {
    this.#all = lab.tasks
    this.#before = new Set(before)
    this.#specs = lab.tasks.filter(({ id }) => !this.#before.has(id))
    this.#exam = exam
    for (const { task, hint } of opened) this.#open(task, hint)
    this.#grader = createGrader(world, lab.tasks)
    this.#grader.onChange(() => this.onChange?.())
  }

  #open(task: string, hint: number): void {
    let set = this.#opened.get(task)
    if (!set) this.#opened.set(task, (set = new Set()))
    set.add(hint)
  }

  get total(): number {
    return this.#specs.reduce((sum, { points }) => sum + points, 0)
  }

  /** What help cost is taken off. */
  get earned(): number {
    if (this.#exam && !this.#exam.live) return 0
    return this.#specs.reduce((sum, spec) => sum + this.#score(spec).earned, 0)
  }

  #score(spec: TaskSpec): TaskScore {
    const help = [...(this.#opened.get(spec.id) ?? [])].map((hint) => ({ task: spec.id, hint }))
    return scoreTask(
      spec,
      this.#grader.results.find(({ id }) => id === spec.id),
      help,
    )
  }

  /** Ids of the tasks that are done now, and the points they gave. */
  done(): { task: string; points: number }[] {
    return this.#specs
      .filter((spec) => this.#grader.results.some(({ id, state }) => id === spec.id && state === "done"))
      .map((spec) => ({ task: spec.id, points: this.#score(spec).earned }))
  }

  /** How an exam's tasks stand; undefined in every other lab. */
  outcomes(): { task: string; state: TaskState["state"]; credit: number }[] | undefined {
    return this.#exam && this.#specs.map(({ id }) => ({ task: id, ...this.#standing(id) }))
  }

  #standing(task: string): { state: TaskState["state"]; credit: number } {
    const result = this.#grader.results.find(({ id }) => id === task)
    return { state: result?.state ?? "locked", credit: result?.credit ?? 0 }
  }

  isOpen(task: string): boolean {
    return this.#standing(task).state !== "locked"
  }

  /** Whether every task that needs only what was solved before is open. */
  begun(): boolean {
    return this.#specs.every(({ id, needs }) => !needs.every((need) => this.#before.has(need)) || this.isOpen(id))
  }

  isDone(task: string): boolean {
    return this.#standing(task).state === "done"
  }

  solutionOf(task: string): string {
    return this.#all.find(({ id }) => id === task)?.solution ?? ""
  }

  /** Virtual seconds that a task's checks may take after its solution. */
  settleOf(task: string): number {
    return this.#all.find(({ id }) => id === task)?.settle ?? 0
  }

  /** Gives a task's questions the answers that its author wrote. */
  answerRightly(task: string): void {
    for (const check of this.#all.find(({ id }) => id === task)?.checks ?? []) {
      if (check.kind !== "quiz") continue
      const { id, type, answer } = check
      this.#grader.answer(task, id, typeof answer === "string" || type !== "text" ? answer : answer[0])
    }
  }

  /** Set-up scripts of tasks that failed, a sentence each. */
  problems(): string[] {
    return this.#grader.results.flatMap(({ id, problem }) => (problem === undefined ? [] : [`The set-up of the task "${id}" ${problem}`]))
  }

  has(task: string): boolean {
    return this.#specs.some(({ id }) => id === task)
  }

  quiz(task: string, quiz: string): boolean {
    return this.#specs.some(({ id, checks }) => id === task && checks.some((check) => check.kind === "quiz" && check.id === quiz))
  }

  /** The next hint that is not open yet; undefined when there is none. */
  nextHint(task: string): number | undefined {
    const spec = this.#specs.find(({ id }) => id === task)
    const opened = this.#opened.get(task)
    const next = spec?.hints.findIndex((_, index) => !opened?.has(index)) ?? -1
    return next < 0 ? undefined : next
  }

  openHint(task: string, hint: number): void {
    this.#open(task, hint)
    this.onChange?.()
  }

  /** An exam takes one answer to a question: else trying all of them would be right. */
  isFinal(task: string, quiz: string): boolean {
    return this.#exam !== undefined && this.#answers.has(`${task}/${quiz}`)
  }

  answer(task: string, quiz: string, answer: string | readonly string[]): boolean {
    if (!this.quiz(task, quiz) || this.isFinal(task, quiz)) return false
    const correct = this.#grader.answer(task, quiz, answer)
    const spec = this.#specs.find(({ id }) => id === task)?.checks.find((check) => check.kind === "quiz" && check.id === quiz)
    const reply = spec?.kind === "quiz" ? replyTo(spec, answer) : undefined
    this.#answers.set(`${task}/${quiz}`, { correct, ...(reply !== undefined && { reply }) })
    this.onChange?.()
    return correct
  }

  stop(): void {
    this.#grader.stop()
  }

  states(): TaskState[] {
    const results = new Map(this.#grader.results.map((result) => [result.id, result]))
    if (this.#exam) return this.#specs.map((spec) => this.#examState(spec, this.#exam?.live === true))
    return this.#specs.map((spec) => {
      const result = results.get(spec.id)
      const opened = this.#opened.get(spec.id)
      const quizIds = new Set(spec.checks.flatMap((check) => (check.kind === "quiz" ? [check.id] : [])))
      const checks = (result?.checks ?? []).map(({ id, title, passed, seen }) => ({
        id,
        title,
        passed,
        ...(seen !== undefined && { seen }),
      }))
      const quizzes = spec.checks.flatMap((check): Quiz[] => {
        if (check.kind !== "quiz") return []
        const given = this.#answers.get(`${spec.id}/${check.id}`)
        const correct = given?.correct ?? checks.find(({ id }) => id === check.id)?.passed ?? false
        const { id, question, type, because } = check
        return [
          {
            id,
            question,
            kind: type,
            options: shownOptions(spec.id, check),
            answered: given !== undefined || correct,
            correct,
            ...(correct && because !== undefined && { because }),
            ...(!correct && given?.reply !== undefined && { reply: given.reply }),
          },
        ]
      })
      const looked = checks.filter(({ id }) => !quizIds.has(id))
      const next = spec.hints.find((_, index) => !opened?.has(index))
      const cost = next === undefined ? 0 : hintCost(next)
      const feedback = result?.feedback ?? (typeof spec.feedback === "string" ? spec.feedback : undefined)
      const halfWay = result?.state === "open" && looked.some(({ passed }) => passed) && looked.some(({ passed }) => !passed)
      return {
        id: spec.id,
        title: spec.title,
        points: spec.points,
        state: result?.state ?? "open",
        checks: looked,
        quizzes,
        hintsOpened: spec.hints.filter((_, index) => opened?.has(index)).map(hintText),
        hintsTotal: spec.hints.length,
        ...(opened?.has(SOLUTION) && { solution: spec.solution }),
        ...((halfWay || result?.feedback !== undefined) && feedback !== undefined && { feedback }),
        ...((spec.partial || this.#score(spec).cost > 0) && { earned: this.#score(spec).earned }),
        ...(cost > 0 && { hintCost: cost }),
        ...(spec.solutionCost !== undefined && spec.solutionCost > 0 && !opened?.has(SOLUTION) && { solutionCost: spec.solutionCost }),
      }
    })
  }

  /** What a candidate may know: which questions were answered, and whether a task waits for others; the rest only when the exam says so. */
  #examState({ id, title, points, checks }: TaskSpec, live: boolean): TaskState {
    const { state } = this.#standing(id)
    return {
      ...{ id, title, points, state: state === "done" && !live ? "open" : state, checks: [], hintsOpened: [], hintsTotal: 0 },
      quizzes: checks.flatMap((check): Quiz[] => {
        if (check.kind !== "quiz") return []
        const given = this.#answers.get(`${id}/${check.id}`)
        const { question, type: kind } = check
        return [
          {
            ...{ id: check.id, question, kind, options: shownOptions(id, check) },
            ...{ answered: given !== undefined, correct: live && given?.correct === true },
          },
        ]
      }),
    }
  }
}
