/** kubectl apply edit-last-applied */
import type { KubeObject } from "../api.ts"
import { find, type Info } from "../builder.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"
import { FILES, fieldManager, PRINT, VALIDATE } from "../flag-groups.ts"
import { LAST_APPLIED, lastAppliedText } from "../last-applied.ts"
import { sendPatch } from "../patching/send-patch.ts"
import { Reporter } from "../printing/report.ts"
import { editsJson } from "./edit-format.ts"
import { editSession } from "./edit-session.ts"

export const editLastApplied = defineSubcommand({
  path: ["apply", "edit-last-applied"],
  summary: "Edit latest last-applied-configuration annotations of a resource/object",
  usage: "(RESOURCE/NAME | -f FILENAME)",
  examples: [["As YAML", "kubectl apply edit-last-applied deployment/nginx"]],
  flags: {
    ...FILES,
    ...PRINT,
    ...VALIDATE,
    ...fieldManager("kubectl-client-side-apply"),
    "windows-line-endings": { type: "bool", help: "Lines end as they do on Windows" },
  },
  *run(input, context) {
    const infos = yield* find(context, input, {})
    const reporter = new Reporter(context.process, input)
    const remembered = infos.flatMap((info): Info[] => {
      const text = info.object.metadata.annotations?.[LAST_APPLIED]
      return text === undefined ? [] : [{ ...info, object: JSON.parse(text) as KubeObject }]
    })
    if (remembered.length === 0)
      throw new KubectlError(
        "no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`",
      )
    yield* editSession(context, {
      infos: remembered,
      json: editsJson(input),
      applied: true,
      windows: input.bool("windows-line-endings"),
      *send(info, changed) {
        yield* sendPatch(context, info, { metadata: { annotations: { [LAST_APPLIED]: lastAppliedText(changed) } } }, { type: "merge" })
        const { annotations = {}, ...metadata } = changed.metadata
        yield* reporter.say(Object.keys(annotations).length > 0 ? changed : { ...changed, metadata }, "edited")
      },
      *skip(info) {
        yield* reporter.say(info.object, "skipped")
      },
    })
    return 0
  },
})
