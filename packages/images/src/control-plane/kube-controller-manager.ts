/** kube-controller-manager: runs the controllers with what its kubeconfig lets it do. As cmd/kube-controller-manager/app. */
import { defineImage } from "../define-image.ts"
import { commandFailed, component, klog, VERSIONS } from "./component.ts"

export const kubeControllerManager = defineImage({
  repository: "registry.k8s.io/kube-controller-manager",
  tags: VERSIONS,
  sizeBytes: 23_100_000,
  idle: { memory: 48 * 1024 ** 2, cpu: 10 },
  components: {
    "/usr/local/bin/kube-controller-manager": ({ cluster, node, access }) =>
      component({
        settings: {
          known:
            /^(allocate-node-cidrs|allow-untagged-cloud|attach-detach-.*|authentication-.*|authorization-.*|bind-address|cert-dir|cidr-allocator-type|client-ca-file|cloud-.*|cluster-.*|concurrent-.*|configure-.*|contention-profiling|controller-start-interval|controllers|disable-.*|emulat.*|enable-.*|endpoint.*|external-.*|feature-gates|flex-volume-plugin-dir|horizontal-.*|http2-.*|kube-api-.*|kubeconfig|large-cluster-size-threshold|leader-elect(-.*)?|leader-migration-config|legacy-.*|log-.*|logging-format|master|max-.*|min-resync-period|mirroring-.*|namespace-sync-period|node-.*|permit-.*|profiling|pv.*|requestheader-.*|resource-quota-sync-period|root-ca-file|route-.*|secondary-.*|secure-port|service-.*|show-.*|terminated-.*|tls-.*|unhealthy-.*|use-service-account-credentials|v|vmodule|volume-.*)$/,
          files: [
            ["kubeconfig", (_, path) => `stat ${path}: no such file or directory`],
            [
              "authentication-kubeconfig",
              (_, path) => `failed to get delegated authentication kubeconfig: stat ${path}: no such file or directory`,
            ],
            ["client-ca-file", (problem) => `unable to load client CA provider: ${problem}`],
            ["requestheader-client-ca-file", (problem) => `unable to load client CA provider: ${problem}`],
            ["service-account-private-key-file", (problem) => `error reading key for service account token controller: ${problem}`],
            ["root-ca-file", (problem, path) => `error parsing root-ca-file at ${path}: ${problem}`],
            ["cluster-signing-cert-file", (problem, path) => `error reading CA cert file ${JSON.stringify(path)}: ${problem}`],
            ["cluster-signing-key-file", (problem, path) => `error reading CA key file ${JSON.stringify(path)}: ${problem}`],
          ],
        },
        start: function* (process, flags) {
          const allowed = access?.(process, flags.get("kubeconfig"))
          if (typeof allowed === "string") {
            yield* process.error(commandFailed(process, allowed))
            return undefined
          }
          if (allowed && !allowed.reaches()) {
            // It waits ten seconds for an API server that is well.
            yield* process.sleep(10_000)
            if (!allowed.reaches()) {
              yield* process.error(
                klog(
                  process,
                  "E",
                  "controllermanager.go:257",
                  `"Error building controller context" err=${JSON.stringify(`failed to wait for apiserver being healthy: timed out waiting for the condition: failed to get apiserver /healthz status: ${allowed.problem?.("/healthz") ?? ""}`)}`,
                ),
              )
              return undefined
            }
          }
          const controllers = (flags.get("controllers") ?? "").split(",")
          return cluster.startControllerManager(node, {
            disabled: new Set(controllers.flatMap((name) => (name.startsWith("-") ? [name.slice(1)] : []))),
            ...(allowed && { access: allowed }),
          })
        },
        port: 10_257,
        host: "127.0.0.1",
        tls: true,
        greeting: (process) =>
          klog(process, "I", "serving.go:386", "Generated self-signed cert in-memory") +
          klog(process, "I", "controllermanager.go:189", `"Starting" version="${cluster.options.version}"`) +
          klog(process, "I", "leaderelection.go:257", "attempting to acquire leader lease kube-system/kube-controller-manager..."),
      }),
  },
})
