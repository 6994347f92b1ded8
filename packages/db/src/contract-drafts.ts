/** Drafts of lessons: written by several people at once, with a history, published as versions of a lesson. Times are ms since the epoch, by the database's clock. */
import type { PublishedLesson } from "./contract-content.ts"

/** A text, or the bytes of what is none. */
export type DraftFile = string | { readonly base64: string }
/** By path within the lesson: "lesson.md", "lab.yaml", "files/…". */
export type DraftFiles = Readonly<Record<string, DraftFile>>

/** The course under which labs of drafts are kept: no course of an author can have this name, and nobody finds it in a catalogue. */
export const DRAFT_COURSE = ".drafts"

export interface Draft {
  readonly id: string
  readonly course: string
  readonly lesson: string
  /** Of its lesson.md, as last saved. */
  readonly title: string
  /** Number of the newest revision. */
  readonly head: number
  readonly createdAt: number
}

export interface DraftCard extends Draft {
  readonly savedAt: number
  /** Name of who saved last. */
  readonly savedBy: string
  /** The revision that learners get now; absent: none of this draft. */
  readonly published?: number
}

export interface Revision {
  /** Counts up; saves in quick succession by one person are kept as one, so numbers may be missing. */
  readonly number: number
  readonly author: { readonly id: string; readonly name: string }
  readonly note: string
  readonly at: number
  /** When it was published, each time, and by whom; oldest first. */
  readonly published: readonly { readonly at: number; readonly by: string /** It is what learners get now. */; readonly current: boolean }[]
}

export interface RevisionFiles {
  readonly number: number
  readonly author: { readonly id: string; readonly name: string }
  readonly at: number
  readonly files: DraftFiles
}

export interface NewRevision {
  /** All files, not only what changed. */
  readonly files: DraftFiles
  readonly title: string
  readonly author: string
  readonly note?: string
}

/** Somebody who has a draft open. */
export interface DraftReader {
  readonly name: string
  /** The file before them. */
  readonly path: string
}

export interface DraftRepository {
  /** Undefined when there is a draft of this lesson already. */
  create(wanted: { readonly course: string; readonly lesson: string } & NewRevision): Promise<Draft | undefined>
  /** Last saved first. */
  all(): Promise<readonly DraftCard[]>
  get(id: string): Promise<Draft | undefined>
  /** The draft of a lesson, if there is one. */
  of(course: string, lesson: string): Promise<Draft | undefined>
  /** The newest revision, or the one named. */
  files(id: string, number?: number): Promise<RevisionFiles | undefined>
  /** Adds a revision after `head`. @returns its number; undefined when `head` is not the newest any more: join both and try again */
  save(id: string, head: number, revision: NewRevision): Promise<number | undefined>
  /**
   * Says that somebody has it open, with this file before them (at least every few seconds).
   * @returns the others who said so within the last 12 s, by name
   */
  here(id: string, userId: string, path: string): Promise<readonly DraftReader[]>
  /** Newest first. */
  revisions(id: string): Promise<readonly Revision[]>
  /** Its published versions stay. */
  remove(id: string): Promise<void>
  /**
   * Makes a revision, read as `lesson`, what learners get from now on; who began with another version keeps it.
   * A course that is not there yet is made; a lesson that is new in its course comes last.
   */
  publish(id: string, number: number, lesson: PublishedLesson, by: string): Promise<void>
  /** Keeps a version of a draft that labs can be made of and nobody finds. Its course and lesson are replaced. @returns where it is kept */
  keep(id: string, lesson: PublishedLesson): Promise<{ readonly course: string; readonly lesson: string; readonly version: string }>
  /** A token with which the lab server is asked once, within 60 s, about one revision. Only its hash is kept. Undefined: there is no such revision. */
  ticket(id: string, number: number, userId: string): Promise<string | undefined>
  /** Uses the token up; undefined when unknown, used or expired. */
  redeem(token: string): Promise<{ readonly draft: string; readonly number: number; readonly userId: string } | undefined>
}
