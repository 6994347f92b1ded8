/** What is kept, as web and lab see it: repositories of plain values. Times are ms since the epoch. No Prisma type leaves this room. */
import type { AdminRepository } from "./contract-admin.ts"
import type { ClassRepository, Standing } from "./contract-classes.ts"
import type { DraftRepository } from "./contract-drafts.ts"
import type { CertificateRepository, ExamRepository, ReviewRepository } from "./contract-exams.ts"

export * from "./contract-admin.ts"
export * from "./contract-classes.ts"
export * from "./contract-drafts.ts"
export * from "./contract-exams.ts"

export type Role = "learner" | "instructor" | "admin"

export interface Person {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly isAnonymous: boolean
}

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

export type LabTopology = string | { readonly nodes: readonly string[]; readonly hollow?: boolean }

export interface LabSession {
  readonly id: string
  readonly userId: string
  /** Undefined for the playground. */
  readonly lesson?: { readonly course: string; readonly lesson: string; readonly version: string }
  readonly topology: LabTopology
  readonly seed: string
  readonly engine: string
  /** Virtual. */
  readonly startedAt: number
  /** Virtual time reached when last written. */
  readonly reachedAt: number
  readonly state: "active" | "ended"
  /** What its learner works on, as last written. */
  readonly standing?: Standing
  /** Of an exam: no help, no starting over, and not the lab of the lesson's own page. */
  readonly attempt?: string
  /** There to do this one task of its lesson again. */
  readonly drill?: string
}

export interface LoggedLabInput {
  /** Counts up by one from 1. */
  readonly seq: number
  /** Virtual time. */
  readonly at: number
  readonly input: unknown
}

/** A claim on a session: writes with an older epoch are refused. */
export interface Lease {
  readonly session: string
  readonly owner: string
  readonly epoch: number
}

/** The lease was taken by another lab server, or the session was ended: stop working on it. */
export class LeaseLost extends Error {}

/** The session is not this person's, or not active any more. */
export class SessionUnavailable extends Error {}

export interface SessionRepository {
  /** The person's active session of this lesson (or playground topology), or a new one. Ends the person's beyond 3, the one not seen longest first. */
  open(wanted: {
    userId: string
    lesson?: { course: string; lesson: string; version: string }
    topology: LabTopology
    seed: string
    engine: string
    startedAt: number
    /** A task of the lesson that is done again, alone: a lab apart from the lesson's own. */
    drill?: string
  }): Promise<LabSession>
  get(id: string): Promise<LabSession | undefined>
  /** Labs of lessons and playgrounds; neither exams' nor those of tasks that are done again. */
  activeOf(userId: string): Promise<readonly LabSession[]>
  /** Ends it: the lease, if any, is lost, and the next `open` makes a new world. */
  end(id: string): Promise<void>
  /** Ends all active sessions of this lesson's other versions, anybody's: it is being written, and was changed. */
  endOthers(lesson: { readonly course: string; readonly lesson: string; readonly version: string }): Promise<void>
  /** Takes the session unless another owner's lease still runs. @param ms how long it lasts without renewal, wall time */
  claim(id: string, owner: string, ms: number): Promise<Lease | undefined>
  /** @throws LeaseLost */
  renew(lease: Lease, ms: number): Promise<void>
  release(lease: Lease): Promise<void>
  /** Appends to the log and moves `reachedAt`, in one transaction. @throws LeaseLost */
  append(lease: Lease, inputs: readonly LoggedLabInput[], reachedAt: number): Promise<void>
  inputs(id: string): Promise<readonly LoggedLabInput[]>
  /** Notes where the learner stands. `since` and `typed` are given as ages, ms ago: the database's clock makes times of them. A lost lease changes nothing. */
  stand(lease: Lease, standing: Standing): Promise<void>
}

export interface TicketRepository {
  /** A token that opens one websocket to one session within 60 s. Only its hash is kept. @throws SessionUnavailable */
  issue(session: string, userId: string): Promise<string>
  /** A ticket for a teacher to look into a learner's lab. @throws SessionUnavailable unless they may (see ClassRepository.mayWatch) */
  watch(session: string, teacher: string): Promise<string>
  /** Uses the token up; undefined when unknown, used or expired. `watching`: a teacher's, who looks in. */
  redeem(token: string): Promise<{ session: string; userId: string; watching?: true } | undefined>
  /** The secret in the address of a session's Kubernetes API, made at the first call, valid while the session is active. @throws SessionUnavailable */
  apiToken(session: string, userId: string): Promise<string>
  redeemApiToken(token: string): Promise<{ session: string; userId: string } | undefined>
  /**
   * The secret in the addresses at which a page shows what listens inside a session's world: derived from the API's, which it does not
   * tell, and valid as long. @throws SessionUnavailable
   */
  previewToken(session: string, userId: string): Promise<string>
  redeemPreviewToken(token: string): Promise<{ session: string; userId: string } | undefined>
}

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

export interface PeopleRepository {
  get(id: string): Promise<Person | undefined>
  /** The first instructor, who administers the server too, made once; undefined when one exists already. The password is returned this once. */
  ensureInstructor(hash: (password: string) => Promise<string>): Promise<{ email: string; password: string } | undefined>
  setRole(id: string, role: Role): Promise<void>
  rename(id: string, name: string): Promise<void>
  /** Gives a guest's sessions and progress to the person they became. @throws when `guest` is no guest */
  adopt(guest: string, person: string): Promise<void>
  /** A guest has signed in as `person`: progress, hints, answers and lab sessions of `guest` become theirs (what both did stays as the person did it). */
  adopt(guest: string, person: string): Promise<void>
}

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  readonly usedAt?: number
  readonly expiresAt?: number
}

/** Keys with which programs grade in a person's name. */
export interface ApiKeyRepository {
  /** The key is returned this once; only its hash is kept. @param expiresAt ms since the epoch; default: never */
  create(userId: string, name: string, expiresAt?: number): Promise<{ readonly id: string; readonly key: string }>
  /** Newest first. */
  list(userId: string): Promise<readonly ApiKey[]>
  /** False when it is not this person's. */
  revoke(userId: string, id: string): Promise<boolean>
  /** Whose key it is; undefined when unknown, revoked or expired. */
  redeem(key: string): Promise<{ readonly id: string; readonly userId: string; readonly role: Role } | undefined>
}

export interface Repositories {
  readonly apiKeys: ApiKeyRepository
  readonly people: PeopleRepository
  readonly content: ContentRepository
  readonly sessions: SessionRepository
  readonly tickets: TicketRepository
  readonly progress: ProgressRepository
  readonly classes: ClassRepository
  readonly admin: AdminRepository
  readonly drafts: DraftRepository
  readonly exams: ExamRepository
  readonly reviews: ReviewRepository
  readonly certificates: CertificateRepository
  /** For better-auth's Prisma adapter; nothing else may use it. */
  readonly authClient: unknown
  close(): Promise<void>
}

/** @param url postgres://… */
export type Connect = (url: string) => Promise<Repositories>
