/** When what was weak is asked again: after more and more days, and from the beginning after a lapse. Runs in a browser too. */

/** Days between one time and the next. */
export const INTERVALS = [1, 3, 7, 16, 35] as const

export interface Spacing {
  /** Days until it came due this time; one of INTERVALS. */
  readonly interval: number
  /** How often it was not known any more. */
  readonly lapses: number
}

export const FIRST: Spacing = { interval: INTERVALS[0], lapses: 0 }

/** What follows an answer; undefined when it was known after the longest interval: it is learned. */
export const nextSpacing = ({ interval, lapses }: Spacing, known: boolean): Spacing | undefined => {
  if (!known) return { interval: INTERVALS[0], lapses: lapses + 1 }
  const longer = INTERVALS.find((days) => days > interval)
  return longer === undefined ? undefined : { interval: longer, lapses }
}
