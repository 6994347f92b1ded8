/** The CSI hostpath driver's plugin, its sidecars included. */
import { defineImage } from "./define-image.ts"
import { untilSignal } from "./serving.ts"

export const csiHostPath = defineImage({
  repository: "registry.k8s.io/sig-storage/hostpathplugin",
  tags: ["v1.17.0", "v1.*"],
  sizeBytes: 13_800_000,
  entrypoint: ["/hostpathplugin"],
  idle: { memory: 18 * 1024 ** 2, cpu: 1 },
  components: {
    "/hostpathplugin": ({ cluster, node }) =>
      function* (process) {
        const running = cluster.startHostPathDriver(node)
        try {
          return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
        } finally {
          running.stop()
        }
      },
  },
})
