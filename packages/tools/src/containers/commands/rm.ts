/** docker rm. */
import { type Command, SWITCHES, eachNamed, isDocker } from "../command.ts"
import { EngineError } from "../engine.ts"
import { parseOptions } from "../options.ts"

export const rm: Command = {
  name: "rm",
  *run(call) {
    const { args, engine, process } = call
    const options = parseOptions(args, SWITCHES)
    return yield* eachNamed(call, options, function* (container) {
      if (engine.status(container)?.state === "running") {
        if (!options.on("force", "f"))
          throw new EngineError(
            isDocker(engine)
              ? `Error response from daemon: cannot remove container "${container.name}": container is running: stop the container before removing or force remove`
              : `Error: cannot remove container ${container.id} as it is running - running or paused containers cannot be removed without force: container state improper`,
          )
        yield* engine.stop(process, container, 0)
      }
      engine.remove(container)
    })
  },
}
