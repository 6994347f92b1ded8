/** What expressions and statements compile to: closures over a frame. */
import type { Frame } from "../run/frame.ts"
import type { Task, Value } from "../objects/values.ts"

/** An expression. `quick` answers without a generator and without any effect, or says undefined: then `run` does it. */
export interface Code {
  readonly quick: (frame: Frame) => Value | undefined
  readonly run: (frame: Frame) => Task
}

/** How a statement ended: undefined is normally. */
export type Completion = "break" | "continue" | "return" | undefined

export interface Step {
  /** True: done. */
  readonly quick: ((frame: Frame) => boolean) | undefined
  readonly run: (frame: Frame) => Task<Completion>
}

/** Puts a value where a target says. */
export type Store = (frame: Frame, value: Value) => Task<void>

export const NEVER = (): undefined => undefined

export const slow = (run: Code["run"]): Code => ({ quick: NEVER, run })

export const constant = (value: Value): Code => ({
  quick: () => value,
  *run() {
    return value
  },
})

/** A step that gives nothing back. */
export const step = (run: (frame: Frame) => Task<Completion>): Step => ({ quick: undefined, run })
