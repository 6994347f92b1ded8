/** An expansion that could not be made: what runs is given up, and a script with it. */
export class ExpansionError extends Error {
  /** Exit code of a script that it ends. */
  readonly code: number
  /** What the message begins with, where it was not made at the top: the function that it came out of is left by then. */
  prefix: string | undefined
  constructor(message: string, code = 1) {
    super(message)
    this.code = code
    this.prefix = undefined
  }
}
