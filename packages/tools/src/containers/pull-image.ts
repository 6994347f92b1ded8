/** Fetching an image, told in each tool's way. */
import type { Steps } from "@drydock/machine"
import { type Call, isDocker } from "./command.ts"
import { EngineError } from "./engine.ts"

/** @param asked by a container that needs it: what is said is no result then */
export function* pullImage({ engine, process }: Call, ref: string, asked = false): Steps<void> {
  const full = engine.fullName(ref)
  const colon = full.lastIndexOf(":")
  if (isDocker(engine)) {
    if (asked) yield* process.error(`Unable to find image '${engine.shownName(full)}' locally\n`)
    yield* (asked ? process.error : process.print).call(process, `${asked || /:[^/]+$/.test(ref) ? "" : "Using default tag: latest\n"}`)
  } else yield* process.error(`Trying to pull ${full}...\n`)
  try {
    yield* engine.pull(process, ref)
  } catch (error) {
    if (asked && error instanceof EngineError)
      throw new EngineError(
        isDocker(engine) ? `docker: ${error.message}\n\nRun 'docker run --help' for more information` : error.message,
        125,
      )
    throw error
  }
  const digest = engine.runtime.imageStatus(full)?.repoDigests[0]?.split("@")[1] ?? ""
  if (isDocker(engine)) {
    const name = full.slice(0, colon).replace("docker.io/", "")
    const text = `${full.slice(colon + 1)}: Pulling from ${name}\n${digest.slice(7, 19)}: Pull complete\nDigest: ${digest}\nStatus: Downloaded newer image for ${engine.shownName(full)}\n`
    if (asked) yield* process.error(text)
    else yield* process.print(`${text}${full}\n`)
  } else {
    yield* process.error("Getting image source signatures\nWriting manifest to image destination\n")
    if (!asked) yield* process.print(`${engine.runtime.imageStatus(full)?.id.replace("sha256:", "") ?? ""}\n`)
  }
}
