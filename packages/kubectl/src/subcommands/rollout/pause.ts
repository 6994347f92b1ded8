/** kubectl rollout pause, resume, restart */
import { deepCopy, formatTime } from "@drydock/kubernetes/apimachinery"
import type { KubeObject } from "../../api.ts"
import { find } from "../../builder.ts"
import { defineSubcommand, type Subcommand } from "../../define-subcommand.ts"
import { qualifiedName } from "../../discovery.ts"
import { KubectlError, throwAll } from "../../errors.ts"
import { FILES, fieldManager, PRINT, SELECTOR } from "../../flag-groups.ts"
import { namesFiles } from "../../manifests.ts"
import { sendChange } from "../../patching/send-patch.ts"
import { Reporter } from "../../printing/report.ts"

interface Verb {
  readonly name: "pause" | "resume" | "restart"
  readonly done: string
  readonly summary: string
  readonly description?: string
  readonly kinds: readonly string[]
  /** The changed object. `now`: RFC 3339. */
  change(object: KubeObject, title: string, now: string): KubeObject
}

interface Spec {
  paused?: boolean
  template: { metadata?: { annotations?: Record<string, string> } }
}

const withSpec = (object: KubeObject, change: (spec: Spec) => void): KubeObject => {
  const copy = deepCopy(object) as KubeObject
  change(copy.spec as Spec)
  return copy
}

const verb = ({ name, done, summary, description, kinds, change }: Verb): Subcommand =>
  defineSubcommand({
    path: ["rollout", name],
    summary,
    ...(description && { description }),
    usage: "RESOURCE",
    examples: [["A deployment's", `kubectl rollout ${name} deployment/nginx`]],
    flags: { ...FILES, ...PRINT, ...SELECTOR, ...fieldManager("kubectl-rollout") },
    *run(input, context) {
      if (input.words.length === 0 && !namesFiles(input)) throw new KubectlError("required resource not specified")
      const reporter = new Reporter(context.process, input)
      const errors: KubectlError[] = []
      const infos = yield* find(context, input, { errors, everything: true, typed: true })
      for (const info of infos)
        try {
          const title = `${qualifiedName(info.resource)} ${JSON.stringify(info.name)}`
          if (!kinds.includes(info.resource.kind))
            throw new KubectlError(
              `${title} ${name === "resume" ? "resuming" : name === "pause" ? "pausing" : "restarting"} is not supported`,
            )
          const changed = change(info.object, title, formatTime(Math.floor(context.process.now())))
          const sent = yield* sendChange(context, input, info, changed)
          if (!sent && name === "restart")
            throw new KubectlError(
              `failed to create patch for ${info.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
            )
          yield* reporter.say(sent ?? changed, done)
        } catch (error) {
          if (!(error instanceof KubectlError)) throw error
          errors.push(error)
        }
      if (infos.length === 0 && errors.length === 0) yield* context.process.error(`No resources found in ${context.namespace} namespace.\n`)
      throwAll(errors)
      return 0
    },
  })

export const rolloutPause = verb({
  name: "pause",
  done: "paused",
  summary: "Mark the provided resource as paused",
  description: "Its controller leaves it alone until it is resumed. Deployments alone can be paused.",
  kinds: ["Deployment"],
  change: (object, title) =>
    withSpec(object, (spec) => {
      if (spec.paused) throw new KubectlError(`${title} is already paused`)
      spec.paused = true
    }),
})

export const rolloutResume = verb({
  name: "resume",
  done: "resumed",
  summary: "Resume a paused resource",
  kinds: ["Deployment"],
  change: (object, title) =>
    withSpec(object, (spec) => {
      if (!spec.paused) throw new KubectlError(`error: ${title} is not paused`)
      delete spec.paused
    }),
})

export const rolloutRestart = verb({
  name: "restart",
  done: "restarted",
  summary: "Restart a resource",
  description: "Its pods are replaced one after another, as by any change of the template.",
  kinds: ["Deployment", "DaemonSet", "StatefulSet"],
  change: (object, title, now) =>
    withSpec(object, (spec) => {
      if (spec.paused) throw new KubectlError(`${title} can't restart paused deployment (run rollout resume first)`)
      spec.template.metadata ??= {}
      spec.template.metadata.annotations = { ...spec.template.metadata.annotations, "kubectl.kubernetes.io/restartedAt": now }
    }),
})
