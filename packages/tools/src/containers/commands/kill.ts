/** docker kill. */
import { type Command, eachNamed } from "../command.ts"
import { parseOptions } from "../options.ts"

export const kill: Command = {
  name: "kill",
  *run(call) {
    const { args, engine, process } = call
    return yield* eachNamed(call, parseOptions(args, "a all"), (one) => engine.stop(process, one, 0))
  },
}
