/** docker restart. */
import { type Command, SWITCHES, eachNamed } from "../command.ts"
import { parseOptions } from "../options.ts"

export const restart: Command = {
  name: "restart",
  *run(call) {
    const { args, engine, process } = call
    return yield* eachNamed(call, parseOptions(args, SWITCHES), function* (one) {
      yield* engine.stop(process, one, 10_000)
      engine.start(one)
    })
  },
}
