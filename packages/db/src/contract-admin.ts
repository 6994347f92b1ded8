/** What whoever administers a server sees of its people and labs. Times are ms since the epoch, by the database's clock. */
import type { Role } from "./contract-people.ts"

export interface KnownPerson {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly isAnonymous: boolean
  readonly createdAt: number
  /** Active labs. */
  readonly labs: number
  /** When a lab of theirs was last worked on. */
  readonly seenAt?: number
}

export interface KnownLab {
  readonly id: string
  readonly userId: string
  readonly userName: string
  /** "course/lesson"; absent for a playground. */
  readonly lesson?: string
  /** Part of an exam. */
  readonly exam: boolean
  /** The lab server that runs it now. */
  readonly owner?: string
  readonly createdAt: number
  readonly seenAt: number
}

export interface AdminRepository {
  /** Whose name or e-mail holds the text, those with a role first, then the newest; guests only when asked for. At most `limit`. */
  people(wanted: { readonly text: string; readonly guests: boolean; readonly limit: number }): Promise<readonly KnownPerson[]>
  /** Active labs, those worked on last first. At most `limit`. */
  labs(limit: number): Promise<readonly KnownLab[]>
  counts(): Promise<{
    readonly accounts: number
    readonly guests: number
    /** Active labs. */
    readonly labs: number
    /** Those that a server runs now. */
    readonly running: number
    readonly now: number
  }>
}
