/** Answers as text: JSON without HTML and with a newline, as Go's encoder writes it. Lists are written part by part, so that nobody waits for all of one. */
import { escapeHtml } from "./json-text.ts"

const LIST = Symbol("list")

/** A list's parts, its items made as they are taken. */
export interface ListParts {
  /** What it has beside its items. */
  head: Readonly<Record<string, unknown>>
  /** What they are called. */
  name: string
  items: () => Iterable<unknown>
  /** What JSON.stringify and escapeHtml make of each of them, where there is a shorter way to it. */
  texts: (() => Iterable<string>) | undefined
}

/** Of what listInParts made. */
export const partsOfList = (body: unknown): ListParts | undefined =>
  typeof body === "object" && body !== null ? (body as { [LIST]?: ListParts })[LIST] : undefined

/** A list whose items are made when they are asked for: all at once by who reads them, one by one by who writes them. */
export const listInParts = <Name extends string>(
  head: object,
  name: Name,
  items: () => Iterable<unknown>,
  texts?: () => Iterable<string>,
): Readonly<Record<Name, readonly unknown[]>> => {
  let all: readonly unknown[] | undefined
  const parts: ListParts = { head: head as ListParts["head"], name, items, texts }
  return Object.defineProperties({ ...head } as Record<Name, readonly unknown[]>, {
    [name]: { get: () => (all ??= [...items()]), enumerable: true },
    [LIST]: { value: parts, enumerable: false },
  })
}

const text = (value: unknown): string => escapeHtml(JSON.stringify(value))

function* textsOf(items: Iterable<unknown>): Generator<string> {
  for (const item of items) yield text(item)
}

/** The text of `body` in order. */
export function* jsonParts(body: unknown): Generator<string> {
  const list = partsOfList(body)
  if (!list) return yield `${text(body)}\n`
  const open = `${text(list.head).slice(0, -1)},${text(list.name)}:[`
  let before = open
  for (const item of list.texts?.() ?? textsOf(list.items())) {
    yield before + item
    before = ","
  }
  yield `${before === open ? open : ""}]}\n`
}

const SPACES = 2

/** The same, indented for people. */
export function* prettyParts(body: unknown): Generator<string> {
  const pretty = (value: unknown): string => escapeHtml(JSON.stringify(value, null, SPACES))
  const list = partsOfList(body)
  if (!list) return yield `${pretty(body)}\n`
  const open = `${pretty(list.head).slice(0, -"\n}".length)},\n  ${text(list.name)}: [`
  let before = open
  for (const item of list.items()) {
    yield `${before}\n    ${pretty(item).replaceAll("\n", "\n    ")}`
    before = ","
  }
  yield `${before === open ? open : "\n  "}]\n}\n`
}

export const jsonBody = (body: unknown): string => {
  let whole = ""
  for (const part of jsonParts(body)) whole += part
  return whole
}
