/** kubectl scale */
import type { KubeObject } from "../api.ts"
import { RECORD, recordPatch } from "../change-cause.ts"
import { find } from "../builder.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import { KubectlError, ServerError, throwAll } from "../errors.ts"
import { ALL, DRY_RUN, dryRun, FILES, PRINT, SELECTOR } from "../flag-groups.ts"
import { sendPatch } from "../patching/send-patch.ts"
import { Reporter } from "../printing/report.ts"
import { followObject } from "../streams.ts"

export const scale = defineSubcommand({
  path: ["scale"],
  group: "Deploy Commands",
  summary: "Set a new size for a deployment, replica set, or replication controller",
  description: "--current-replicas and --resource-version say what must hold for the change to be made.",
  usage: "[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)",
  examples: [
    ["To 3 replicas", "kubectl scale --replicas=3 rs/foo"],
    ["Only from 2 to 3", "kubectl scale --current-replicas=2 --replicas=3 deployment/mysql"],
  ],
  flags: {
    ...RECORD,
    ...SELECTOR,
    ...ALL,
    ...FILES,
    ...PRINT,
    ...DRY_RUN,
    "current-replicas": { type: "int", default: "-1", help: "Only if it has this many now." },
    replicas: { type: "int", required: true, help: "How many there are to be." },
    "resource-version": { type: "string", help: "Only if the object still has this version." },
    timeout: { type: "duration", help: "How long to wait for the new size; zero: do not wait." },
  },
  *run(input, context) {
    const { process } = context
    const replicas = input.int("replicas")
    if (replicas < 0) throw new KubectlError("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    if (input.bool("all") && input.has("selector")) throw new KubectlError("cannot set --all and --selector at the same time")
    const dry = dryRun(input)
    const reporter = new Reporter(process, input)
    const errors: KubectlError[] = []
    const infos = yield* find(context, input, { errors })
    if (infos.length === 0) {
      throwAll(errors)
      throw new KubectlError("no objects passed to scale")
    }
    const expected = input.int("current-replicas")
    const version = input.text("resource-version")
    if (version && infos.length > 1) throw new KubectlError("cannot use --resource-version with multiple resources")
    for (const info of infos) {
      const { resource, name, object } = info
      if (dry === "client") {
        yield* reporter.say(object, "scaled")
        continue
      }
      if (!resource.subresources.includes("scale"))
        throw new ServerError({ reason: "NotFound", message: "the server could not find the requested resource" })
      const now = (object.spec as { replicas?: number } | undefined)?.replicas ?? 0
      if (expected >= 0 && now !== expected) throw new KubectlError(`Expected replicas to be ${expected}, was ${now}`)
      if (version && object.metadata.resourceVersion !== version)
        throw new KubectlError(`Expected resource version to be ${version}, was ${String(object.metadata.resourceVersion)}`)
      yield* sendPatch(context, info, { spec: { replicas } }, { type: "merge", subresource: "scale", dry })
      const note = dry === "none" ? recordPatch(context, input, object) : undefined
      if (note) yield* sendPatch(context, info, note, { type: "merge", dry })
      if (input.duration("timeout") > 0 && dry === "none") {
        const reached = yield* followObject(
          context,
          info,
          function* (one: KubeObject | undefined) {
            return (
              (one?.status as { replicas?: number; observedGeneration?: number } | undefined)?.replicas === replicas ||
              (replicas === 0 && !(one?.status as { replicas?: number } | undefined)?.replicas)
            )
          },
          process.now() + input.duration("timeout"),
        )
        if (!reached) throw new KubectlError("timed out waiting for the condition")
      }
      yield* reporter.say(
        reporter.format && reporter.format !== "name" && dry === "none"
          ? (yield* find(context, input, {}, [`${resource.plural}${resource.group ? `.${resource.group}` : ""}/${name}`]))[0].object
          : object,
        "scaled",
      )
    }
    // What there is is scaled before what there is not is told.
    throwAll(errors)
    return 0
  },
})
