/** docker run: a container, joined unless -d. */
import { type Command, RUN_SWITCHES } from "../command.ts"
import { EngineError } from "../engine.ts"
import { newContainer } from "../new-container.ts"
import { parseOptions } from "../options.ts"
import { joined } from "../session.ts"

export const run: Command = {
  name: "run",
  *run(call) {
    const { args, engine, process } = call
    const options = parseOptions(args, RUN_SWITCHES, true)
    const container = yield* newContainer(call, options)
    if (options.on("detach", "d")) {
      engine.start(container)
      yield* process.print(`${container.id}\n`)
      return 0
    }
    const { stdin, tty } = container.settings
    const { error } = yield* joined(process, { stdin, tty }, (session) => {
      const opened = engine.runtime.attach(container.id, session)
      engine.start(container)
      return opened
    })
    if (error) throw new EngineError(error, 126)
    const code = yield* engine.wait(process, container)
    if (container.settings.remove) engine.remove(container)
    return code
  },
}
