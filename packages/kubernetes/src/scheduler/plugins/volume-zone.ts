/** VolumeZone: a volume's zone must be the node's. As pkg/scheduler/framework/plugins/volumezone. */
import { persistentVolume, persistentVolumeClaim } from "../../api/index.ts"
import { definePlugin } from "../define-plugin.ts"
import { labelsOf } from "../pod-matching.ts"
import { claimNames } from "./volume-binding.ts"

const ZONES = [
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
]

export const volumeZone = definePlugin({
  name: "VolumeZone",
  filter({ pod, informers }) {
    const wanted = claimNames(pod).flatMap((name) => {
      const claim = informers.for(persistentVolumeClaim).get(pod.metadata.namespace as string, name)
      const volume = claim?.spec.volumeName ? informers.for(persistentVolume).get(undefined, claim.spec.volumeName) : undefined
      const labels = volume ? labelsOf(volume) : {}
      return ZONES.filter((key) => labels[key] !== undefined).map((key) => ({ key, zones: labels[key].split("__") }))
    })
    if (wanted.length === 0) return undefined
    return ({ node }) => {
      const labels = labelsOf(node)
      // A node without any zone is in all of them.
      if (!ZONES.some((key) => labels[key] !== undefined)) return undefined
      return wanted.every(({ key, zones }) => zones.includes(labels[key]))
        ? undefined
        : { reasons: ["node(s) had no available volume zone"], unresolvable: true }
    }
  },
})
