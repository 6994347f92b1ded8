/** Exams, reviews and certificates of nobody, for tests that are about something else; exams.test.ts has a real database. */
import { type CertificateRepository, ExamRefused, type ExamRepository, type ReviewRepository } from "@drydock/db"

const refuse = (): never => {
  throw new Error("not asked for here")
}

export const noExams: ExamRepository = {
  publish: refuse,
  create: async () => "exam",
  change: async () => false,
  retire: async () => false,
  get: async () => undefined,
  list: async () => [],
  listFor: async () => [],
  reviews: async () => false,
  begin: refuse,
  attempt: async () => undefined,
  attempts: async () => [],
  openLab: refuse,
  submit: () => Promise.reject(new ExamRefused("absent", "There is no such exam of yours.")),
  left: async () => 0,
  record: refuse,
  review: async () => false,
  results: async () => [],
}

export const noReviews: ReviewRepository = { weak: refuse, list: async () => [], answered: async () => false }

export const noCertificates: CertificateRepository = { give: refuse, get: async () => undefined, of: async () => [] }
