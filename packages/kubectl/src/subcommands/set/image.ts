/** kubectl set image */
import { defineSubcommand } from "../../define-subcommand.ts"
import { AggregateFailure, KubectlError } from "../../errors.ts"
import { withPodSpec } from "../../pod-specs.ts"
import { RECORD } from "../../change-cause.ts"
import { changeObjects, findObjects, SET_FLAGS } from "./change-objects.ts"

export const setImage = defineSubcommand({
  path: ["set", "image"],
  summary: "Update the image of a pod template",
  description: "Of pods, replication controllers, deployments, daemon sets, stateful sets, cron jobs and replica sets.",
  usage: "(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N",
  examples: [
    ["One container", "kubectl set image deployment/nginx nginx=nginx:1.9.1"],
    ["All containers", "kubectl set image daemonset abc *=nginx:1.9.1"],
  ],
  flags: { ...SET_FLAGS, ...RECORD },
  *run(input, context) {
    const first = input.words.findIndex((word) => word.includes("="))
    const words = first < 0 ? input.words : input.words.slice(0, first)
    const pairs = first < 0 ? [] : input.words.slice(first)
    const stray = pairs.find((pair) => !pair.includes("="))
    if (stray !== undefined) throw new KubectlError(`all resources must be specified before image changes: ${stray}`)
    const images = new Map<string, string>()
    for (const pair of pairs) {
      const [name, image] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]
      if (!name || !image) throw new KubectlError(`invalid image format: ${pair}`)
      images.set(name, image)
    }
    const infos = yield* findObjects(context, input, words)
    if (images.size === 0) throw new KubectlError("at least one image update is required")
    if (images.size > 1 && images.has("*"))
      throw new KubectlError("all containers are already specified by *, but saw more than one container_name=container_image pairs")
    yield* changeObjects(context, input, infos, {
      done: "image updated",
      failed: "failed to patch image update to pod template:",
      change: (object) => {
        const missing: string[] = []
        const changed = withPodSpec(object, (spec) => {
          for (const [name, image] of images) {
            const meant = [...(spec.initContainers ?? []), ...spec.containers].filter(
              (container) => name === "*" || container.name === name,
            )
            if (meant.length === 0) missing.push(name)
            for (const container of meant) container.image = image
          }
        })
        const faults = missing.map((name) => new KubectlError(`error: unable to find container named ${JSON.stringify(name)}`))
        if (faults.length > 0) throw faults.length === 1 ? faults[0] : new AggregateFailure(faults)
        return changed
      },
    })
    return 0
  },
})
