/** kind: cel. An expression over objects, looked at again when a kind it read changes. */
import { compile } from "./cel.ts"
import type { GradedCheck } from "./contract.ts"
import type { CheckContext, LiveCheck, ObjectChange, Observed } from "./live-check.ts"
import { ObjectReader } from "./objects.ts"
import { asText, explainFailure } from "./seen.ts"

type Cel = Extract<GradedCheck, { kind: "cel" }>

export const celCheck = (check: Cel, { world }: CheckContext): LiveCheck => {
  const compiled = compile(check.expression, { result: "bool" })
  const words = check.seen === undefined ? undefined : compile(check.seen)
  const reader = new ObjectReader(world)
  let observed: Observed = { passed: false }
  const look = (): Observed => {
    if ("problem" in compiled) return { passed: false, seen: `the check cannot be read: ${compiled.problem}` }
    reader.reads = new Set()
    const outcome = compiled.expression.evaluate(reader)
    const passed = "value" in outcome && outcome.value === true
    let seen: string | undefined
    if (words && "expression" in words) {
      const said = words.expression.evaluate(reader)
      seen = "value" in said ? asText(said.value) : said.error
    } else if (!passed) seen = explainFailure(compiled.expression, reader)
    return { passed, ...(seen !== undefined && { seen }) }
  }
  return {
    get observed() {
      return observed
    },
    changed: ({ kind }: ObjectChange) => reader.reads.has(kind),
    look() {
      observed = look()
    },
  }
}
