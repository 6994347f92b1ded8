/** kubectl rollout undo. As kubectl/pkg/polymorphichelpers/rollback.go. */
import { deepCopy, deepEqual } from "@drydock/kubernetes/apimachinery"
import type { Steps } from "@drydock/machine"
import type { KubeObject } from "../../api.ts"
import { find, type Info } from "../../builder.ts"
import { type Context, defineSubcommand } from "../../define-subcommand.ts"
import { podTemplateText } from "../../describe/pod-template.ts"
import { KubectlError, throwAll } from "../../errors.ts"
import { DRY_RUN, dryRun, FILES, PRINT, SELECTOR } from "../../flag-groups.ts"
import { namesFiles } from "../../manifests.ts"
import { sendPatch } from "../../patching/send-patch.ts"
import { Reporter } from "../../printing/report.ts"
import { type Revision, revisionsOf, unsupported, type Template } from "./revisions.ts"

const HASH = "pod-template-hash"

const withoutHash = (template: Template): Template => {
  const copy = deepCopy(template)
  if (copy.metadata?.labels) delete copy.metadata.labels[HASH]
  return copy
}

const wanted = (all: readonly Revision[], to: number, kind: string, name: string): Revision => {
  if (to < 0) throw new KubectlError(`unable to find specified revision ${to} in history`)
  if (to > 0) {
    const found = all.find(({ number }) => number === to)
    if (!found) throw new KubectlError(`unable to find specified revision ${to} in history`)
    return found
  }
  const found = all.at(-2)
  if (!found)
    throw new KubectlError(
      kind === "Deployment" ? `no rollout history found for deployment ${JSON.stringify(name)}` : "no last revision to roll back to",
    )
  return found
}

/** Goes back; what is said about it. */
function* rollBack(context: Context, info: Info, to: number, dry: "none" | "client" | "server"): Steps<string> {
  const { object, resource, name } = info
  const spec = object.spec as { paused?: boolean; template: Template }
  if (resource.kind !== "Deployment" && resource.kind !== "DaemonSet" && resource.kind !== "StatefulSet")
    throw unsupported("rollback", resource)
  const all = yield* revisionsOf(context, info)
  const revision = wanted(all, to, resource.kind, name)
  const template = withoutHash(revision.template)
  if (dry === "client") return `${resource.kind === "Deployment" ? "" : "will roll back to "}${podTemplateText(revision.template)}`
  if (spec.paused)
    throw new KubectlError(`you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again`)
  if (deepEqual(withoutHash(spec.template), template))
    return `skipped rollback (current template already matches revision ${to > 0 ? to : revision.number})`
  if (resource.kind === "Deployment") {
    const path = "/metadata/annotations"
    const current = object.metadata.annotations ?? {}
    const kept = [
      "kubectl.kubernetes.io/last-applied-configuration",
      "deployment.kubernetes.io/revision",
      "deployment.kubernetes.io/revision-history",
      "deployment.kubernetes.io/desired-replicas",
      "deployment.kubernetes.io/max-replicas",
      "deprecated.deployment.rollback.to",
    ]
    const annotations: Record<string, string> = {}
    for (const key of kept) if (current[key] !== undefined) annotations[key] = current[key]
    for (const [key, value] of Object.entries(revision.object.metadata.annotations ?? {})) if (!kept.includes(key)) annotations[key] = value
    yield* sendPatch(
      context,
      info,
      [
        { op: "replace", path: "/spec/template", value: template },
        { op: object.metadata.annotations ? "replace" : "add", path, value: annotations },
      ],
      { type: "json", dry },
    )
  } else yield* sendPatch(context, info, revision.object.data, { type: "strategic", dry })
  return "rolled back"
}

export const rolloutUndo = defineSubcommand({
  path: ["rollout", "undo"],
  summary: "Undo a previous rollout",
  usage: "(TYPE NAME | TYPE/NAME) [flags]",
  examples: [
    ["Back to the version before", "kubectl rollout undo deployment/abc"],
    ["Back to a certain one", "kubectl rollout undo daemonset/abc --to-revision=3"],
  ],
  flags: {
    ...FILES,
    ...PRINT,
    ...DRY_RUN,
    ...SELECTOR,
    "to-revision": { type: "int", help: "The revision to go back to; 0: the one before." },
  },
  *run(input, context) {
    if (input.words.length === 0 && !namesFiles(input)) throw new KubectlError("required resource not specified")
    const reporter = new Reporter(context.process, input)
    const dry = dryRun(input)
    const errors: KubectlError[] = []
    for (const info of yield* find(context, input, { errors, everything: true, typed: true })) {
      const done = yield* rollBack(context, info, input.int("to-revision"), dry)
      yield* reporter.say(info.object as KubeObject, done)
    }
    throwAll(errors)
    return 0
  },
})
