/** docker logout: what was kept of a registry is gone. */
import { type Command, isDocker } from "../command.ts"
import { EngineError } from "../engine.ts"
import { forget, keyOf } from "../sign-in.ts"

export const logout: Command = {
  name: "logout",
  *run({ args, engine, process }) {
    const host = args.find((word) => !word.startsWith("-")) ?? "docker.io"
    const known = forget(process, engine, host)
    if (isDocker(engine))
      yield* process.print(
        known || host === "docker.io" ? `Removing login credentials for ${keyOf(host, engine)}\n` : `Not logged in to ${host}\n`,
      )
    else if (known) yield* process.print(`Removed login credentials for ${host}\n`)
    else throw new EngineError(`Error: not logged into ${host}`, 125)
    return 0
  },
}
