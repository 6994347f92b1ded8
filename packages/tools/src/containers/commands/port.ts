/** docker port. */
import { type Command, SWITCHES } from "../command.ts"
import { parseOptions } from "../options.ts"

export const port: Command = {
  name: "port",
  *run({ args, engine, process }) {
    const one = engine.need(parseOptions(args, SWITCHES).words[0] ?? "")
    yield* process.print(
      one.settings.ports.map(({ host, container, protocol }) => `${container}/${protocol} -> 0.0.0.0:${host}\n`).join(""),
    )
    return 0
  },
}
