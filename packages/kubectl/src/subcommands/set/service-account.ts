/** kubectl set serviceaccount */
import { defineSubcommand } from "../../define-subcommand.ts"
import { KubectlError } from "../../errors.ts"
import { withPodSpec } from "../../pod-specs.ts"
import { RECORD } from "../../change-cause.ts"
import { without } from "../../flag-groups.ts"
import { changeObjects, findObjects, SET_FLAGS } from "./change-objects.ts"

export const setServiceAccount = defineSubcommand({
  path: ["set", "serviceaccount"],
  aliases: ["sa"],
  summary: "Update the service account of a resource",
  usage: "(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT",
  examples: [["Of a deployment's pods", "kubectl set serviceaccount deployment nginx-deployment serviceaccount1"]],
  flags: { ...without(SET_FLAGS, "selector"), ...RECORD },
  *run(input, context) {
    const account = input.words.at(-1)
    if (!account) throw new KubectlError("serviceaccount is required")
    const infos = yield* findObjects(context, input, input.words.slice(0, -1))
    yield* changeObjects(context, input, infos, {
      done: "serviceaccount updated",
      failed: "failed to patch ServiceAccountName",
      change: (object) =>
        withPodSpec(object, (spec) => {
          spec.serviceAccountName = account
          if (spec.serviceAccount !== undefined) spec.serviceAccount = account
        }),
    })
    return 0
  },
})
