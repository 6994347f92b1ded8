/** NodeUnschedulable: no new Pods on a cordoned node. */
import { definePlugin } from "../define-plugin.ts"
import { tolerates } from "../taints.ts"

export const nodeUnschedulable = definePlugin({
  name: "NodeUnschedulable",
  unresolvable: true,
  filter: ({ pod }, { node }) =>
    node.spec.unschedulable && !tolerates(pod.spec.tolerations as never, { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" })
      ? ["node(s) were unschedulable"]
      : [],
})
