/** kubectl rollout status. As kubectl/pkg/polymorphichelpers/rollout_status.go. */
import type { KubeObject } from "../../api.ts"
import { find } from "../../builder.ts"
import { defineSubcommand } from "../../define-subcommand.ts"
import { groupKind } from "./revisions.ts"
import { KubectlError, throwAll } from "../../errors.ts"
import { FILES, SELECTOR } from "../../flag-groups.ts"
import { namesFiles } from "../../manifests.ts"
import { followObject } from "../../streams.ts"
import { REVISION } from "./revisions.ts"

interface Spec {
  replicas?: number
  updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } }
}

interface Status {
  observedGeneration?: number
  replicas?: number
  updatedReplicas?: number
  availableReplicas?: number
  readyReplicas?: number
  currentReplicas?: number
  updateRevision?: string
  currentRevision?: string
  desiredNumberScheduled?: number
  updatedNumberScheduled?: number
  numberAvailable?: number
  conditions?: { type: string; reason?: string }[]
}

interface Progress {
  readonly text: string
  readonly done: boolean
}

const waiting = (text: string): Progress => ({ text: `${text}\n`, done: false })
const finished = (text: string): Progress => ({ text: `${text}\n`, done: true })

const deployment = ({ metadata, spec, status }: KubeObject, revision: number): Progress => {
  const { name } = metadata
  const { replicas = 1 } = spec as Spec
  const {
    observedGeneration = 0,
    updatedReplicas = 0,
    replicas: total = 0,
    availableReplicas = 0,
    conditions = [],
  } = (status ?? {}) as Status
  const running = Number(metadata.annotations?.[REVISION] ?? 0)
  if (revision > 0 && running !== revision)
    throw new KubectlError(`desired revision (${revision}) is different from the running revision (${running})`)
  if ((metadata.generation as number) > observedGeneration) return waiting("Waiting for deployment spec update to be observed...")
  if (conditions.some(({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded"))
    throw new KubectlError(`deployment ${JSON.stringify(name)} exceeded its progress deadline`)
  const head = `Waiting for deployment ${JSON.stringify(name)} rollout to finish:`
  if (updatedReplicas < replicas) return waiting(`${head} ${updatedReplicas} out of ${replicas} new replicas have been updated...`)
  if (total > updatedReplicas) return waiting(`${head} ${total - updatedReplicas} old replicas are pending termination...`)
  if (availableReplicas < updatedReplicas)
    return waiting(`${head} ${availableReplicas} of ${updatedReplicas} updated replicas are available...`)
  return finished(`deployment ${JSON.stringify(name)} successfully rolled out`)
}

const onlyRolling = ({ spec }: KubeObject): void => {
  if ((spec as Spec).updateStrategy?.type !== "RollingUpdate")
    throw new KubectlError("rollout status is only available for RollingUpdate strategy type")
}

const daemonSet = (object: KubeObject): Progress => {
  onlyRolling(object)
  const { metadata, status } = object
  const { observedGeneration = 0, desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = (status ?? {}) as Status
  if ((metadata.generation as number) > observedGeneration) return waiting("Waiting for daemon set spec update to be observed...")
  const head = `Waiting for daemon set ${JSON.stringify(metadata.name)} rollout to finish:`
  if (updatedNumberScheduled < desiredNumberScheduled)
    return waiting(`${head} ${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated...`)
  if (numberAvailable < desiredNumberScheduled)
    return waiting(`${head} ${numberAvailable} of ${desiredNumberScheduled} updated pods are available...`)
  return finished(`daemon set ${JSON.stringify(metadata.name)} successfully rolled out`)
}

const statefulSet = (object: KubeObject): Progress => {
  onlyRolling(object)
  const { metadata, spec, status } = object
  const { replicas = 1, updateStrategy } = spec as Spec
  const of = (status ?? {}) as Status
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0, currentReplicas = 0 } = of
  if (observedGeneration === 0 || (metadata.generation as number) > observedGeneration)
    return waiting("Waiting for statefulset spec update to be observed...")
  if (readyReplicas < replicas) return waiting(`Waiting for ${replicas - readyReplicas} pods to be ready...`)
  if (updateStrategy?.rollingUpdate) {
    const { partition } = updateStrategy.rollingUpdate
    if (partition !== undefined && updatedReplicas < replicas - partition)
      return waiting(
        `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${replicas - partition} new pods have been updated...`,
      )
    return finished(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`)
  }
  if (of.updateRevision !== of.currentRevision)
    return waiting(`waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${of.updateRevision}...`)
  return finished(`statefulset rolling update complete ${currentReplicas} pods at revision ${of.currentRevision}...`)
}

const VIEWERS: Readonly<Record<string, (object: KubeObject, revision: number) => Progress>> = {
  Deployment: deployment,
  DaemonSet: daemonSet,
  StatefulSet: statefulSet,
}

export const rolloutStatus = defineSubcommand({
  path: ["rollout", "status"],
  summary: "Show the status of the rollout",
  description: "Stays until the rollout is done, unless --watch=false.",
  usage: "(TYPE NAME | TYPE/NAME) [flags]",
  examples: [["Until it is done", "kubectl rollout status deployment/nginx"]],
  flags: {
    ...FILES,
    ...SELECTOR,
    revision: { type: "int", help: "Insist on this revision; 0: the latest." },
    timeout: { type: "duration", help: "How long to wait; zero: as long as it takes." },
    watch: { short: "w", type: "bool", default: "true", help: "Stay until it is done." },
  },
  *run(input, context) {
    const { process } = context
    if (input.words.length === 0 && !namesFiles(input)) throw new KubectlError("required resource not specified")
    const revision = input.int("revision")
    if (revision < 0) throw new KubectlError(`revision must be a positive integer: ${revision}`)
    const errors: KubectlError[] = []
    const infos = yield* find(context, input, { errors, everything: true, typed: true })
    throwAll(errors)
    if (infos.length === 0) yield* process.error(`No resources found in ${context.namespace} namespace.\n`)
    const limit = input.duration("timeout")
    for (const info of infos) {
      const viewer = VIEWERS[info.resource.kind]
      if (!viewer) throw new KubectlError(`no status viewer has been implemented for ${groupKind(info.resource)}`)
      let said: string | undefined
      const done = yield* followObject(
        context,
        info,
        function* (object) {
          if (!object) throw new KubectlError("object has been deleted")
          const { text, done } = viewer(object, revision)
          if (text !== said || done) yield* process.print(text)
          said = text
          return done || !input.bool("watch")
        },
        limit > 0 ? process.now() + limit : Number.MAX_SAFE_INTEGER,
      )
      if (!done) throw new KubectlError("timed out waiting for the condition")
    }
    return 0
  },
})
