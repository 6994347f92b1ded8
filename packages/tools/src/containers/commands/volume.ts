/** docker volume and its actions. */
import type { Steps } from "@drydock/machine"
import type { Call } from "../command.ts"
import { EngineError } from "../engine.ts"
import { volumeTable } from "../listing.ts"
import { parseOptions } from "../options.ts"
import { inspected } from "./inspect.ts"

export function* volume(call: Call, action: string): Steps<number> {
  const { args, engine, process } = call
  const options = parseOptions(args, "q quiet f force a all")
  switch (action) {
    case "ls":
    case "list":
      yield* process.print(volumeTable(engine, options))
      return 0
    case "create": {
      const name = options.words[0] ?? Array.from({ length: 64 }, () => Math.floor(process.random() * 16).toString(16)).join("")
      if (!engine.volumes.has(name)) engine.addVolume(process, name)
      yield* process.print(`${name}\n`)
      return 0
    }
    case "rm":
    case "remove":
      for (const name of options.words) {
        if (!engine.volumes.has(name)) throw new EngineError(`Error response from daemon: get ${name}: no such volume`)
        const users = engine.containers.filter(({ settings }) => settings.mounts.some(({ source }) => source === name))
        if (users.length > 0)
          throw new EngineError(`Error response from daemon: remove ${name}: volume is in use - [${users.map(({ id }) => id).join(", ")}]`)
        engine.volumes.delete(name)
        process.files.remove(engine.volumePath(name), { recursive: true })
        yield* process.print(`${name}\n`)
      }
      return 0
    case "inspect":
      return yield* inspected(call, "volume")
    case "prune":
      for (const name of [...engine.volumes.keys()])
        if (!engine.containers.some(({ settings }) => settings.mounts.some(({ source }) => source === name))) engine.volumes.delete(name)
      yield* process.print("Total reclaimed space: 0B\n")
      return 0
    default:
      throw new EngineError(`${engine.flavour} volume ${action} is not simulated here`)
  }
}
