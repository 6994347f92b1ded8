/** What a jq program raises, with the value it raised. */
import type { Json } from "./json.ts"
import { printJson } from "./print-json.ts"

/** What a program raised ("raised": it may be caught; jq prints it as "jq: error (at …): message"), or its wish to end ("halt"). */
export class JqError extends Error {
  readonly value: Json
  readonly kind: "raised" | "halt" | "break"
  /** Of a halt: the exit code, and whether the value is to be told. */
  readonly exit: { readonly code: number; readonly tell: boolean } | undefined

  constructor(value: Json, exit?: { code: number; tell: boolean }) {
    super(typeof value === "string" ? value : `${printJson(value)} (not a string)`)
    this.value = value
    this.exit = exit
    this.kind = exit ? "halt" : value instanceof Map && value.has("__jq") ? "break" : "raised"
  }
}
