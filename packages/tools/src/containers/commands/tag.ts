/** docker tag. */
import { type Command, SWITCHES, isDocker } from "../command.ts"
import { EngineError } from "../engine.ts"
import { parseOptions } from "../options.ts"

export const tag: Command = {
  name: "tag",
  *run({ args, engine }) {
    const [from = "", to = ""] = parseOptions(args, SWITCHES).words
    const full = engine.findImage(from)
    if (!full)
      throw new EngineError(
        isDocker(engine) ? `Error response from daemon: No such image: ${from}` : `Error: ${from}: image not known`,
        isDocker(engine) ? 1 : 125,
      )
    engine.runtime.tagImage(full, engine.builtName(to))
    const built = engine.built.get(full)
    if (built !== undefined) engine.built.set(engine.builtName(to), built)
    return 0
  },
}
