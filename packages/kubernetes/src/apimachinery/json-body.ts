/** Answers as text: JSON without HTML and with a newline, as Go's encoder writes it. Large ones are written part by part, so that nobody waits for all of it. */
import { escapeHtml } from "./json-text.ts"

const WRITER = Symbol("writer")

interface Writer {
  /** The text that JSON.stringify and escapeHtml would make. */
  parts: () => Iterable<string>
  /** Where it is a list: what it has beside its items, and these. */
  list?: { head: object; items: () => Iterable<unknown> }
}

const writerOf = (body: unknown): Writer | undefined =>
  typeof body === "object" && body !== null ? (body as { [WRITER]?: Writer })[WRITER] : undefined

const written = <T extends object>(body: T, writer: Writer): T => Object.defineProperty(body, WRITER, { value: writer, enumerable: false })

/** `body`, whose JSON `parts` makes. */
export const writtenInParts = <T extends object>(body: T, parts: () => Iterable<string>): T => written(body, { parts })

const text = (value: unknown): string => escapeHtml(JSON.stringify(value))

/** A list whose items are made when they are asked for: all at once by who reads `items`, one by one by who writes it. */
export const listInParts = <T extends object>(head: T, items: () => Iterable<unknown>): T & { readonly items: readonly unknown[] } => {
  let all: readonly unknown[] | undefined
  const body = {
    ...head,
    get items() {
      return (all ??= [...items()])
    },
  }
  return written(body, {
    list: { head, items },
    *parts() {
      let before = `${text(head).slice(0, -1)},"items":[`
      for (const item of items()) {
        yield before + text(item)
        before = ","
      }
      yield before === "," ? "]}" : `${before}]}`
    },
  })
}

/** Of what listInParts made. */
export const partsOfList = (body: unknown): Writer["list"] => writerOf(body)?.list

/** The text of `body` in order, its last part the newline. */
export function* jsonParts(body: unknown): Generator<string> {
  const writer = writerOf(body)
  if (writer) yield* writer.parts()
  else yield text(body)
  yield "\n"
}

export const jsonBody = (body: unknown): string => {
  let whole = ""
  for (const part of jsonParts(body)) whole += part
  return whole
}
