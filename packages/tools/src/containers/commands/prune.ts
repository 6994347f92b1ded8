/** docker container prune, image prune, system prune. */
import type { Steps } from "@drydock/machine"
import type { Call } from "../command.ts"

/** @param what "container", "image", "system" */
export function* prune({ engine, process }: Call, what: string): Steps<number> {
  if (what !== "image") for (const one of [...engine.containers]) if (engine.status(one)?.state !== "running") engine.remove(one)
  yield* process.print("Total reclaimed space: 0B\n")
  return 0
}
