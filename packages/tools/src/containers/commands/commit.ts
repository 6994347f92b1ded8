/** docker commit. */
import { type Command, SWITCHES } from "../command.ts"
import { short } from "../listing.ts"
import { parseOptions } from "../options.ts"

export const commit: Command = {
  name: "commit",
  *run({ args, engine, process }) {
    const [given = "", ref = ""] = parseOptions(args, SWITCHES).words
    const one = engine.need(given)
    const settings = engine.runtime.imageSettings(one.image)
    const full = engine.builtName(ref || `commit-${short(one.id)}`)
    if (settings) engine.runtime.commit(one.id, full, settings)
    engine.built.set(full, process.now())
    yield* process.print(`${engine.runtime.imageStatus(full)?.id ?? ""}\n`)
    return 0
  },
}
