/** NodeName: a Pod that names its node runs there or nowhere. */
import { definePlugin } from "../define-plugin.ts"

export const nodeName = definePlugin({
  name: "NodeName",
  filter({ pod }) {
    const { nodeName: wanted } = pod.spec
    if (!wanted) return undefined
    return ({ node }) =>
      wanted === node.metadata.name ? undefined : { reasons: ["node(s) didn't match the requested node name"], unresolvable: true }
  },
})
