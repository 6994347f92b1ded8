/** docker pull. */
import { type Command, SWITCHES } from "../command.ts"
import { parseOptions } from "../options.ts"
import { pullImage } from "../pull-image.ts"

export const pull: Command = {
  name: "pull",
  *run(call) {
    const { args } = call
    for (const ref of parseOptions(args, SWITCHES).words) yield* pullImage(call, ref)
    return 0
  },
}
