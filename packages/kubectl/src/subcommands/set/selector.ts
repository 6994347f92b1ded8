/** kubectl set selector */
import { defineSubcommand } from "../../define-subcommand.ts"
import { KubectlError } from "../../errors.ts"
import { parseSelector, SelectorError } from "@drydock/kubernetes/apimachinery"
import { RECORD } from "../../change-cause.ts"
import { without } from "../../flag-groups.ts"
import { changeObjects, findObjects, SET_FLAGS } from "./change-objects.ts"

/** The labels that a selector of "=" alone asks for. */
const equalities = (text: string): Record<string, string> => {
  try {
    const labels: Record<string, string> = {}
    for (const { key, operator, values } of parseSelector(text)) {
      if (operator !== "=")
        throw new KubectlError(
          `match expression [{${key} ${{ in: "In", notin: "NotIn", exists: "Exists", "!": "DoesNotExist", "!=": "NotIn" }[operator as string] ?? operator} [${values.join(" ")}]}] not supported on this object`,
        )
      labels[key] = values[0] ?? ""
    }
    return labels
  } catch (error) {
    if (error instanceof SelectorError) throw new KubectlError(error.message)
    throw error
  }
}

export const setSelector = defineSubcommand({
  path: ["set", "selector"],
  summary: "Set the selector on a resource",
  description: "The new selector takes the old one's place. Services alone have one that may change.",
  usage: "(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]",
  examples: [["Of a service", "kubectl set selector service my-svc environment=qa"]],
  flags: {
    ...without(SET_FLAGS, "selector", "kustomize"),
    ...RECORD,
    recursive: { short: "R", type: "bool", default: "true", help: "Also look into the subdirectories of what -f names." },
    "resource-version": { type: "string", help: "Only if the object still has this version." },
  },
  *run(input, context) {
    const text = input.words.at(-1)
    if (text === undefined) throw new KubectlError("one selector is required")
    const infos = yield* findObjects(context, input, input.words.slice(0, -1))
    const selector = equalities(text)
    yield* changeObjects(context, input, infos, {
      done: "selector updated",
      failed: "failed to patch selector:",
      always: true,
      change: (object) => {
        if (object.kind !== "Service") throw new KubectlError("error: setting a selector is only supported for Services")
        return { ...object, spec: { ...(object.spec as object), selector } }
      },
    })
    return 0
  },
})
