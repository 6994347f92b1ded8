/** docker rename. */
import { type Command, SWITCHES } from "../command.ts"
import { parseOptions } from "../options.ts"

export const rename: Command = {
  name: "rename",
  *run({ args, engine }) {
    const [from = "", to = ""] = parseOptions(args, SWITCHES).words
    engine.need(from).name = to
    return 0
  },
}
