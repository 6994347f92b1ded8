/** kube-proxy: puts its node's rules into effect. */
import { defineImage } from "../define-image.ts"
import { parseFlags } from "../flags.ts"
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
        const file = parseFlags(process.argv).get("config")
        if (file !== undefined && !process.files.exists(file)) {
          yield* process.error(
            klog(process, "E", "run.go:74", `"command failed" err="failed complete: open ${file}: no such file or directory"`),
          )
          return 1
        }
        yield* process.error(klog(process, "I", "server_linux.go:136", '"Using iptables Proxier"'))
        const running = startKubeProxy()
        const at = () => `${new Date(Math.floor(process.now())).toISOString().slice(0, 19)}.000000000Z`
        const text = (body: string) => ({ status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body })
        const { network, pid } = process
        // --healthz-bind-address and --metrics-bind-address of kubeadm's configuration.
        network.serve(10_256, () => text(`{"lastUpdated": "${at()}","currentTime": "${at()}", "nodeEligible": true}`), { pid })
        network.serve(
          10_249,
          ({ path }) =>
            path === "/proxyMode"
              ? text("iptables")
              : path === "/healthz"
                ? text("ok")
                : path === "/metrics"
                  ? text("# TYPE kubeproxy_sync_proxy_rules_iptables_total gauge\n")
                  : { status: 404, headers: {}, body: "404 page not found\n" },
          { address: "127.0.0.1", pid },
        )
        try {
          return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
        } finally {
          running.stop()
        }
      },
  },
})
