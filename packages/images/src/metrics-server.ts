/** metrics-server: the program that serves metrics.k8s.io. */
import { defineImage } from "./define-image.ts"
import { parseFlags } from "./flags.ts"
import { untilSignal } from "./serving.ts"

export const metricsServer = defineImage({
  repository: "registry.k8s.io/metrics-server/metrics-server",
  tags: ["v0.8.0", "v0.8.*", "v0.7.*", "v0.6.*"],
  sizeBytes: 22_470_000,
  entrypoint: ["/metrics-server"],
  exposes: [10250],
  idle: { memory: 18 * 1024 ** 2, cpu: 3 },
  components: {
    "/metrics-server": ({ cluster }) =>
      function* (process) {
        const flags = parseFlags(process.argv)
        // Kubelets of a kubeadm cluster serve a certificate that only they signed.
        const insecure = flags.has("kubelet-insecure-tls")
        const running = cluster.startMetricsServer({ insecure })
        yield* process.error(
          "I0105 08:00:01.000000       1 serving.go:374] Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)\n",
        )
        if (!insecure)
          yield* process.error(
            'E0105 08:00:16.000000       1 scraper.go:149] "Failed to scrape node" err="Get \\"https://172.30.1.2:10250/metrics/resource\\": tls: failed to verify certificate: x509: cannot validate certificate for 172.30.1.2 because it doesn\'t contain any IP SANs"\n',
          )
        try {
          process.network.serve(
            Number(flags.get("secure-port") ?? 443),
            ({ path }) =>
              path.startsWith("/livez") || running.ready
                ? { status: 200, headers: {}, body: "ok" }
                : { status: 500, headers: {}, body: "[-]metric-storage-ready failed: no metrics to serve\n" },
            { pid: process.pid, tls: { certificate: "", key: "" } },
          )
          return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
        } finally {
          running.stop()
        }
      },
  },
})
