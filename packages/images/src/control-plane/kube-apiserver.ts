/** kube-apiserver: opens the cluster's door once its flags, files and etcd are right. As cmd/kube-apiserver/app. */
import type { Process, Steps } from "@drydock/machine"
import { defineImage, type ImageContext } from "../define-image.ts"
import { type Flags, parseFlags } from "../flags.ts"
import { untilSignal } from "../serving.ts"
import { checkedFlags, klog, type Settings, VERSIONS } from "./component.ts"
import { answerApi } from "./http.ts"

/** How long the API server tries to reach etcd before it gives up, ms. */
const ETCD_PATIENCE = 20_000

const MODES = ["AlwaysAllow", "AlwaysDeny", "ABAC", "Webhook", "RBAC", "Node"]
const PLUGINS =
  "AlwaysAdmit AlwaysDeny AlwaysPullImages CertificateApproval CertificateSigning CertificateSubjectRestriction ClusterTrustBundleAttest DefaultIngressClass DefaultStorageClass DefaultTolerationSeconds DenyServiceExternalIPs EventRateLimit ExtendedResourceToleration ImagePolicyWebhook LimitPodHardAntiAffinityTopology LimitRanger MutatingAdmissionPolicy MutatingAdmissionWebhook NamespaceAutoProvision NamespaceExists NamespaceLifecycle NodeRestriction OwnerReferencesPermissionEnforcement PersistentVolumeClaimResize PodNodeSelector PodSecurity PodTolerationRestriction PodTopologyLabels Priority ResourceQuota RuntimeClass ServiceAccount StorageObjectInUseProtection TaintNodesByCondition ValidatingAdmissionPolicy ValidatingAdmissionWebhook".split(
    " ",
  )

const unknownPlugin =
  (flag: string) =>
  (value: string): string | undefined => {
    const name = value.split(",").find((one) => one !== "" && !PLUGINS.includes(one))
    return name === undefined ? undefined : `${flag} plugin ${JSON.stringify(name)} is unknown`
  }

/** File flags by what opening them is part of; certificates of etcd come later, with its client. */
const SETTINGS: Settings = {
  known:
    /^(admission-control-config-file|advertise-address|allow-privileged|anonymous-auth|api-audiences|audit-.*|authentication-.*|authorization-.*|bind-address|cert-dir|client-ca-file|cloud-.*|contention-profiling|cors-allowed-origins|default-.*|delete-collection-workers|disable-admission-plugins|egress-.*|emulat.*|enable-.*|encryption-.*|endpoint-reconciler-type|etcd-.*|event-ttl|external-.*|feature-gates|goaway-chance|http2-.*|kubelet-.*|kubernetes-service-node-port|lease-.*|livez-.*|log-.*|logging-format|max-.*|min-request-timeout|oidc-.*|peer-.*|permit-.*|profiling|proxy-client-.*|request-timeout|requestheader-.*|runtime-config|secure-port|service-.*|show-hidden-metrics-for-version|shutdown-.*|storage-.*|strict-transport-security-directives|tls-.*|token-auth-file|tracing-config-file|v|vmodule|watch-cache.*)$/,
  values: {
    "authorization-mode": (value) => {
      const mode = value.split(",").find((one) => !MODES.includes(one))
      return mode === undefined ? undefined : `authorization-mode ${JSON.stringify(mode)} is not a valid mode`
    },
    "enable-admission-plugins": unknownPlugin("enable-admission-plugins"),
    "disable-admission-plugins": unknownPlugin("disable-admission-plugins"),
  },
  files: [
    ["audit-policy-file", (problem, path) => `loading audit policy file: failed to read file path ${JSON.stringify(path)}: ${problem}`],
    [
      "encryption-provider-config",
      (problem, path) => `error opening encryption provider configuration file ${JSON.stringify(path)}: ${problem}`,
    ],
    [
      "admission-control-config-file",
      (problem, path) =>
        `failed to read plugin config: unable to read admission control configuration from ${JSON.stringify(path)} [${problem}]`,
    ],
    ["tls-cert-file", (problem) => problem],
    ["tls-private-key-file", (problem) => problem],
    ["client-ca-file", (problem) => `unable to load client CA provider: ${problem}`],
    ["requestheader-client-ca-file", (problem) => `unable to load client CA provider: ${problem}`],
    ["service-account-key-file", (problem, path) => `failed to read ${JSON.stringify(path)}: ${problem}`],
    ["service-account-signing-key-file", (problem) => `failed to parse service-account-issuer-key-file: ${problem}`],
    ["token-auth-file", (problem) => problem],
    ["kubelet-client-certificate", (problem) => problem],
    ["kubelet-client-key", (problem) => problem],
    ["proxy-client-cert-file", (problem) => problem],
    ["proxy-client-key-file", (problem) => problem],
  ],
}

