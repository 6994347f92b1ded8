/** docker inspect, and the same of one kind of thing. */
import type { Steps } from "@drydock/machine"
import { type Call, type Command, isDocker } from "../command.ts"
import { factsOf, formatted } from "../listing.ts"
import { parseOptions } from "../options.ts"

export function* inspected({ args, engine, process }: Call, kind?: "container" | "image" | "network" | "volume"): Steps<number> {
  const options = parseOptions(args, "s size")
  const found: object[] = []
  const missing: string[] = []
  for (const name of options.words) {
    const facts = factsOf(engine, name, kind ?? (options.text("type") as typeof kind))
    if (facts) found.push(facts)
    else
      missing.push(
        isDocker(engine)
          ? `${kind ? `Error response from daemon: No such ${kind}: ${name}` : `error: no such object: ${name}`}\n`
          : `Error: no such object: "${name}"\n`,
      )
  }
  const format = options.text("format", "f")
  yield* process.print(format === undefined ? `${JSON.stringify(found, null, 4)}\n` : formatted(format, found))
  if (missing.length > 0) yield* process.error(missing.join(""))
  return missing.length > 0 ? 1 : 0
}

export const inspect: Command = { name: "inspect", run: (call) => inspected(call) }
