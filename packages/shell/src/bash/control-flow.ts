/** What leaves a command early, and exit codes. */
import { type ExitStatus, SIGNALS } from "@drydock/machine"

export class BreakLoop extends Error {
  left: number
  readonly again: boolean
  readonly status: number
  constructor(levels: number, again: boolean, status = 0) {
    super("break")
    this.status = status
    this.left = levels
    this.again = again
  }
}

export class ReturnFrom extends Error {
  readonly code: number
  constructor(code: number) {
    super("return")
    this.code = code
  }
}

/** ^C came at an interactive shell: back to the prompt. */
export class Interrupted extends Error {}

export const codeOf = (status: ExitStatus): number =>
  status.kind === "exited" ? status.code : status.kind === "signaled" ? 128 + SIGNALS[status.signal].number : 0
