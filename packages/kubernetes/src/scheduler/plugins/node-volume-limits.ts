/** NodeVolumeLimits: a CSI driver attaches so many volumes to a node and no more. As pkg/scheduler/framework/plugins/nodevolumelimits/csi.go. */
import { csiNode, type Pod, persistentVolume, persistentVolumeClaim } from "../../api/index.ts"
import type { Informers } from "../../client/contract.ts"
import { definePlugin } from "../define-plugin.ts"
import { claimNames } from "./volume-binding.ts"

/** Volumes that a Pod's claims are bound to, by driver. */
const attached = (pod: Pod, informers: Informers): (readonly [driver: string, volume: string])[] =>
  claimNames(pod).flatMap((name) => {
    const claim = informers.for(persistentVolumeClaim).get(pod.metadata.namespace as string, name)
    const volume = claim?.spec.volumeName ? informers.for(persistentVolume).get(undefined, claim.spec.volumeName) : undefined
    return volume?.spec.csi ? [[volume.spec.csi.driver, volume.metadata.name] as const] : []
  })

export const nodeVolumeLimits = definePlugin({
  name: "NodeVolumeLimits",
  filter({ pod, informers }) {
    if (claimNames(pod).length === 0) return undefined
    const wanted = attached(pod, informers)
    if (wanted.length === 0) return undefined
    return ({ node, pods }) => {
      const limits = informers.for(csiNode).get(undefined, node.metadata.name)?.spec.drivers ?? []
      for (const { name, allocatable } of limits) {
        if (allocatable?.count === undefined) continue
        const used = new Set(
          pods.flatMap((other) => attached(other, informers)).flatMap(([driver, volume]) => (driver === name ? [volume] : [])),
        )
        for (const [driver, volume] of wanted) if (driver === name) used.add(volume)
        if (used.size > allocatable.count) return { reasons: ["node(s) exceed max volume count"] }
      }
      return undefined
    }
  },
})
