/** The kubelet started, and waited for; then the control plane. As cmd/kubeadm/app/util/apiclient/wait.go. */
import type { Process, Steps } from "@drydock/machine"
import type { ClusterDoor, InitSettings } from "./door.ts"
import { fail } from "./fail.ts"
import { listens, systemctl } from "./node-state.ts"

/** How long each of both may take, ms. */
const LIMIT = 240_000
const HEALTHZ = "http://127.0.0.1:10248/healthz"
const KUBELET = "/var/lib/kubelet"
const SOCKET = "unix:///var/run/containerd/containerd.sock"

/** "501.8ms", "2.002s": a Go duration in milliseconds. */
const duration = (ms: number): string => (ms < 1_000 ? `${ms}ms` : `${(ms / 1_000).toFixed(3).replace(/\.?0+$/, "")}s`)

/** Writes what the kubelet needs and starts it. */
export function* startKubelet(process: Process, door: ClusterDoor): Steps<void> {
  yield* systemctl(process, "stop", "kubelet")
  door.layNode()
  yield* process.print(
    `[kubelet-start] Writing kubelet environment file with flags to file "${KUBELET}/kubeadm-flags.env"\n[kubelet-start] Writing kubelet configuration to file "${KUBELET}/instance-config.yaml"\n[patches] Applied patch of type "application/strategic-merge-patch+json" to target "kubeletconfiguration"\n[kubelet-start] Writing kubelet configuration to file "${KUBELET}/config.yaml"\n[kubelet-start] Starting the kubelet\n`,
  )
  yield* systemctl(process, "restart", "kubelet")
}

/** @returns undefined, or that it has said why it was not */
export function* kubeletHealthy(process: Process, phase: string): Steps<number | undefined> {
  yield* process.print(`[kubelet-check] Waiting for a healthy kubelet at ${HEALTHZ}. This can take up to 4m0s\n`)
  const began = process.now()
  do yield* process.sleep(500)
  while (!listens(process, 10_248) && process.now() - began < LIMIT)
  if (listens(process, 10_248)) {
    yield* process.print(`[kubelet-check] The kubelet is healthy after ${duration(Math.round(process.now() - began))}\n`)
    return undefined
  }
  yield* process.print(
    "[kubelet-check] The kubelet is not healthy after 4m0s\n\nUnfortunately, an error has occurred, likely caused by:\n\t- The kubelet is not running\n\t- The kubelet is unhealthy due to a misconfiguration of the node in some way (required cgroups disabled)\n\nIf you are on a systemd-powered system, you can try to troubleshoot the error with the following commands:\n\t- 'systemctl status kubelet'\n\t- 'journalctl -xeu kubelet'\n\n",
  )
  return yield* fail(
    process,
    `error: error execution phase ${phase}: failed while waiting for the kubelet to start: The HTTP call equal to 'curl -sSL ${HEALTHZ}' returned error: Get "${HEALTHZ}": dial tcp 127.0.0.1:10248: connect: connection refused`,
  )
}

export function* waitForControlPlane(process: Process, door: ClusterDoor, settings: InitSettings): Steps<number | undefined> {
  const phase = "wait-control-plane"
  yield* process.print(
    '[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods from directory "/etc/kubernetes/manifests"\n',
  )
  const end = yield* kubeletHealthy(process, phase)
  if (end !== undefined) return end
  const waited = [
    {
      name: "kube-apiserver",
      url: `https://${settings.advertise}:${settings.port}/livez`,
      up: () => door.request("GET", "/livez").status === 200,
    },
    { name: "kube-controller-manager", url: "https://127.0.0.1:10257/healthz", up: () => listens(process, 10_257) },
    { name: "kube-scheduler", url: "https://127.0.0.1:10259/livez", up: () => listens(process, 10_259) },
  ]
  yield* process.print(
    `[control-plane-check] Waiting for healthy control plane components. This can take up to 4m0s\n${waited.map(({ name, url }) => `[control-plane-check] Checking ${name} at ${url}\n`).join("")}`,
  )
  const began = process.now()
  const left = new Set(waited)
  while (left.size > 0 && process.now() - began < LIMIT) {
    yield* process.sleep(500)
    for (const one of waited) {
      if (!left.has(one) || !one.up()) continue
      left.delete(one)
      yield* process.print(`[control-plane-check] ${one.name} is healthy after ${duration(Math.round(process.now() - began))}\n`)
    }
  }
  if (left.size === 0) return undefined
  yield* process.print(
    `${[...left].map(({ name }) => `[control-plane-check] ${name} is not healthy after 4m0s\n`).join("")}\nA control plane component may have crashed or exited when started by the container runtime.\nTo troubleshoot, list all containers using your preferred container runtimes CLI.\nHere is one example how you may list all running Kubernetes containers by using crictl:\n\t- 'crictl --runtime-endpoint ${SOCKET} ps -a | grep kube | grep -v pause'\n\tOnce you have found the failing container, you can inspect its logs with:\n\t- 'crictl --runtime-endpoint ${SOCKET} logs CONTAINERID'\n\n`,
  )
  const failed = [...left].map(
    ({ name, url }) =>
      `${name} check failed at ${url}: Get "${url}?timeout=10s": dial tcp ${/\/\/([^/]+)/.exec(url)?.[1]}: connect: connection refused`,
  )
  return yield* fail(
    process,
    `error: error execution phase ${phase}: failed while waiting for the control plane to start: ${failed.length > 1 ? `[${failed.join(", ")}]` : failed[0]}`,
  )
}
