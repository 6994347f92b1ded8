/** docker network and its actions. */
import type { Steps } from "@drydock/machine"
import { type Call, isDocker } from "../command.ts"
import { EngineError } from "../engine.ts"
import { networkTable } from "../listing.ts"
import { parseOptions } from "../options.ts"
import { inspected } from "./inspect.ts"

export function* network(call: Call, action: string): Steps<number> {
  const { args, engine, process } = call
  const options = parseOptions(args, "q quiet f force no-trunc internal attachable ipv6")
  switch (action) {
    case "ls":
    case "list":
      yield* process.print(networkTable(engine, options))
      return 0
    case "create": {
      const [name = ""] = options.words
      if (engine.networks.has(name)) throw new EngineError(`Error response from daemon: network with name ${name} already exists`)
      const id = Array.from({ length: 64 }, () => Math.floor(process.random() * 16).toString(16)).join("")
      engine.networks.set(name, { id, driver: options.text("driver", "d") ?? "bridge", createdAt: process.now() })
      yield* process.print(`${isDocker(engine) ? id : name}\n`)
      return 0
    }
    case "rm":
    case "remove":
      for (const name of options.words) {
        if (!engine.networks.has(name)) throw new EngineError(`Error response from daemon: network ${name} not found`)
        const user = engine.containers.find((one) => one.settings.network === name && engine.status(one)?.state === "running")
        if (user)
          throw new EngineError(
            `Error response from daemon: error while removing network: network ${name} has active endpoints (name:"${user.name}")`,
          )
        engine.networks.delete(name)
        yield* process.print(`${name}\n`)
      }
      return 0
    case "inspect":
      return yield* inspected(call, "network")
    case "prune":
      return 0
    default:
      throw new EngineError(`${engine.flavour} network ${action} is not simulated here`)
  }
}
