/** How times and faults are said on the pages of a class. */

/** "6 min", "2 h 5 min"; less than a minute is none. */
export const lasting = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes} min`
  return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`

/** What an API call that failed has to say. */
export const reasonOf = (reason: unknown): string =>
  reason instanceof Error && reason.message ? reason.message : "That did not work. Try again."
