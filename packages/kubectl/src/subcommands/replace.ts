/** kubectl replace */
import { bodyText } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import { query, requireNamespace } from "../builder.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import { deleteOne, waitGone } from "../deletion.ts"
import { pathOf } from "../discovery.ts"
import { isReason, KubectlError, ServerError, serverError, throwAll } from "../errors.ts"
import { DRY_RUN, dryRun, FILES, fieldManager, fieldValidation, PRINT, SAVE_CONFIG, VALIDATE } from "../flag-groups.ts"
import { LAST_APPLIED, withLastApplied } from "../last-applied.ts"
import { namesFiles, readManifests } from "../manifests.ts"
import { Reporter } from "../printing/report.ts"

export const replace = defineSubcommand({
  path: ["replace"],
  group: "Advanced Commands",
  summary: "Replace a resource by file name or stdin",
  description:
    "The whole object must be given, as `kubectl get TYPE NAME -o yaml` shows it. --force deletes the old one and creates the new.",
  usage: "-f FILENAME",
  examples: [
    ["By what a file holds", "kubectl replace -f ./pod.json"],
    ["Delete and create", "kubectl replace --force -f ./pod.json"],
  ],
  flags: {
    ...FILES,
    ...PRINT,
    ...DRY_RUN,
    ...SAVE_CONFIG,
    ...VALIDATE,
    ...fieldManager("kubectl-replace"),
    cascade: {
      type: "string",
      default: "background",
      bare: "background",
      help: "What becomes of dependents: background, orphan or foreground.",
    },
    force: { type: "bool", help: "Delete the old object and create the new one." },
    "grace-period": { type: "int", default: "-1", help: "Seconds that the old object gets to end; only with --force." },
    raw: { type: "string", help: "The path to PUT the file to, as it is." },
    subresource: { type: "string", help: "The subresource to replace." },
    timeout: { type: "duration", help: "How long to wait for the old object to go" },
    wait: { type: "bool", help: "Wait for the old object to be gone" },
  },
  *run(input, context) {
    const { api, process } = context
    const force = input.bool("force")
    if (!namesFiles(input)) throw new KubectlError("must specify one of -f and -k")
    const dry = dryRun(input)
    if (input.has("grace-period") && !force) throw new KubectlError("--grace-period must have --force specified")
    if (input.has("timeout") && !force) throw new KubectlError("--timeout must have --force specified")
    if (force && dry !== "none") throw new KubectlError("--dry-run can not be used when --force is set")
    if (input.has("raw")) {
      const [file] = input.list("filename")
      const text = file === "-" ? new TextDecoder().decode(yield* process.readAll(0)) : process.files.readText(file)
      const response = yield* api.send("PUT", input.text("raw"), { body: text })
      if (response.status >= 400) throw serverError(response)
      yield* process.print(bodyText(response.body))
      return 0
    }
    const reporter = new Reporter(process, input)
    const validation = fieldValidation(input)
    const manager = input.text("field-manager")
    const errors: KubectlError[] = []
    const manifests = yield* readManifests(context, input)
    if (manifests.length === 0) throw new KubectlError("no objects passed to replace")
    const places = []
    for (const { object, source } of manifests) {
      const resource = yield* api.resourceFor(object, source)
      const namespace = requireNamespace(context, resource, object)
      const placed: KubeObject = namespace ? { ...object, metadata: { ...object.metadata, namespace } } : object
      const keep = input.bool("save-config") || placed.metadata.annotations?.[LAST_APPLIED] !== undefined
      places.push({ resource, namespace, name: object.metadata.name, source, object: keep ? withLastApplied(placed) : placed })
    }
    if (force) {
      const gracePeriod = input.int("grace-period") === 0 ? 1 : input.int("grace-period")
      for (const place of places)
        try {
          const uid = yield* deleteOne(context, place, { gracePeriod, policy: "Background", dry, names: input.text("output") === "name" })
          yield* waitGone(context, place, uid, input.duration("timeout") || 300_000)
        } catch (error) {
          if (!isReason(error, "NotFound")) throw error
        }
      for (const { resource, namespace, object } of places) {
        const { resourceVersion: _, uid: __, ...metadata } = object.metadata
        yield* reporter.say(
          yield* api.json<KubeObject>("POST", pathOf(resource, namespace) + query({ fieldManager: manager, fieldValidation: validation }), {
            body: { ...object, metadata },
          }),
          "replaced",
        )
      }
      return 0
    }
    for (const { resource, namespace, name, source, object } of places)
      try {
        if (dry === "client") {
          yield* reporter.say(object, "replaced")
          continue
        }
        const path = pathOf(resource, namespace, name, input.text("subresource") || undefined)
        // Without a version of its own the object takes the stored one's, so that the last writer wins.
        const body =
          object.metadata.resourceVersion === undefined
            ? { ...object, metadata: { ...object.metadata, resourceVersion: (yield* api.get(path)).metadata.resourceVersion } }
            : object
        yield* reporter.say(
          yield* api.json<KubeObject>(
            "PUT",
            path + query({ dryRun: dry === "server" ? "All" : undefined, fieldManager: manager, fieldValidation: validation }),
            { body },
          ),
          "replaced",
        )
      } catch (error) {
        if (error instanceof ServerError) errors.push(error.from("replacing", source))
        else if (error instanceof KubectlError) errors.push(error)
        else throw error
      }
    throwAll(errors)
    return 0
  },
})
