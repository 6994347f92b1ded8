/** What is kept, as web and lab see it: repositories of plain values. Times are ms since the epoch. No Prisma type leaves this room. */
import type { AdminRepository } from "./contract-admin.ts"
import type { ClassRepository } from "./contract-classes.ts"
import type { ContentRepository } from "./contract-content.ts"
import type { DraftRepository } from "./contract-drafts.ts"
import type { CertificateRepository, ExamRepository, ReviewRepository } from "./contract-exams.ts"
import type { ApiKeyRepository, PeopleRepository } from "./contract-people.ts"
import type { ProgressRepository } from "./contract-progress.ts"
import type { SessionRepository, TicketRepository } from "./contract-sessions.ts"

export * from "./contract-admin.ts"
export * from "./contract-classes.ts"
export * from "./contract-content.ts"
export * from "./contract-drafts.ts"
export * from "./contract-exams.ts"
export * from "./contract-people.ts"
export * from "./contract-progress.ts"
export * from "./contract-sessions.ts"

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
