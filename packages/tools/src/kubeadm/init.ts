/** kubeadm init, and single phases of it. As cmd/kubeadm/app/cmd/init.go. */
import type { Process, Steps } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import { Refused } from "./api.ts"
import type { ClusterDoor } from "./door.ts"
import { fail } from "./fail.ts"
import { type InitContext, PHASES } from "./init-phases.ts"
import { initSettings } from "./init-settings.ts"

export function* init(process: Process, args: Arguments, door: ClusterDoor): Steps<number> {
  const settings = initSettings(process, args, door)
  if (typeof settings === "string") return yield* fail(process, settings)
  yield* process.print(`[init] Using Kubernetes version: ${settings.version}\n`)
  const context: InitContext = { process, args, door, settings }
  const skipped = (args.flag("skip-phases") ?? "").split(",")
  for (const phase of PHASES) {
    if (skipped.includes(phase.name)) continue
    const wanted = phase.parts?.filter((part) => !skipped.includes(`${phase.name}/${part}`))
    const whole = wanted === undefined || wanted.length === phase.parts?.length
    for (const part of whole ? [undefined] : wanted) {
      const end = yield* phase.run(context, part)
      if (end !== undefined) return end
    }
    // A dry run writes nothing: what comes before the first file is all that it shows.
    if (args.has("dry-run") && phase.name === "preflight") {
      yield* process.print("[dryrun] Finished dry-running successfully. Above are the resources that would be created\n")
      return 0
    }
  }
  return 0
}

const usage = (what: string): string => `error: unknown command ${JSON.stringify(what)} for "kubeadm init phase"`

/** One phase, or one part of it: "certs apiserver", "control-plane all", "upload-certs". */
export function* phase(process: Process, args: Arguments, door: ClusterDoor): Steps<number> {
  const [, , what = "", which] = args.words
  const found = PHASES.find(({ name }) => name === what)
  if (!found) {
    if (what !== "") return yield* fail(process, usage(what))
    yield* process.print(
      `Use this command to invoke single phase of the "init" workflow\n\nUsage:\n  kubeadm init phase [command]\n\nAvailable Commands:\n${PHASES.map(({ name }) => `  ${name}\n`).join("")}`,
    )
    return 0
  }
  const part = which === "all" || which === "local" ? undefined : which
  if (found.parts && part === undefined && which === undefined) {
    yield* process.print(
      `Usage:\n  kubeadm init phase ${what} [flags]\n  kubeadm init phase ${what} [command]\n\nAvailable Commands:\n${["all", ...found.parts].map((name) => `  ${name}\n`).join("")}`,
    )
    return 0
  }
  if (part !== undefined && !found.parts?.includes(part))
    return yield* fail(process, `error: unknown command ${JSON.stringify(part)} for "kubeadm init phase ${what}"`)
  const settings = initSettings(process, args, door)
  if (typeof settings === "string") return yield* fail(process, settings)
  try {
    return (yield* found.run({ process, args, door, settings }, part)) ?? 0
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return yield* fail(process, `error: error execution phase ${what}: ${error.message}`)
  }
}
