/** How many threads a command uses. */
import { availableParallelism } from "node:os"
import { UsageError } from "./command.ts"

/** @param given the text of --threads */
export const threadsOf = (given: unknown): number => {
  if (given === undefined) return availableParallelism()
  const threads = Number(given)
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) throw new UsageError("--threads takes a number from 1 to 64")
  return threads
}
