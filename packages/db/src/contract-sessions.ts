/** Labs of learners: what was typed into them, who serves them, and the tickets to them. Times are ms since the epoch. */
import type { Standing } from "./contract-classes.ts"

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
