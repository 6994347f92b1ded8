/** VolumeBinding: the Pod's claims must be bound, or be bindable on the node. As pkg/scheduler/framework/plugins/volumebinding. */
import {
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolume,
  persistentVolumeClaim,
  type Pod,
  storageClass,
} from "../../api/index.ts"
import type { Informers } from "../../client/contract.ts"
import { bestVolume, classOf, SELECTED_NODE } from "../../controller-manager/controllers/persistent-volume-binder.ts"
import { type CycleState, definePlugin } from "../define-plugin.ts"
import { matchesTerm, type NodeTerm } from "../node-terms.ts"

const NO_NAMES: readonly string[] = []

export const claimNames = (pod: Pod): readonly string[] => {
  const { volumes } = pod.spec
  // Most Pods have a token and no more.
  if (!volumes?.some((volume) => volume.persistentVolumeClaim || volume.ephemeral)) return NO_NAMES
  return volumes.flatMap(({ name, persistentVolumeClaim: source, ephemeral }) =>
    source ? [source.claimName] : ephemeral ? [`${pod.metadata.name}-${name}`] : [],
  )
}

const claimsOf = ({ pod, informers }: CycleState): { name: string; claim: PersistentVolumeClaim | undefined }[] =>
  claimNames(pod).map((name) => ({
    name,
    claim: informers.for(persistentVolumeClaim).get(pod.metadata.namespace as string, name),
  }))

const isEphemeral = ({ metadata, spec }: Pod, claimName: string): boolean =>
  spec.volumes?.some(({ name, ephemeral }) => ephemeral !== undefined && `${metadata.name}-${name}` === claimName) ?? false

const isBound = (claim: PersistentVolumeClaim): boolean =>
  claim.spec.volumeName !== undefined &&
  ((claim.metadata.annotations ?? {}) as Record<string, string>)["pv.kubernetes.io/bind-completed"] === "yes"

const waitsForConsumer = (claim: PersistentVolumeClaim, informers: Informers): boolean =>
  informers.for(storageClass).get(undefined, classOf(claim))?.volumeBindingMode === "WaitForFirstConsumer"

const reachable = (volume: PersistentVolume, node: Node): boolean => {
  const required = volume.spec.nodeAffinity?.required
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term as NodeTerm, node))
}

/** For each claim that waits for this node: the volume that fits there, or undefined when one has to be made. */
export const bindingsOn = (
  pod: Pod,
  node: Node,
  informers: Informers,
): { claim: PersistentVolumeClaim; volume: PersistentVolume | undefined }[] => {
  const taken = new Set<string>()
  return claimNames(pod).flatMap((name) => {
    const claim = informers.for(persistentVolumeClaim).get(pod.metadata.namespace as string, name)
    if (!claim || isBound(claim)) return []
    const volumes = informers
      .for(persistentVolume)
      .list()
      .filter((volume) => !taken.has(volume.metadata.name) && reachable(volume, node))
    const volume = bestVolume(volumes, claim)
    if (volume) taken.add(volume.metadata.name)
    return [{ claim, volume }]
  })
}

const selectedNode = (claim: PersistentVolumeClaim): string | undefined =>
  ((claim.metadata.annotations ?? {}) as Record<string, string>)[SELECTED_NODE]

export const volumeBinding = definePlugin({
  name: "VolumeBinding",
  preFilter(state) {
    for (const { name, claim } of claimsOf(state)) {
      if (!claim)
        return {
          reason: isEphemeral(state.pod, name)
            ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${JSON.stringify(name)}`
            : `persistentvolumeclaim ${JSON.stringify(name)} not found`,
        }
      if (claim.metadata.deletionTimestamp) return { reason: `persistentvolumeclaim ${JSON.stringify(name)} is being deleted` }
      if (claim.status.phase === "Lost")
        return {
          reason: `persistentvolumeclaim ${JSON.stringify(name)} bound to non-existent persistentvolume ${JSON.stringify(claim.spec.volumeName)}`,
        }
      if (isBound(claim)) continue
      if (!waitsForConsumer(claim, state.informers)) return { reason: "pod has unbound immediate PersistentVolumeClaims" }
      // A node was chosen already: the volume is being made.
      if (selectedNode(claim) !== undefined) return { reason: "", wait: true }
    }
    return undefined
  },
  filter(state) {
    const { pod, informers } = state
    if (claimNames(pod).length === 0) return undefined
    const refused = (reason: string) => ({ reasons: [reason], unresolvable: true })
    const claims = claimsOf(state)
    return ({ node }) => {
      for (const { claim } of claims) {
        if (!claim || !isBound(claim)) continue
        const volume = informers.for(persistentVolume).get(undefined, claim.spec.volumeName ?? "")
        if (!volume) return refused("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)")
        if (!reachable(volume, node)) return refused("node(s) didn't match PersistentVolume's node affinity")
      }
      const unmet = bindingsOn(pod, node, informers).some(({ claim, volume }) => {
        const own = informers.for(storageClass).get(undefined, classOf(claim))
        return !volume && (!own || own.provisioner === "kubernetes.io/no-provisioner")
      })
      return unmet ? refused("node(s) didn't find available persistent volumes to bind") : undefined
    }
  },
})
