/** kubectl edit */
import { RECORD, recorded } from "../change-cause.ts"
import { find } from "../builder.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import { editsJson } from "../edit/edit-format.ts"
import { editSession } from "../edit/edit-session.ts"
import { KubectlError, throwAll } from "../errors.ts"
import { FILES, fieldManager, fieldValidation, PRINT, SAVE_CONFIG, VALIDATE } from "../flag-groups.ts"
import { LAST_APPLIED, withLastApplied } from "../last-applied.ts"
import { schemaFor, twoWayPatch } from "../patching/strategic.ts"
import { sendPatch } from "../patching/send-patch.ts"
import { Reporter } from "../printing/report.ts"

export const edit = defineSubcommand({
  path: ["edit"],
  group: "Basic Commands (Intermediate)",
  summary: "Edit a resource on the server",
  description:
    "In the editor that KUBE_EDITOR or EDITOR names, or else in vi. What is saved is sent; what the server refuses comes back with the reasons.",
  usage: "(RESOURCE/NAME | -f FILENAME)",
  examples: [
    ["A service", "kubectl edit svc/registry"],
    ["In another editor", 'KUBE_EDITOR="nano" kubectl edit svc/registry'],
  ],
  flags: {
    ...FILES,
    ...PRINT,
    ...SAVE_CONFIG,
    ...VALIDATE,
    ...fieldManager("kubectl-edit"),
    ...RECORD,
    "output-patch": { type: "bool", help: "Print the patch that is sent." },
    subresource: { type: "string", help: "The subresource to edit." },
    "windows-line-endings": { type: "bool", help: "With line ends as Windows has them." },
  },
  *run(input, context) {
    const subresource = input.text("subresource")
    const errors: KubectlError[] = []
    const infos = yield* find(context, input, { errors, everything: true, ...(subresource && { subresource }) })
    throwAll(errors)
    if (infos.length === 0) throw new KubectlError("edit cancelled, no objects found")
    const json = editsJson(input)
    const reporter = new Reporter(context.process, input)
    yield* editSession(context, {
      infos,
      json,
      windows: input.bool("windows-line-endings"),
      *send(info, edited) {
        const changed = recorded(context, input, edited)
        const keep = input.bool("save-config") || info.object.metadata.annotations?.[LAST_APPLIED] !== undefined
        const { managedFields: _, ...metadata } = info.object.metadata
        const schema = schemaFor(info.object)
        const patch = twoWayPatch({ ...info.object, metadata }, keep ? withLastApplied(changed) : changed, schema)
        if (input.bool("output-patch")) yield* context.process.print(`Patch: ${JSON.stringify(patch ?? {})}\n`)
        const sent = yield* sendPatch(context, info, patch ?? {}, {
          type: schema ? "strategic" : "merge",
          subresource,
          fieldManager: input.text("field-manager"),
          fieldValidation: fieldValidation(input),
        })
        yield* reporter.say(sent, "edited")
      },
      *skip(info) {
        yield* reporter.say(info.object, "skipped")
      },
    })
    return 0
  },
})
