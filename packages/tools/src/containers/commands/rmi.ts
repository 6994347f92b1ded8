/** docker rmi. */
import { type Command, SWITCHES, isDocker } from "../command.ts"
import { short } from "../listing.ts"
import { parseOptions } from "../options.ts"

export const rmi: Command = {
  name: "rmi",
  *run({ args, engine, process }) {
    const options = parseOptions(args, SWITCHES)
    let failed = false
    for (const given of options.words) {
      const full = engine.findImage(given)
      if (full === undefined) {
        failed = true
        yield* process.error(
          isDocker(engine)
            ? `Error response from daemon: No such image: ${given.includes(":") ? given : `${given}:latest`}\n`
            : `Error: ${given}: image not known\n`,
        )
        continue
      }
      const user = engine.containers.find(({ image }) => image === full)
      if (user && !options.on("force", "f")) {
        failed = true
        const id = short(engine.runtime.imageStatus(full)?.id ?? "")
        yield* process.error(
          isDocker(engine)
            ? `Error response from daemon: conflict: unable to remove repository reference "${engine.shownName(full).replace(/:latest$/, "")}" (must force) - container ${short(user.id)} is using its referenced image ${id}\n`
            : `Error: image used by ${user.id}: image is in use by a container: consider removing the container before image removal\n`,
        )
        continue
      }
      const id = engine.runtime.imageStatus(full)?.id ?? ""
      engine.runtime.removeImage(full)
      engine.built.delete(full)
      yield* process.print(`Untagged: ${engine.shownName(full)}\nDeleted: ${isDocker(engine) ? id : id.replace("sha256:", "")}\n`)
    }
    return failed ? 1 : 0
  },
}
