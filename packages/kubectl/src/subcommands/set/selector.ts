/** kubectl set selector */
import { defineSubcommand } from "../../define-subcommand.ts"
import { KubectlError } from "../../errors.ts"
import { selectorLabels } from "../../labels.ts"
import { RECORD } from "../../change-cause.ts"
import { changeObjects, findObjects, SET_FLAGS } from "./change-objects.ts"

export const setSelector = defineSubcommand({
  path: ["set", "selector"],
  summary: "Set the selector on a resource",
  description: "The new selector takes the old one's place. Services alone have one that may change.",
  usage: "(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]",
  examples: [["Of a service", "kubectl set selector service my-svc environment=qa"]],
  complete: "resources",
  flags: { ...SET_FLAGS, ...RECORD, "resource-version": { type: "string", help: "Only if the object still has this version." } },
  *run(input, context) {
    const text = input.words.at(-1)
    if (!text?.includes("="))
      throw new KubectlError(text === undefined ? "resources and a selector are required" : `invalid selector: ${text}`)
    const selector = selectorLabels(text)
    const infos = yield* findObjects(context, input, input.words.slice(0, -1))
    yield* changeObjects(context, input, infos, {
      done: "selector updated",
      failed: "failed to patch selector:",
      always: true,
      change: (object) => {
        if (object.kind !== "Service") throw new KubectlError("setting a selector is only supported for Services")
        return { ...object, spec: { ...(object.spec as object), selector } }
      },
    })
    return 0
  },
})
