/** docker create: a container that is not started. */
import { type Command, RUN_SWITCHES } from "../command.ts"
import { newContainer } from "../new-container.ts"
import { parseOptions } from "../options.ts"

export const create: Command = {
  name: "create",
  *run(call) {
    const { args, process } = call
    yield* process.print(`${(yield* newContainer(call, parseOptions(args, RUN_SWITCHES, true))).id}\n`)
    return 0
  },
}
