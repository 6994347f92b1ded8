/** kubectl rollout history */
import type { KubeObject } from "../../api.ts"
import { find } from "../../builder.ts"
import { defineSubcommand } from "../../define-subcommand.ts"
import { podTemplateText } from "../../describe/pod-template.ts"
import { KubectlError, throwAll } from "../../errors.ts"
import { FILES, PRINT, SELECTOR } from "../../flag-groups.ts"
import { namesFiles } from "../../manifests.ts"
import { objectName, objectPrinter, printObject } from "../../printing/objects.ts"
import { typed } from "../../printing/typed.ts"
import { columns, DESCRIBE_STYLE } from "../../printing/tabwriter.ts"
import { CHANGE_CAUSE, type Revision, revisionsOf } from "./revisions.ts"

/** Objects of a list come without their type. */
const whole = (object: KubeObject): KubeObject => ({ ...object, apiVersion: "apps/v1", kind: "ReplicaSet" })

export const rolloutHistory = defineSubcommand({
  path: ["rollout", "history"],
  summary: "View rollout history",
  description: "All revisions, or with --revision the pod template of one.",
  usage: "(TYPE NAME | TYPE/NAME) [flags]",
  examples: [
    ["All revisions", "kubectl rollout history deployment/abc"],
    ["One of them", "kubectl rollout history daemonset/abc --revision=3"],
  ],
  flags: { ...FILES, ...PRINT, ...SELECTOR, revision: { type: "int", help: "The revision to show" } },
  *run(input, context) {
    const { process } = context
    if (input.words.length === 0 && !namesFiles(input)) throw new KubectlError("required resource not specified")
    const revision = input.int("revision")
    if (revision < 0) throw new KubectlError(`revision must be a positive integer: ${revision}`)
    const printer = objectPrinter(process, input)
    const errors: KubectlError[] = []
    for (const info of yield* find(context, input, { errors, everything: true, typed: true })) {
      let all: Revision[]
      try {
        all = yield* revisionsOf(context, info)
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        errors.push(error)
        continue
      }
      const one = all.find(({ number }) => number === revision)
      if (printer) {
        if (revision > 0) {
          if (!one) throw new KubectlError("unable to find the specified revision")
          // A Deployment's revision is its ReplicaSet; the others' is the object as it was.
          yield* printObject(
            process,
            printer,
            typed(
              info.resource.kind === "Deployment"
                ? whole(one.object)
                : { ...info.object, spec: { ...(info.object.spec as object), template: one.template } },
            ),
          )
        } else if (info.resource.kind === "Deployment")
          for (const { object } of all) yield* printObject(process, printer, typed(whole(object)))
        else yield* printObject(process, printer, typed(info.object))
        continue
      }
      const head = `${objectName(info.object)} ${revision > 0 ? `with revision #${revision}` : ""}\n`
      if (all.length === 0) {
        yield* process.print(`${head}No rollout history found.\n`)
        continue
      }
      if (revision > 0) {
        if (!one) throw new KubectlError("unable to find the specified revision")
        const template = one.cause
          ? {
              ...one.template,
              metadata: { ...one.template.metadata, annotations: { ...one.template.metadata?.annotations, [CHANGE_CAUSE]: one.cause } },
            }
          : one.template
        yield* process.print(`${head}${podTemplateText(template)}\n`)
      } else
        yield* process.print(
          `${head}${columns([["REVISION", "CHANGE-CAUSE"], ...all.map(({ number, cause }) => [String(number), cause || "<none>"])], DESCRIBE_STYLE)}\n`,
        )
    }
    throwAll(errors)
    return 0
  },
})
