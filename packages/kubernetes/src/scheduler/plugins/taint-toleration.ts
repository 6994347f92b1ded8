/** TaintToleration: nodes repel Pods that do not tolerate their taints. */
import { definePlugin } from "../define-plugin.ts"
import { tolerates } from "../taints.ts"

export const taintToleration = definePlugin({
  name: "TaintToleration",
  unresolvable: true,
  weight: 3,
  filter({ pod }, { node }) {
    const taint = (node.spec.taints ?? []).find(
      (one) => one.effect !== "PreferNoSchedule" && !tolerates(pod.spec.tolerations as never, one),
    )
    return taint ? ["node(s) had untolerated taint(s)"] : []
  },
  score({ pod }, { node }) {
    const disliked = (node.spec.taints ?? []).filter(
      (one) => one.effect === "PreferNoSchedule" && !tolerates(pod.spec.tolerations as never, one),
    ).length
    return Math.max(0, 100 - disliked * 50)
  },
})
