/** docker save. */
import { type Command, isDocker } from "../command.ts"
import { EngineError } from "../engine.ts"
import { factsOf } from "../listing.ts"
import { parseOptions } from "../options.ts"

export const save: Command = {
  name: "save",
  *run({ args, engine, process, archives }) {
    const options = parseOptions(args, "q quiet m multi-image-archive compress help")
    if (options.on("help")) {
      yield* process.print(
        `Save an image to an archive\n\nUsage:\n  ${engine.flavour} save [options] IMAGE\n\nOptions:\n  -o, --output string   where to write the archive\n      --format string   docker-archive, oci-archive, docker-dir or oci-dir\n`,
      )
      return 0
    }
    const refs = options.words.map((given) => {
      const full = engine.findImage(given)
      if (full === undefined)
        throw new EngineError(
          isDocker(engine) ? `Error response from daemon: reference does not exist` : `Error: ${given}: image not known`,
          isDocker(engine) ? 1 : 125,
        )
      return full
    })
    const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
    const entries = refs.map((full) => {
      const id = engine.runtime.imageStatus(full)?.id.replace("sha256:", "") ?? ""
      // What the image is stays with the engine: under a name that load finds again.
      engine.runtime.tagImage(full, `localhost/saved/${id}:kept`)
      engine.saved.set(id, full)
      return { Config: `${id}.json`, RepoTags: [engine.shownName(full)], Layers: [`${id}/layer.tar`], full }
    })
    const archive = archives.pack(
      [
        { name: "manifest.json", type: "file", mode: 0o644, data: encode(entries) },
        ...entries.map(({ Config, full }) => ({
          name: Config,
          type: "file" as const,
          mode: 0o644,
          data: encode(factsOf(engine, full, "image")),
        })),
      ],
      process.now(),
    )
    const to = options.text("output", "o")
    if (to === undefined) {
      if (process.fds.get(1)?.kind === "tty") throw new EngineError("cowardly refusing to save to a terminal. Use the -o flag or redirect")
      yield* process.write(1, archive)
    } else process.files.write(to, archive)
    return 0
  },
}
