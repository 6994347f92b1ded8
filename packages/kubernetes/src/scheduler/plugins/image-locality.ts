/** ImageLocality: a node that has the image already is a little better. */
import { definePlugin } from "../define-plugin.ts"

export const imageLocality = definePlugin({
  name: "ImageLocality",
  score({ pod }, { node }) {
    const present = new Set((node.status.images ?? []).flatMap(({ names }) => names ?? []))
    const wanted = (pod.spec.containers ?? []).filter(({ image }) => image && present.has(image)).length
    return wanted === 0 ? 0 : 10
  },
})
