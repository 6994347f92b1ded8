/** Answers as text: JSON without HTML and with a newline, as Go's encoder writes it. Large ones may know a shorter way. */
import { escapeHtml } from "./json-text.ts"

const WRITER = Symbol("writer")

/** `body`, which `write` makes the same text of as JSON.stringify and escapeHtml would. */
export const writtenBy = <T extends object>(body: T, write: () => string): T =>
  Object.defineProperty(body, WRITER, { value: write, enumerable: false })

export const jsonBody = (body: unknown): string => {
  const write = typeof body === "object" && body !== null ? (body as { [WRITER]?: () => string })[WRITER] : undefined
  return `${write ? write() : escapeHtml(JSON.stringify(body))}\n`
}
