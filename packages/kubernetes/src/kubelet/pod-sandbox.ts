/** A Pod's sandbox: its volumes, network and names, before any container. As kuberuntime createPodSandbox and the volume manager. */
import { sharedText } from "@drydock/sim"
import { hostsFileOf } from "./container-config.ts"
import { interned } from "../apimachinery/interned.ts"
import type { PodScope } from "./pod-scope.ts"
import { setUpVolumes, VolumesNotReady } from "./volumes.ts"
import { networkNotReady } from "./node-status.ts"
import { runtimeClass } from "../api/index.ts"

/** Back-off of a volume that cannot be set up, ms. As pkg/util/goroutinemap/exponentialbackoff. */
const FIRST_MOUNT_DELAY = 500
const LONGEST_MOUNT_DELAY = 122_000
/** After a sandbox that could not be made, ms. */
const SANDBOX_RETRY = 5_000
/** A Pod that waits for the node's network is looked at again after so long, ms (backOffPeriod). */
const NETWORK_RETRY = 2_000

export class PodSandbox {
  readonly #scope: PodScope
  starting = false
  /** Volumes are tried again from then on, each time after twice as long. */
  #mountAfter = 0
  #mountDelay = FIRST_MOUNT_DELAY

  constructor(scope: PodScope) {
    this.#scope = scope
  }

  setUpVolumes(): Map<string, string> {
    const { pod, ip, context } = this.#scope
    const { client, host, token, sim } = context
    const now = host.now?.() ?? sim.now()
    return setUpVolumes(pod, { client, files: host.files, token, place: { podIp: ip, hostIp: host.address }, now })
  }

  /** False when a volume is not ready: it is tried again later. */
  #mount(): boolean {
    const scope = this.#scope
    const { sim, client } = scope.context
    if (scope.volumes) return true
    if (sim.now() < this.#mountAfter) {
      scope.later(this.#mountAfter)
      return false
    }
    const volumes = scope.pod.spec.volumes ?? []
    try {
      scope.volumes = this.setUpVolumes()
      for (const volume of volumes)
        scope.trace("csi", "mount", `${volume.name} (${Object.keys(volume).find((key) => key !== "name") ?? "emptyDir"})`)
      this.#mountDelay = FIRST_MOUNT_DELAY
      return true
    } catch (error) {
      if (!(error instanceof VolumesNotReady) && client.raw("GET", "/readyz").status === 200) throw error
      if (error instanceof VolumesNotReady) for (const problem of error.problems) scope.event("Warning", "FailedMount", problem)
      this.#mountAfter = sim.now() + this.#mountDelay
      this.#mountDelay = Math.min(this.#mountDelay * 2, LONGEST_MOUNT_DELAY)
      scope.later(this.#mountAfter)
      return false
    }
  }

  /** Makes the sandbox; `failed` when the Pod was given up meanwhile. */
  start(abandoned: () => void): void {
    if (this.starting || !this.#mount()) return
    const scope = this.#scope
    const { runtime, host, sim } = scope.context
    const { metadata, spec } = scope.pod
    const network = spec.hostNetwork ? undefined : runtime.networkProblem?.()
    if (network !== undefined) {
      scope.event("Warning", "NetworkNotReady", `network is not ready: ${networkNotReady(network)}`)
      return scope.later(sim.now() + NETWORK_RETRY)
    }
    const handler = this.#handler()
    if (handler === undefined) {
      const why = `failed to get sandbox runtime: RuntimeClass ${JSON.stringify(spec.runtimeClassName)} not found`
      scope.event("Warning", "FailedCreatePodSandBox", `Failed to create pod sandbox: ${why}`)
      return scope.later(sim.now() + SANDBOX_RETRY)
    }
    this.starting = true
    // Once for the sandbox, once for the containers in it.
    scope.missDns()
    scope.missDns()
    scope.trace("containerd", "sandbox", "RunPodSandbox")
    runtime.runPodSandbox(
      {
        pod: { metadata: scope.pod.metadata },
        hostname: spec.hostNetwork ? host.name : (spec.hostname ?? metadata.name.slice(0, 63)),
        hostNetwork: spec.hostNetwork ?? false,
        hostPid: spec.hostPID ?? false,
        sharePids: spec.shareProcessNamespace ?? false,
        ...(handler !== "" && { runtimeHandler: handler }),
        ...(scope.sandboxAttempt > 0 && { attempt: scope.sandboxAttempt }),
        dns: interned(scope.context.dnsFor(scope.pod)),
        hostPorts: (spec.containers ?? []).flatMap(({ ports }) =>
          (ports ?? [])
            .filter(({ hostPort }) => hostPort && !spec.hostNetwork)
            .map((port) => ({
              containerPort: port.containerPort,
              hostPort: port.hostPort as number,
              protocol: port.protocol ?? "TCP",
              ...(port.hostIP && { hostIp: port.hostIP }),
            })),
        ),
        logDirectory: sharedText(`/var/log/pods/${metadata.namespace}_${metadata.name}_${metadata.uid}`),
      },
      (result) => {
        this.starting = false
        if (scope.terminating) {
          if (!("error" in result)) scope.sandboxId = result.id
          return abandoned()
        }
        if ("error" in result) {
          scope.event("Warning", "FailedCreatePodSandBox", `Failed to create pod sandbox: ${result.error}`)
          return scope.later(sim.now() + SANDBOX_RETRY)
        }
        scope.sandboxId = result.id
        scope.ip = spec.hostNetwork ? host.address : result.ip
        scope.caused(() => {
          if (!spec.hostNetwork) scope.trace("cni", "network", `ADD eth0: ${scope.ip}`, "containerd")
          scope.trace("kubelet", "sandbox-ready", result.id.slice(0, 13), "containerd")
        })
        host.files.write(hostsFileOf(scope), this.#hosts())
        scope.sync()
      },
    )
  }

  /** What the Pod's RuntimeClass names; "" without one, undefined when that does not exist. */
  #handler(): string | undefined {
    const { pod, context } = this.#scope
    const { runtimeClassName } = pod.spec
    if (!runtimeClassName) return ""
    return context.client.find(runtimeClass, { name: runtimeClassName })?.handler
  }

  #hosts(): string {
    const { pod, ip, context } = this.#scope
    const { hostname, subdomain, hostAliases, hostNetwork } = pod.spec
    const aliases = (hostAliases ?? []).map(({ ip: address, hostnames }) => `${address}\t${(hostnames ?? []).join("\t")}\n`).join("")
    const added = aliases && `\n# Entries added by HostAliases.\n${aliases}`
    if (hostNetwork) {
      const own = context.host.files.exists("/etc/hosts") ? context.host.files.read("/etc/hosts") : ""
      return sharedText(`# Kubernetes-managed hosts file (host network).\n${own}${added}`)
    }
    const name = hostname ?? pod.metadata.name
    const full = subdomain ? `${name}.${subdomain}.${pod.metadata.namespace}.svc.${context.clusterDomain}\t` : ""
    return `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${ip}\t${full}${name}\n${added}`
  }
}
