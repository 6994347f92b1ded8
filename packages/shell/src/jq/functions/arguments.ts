/** What functions want of their input and arguments, and what they say where it is something else. */
import { JqError } from "../error.ts"
import { type Json, typeOf } from "../json.ts"
import { clipped } from "../operators.ts"

/** Throws JqError: "TYPE (VALUE) what". */
export const wanted = (value: Json, what: string): never => {
  throw new JqError(`${typeOf(value)} (${clipped(value)}) ${what}`)
}

export const array = (value: Json, what: string): Json[] => (Array.isArray(value) ? value : wanted(value, what))
export const text = (value: Json, what: string): string => (typeof value === "string" ? value : wanted(value, what))
export const number = (value: Json): number => (typeof value === "number" ? value : wanted(value, "number required"))

export const raise = (value: Json): never => {
  throw new JqError(value)
}
