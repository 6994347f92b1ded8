/** docker ps. */
import { type Command, SWITCHES } from "../command.ts"
import { containerTable } from "../listing.ts"
import { parseOptions } from "../options.ts"

export const ps: Command = {
  name: "ps",
  *run({ args, engine, process }) {
    yield* process.print(containerTable(engine, parseOptions(args, SWITCHES), process.now()))
    return 0
  },
}
