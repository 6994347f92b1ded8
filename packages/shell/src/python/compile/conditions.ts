/** Conditions of if, while and case. */
import { isTask, type Task } from "../objects/values.ts"
import type { Frame } from "../run/frame.ts"
import type { Code } from "./code.ts"

/** Whether a condition holds, without a generator where that can be said. */
export function* holds(frame: Frame, condition: Code): Task<boolean> {
  let value = condition.quick(frame)
  if (value === undefined) value = yield* condition.run(frame)
  const truth = frame.python.truthOf(value)
  return isTask(truth) ? yield* truth : truth
}
