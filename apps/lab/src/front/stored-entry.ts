/** Log entries as they are kept: JSON that PostgreSQL accepts. */
import type { LoggedLabInput } from "@drydock/db"
import type { LabInput, LogEntry, Origin } from "../link.ts"

interface Stored {
  input: LabInput
  from?: Origin
}

/** jsonb holds neither NUL nor half a surrogate pair, both of which can be typed or pasted. */
const UNKEEPABLE = /\\u0000|\\ud[89a-f]/

export const toStored = ({ n, at, input, from }: LogEntry): LoggedLabInput => {
  const value: Stored = { input, ...(from && { from }) }
  // JSON.stringify escapes exactly these, so the text tells.
  const text = JSON.stringify(value)
  return { seq: n, at, input: UNKEEPABLE.test(text) ? { base64: Buffer.from(text).toString("base64") } : value }
}

export const fromStored = ({ seq, at, input }: LoggedLabInput): LogEntry => {
  const kept = input as Stored | { base64: string }
  const value = "base64" in kept ? (JSON.parse(Buffer.from(kept.base64, "base64").toString("utf8")) as Stored) : kept
  return { n: seq, at, input: value.input, ...(value.from && { from: value.from }) }
}
