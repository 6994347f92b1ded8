/** docker cp, both ways. */
import { type Command, isDocker } from "../command.ts"
import { copyTree } from "../build.ts"
import { EngineError } from "../engine.ts"
import { parseOptions } from "../options.ts"

export const cp: Command = {
  name: "cp",
  *run({ args, engine, process }) {
    const [from = "", to = ""] = parseOptions(args, "a archive q quiet L").words
    const split = (text: string) => {
      const [, name, path] = /^([^/:]+):(.*)$/.exec(text) ?? []
      return name === undefined
        ? { files: process.files, path: process.files.resolve(text) }
        : { files: engine.runtime.filesOf(engine.need(name).id), path: path.startsWith("/") ? path : `/${path}` }
    }
    const [source, target] = [split(from), split(to)]
    if (!source.files.exists(source.path)) throw new EngineError(`lstat ${source.path}: no such file or directory`)
    const inside = target.files.exists(target.path) && target.files.stat(target.path).type === "directory"
    copyTree(
      source.files,
      source.path,
      target.files,
      inside ? `${target.path.replace(/\/$/, "")}/${source.path.split("/").at(-1)}` : target.path,
    )
    yield* process.error(isDocker(engine) ? `Successfully copied 2.05kB to ${to}\n` : "")
    return 0
  },
}