/** The certificate as it is in the file when the server begins. */
const served = (process: Process, file: string | undefined): { certificate: () => string; asMade: boolean } => {
  const laid = file === undefined ? undefined : process.files.laidOut(file)
  if (laid) return { certificate: laid, asMade: true }
  const text = file === undefined ? "" : process.files.readText(file)
  return { certificate: () => text, asMade: false }
}

/** Whose clients it believes; nothing where the file is as it was laid: the cluster's own. */
const clientAuthority = (process: Process, flags: Flags): { clientAuthority?: string } => {
  const file = flags.get("client-ca-file")
  return file === undefined || process.files.laidOut(file) ? {} : { clientAuthority: process.files.readText(file) }
}

const noEtcd = (process: Process, why: string): string =>
  klog(process, "F", "instance.go:233", `Error creating leases: error creating storage factory: ${why}`)

/** Waits for etcd; false when it gave up. */
function* reachEtcd(process: Process, flags: Flags, { cluster }: ImageContext): Steps<boolean> {
  for (const name of ["etcd-cafile", "etcd-certfile", "etcd-keyfile"]) {
    const path = flags.get(name)
    if (path === undefined || process.files.exists(path)) continue
    yield* process.error(noEtcd(process, `open ${path}: no such file or directory`))
    return false
  }
  const servers = (flags.get("etcd-servers") ?? "").split(",")
  // Over plain HTTP, at another port or on another machine there is no etcd.
  const listens = (url: string) =>
    cluster.etcdClients.includes(url.replace("//localhost:", "//127.0.0.1:")) ||
    cluster.etcdClients.includes(url.replace(/\/\/[\w.-]+:/, "//0.0.0.0:"))
  const reachable = () => cluster.etcdRunning && servers.some((server) => listens(server.replace(/\/$/, "")))
  const [first] = servers
  const at = first.replace(/^https?:\/\//, "").replace(/\/$/, "")
  const deadline = process.now() + ETCD_PATIENCE
  while (!reachable()) {
    if (process.now() >= deadline) {
      yield* process.error(noEtcd(process, "context deadline exceeded"))
      return false
    }
    const why =
      first.startsWith("http:") && /:2379\/?$/.test(first)
        ? `error reading server preface: EOF`
        : `transport: Error while dialing: dial tcp ${at}: connect: connection refused`
    yield* process.error(
      klog(
        process,
        "W",
        "logging.go:55",
        `[core] [Channel #1 SubChannel #2]grpc: addrConn.createTransport failed to connect to {Addr: "${at}"}. Err: connection error: desc = "${why}"`,
      ),
    )
    yield* process.sleep(1_000)
  }
  return true
}

export const kubeApiserver = defineImage({
  repository: "registry.k8s.io/kube-apiserver",
  tags: VERSIONS,
  sizeBytes: 27_500_000,
  idle: { memory: 210 * 1024 ** 2, cpu: 35 },
  versionEnv: "KUBE_VERSION",
  components: {
    "/usr/local/bin/kube-apiserver": (context) =>
      function* (process) {
        const { cluster } = context
        const given = parseFlags(process.argv)
        // The image's tag: an upgrade is another image.
        const version = process.env.has("KUBE_VERSION") ? `v${process.env.get("KUBE_VERSION")}` : cluster.options.version
        const flags = yield* checkedFlags(process, SETTINGS)
        if (!flags) return 1
        yield* process.error(
          klog(process, "I", "options.go:263", `external host was not specified, using ${given.get("advertise-address") ?? ""}`),
        )
        yield* process.error(klog(process, "I", "server.go:150", `Version: ${version}`))
        if (!(yield* reachEtcd(process, flags, context))) return 1
        const file = flags.get("tls-cert-file")
        const { certificate, asMade } = served(process, file)
        const running = cluster.startApiServer({
          runtimeConfig: flags.get("runtime-config") ?? "",
          featureGates: flags.get("feature-gates") ?? "",
          disabledPlugins: flags.get("disable-admission-plugins") ?? "",
          certificate,
          asMade,
          ...clientAuthority(process, flags),
          version,
          now: () => process.now(),
        })
        const port = Number(flags.get("secure-port") ?? 6443)
        try {
          process.network.serve(port, (request) => answerApi(process, context, request), {
            pid: process.pid,
            tls: {
              get certificate() {
                return certificate()
              },
              key: "",
              get clientAuthority() {
                return clientAuthority(process, flags).clientAuthority ?? cluster.authority.certificate
              },
            },
          })
          yield* process.error(klog(process, "I", "secure_serving.go:211", `Serving securely on [::]:${port}`))
          return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
        } finally {
          running.stop()
        }
      },
  },
})
