/** What is wrong with a program before it runs. */

/** A name that means nothing, or a constant that cannot be; with its place in the program. */
export class CompileError extends Error {
  readonly at: number

  constructor(message: string, at = 0) {
    super(message)
    this.at = at
  }
}
