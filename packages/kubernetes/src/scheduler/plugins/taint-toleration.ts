/** TaintToleration: nodes repel Pods that do not tolerate their taints. */
import { definePlugin, inProportion } from "../define-plugin.ts"
import { tolerates } from "../taints.ts"

const REJECTION = { reasons: ["node(s) had untolerated taint(s)"], unresolvable: true }

export const taintToleration = definePlugin({
  name: "TaintToleration",
  weight: 3,
  filter:
    ({ pod }) =>
    ({ node }) =>
      node.spec.taints?.some((one) => one.effect !== "PreferNoSchedule" && !tolerates(pod.spec.tolerations as never, one))
        ? REJECTION
        : undefined,
  score({ pod }, feasible) {
    if (!feasible.some(({ node }) => node.spec.taints?.some(({ effect }) => effect === "PreferNoSchedule"))) return undefined
    return ({ node }) =>
      (node.spec.taints ?? []).filter((one) => one.effect === "PreferNoSchedule" && !tolerates(pod.spec.tolerations as never, one)).length
  },
  normalize: inProportion(true),
})
