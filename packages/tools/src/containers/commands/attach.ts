/** docker attach. */
import { type Command, SWITCHES } from "../command.ts"
import { parseOptions } from "../options.ts"
import { joined } from "../session.ts"

export const attach: Command = {
  name: "attach",
  *run({ args, engine, process }) {
    const one = engine.need(parseOptions(args, SWITCHES).words[0] ?? "")
    yield* joined(process, one.settings, (session) => engine.runtime.attach(one.id, session))
    return engine.status(one)?.exitCode ?? 0
  },
}
