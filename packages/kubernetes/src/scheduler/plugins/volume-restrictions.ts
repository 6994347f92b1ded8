/** VolumeRestrictions: a claim that is for one Pod alone serves one Pod alone. As pkg/scheduler/framework/plugins/volumerestrictions. */
import { persistentVolumeClaim } from "../../api/index.ts"
import { definePlugin } from "../define-plugin.ts"
import { claimNames } from "./volume-binding.ts"

const REASON = "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode"

export const volumeRestrictions = definePlugin({
  name: "VolumeRestrictions",
  filter({ pod, nodes, informers }) {
    const claims = claimNames(pod).filter((name) =>
      informers
        .for(persistentVolumeClaim)
        .get(pod.metadata.namespace as string, name)
        ?.spec.accessModes?.includes("ReadWriteOncePod"),
    )
    if (claims.length === 0) return undefined
    const uses = nodes.some(({ pods }) =>
      pods.some((other) => other.metadata.namespace === pod.metadata.namespace && claimNames(other).some((name) => claims.includes(name))),
    )
    return uses ? () => ({ reasons: [REASON] }) : undefined
  },
})
