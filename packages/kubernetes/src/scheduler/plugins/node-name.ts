/** NodeName: a Pod that names its node runs there or nowhere. */
import { definePlugin } from "../define-plugin.ts"

export const nodeName = definePlugin({
  name: "NodeName",
  unresolvable: true,
  filter: ({ pod }, { node }) =>
    pod.spec.nodeName && pod.spec.nodeName !== node.metadata.name ? ["node(s) didn't match the requested node name"] : [],
})
