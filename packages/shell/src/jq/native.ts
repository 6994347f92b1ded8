/** How functions that are written here join jq's machine: `Native` computes from values, `Special` runs its arguments itself. */
import type { Json } from "./json.ts"
import type { Code, Job, Machine, Path, Place, Then } from "./machine.ts"

/** A function of its input and of one combination of its arguments' values; a job where it may take long. Throws JqError. */
export type Native = (input: Json, args: readonly Json[], machine: Machine) => Json | Job

/** Code for a call, given that of its arguments. */
export type Special = (args: readonly Code[]) => Code

/** The place of a value that was made: none, where one is asked for. */
export const nowhere = (place: Place): Place => (place === undefined ? undefined : "nowhere")

/** jq takes a constant that is what already stood there for a path (execute.c, path_intact). */
export const from = (place: Place, before: Json, value: Json): Place =>
  place === undefined || place === "nowhere" ? place : before === value ? place : "nowhere"

export const along = (place: Path | undefined, key: Json): Path | undefined => (place === undefined ? undefined : [...place, key])
export const element = (place: Path | undefined, at: number): Path | undefined => (place === undefined ? undefined : [...place, at])

const isJob = (result: Json | Job): result is Job => typeof result === "object" && result !== null && "next" in result

/** Calls a native with every combination of its arguments' values, the last varying slowest. */
export const entered = (native: Native, args: readonly Code[]): Code => {
  const finish = (machine: Machine, input: Json, values: readonly Json[], place: Place, then: Then): void => {
    const result = native(input, values, machine)
    if (isJob(result)) machine.labour(result, then, nowhere(place))
    else machine.give(then, result, from(place, input, result))
  }
  if (args.length === 0) return (machine, _, input, place, then) => finish(machine, input, [], place, then)
  return (machine, env, input, place, then) => {
    const gather = (at: number, values: readonly Json[]): void => {
      if (at < 0) finish(machine, input, values, place, then)
      else
        machine.run(
          args[at],
          env,
          input,
          undefined,
          machine.before(then, (value) => gather(at - 1, [value, ...values])),
        )
    }
    gather(args.length - 1, [])
  }
}
