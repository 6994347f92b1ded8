/** kube-scheduler: one scheduler, or several by the profiles of its configuration. As cmd/kube-scheduler/app. */
import { schedulerConfiguration } from "@drydock/kubernetes"
import { defineImage } from "../define-image.ts"
import { commandFailed, component, klog, VERSIONS } from "./component.ts"

export const kubeScheduler = defineImage({
  repository: "registry.k8s.io/kube-scheduler",
  tags: VERSIONS,
  sizeBytes: 17_200_000,
  idle: { memory: 22 * 1024 ** 2, cpu: 3 },
  entrypoint: ["kube-scheduler"],
  components: {
    "/usr/local/bin/kube-scheduler": ({ cluster, node, access }) =>
      component({
        settings: {
          known:
            /^(authentication-.*|authorization-.*|bind-address|cert-dir|client-ca-file|config|contention-profiling|disable-.*|emulat.*|feature-gates|http2-.*|kube-api-.*|kubeconfig|leader-elect(-.*)?|log-.*|logging-format|master|permit-.*|pod-max-.*|profiling|requestheader-.*|secure-port|show-.*|tls-.*|v|vmodule|write-config-to)$/,
          files: [
            ["config", (problem) => problem],
            ["kubeconfig", (_, path) => `stat ${path}: no such file or directory`],
            [
              "authentication-kubeconfig",
              (_, path) => `failed to get delegated authentication kubeconfig: stat ${path}: no such file or directory`,
            ],
            [
              "authorization-kubeconfig",
              (_, path) => `failed to get delegated authorization kubeconfig: stat ${path}: no such file or directory`,
            ],
            ["client-ca-file", (problem) => `unable to load client CA provider: ${problem}`],
          ],
        },
        start: function* (process, flags) {
          const file = flags.get("config")
          const settings = schedulerConfiguration(file === undefined ? "" : process.files.readText(file))
          if ("error" in settings) {
            yield* process.error(commandFailed(process, settings.error))
            return undefined
          }
          const kubeconfig = settings.kubeconfig ?? flags.get("kubeconfig")
          if (settings.kubeconfig !== undefined && !process.files.exists(settings.kubeconfig)) {
            yield* process.error(commandFailed(process, `stat ${settings.kubeconfig}: no such file or directory`))
            return undefined
          }
          const allowed = access?.(process, kubeconfig)
          if (typeof allowed === "string") {
            yield* process.error(commandFailed(process, allowed))
            return undefined
          }
          const elects = settings.leaderElect ?? flags.get("leader-elect") !== "false"
          const lock = settings.resourceName ?? flags.get("leader-elect-resource-name") ?? "kube-scheduler"
          return cluster.startScheduler(node, {
            ...(settings.profiles.length > 0 && { profiles: settings.profiles }),
            lease: elects ? lock : undefined,
            ...(allowed && { access: allowed }),
          })
        },
        port: (flags) => Number(flags.get("secure-port") ?? 10_259),
        host: "127.0.0.1",
        tls: true,
        greeting: (process) =>
          klog(process, "I", "serving.go:386", "Generated self-signed cert in-memory") +
          klog(process, "I", "server.go:176", `"Starting Kubernetes Scheduler" version="${cluster.options.version}"`) +
          klog(process, "I", "leaderelection.go:257", "attempting to acquire leader lease kube-system/kube-scheduler..."),
      }),
  },
})
