/** When an Indexed Job is done although not all of its indexes are. As pkg/controller/job/success_policy.go. */
import type { Job } from "../api/index.ts"
import { parseIndexes } from "./completion-indexes.ts"

/** Place of the first rule of spec.successPolicy that holds; undefined: none does. */
export const matchedRule = ({ spec }: Job, completed: ReadonlySet<number>): number | undefined => {
  if (spec.completionMode !== "Indexed") return undefined
  const at = (spec.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && completed.size >= succeededCount
    const wanted = [...parseIndexes(succeededIndexes)]
    const done = wanted.filter((index) => completed.has(index)).length
    return done >= (succeededCount ?? wanted.length)
  })
  return at < 0 ? undefined : at
}
