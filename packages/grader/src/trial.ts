/** An expression tried on an empty cluster: what does too much by itself is found before any learner meets it. */
import type { Expression } from "./cel.ts"
import { EmptyReader } from "./objects.ts"

/** The complaint; undefined when its cost is bounded by what the cluster holds. */
export const trialEvaluation = (expression: Expression): string | undefined => {
  const outcome = expression.evaluate(new EmptyReader(), { kind: "", metadata: { name: "" } })
  return "error" in outcome && outcome.error.includes("does too much") ? `this expression cannot be evaluated: ${outcome.error}` : undefined
}
