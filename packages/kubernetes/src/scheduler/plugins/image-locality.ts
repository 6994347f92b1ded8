/** ImageLocality: a node that has large images of the Pod already is better. As pkg/scheduler/framework/plugins/imagelocality. */
import type { Node } from "../../api/index.ts"
import { definePlugin } from "../define-plugin.ts"

/** Images below the first count nothing, above the second no more (minThreshold, maxContainerThreshold; bytes). */
const LEAST = 23 * 1024 * 1024
const MOST = 1_000 * 1024 * 1024

const known = new WeakMap<object, ReadonlyMap<string, number>>()

/** Sizes by every name that an image has. */
const imagesOf = (node: Node): ReadonlyMap<string, number> | undefined => {
  const images = node.status.images
  if (!images?.length) return undefined
  let found = known.get(images)
  if (!found) {
    found = new Map(images.flatMap(({ names, sizeBytes }) => (names ?? []).map((name) => [name, Number(sizeBytes ?? 0)] as const)))
    known.set(images, found)
  }
  return found
}

/** As normalizedImageName: "nginx" is "nginx:latest"; and as the runtime lists it. */
const normalized = (name: string): readonly string[] => {
  const tagged = name.lastIndexOf(":") <= name.lastIndexOf("/") ? `${name}:latest` : name
  const [first] = tagged.split("/")
  if (!tagged.includes("/")) return [tagged, `docker.io/library/${tagged}`]
  return /[.:]/.test(first) ? [tagged] : [tagged, `docker.io/${tagged}`]
}

export const imageLocality = definePlugin({
  name: "ImageLocality",
  score({ pod, nodes }) {
    if (!nodes.some(({ node }) => node.status.images?.length)) return undefined
    const containers = pod.spec.containers ?? []
    const names = containers.map(({ image }) => normalized(image ?? ""))
    const sizeOn = (node: Node, candidates: readonly string[]): number => {
      const images = imagesOf(node)
      for (const name of candidates) {
        const size = images?.get(name)
        if (size !== undefined) return size
      }
      return 0
    }
    // An image that few nodes have draws less, so that its node is not run over.
    const spread = names.map((candidates) => nodes.filter(({ node }) => sizeOn(node, candidates) > 0).length / nodes.length)
    const most = MOST * containers.length
    return ({ node }) => {
      const sum = names.reduce((total, candidates, index) => total + Math.floor(sizeOn(node, candidates) * spread[index]), 0)
      return Math.floor((100 * (Math.min(Math.max(sum, LEAST), most) - LEAST)) / (most - LEAST))
    }
  },
})
