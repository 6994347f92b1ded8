/** docker stop: SIGTERM, and SIGKILL after a while. */
import { type Command, eachNamed } from "../command.ts"
import { parseOptions } from "../options.ts"

export const stop: Command = {
  name: "stop",
  *run(call) {
    const { args, engine, process } = call
    const options = parseOptions(args, "a all")
    const seconds = Number(options.text("time", "timeout", "t") ?? 10)
    return yield* eachNamed(call, options, (one) => engine.stop(process, one, seconds * 1_000))
  },
}
