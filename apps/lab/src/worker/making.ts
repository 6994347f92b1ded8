/** How far the making of a lab is. */

export interface Progress {
  step: string
  /** 0 to 1. */
  done: number
}
