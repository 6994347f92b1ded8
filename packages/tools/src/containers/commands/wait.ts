/** docker wait. */
import { type Command, SWITCHES } from "../command.ts"
import { parseOptions } from "../options.ts"

export const wait: Command = {
  name: "wait",
  *run({ args, engine, process }) {
    for (const given of parseOptions(args, SWITCHES).words) yield* process.print(`${yield* engine.wait(process, engine.need(given))}\n`)
    return 0
  },
}
