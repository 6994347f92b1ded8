/** What a jq program raises, with the value it raised. */
import { type Json, printJson } from "./json.ts"

/** What a program raised; jq prints it as "jq: error (at …): message". */
export class JqError extends Error {
  readonly value: Json
  constructor(value: Json) {
    super(typeof value === "string" ? value : `${printJson(value)} (not a string)`)
    this.value = value
  }
}
