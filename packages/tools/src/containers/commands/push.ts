/** docker push: nobody here has an account there. */
import { type Command, SWITCHES } from "../command.ts"
import { EngineError } from "../engine.ts"
import { parseOptions } from "../options.ts"

export const push: Command = {
  name: "push",
  *run({ args, engine, process }) {
    const [ref = ""] = parseOptions(args, SWITCHES).words
    const full = engine.findImage(ref)
    if (!full) throw new EngineError(`An image does not exist locally with the tag: ${ref}`)
    yield* process.print(`The push refers to repository [${full.replace(/:[^/:]+$/, "")}]\n`)
    throw new EngineError("denied: requested access to the resource is denied")
  },
}
