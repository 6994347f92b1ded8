/** NodeUnschedulable: no new Pods on a cordoned node. */
import { definePlugin } from "../define-plugin.ts"
import { tolerates } from "../taints.ts"

const TAINT = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }
const REJECTION = { reasons: ["node(s) were unschedulable"], unresolvable: true }

export const nodeUnschedulable = definePlugin({
  name: "NodeUnschedulable",
  filter({ pod }) {
    const immune = tolerates(pod.spec.tolerations as never, TAINT)
    return immune ? undefined : ({ node }) => (node.spec.unschedulable ? REJECTION : undefined)
  },
})
