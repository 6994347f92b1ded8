/** docker images. */
import { type Command, SWITCHES } from "../command.ts"
import { imageTable } from "../listing.ts"
import { parseOptions } from "../options.ts"

export const images: Command = {
  name: "images",
  *run({ args, engine, process }) {
    yield* process.print(imageTable(engine, parseOptions(args, SWITCHES), process.now()))
    return 0
  },
}
