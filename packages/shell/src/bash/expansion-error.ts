/** An expansion that could not be made: what runs is given up, and a script with it. */
export class ExpansionError extends Error {
  /** Exit code of a script that it ends. */
  readonly code: number
  constructor(message: string, code = 1) {
    super(message)
    this.code = code
  }
}
