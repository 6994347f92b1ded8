/** The kubelet's flags: those it knows, and those that change its configuration. As cmd/kubelet/app/options. */
import type { KubeletConfiguration } from "./kubelet-configuration.ts"

/** Without leading dashes; flags of v1.35 (those of dockershim's days, --network-plugin or --pod-infra-container-image, are gone). */
const KNOWN = new Set(
  `address allowed-unsafe-sysctls anonymous-auth application-metrics-count-limit authentication-token-webhook
authentication-token-webhook-cache-ttl authorization-mode authorization-webhook-cache-authorized-ttl
authorization-webhook-cache-unauthorized-ttl bootstrap-kubeconfig cert-dir cgroup-driver cgroup-root cgroups-per-qos client-ca-file
cloud-config cloud-provider cluster-dns cluster-domain config config-dir container-log-max-files container-log-max-size
container-runtime-endpoint contention-profiling cpu-cfs-quota cpu-cfs-quota-period cpu-manager-policy cpu-manager-policy-options
cpu-manager-reconcile-period enable-controller-attach-detach enable-debugging-handlers enable-server enforce-node-allocatable event-burst
event-qps eviction-hard eviction-max-pod-grace-period eviction-minimum-reclaim eviction-pressure-transition-period eviction-soft
eviction-soft-grace-period exit-on-lock-contention experimental-allocatable-ignore-eviction experimental-mounter-path fail-swap-on
feature-gates file-check-frequency hairpin-mode healthz-bind-address healthz-port help hostname-override http-check-frequency
image-credential-provider-bin-dir image-credential-provider-config image-gc-high-threshold image-gc-low-threshold
image-service-endpoint kernel-memcg-notification kube-api-burst kube-api-qps kube-reserved kube-reserved-cgroup kubeconfig
kubelet-cgroups local-storage-capacity-isolation lock-file log-flush-frequency log-json-info-buffer-size log-json-split-stream
log-text-info-buffer-size log-text-split-stream logging-format make-iptables-util-chains manifest-url manifest-url-header max-open-files
max-pods maximum-dead-containers maximum-dead-containers-per-container memory-manager-policy minimum-container-ttl-duration
minimum-image-ttl-duration node-ip node-labels node-status-max-images node-status-update-frequency oom-score-adj pod-cidr
pod-manifest-path pod-max-pids pods-per-core port protect-kernel-defaults provider-id qos-reserved read-only-port register-node
register-schedulable register-with-taints registry-burst registry-qps reserved-cpus reserved-memory resolv-conf root-dir
rotate-certificates rotate-server-certificates runonce runtime-cgroups runtime-request-timeout seccomp-default serialize-image-pulls
streaming-connection-idle-timeout sync-frequency system-cgroups system-reserved system-reserved-cgroup tls-cert-file tls-cipher-suites
tls-min-version tls-private-key-file topology-manager-policy topology-manager-policy-options topology-manager-scope v version vmodule
volume-plugin-dir volume-stats-agg-period`.split(/\s+/),
)

/** Flags that need no value. */
const SWITCHES =
  /^(help|version|fail-swap-on|register-node|anonymous-auth|rotate-.*|serialize-image-pulls|protect-kernel-defaults|enable-.*|cgroups-per-qos)$/

/** @returns text: what is wrong with them, as pflag words it */
export const kubeletFlags = (words: readonly string[]): ReadonlyMap<string, string> | string => {
  const flags = new Map<string, string>()
  for (let at = 0; at < words.length; at++) {
    const word = words[at]
    if (!word.startsWith("-")) return `unknown command: ${word}`
    const [, name, value] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? []
    if (!KNOWN.has(name)) return word.startsWith("--") ? `unknown flag: --${name}` : `unknown shorthand flag: '${name[0]}' in ${word}`
    if (value !== undefined) flags.set(name, value)
    else if (SWITCHES.test(name)) flags.set(name, "true")
    else if (++at < words.length) flags.set(name, words[at])
    else return `flag needs an argument: --${name}`
  }
  return flags
}

const pairs = (text: string, separator: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(",")
      .filter(Boolean)
      .map((one) => {
        const at = one.indexOf(separator)
        return at < 0 ? [one, ""] : [one.slice(0, at), one.slice(at + 1)]
      }),
  )

const taintsOf = (text: string): { key: string; value?: string; effect: string }[] =>
  text
    .split(",")
    .filter(Boolean)
    .map((one) => {
      const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?:?(.*)$/.exec(one) ?? []
      return { key, ...(value && { value }), effect }
    })

/** Labels of --node-labels. */
export const nodeLabelsOf = (flags: ReadonlyMap<string, string>): Readonly<Record<string, string>> =>
  pairs(flags.get("node-labels") ?? "", "=")

/** What is given on the command line goes before what the file says. */
export const withFlags = (configuration: KubeletConfiguration, flags: ReadonlyMap<string, string>): KubeletConfiguration => {
  const text = <T>(name: string, read: (text: string) => T): T | undefined => {
    const value = flags.get(name)
    return value === undefined ? undefined : read(value)
  }
  const given = {
    staticPodPath: text("pod-manifest-path", String),
    clusterDNS: text("cluster-dns", (value) => value.split(",")),
    clusterDomain: text("cluster-domain", String),
    containerRuntimeEndpoint: text("container-runtime-endpoint", String),
    maxPods: text("max-pods", Number),
    evictionHard: text("eviction-hard", (value) => pairs(value, "<")),
    kubeReserved: text("kube-reserved", (value) => pairs(value, "=")),
    systemReserved: text("system-reserved", (value) => pairs(value, "=")),
    registerWithTaints: text("register-with-taints", taintsOf),
    readOnlyPort: text("read-only-port", Number),
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined)
  return set.length === 0 ? configuration : { ...configuration, ...Object.fromEntries(set) }
}
