/** Classes: who teaches and takes them, how far everybody is, and a teacher's word to them. Times are ms since the epoch, by the database's clock. */

export type ClassRole = "learner" | "teacher"

export interface ClassInfo {
  readonly id: string
  readonly name: string
  /** A course's slug. */
  readonly course: string
  /** Who made it; stays its teacher for good. */
  readonly owner: string
  /** In the join link. */
  readonly joinCode: string
  /** Nobody joins it any more, and its teachers look in no more. */
  readonly archived: boolean
  readonly createdAt: number
}

/** A class as one of its members has it. */
export interface ClassOfMember extends ClassInfo {
  readonly role: ClassRole
  readonly learners: number
  readonly teachers: readonly string[]
}

export interface ClassPerson {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly isAnonymous: boolean
  readonly role: ClassRole
  readonly joinedAt: number
}

/** What a learner works on, as the lab server wrote it. */
export interface Standing {
  /** Id of the task; absent when every task is done. */
  readonly task?: string
  /** The first of its checks that does not hold, in words. */
  readonly check?: string
  /** What that check saw. */
  readonly seen?: string
  /** Checks of the whole lesson that hold: progress is when this grows. */
  readonly passed: number
  /** Hints opened in this task. */
  readonly opened: number
  /** The learner's page is open. */
  readonly here: boolean
  /** Since when `passed` and `task` are as they are. */
  readonly since: number
  /** When the learner last typed or asked for something. */
  readonly typed: number
}

/** One learner's row of the board. */
export interface ClassProgress {
  readonly person: ClassPerson
  /** Tasks of the class's course that were done, with the points they gave (what help cost is taken off). */
  readonly done: readonly { readonly lesson: string; readonly task: string; readonly points: number }[]
  /** Hints opened by task; the solution counts apart. */
  readonly hints: readonly { readonly lesson: string; readonly task: string; readonly hints: number; readonly solution: boolean }[]
  /** Their labs of the course that are active, newest first; exams are left out. */
  readonly labs: readonly {
    readonly session: string
    readonly lesson: string
    /** Looked at now. */
    readonly online: boolean
    readonly seenAt: number
    readonly standing?: Standing
  }[]
}

export interface ClassMessage {
  /** Counts up. */
  readonly id: number
  readonly class: string
  readonly className: string
  readonly from: string
  readonly text: string
  readonly at: number
}

export interface SentMessage {
  readonly id: number
  readonly from: string
  /** Absent: to all. */
  readonly to?: { readonly id: string; readonly name: string }
  readonly text: string
  readonly at: number
  /** How many of those it went to have read it. */
  readonly read: number
  readonly recipients: number
}

export interface ClassRepository {
  create(owner: string, wanted: { readonly name: string; readonly course: string }): Promise<ClassInfo>
  get(id: string): Promise<ClassInfo | undefined>
  /** Classes that the person teaches or takes: those not archived first, then newest first. */
  of(userId: string): Promise<readonly ClassOfMember[]>
  roleIn(id: string, userId: string): Promise<ClassRole | undefined>
  /** Undefined when nobody can join by this code (any more). */
  byCode(
    code: string,
  ): Promise<{ readonly id: string; readonly name: string; readonly course: string; readonly teacher: string } | undefined>
  /** Joining twice changes nothing. @returns the class's id; undefined when the code does not open one */
  join(code: string, userId: string): Promise<string | undefined>
  /** A new code; the old link leads nowhere from now on. */
  renewCode(id: string): Promise<string>
  change(id: string, change: { readonly name?: string; readonly archived?: boolean }): Promise<void>
  /** Teachers first, then by name. */
  members(id: string): Promise<readonly ClassPerson[]>
  /** False for the owner and for who is no member. */
  remove(id: string, userId: string): Promise<boolean>
  /** False for the owner and for who is no member. */
  setRole(id: string, userId: string, role: ClassRole): Promise<boolean>
  /** Every learner of the class, by name. `now` is the database's clock. */
  progress(id: string): Promise<{ readonly now: number; readonly learners: readonly ClassProgress[] }>
  /** Whether this person may look into this lab: they teach a class, not archived, of the lab's course that the lab's owner takes. */
  mayWatch(session: string, userId: string): Promise<boolean>
  /** @param to a member; absent: all. @returns the message's id; undefined when `to` is no member */
  send(id: string, from: string, to: string | undefined, text: string): Promise<number | undefined>
  /** What a class's teachers have sent, newest first, at most 50. */
  sent(id: string): Promise<readonly SentMessage[]>
  /** Messages to a person, newest first, at most `limit`. */
  messagesTo(userId: string, limit: number): Promise<readonly (ClassMessage & { readonly read: boolean })[]>
  /** All messages of theirs up to this one count as read. */
  read(userId: string, upTo: number): Promise<void>
  /** Messages newer than `id`, oldest first, and whom they are for; without an id, none, but the newest id. For the lab server's push. */
  news(
    after: number | undefined,
  ): Promise<{ readonly newest: number; readonly messages: readonly (ClassMessage & { readonly to: readonly string[] })[] }>
}
