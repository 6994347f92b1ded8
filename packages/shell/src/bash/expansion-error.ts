/** Errors of a script's own making: what runs is given up. */

/** With `prefix` where the message was not made at the top: the function that it came out of is left by then. */
export class ScriptError extends Error {
  prefix: string | undefined
  /** Ends a script. Otherwise the rest of the line is given up and the next one runs (DISCARD, not FORCE_EOF, in jobs of jump_to_top_level). */
  readonly ends: boolean
  constructor(message: string, ends = false) {
    super(message)
    this.prefix = undefined
    this.ends = ends
  }
}

/** An expansion that could not be made. Those of \${name?…}, of unbound variables and of too much memory end a script. */
export class ExpansionError extends ScriptError {
  constructor(message: string, ends = false) {
    super(message, ends)
  }
}
