/** docker exec. */
import { type Command, isDocker } from "../command.ts"
import { EngineError } from "../engine.ts"
import { parseOptions } from "../options.ts"
import { joined } from "../session.ts"

export const exec: Command = {
  name: "exec",
  *run({ args, engine, process }) {
    const options = parseOptions(args, "d detach i interactive t tty privileged", true)
    const [given = "", ...command] = options.words
    const container = engine.need(given)
    if (engine.status(container)?.state !== "running")
      throw new EngineError(
        isDocker(engine)
          ? `Error response from daemon: container ${container.id} is not running`
          : `Error: can only create exec sessions on running containers: container state improper`,
      )
    if (command.length === 0) throw new EngineError(`"docker exec" requires at least 2 arguments.\nSee 'docker exec --help'.`)
    const pairs = options.all("env", "e")
    const real = pairs.length > 0 ? ["env", ...pairs, ...command] : command
    if (options.on("detach", "d")) {
      engine.runtime.exec(container.id, {
        command: real,
        tty: false,
        stdin: false,
        onStdout: () => {},
        onStderr: () => {},
        onDone: () => {},
      })
      return 0
    }
    const how = { stdin: options.on("interactive", "i"), tty: options.on("tty", "t") }
    const { code, error } = yield* joined(process, how, (session) => engine.runtime.exec(container.id, { ...session, command: real }))
    if (error) {
      yield* process.error(`${error}\n`)
      return /not found in \$PATH|no such file/.test(error) ? 127 : 126
    }
    return code
  },
}
