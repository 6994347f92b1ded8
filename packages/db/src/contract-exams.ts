/** Exams, what is asked again after days, and certificates: repositories of plain values. Times are ms since the epoch, by the database's clock. */
import type { LabSession, LabTopology, Lease } from "./contract-sessions.ts"

export interface Exam {
  readonly id: string
  /** Of one that lies in content/. */
  readonly slug?: string
  readonly title: string
  /** The course format's ExamSpec. */
  readonly spec: unknown
  readonly createdBy: string
  /** Only its members may sit it. */
  readonly classId?: string
  /** How often one person may begin it. */
  readonly attempts: number
  readonly opensAt?: number
  readonly closesAt?: number
  readonly retired: boolean
  /** Whether its window is open now. */
  readonly open: boolean
}

export interface ExamDraft {
  readonly title: string
  readonly spec: unknown
  readonly classId?: string
  readonly attempts: number
  readonly opensAt?: number
  readonly closesAt?: number
}

export interface ExamAttempt {
  readonly id: string
  readonly exam: string
  readonly userId: string
  readonly userName: string
  /** The exam as it was when this began. */
  readonly spec: unknown
  /** Versions of its lessons, by "course/lesson". */
  readonly versions: Readonly<Record<string, string>>
  readonly startedAt: number
  readonly endsAt: number
  readonly submittedAt?: number
  /** The database's clock when this was read. */
  readonly now: number
  /** Submitted, or its time is over. */
  readonly over: boolean
  /** The course format's ExamReview. */
  readonly review?: unknown
  readonly outcomes: readonly StoredOutcome[]
}

export interface StoredOutcome {
  readonly course: string
  readonly lesson: string
  readonly task: string
  readonly state: "locked" | "open" | "done"
  /** 0 to 1. */
  readonly credit: number
}

/** Why an exam cannot be begun, gone on with or written into. */
export class ExamRefused extends Error {
  readonly reason: "absent" | "closed" | "attempts" | "members" | "over"

  constructor(reason: ExamRefused["reason"], message: string) {
    super(message)
    this.reason = reason
  }
}

export interface ExamRepository {
  /** Makes the exams of content/ equal to these; one that is gone is retired, what was sat stays. */
  publish(exams: readonly { readonly slug: string; readonly draft: ExamDraft }[]): Promise<void>
  create(by: string, draft: ExamDraft): Promise<string>
  /** Attempts that have begun keep what they began with. False when it is not there, or lies in content/. */
  change(id: string, draft: ExamDraft): Promise<boolean>
  retire(id: string): Promise<boolean>
  /** @param name its id, or the slug of one of content/ */
  get(name: string): Promise<Exam | undefined>
  /** Not retired; content/'s first, then the newest. */
  list(): Promise<readonly Exam[]>
  /** Those that this person may sit, or has sat: of content/, and of classes they are in. */
  listFor(userId: string): Promise<readonly Exam[]>
  /** Whether they may see attempts and review them: who made it, and teachers of its class. */
  reviews(id: string, userId: string): Promise<boolean>
  /** The person's running attempt, or a new one that ends after `minutes`, or when the exam closes. @throws ExamRefused */
  begin(
    exam: string,
    userId: string,
    now: { readonly spec: unknown; readonly versions: Record<string, string>; readonly minutes: number },
  ): Promise<ExamAttempt>
  attempt(id: string): Promise<ExamAttempt | undefined>
  /** Newest first; everybody's, or one person's. */
  attempts(exam: string, userId?: string): Promise<readonly ExamAttempt[]>
  /** The world of one lesson of a running attempt, made when it is first asked for. @throws ExamRefused */
  openLab(
    attempt: string,
    userId: string,
    wanted: { lesson: { course: string; lesson: string; version: string }; topology: LabTopology; seed: string; startedAt: number },
  ): Promise<LabSession>
  /** Ends it and its worlds. An attempt whose time is over only loses its worlds. @throws ExamRefused when it is not this person's */
  submit(attempt: string, userId: string): Promise<ExamAttempt>
  /** For the lab server: what is left, ms, 0 when it is over; ends the worlds of one that is over. */
  left(attempt: string): Promise<number>
  /** How tasks stand. False, and nothing is written, when the attempt is over or the lease is lost. A task that was done stays done. */
  record(lease: Lease, outcomes: readonly Pick<StoredOutcome, "task" | "state" | "credit">[]): Promise<boolean>
  /** False while it runs. */
  review(attempt: string, review: unknown): Promise<boolean>
  /** All attempts at the exams of a class, the newest first. */
  results(classId: string): Promise<readonly (ExamAttempt & { readonly title: string })[]>
}

/** What is asked again: a quiz, or (quiz "") a task. */
export interface ReviewPlace {
  readonly course: string
  readonly lesson: string
  readonly task: string
  readonly quiz: string
}

export interface ReviewItem extends ReviewPlace {
  readonly dueAt: number
  readonly due: boolean
  /** Days. */
  readonly interval: number
  readonly lapses: number
}

export interface ReviewRepository {
  /** Asked again tomorrow; one that was due later has lapsed. */
  weak(userId: string, place: ReviewPlace): Promise<void>
  /** By when they are due. */
  list(userId: string): Promise<readonly ReviewItem[]>
  /** After an answer to one that is due: when it comes again, or (undefined) never. False when it is not due. */
  answered(userId: string, place: ReviewPlace, next: { readonly interval: number; readonly lapses: number } | undefined): Promise<boolean>
}

export interface Certificate {
  readonly id: string
  readonly userId: string
  readonly course: string
  readonly name: string
  readonly title: string
  readonly points: number
  readonly total: number
  readonly at: number
}

export interface CertificateRepository {
  /** Once a course; a second call gives the first one back. */
  give(userId: string, given: Omit<Certificate, "id" | "userId" | "at">): Promise<Certificate>
  get(id: string): Promise<Certificate | undefined>
  of(userId: string): Promise<readonly Certificate[]>
}
