/** Errors as a person at a terminal wants them. */

/** Something the person who started Drydock can put right: shown without a stack. */
export class Refusal extends Error {}

export const explain = (error: unknown): string => {
  if (error instanceof Refusal) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
