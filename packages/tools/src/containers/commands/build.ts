/** docker build. */
import { type Command, isDocker } from "../command.ts"
import { buildImage } from "../build.ts"
import { EngineError } from "../engine.ts"
import { short } from "../listing.ts"
import { parseOptions } from "../options.ts"

export const build: Command = {
  name: "build",
  *run({ args, engine, process }) {
    const options = parseOptions(args, "no-cache q quiet rm force-rm pull squash load push")
    const [directory = "."] = options.words
    if (options.words.length === 0) throw new EngineError(`"docker build" requires 1 argument.\nSee 'docker build --help'.`)
    const context = process.files.resolve(directory)
    const given = options.text("file", "f")
    const standard = ["Dockerfile", "Containerfile"].map((name) => `${context}/${name}`).find((path) => process.files.exists(path))
    const tags = options.all("tag", "t")
    const id = yield* buildImage(engine, process, {
      context,
      file: given === undefined ? (standard ?? `${context}/Dockerfile`) : process.files.resolve(given),
      tags,
      arguments: new Map(options.all("build-arg").map((pair) => [pair.split("=")[0], pair.slice(pair.indexOf("=") + 1)] as const)),
      ...(options.text("target") !== undefined && { target: options.text("target") as string }),
    })
    if (isDocker(engine)) {
      if (options.on("quiet", "q")) yield* process.print(`sha256:${id}\n`)
      else {
        const names = tags.map((tag) => `#9 naming to ${engine.builtName(tag)} done\n`)
        yield* process.error(
          `#9 exporting to image\n#9 exporting layers done\n#9 writing image sha256:${id} done\n${names.join("")}#9 DONE 0.1s\n`,
        )
      }
    } else
      yield* process.print(
        `COMMIT${tags[0] ? ` ${tags[0]}` : ""}\n--> ${short(id)}\n${tags.map((tag) => `Successfully tagged ${engine.builtName(tag)}\n`).join("")}${id}\n`,
      )
    return 0
  },
}
