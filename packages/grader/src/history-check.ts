/** kind: history. Over the whole timeline: a command that was run, an object as it once was, what was never otherwise, a hop. */
import type { ASTNode } from "@marcbachmann/cel-js"
import type { TraceEvent } from "@drydock/kubernetes/ports"
import { compile } from "./cel.ts"
import { commandsOf, parseCommand } from "./commands.ts"
import type { GradedCheck } from "./contract.ts"
import type { CheckContext, LiveCheck, ObjectChange, Observed } from "./live-check.ts"
import { celValue, ObjectReader } from "./objects.ts"
import { type Pattern, pattern } from "./patterns.ts"
import { shorten } from "./seen.ts"

type History = Extract<GradedCheck, { kind: "history" }>

export const historyCheck = (check: History, context: CheckContext): LiveCheck => {
  try {
    if (check.command !== undefined) return commandCheck(pattern(check.command), check.exit ?? 0, check.while, context)
    if (check.ever !== undefined) return everCheck(check.ever, context)
    if (check.always !== undefined) return alwaysCheck(check.always, check.while, context)
    return eventCheck(check.event ?? {})
  } catch (error) {
    return fixed({ passed: false, seen: `the check cannot be read: ${(error as Error).message}` })
  }
}

const fixed = (observed: Observed): LiveCheck => ({ observed, look() {} })

/** A command line was run in a terminal and ended so; `during` held at that moment. */
const commandCheck = (wanted: Pattern, exit: number | "any", during: string | undefined, { world }: CheckContext): LiveCheck => {
  const condition = during === undefined ? undefined : compile(during, { result: "bool" })
  if (condition && "problem" in condition) throw new Error(condition.problem)
  const reader = new ObjectReader(world)
  const holds = () => {
    if (!condition) return true
    const outcome = condition.expression.evaluate(reader)
    return "value" in outcome && outcome.value === true
  }
  let observed: Observed = { passed: false }
  /** Commands from before the check was there were run in a cluster that is no more. */
  let live = condition === undefined
  return {
    get observed() {
      return observed
    },
    happened(event: TraceEvent) {
      if (observed.passed || event.from !== "shell" || event.verb !== "command") return false
      const command = parseCommand(event.detail)
      if (!command) return false
      const found = commandsOf(command.line).find((one) => wanted.found(one))
      if (found === undefined || !live) return false
      if (exit !== "any" && command.exit !== exit)
        observed = { passed: false, seen: `${shorten(found)} ended with exit code ${command.exit}` }
      else if (!holds()) observed = { passed: false, seen: `${shorten(found)} came at another time` }
      else observed = { passed: true, seen: shorten(found) }
      return true
    },
    opened() {
      live = true
    },
    look() {},
  }
}

/** The kind that `object.kind == "Pod" && …` asks for: objects of other kinds need no look. */
const kindOf = (ast: ASTNode): string | undefined => {
  if (ast.op === "&&") {
    const [left, right] = ast.args as [ASTNode, ASTNode]
    return kindOf(left) ?? kindOf(right)
  }
  if (ast.op !== "==") return undefined
  const [left, right] = ast.args as [ASTNode, ASTNode]
  if (left.op !== "." || right.op !== "value" || typeof right.args !== "string") return undefined
  const [holder, field] = left.args as [ASTNode, string]
  return field === "kind" && holder.op === "id" && holder.args === "object" ? right.args : undefined
}

/** An object was once so. Every version counts that was stored since the learner came. */
const everCheck = (source: string, { world }: CheckContext): LiveCheck => {
  const compiled = compile(source, { object: true, result: "bool" })
  if ("problem" in compiled) throw new Error(compiled.problem)
  const reader = new ObjectReader(world)
  const kind = kindOf(compiled.expression.ast)
  let observed: Observed = { passed: false }
  return {
    get observed() {
      return observed
    },
    changed({ kind: changed, after }: ObjectChange) {
      if (observed.passed || !after || (kind !== undefined && kind !== changed)) return false
      const outcome = compiled.expression.evaluate(reader, celValue(after))
      if (!("value" in outcome) || outcome.value !== true) return false
      observed = { passed: true, seen: `${after.kind} ${after.metadata.name}` }
      return true
    },
    look() {},
  }
}

/** Something about the cluster was never otherwise: since the task opened, or during the latest stretch in which `while` held. */
const alwaysCheck = (source: string, during: string | undefined, { world }: CheckContext): LiveCheck => {
  const compiled = compile(source, { result: "bool" })
  if ("problem" in compiled) throw new Error(compiled.problem)
  const condition = during === undefined ? undefined : compile(during, { result: "bool" })
  if (condition && "problem" in condition) throw new Error(condition.problem)
  const reader = new ObjectReader(world)
  const holds = (made: { expression: { evaluate(given: ObjectReader): { value: unknown } | { error: string } } }) => {
    const outcome = made.expression.evaluate(reader)
    return "value" in outcome && outcome.value === true
  }
  let open = false
  let inside = false
  let observed: Observed = { passed: false }
  const watch = () => {
    if (!open) return false
    const before = observed
    reader.reads = new Set()
    const now = condition ? holds(condition) : true
    const begins = now && !inside
    const ends = inside && !now
    inside = now
    if (begins) observed = condition ? { passed: false, seen: "under way" } : { passed: true }
    if (now && observed.seen !== "it was otherwise for a while" && !holds(compiled))
      observed = { passed: false, seen: "it was otherwise for a while" }
    if (ends && observed.seen === "under way") observed = { passed: true }
    return observed !== before
  }
  return {
    get observed() {
      return observed
    },
    changed({ kind }: ObjectChange) {
      return reader.reads.has(kind) ? watch() : false
    },
    opened() {
      open = true
      watch()
    },
    look() {},
  }
}

/** A hop with these fields happened; `detail` is a pattern, the others are equal. */
const eventCheck = (wanted: Readonly<Record<string, string | undefined>>): LiveCheck => {
  const detail = wanted.detail === undefined ? undefined : pattern(wanted.detail)
  let observed: Observed = { passed: false }
  const equal = (field: string | undefined, value: string | undefined) => field === undefined || field === value
  return {
    get observed() {
      return observed
    },
    happened(event: TraceEvent) {
      if (observed.passed) return false
      const matches =
        equal(wanted.from, event.from) &&
        equal(wanted.to, event.to) &&
        equal(wanted.verb, event.verb) &&
        equal(wanted.kind, event.object?.kind) &&
        equal(wanted.name, event.object?.name) &&
        (!detail || detail.found(event.detail ?? ""))
      if (matches) observed = { passed: true, ...(event.object && { seen: `${event.object.kind} ${event.object.name}` }) }
      return matches
    },
    look() {},
  }
}
