/** docker load. */
import { type Command, isDocker } from "../command.ts"
import { EngineError } from "../engine.ts"
import { parseOptions } from "../options.ts"

export const load: Command = {
  name: "load",
  *run({ args, engine, process, archives }) {
    const options = parseOptions(args, "q quiet")
    const from = options.text("input", "i")
    if (from !== undefined && !process.files.exists(from))
      throw new EngineError(
        isDocker(engine) ? `open ${from}: no such file or directory` : `Error: stat ${from}: no such file or directory`,
        isDocker(engine) ? 1 : 125,
      )
    const data = from === undefined ? yield* process.readAll(0) : process.files.readBytes(from)
    const manifest = archives.unpack(data[0] === 0x1f ? archives.gunzip(data) : data).find(({ name }) => name === "manifest.json")
    if (!manifest)
      throw new EngineError(
        isDocker(engine)
          ? "Error response from daemon: invalid archive: does not contain a manifest.json"
          : "Error: payload does not match any of the supported image formats",
        125,
      )
    for (const { Config, full } of JSON.parse(new TextDecoder().decode(manifest.data)) as { Config: string; full: string }[]) {
      const id = Config.replace(".json", "")
      if (!engine.runtime.tagImage(`localhost/saved/${id}:kept`, full)) yield* engine.pull(process, full)
      else engine.built.set(full, process.now())
      yield* process.print(`Loaded image: ${engine.shownName(full)}\n`)
    }
    return 0
  },
}
