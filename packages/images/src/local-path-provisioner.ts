/** rancher/local-path-provisioner: volumes out of directories of nodes. */
import { defineImage } from "./define-image.ts"
import { untilSignal } from "./serving.ts"

export const localPathProvisioner = defineImage({
  repository: "rancher/local-path-provisioner",
  tags: ["v0.0.32", "v0.0.*", "master-head"],
  sizeBytes: 18_960_000,
  entrypoint: ["local-path-provisioner"],
  idle: { memory: 9 * 1024 ** 2, cpu: 1 },
  shell: "busybox",
  components: {
    "/usr/bin/local-path-provisioner": ({ cluster }) =>
      function* (process) {
        const running = cluster.startLocalPathProvisioner(process.hostname)
        try {
          return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
        } finally {
          running.stop()
        }
      },
  },
})
