/** docker top. */
import type { Command } from "../command.ts"
import { parseOptions } from "../options.ts"
import { joined } from "../session.ts"

export const top: Command = {
  name: "top",
  *run({ args, engine, process }) {
    const given = parseOptions(args, "", true)
    const one = engine.need(given.words[0] ?? "")
    const { code } = yield* joined(process, { stdin: false, tty: false }, (session) =>
      engine.runtime.exec(one.id, { ...session, command: ["ps"] }),
    )
    return code
  },
}
