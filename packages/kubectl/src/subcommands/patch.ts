/** kubectl patch */
import { RECORD, recordPatch } from "../change-cause.ts"
import { deepEqual, jsonPatch, mergePatch, PatchError, strategicMerge } from "@drydock/kubernetes/apimachinery"
import { SystemError } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import { find } from "../builder.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import { isReason, KubectlError, throwAll } from "../errors.ts"
import { apiVersion } from "../discovery.ts"
import { DRY_RUN, dryRun, FILES, fieldManager, PRINT } from "../flag-groups.ts"
import { parseDocuments } from "../yaml-documents.ts"
import { schemaFor } from "../patching/strategic.ts"
import { PATCH_TYPES, sendPatch } from "../patching/send-patch.ts"
import { Reporter } from "../printing/report.ts"

/** The client's library words a failed removal otherwise than the server's answer does. */
const patchFault = (message: string): string => {
  const [, path] = /^remove operation does not apply: doc is missing path: "(.*)": missing value$/.exec(message) ?? []
  return path === undefined
    ? message
    : `error in remove for path: '${path}': Unable to remove nonexistent key: ${path.split("/").at(-1)}: missing value`
}

const locally = (type: string, object: KubeObject, patch: unknown): KubeObject => {
  if (type === "merge") return mergePatch(object, patch) as KubeObject
  if (type === "json")
    try {
      return jsonPatch(object, patch as never) as KubeObject
    } catch (error) {
      if (error instanceof PatchError) throw new KubectlError(patchFault(error.message))
      throw error
    }
  const schema = schemaFor(object)
  if (!schema)
    throw new KubectlError(`strategic merge patch is not supported for ${object.apiVersion}, Kind=${object.kind} locally, try --type merge`)
  return strategicMerge(object, patch, schema) as KubeObject
}

export const patch = defineSubcommand({
  path: ["patch"],
  group: "Advanced Commands",
  summary: "Update fields of a resource",
  description: "By a strategic merge patch, a JSON merge patch or a JSON patch. The patch may be JSON or YAML.",
  usage: "(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]",
  examples: [
    ["By a strategic merge patch", 'kubectl patch node k8s-node-1 -p \'{"spec":{"unschedulable":true}}\''],
    [
      "By a JSON patch",
      'kubectl patch pod valid-pod --type=\'json\' -p=\'[{"op": "replace", "path": "/spec/containers/0/image", "value":"new image"}]\'',
    ],
    ["A subresource", "kubectl patch deployment nginx --subresource='scale' --type='merge' -p '{\"spec\":{\"replicas\":2}}'"],
  ],
  flags: {
    ...FILES,
    ...PRINT,
    ...DRY_RUN,
    ...fieldManager("kubectl-patch"),
    ...RECORD,
    local: { type: "bool", help: "Patch what is in the file, not what is on the server." },
    patch: { short: "p", type: "string", help: "The patch." },
    "patch-file": { type: "string", help: "A file with the patch." },
    subresource: { type: "string", help: "The subresource to patch: resize, scale, status" },
    type: { type: "string", default: "strategic", help: "What kind of patch: json, merge or strategic" },
  },
  *run(input, context) {
    const { process } = context
    const type = input.text("type").toLowerCase()
    if (input.has("patch") && input.has("patch-file")) throw new KubectlError("cannot specify --patch and --patch-file together")
    if (!input.text("patch") && !input.text("patch-file"))
      throw new KubectlError("must specify --patch or --patch-file containing the contents of the patch")
    if (input.bool("local") && input.words.length > 0) throw new KubectlError("cannot specify --local and server resources")
    if (!Object.hasOwn(PATCH_TYPES, type))
      throw new KubectlError(`--type must be one of [json merge strategic], not ${JSON.stringify(input.text("type"))}`)
    let text = input.text("patch")
    if (input.has("patch-file"))
      try {
        text = process.files.readText(input.text("patch-file"))
      } catch (error) {
        if (error instanceof SystemError)
          throw new KubectlError(`unable to read patch file: open ${input.text("patch-file")}: ${error.message.toLowerCase()}`)
        throw error
      }
    // Text that begins like JSON goes to the server as it is; anything else is YAML.
    const json = /^\s*[{[]/.test(text)
    let body: unknown = text
    if (!json)
      try {
        ;[body] = parseDocuments(text, "patch")
      } catch (error) {
        if (error instanceof KubectlError)
          throw new KubectlError(
            `unable to parse ${JSON.stringify(text)}: ${error.message.replace(/^error parsing patch: error converting YAML to JSON: /, "")}`,
          )
        throw error
      }
    const subresource = input.text("subresource")
    const reporter = new Reporter(process, input, { dry: false })
    const dry = dryRun(input)
    const errors: KubectlError[] = []
    const infos = yield* find(context, input, { local: input.bool("local"), errors, ...(subresource && { subresource }) })
    for (const info of infos)
      try {
        const patched =
          input.bool("local") || dry === "client"
            ? locally(type, info.object, json ? JSON.parse(text) : body)
            : yield* sendPatch(context, info, body, { type, dry, subresource, fieldManager: input.text("field-manager") })
        const note = input.bool("local") || dry !== "none" ? undefined : recordPatch(context, input, patched)
        if (note) yield* sendPatch(context, info, note, { type: "merge", dry, subresource: "" })
        yield* reporter.say(patched, deepEqual(info.object, patched) ? "patched (no change)" : "patched")
      } catch (error) {
        if (isReason(error, "UnsupportedMediaType"))
          errors.push(
            new KubectlError(
              `${PATCH_TYPES[type]} is not supported by ${apiVersion(info.resource)}, Kind=${info.resource.kind}: ${(error as KubectlError).message}`,
            ),
          )
        else if (error instanceof SyntaxError) errors.push(new KubectlError(error.message))
        else if (error instanceof KubectlError) errors.push(error)
        else throw error
      }
    throwAll(errors)
    return 0
  },
})
