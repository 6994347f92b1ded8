/** docker start. */
import { type Command, SWITCHES, eachNamed } from "../command.ts"
import { parseOptions } from "../options.ts"

export const start: Command = {
  name: "start",
  *run(call) {
    const { args, engine } = call
    return yield* eachNamed(call, parseOptions(args, SWITCHES), function* (one) {
      engine.start(one)
    })
  },
}
