/** kube-proxy: puts its node's rules into effect. */
import { defineImage } from "../define-image.ts"
import { untilSignal } from "../serving.ts"
import { klog, VERSIONS } from "./component.ts"

export const kubeProxy = defineImage({
  repository: "registry.k8s.io/kube-proxy",
  tags: VERSIONS,
  sizeBytes: 25_700_000,
  idle: { memory: 15 * 1024 ** 2, cpu: 1 },
  components: {
    "/usr/local/bin/kube-proxy": ({ startKubeProxy }) =>
      function* (process) {
        yield* process.error(klog(process, "I", "server_linux.go:136", '"Using iptables Proxier"'))
        const running = startKubeProxy()
        try {
          return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
        } finally {
          running.stop()
        }
      },
  },
})
