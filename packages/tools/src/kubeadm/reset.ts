/** kubeadm reset: what init or join did to a machine is undone. As cmd/kubeadm/app/cmd/reset.go and phases/reset. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import type { ClusterDoor } from "./door.ts"
import { fail } from "./fail.ts"
import { systemctl, warn } from "./node-state.ts"
import { hindered, unprivileged } from "./preflight.ts"

const [MANIFESTS, KUBELET, PKI, ETCD, TEMPORARY] = [
  "/etc/kubernetes/manifests",
  "/var/lib/kubelet",
  "/etc/kubernetes/pki",
  "/var/lib/etcd",
  "/etc/kubernetes/tmp",
]
const KUBECONFIGS = ["admin", "super-admin", "kubelet", "bootstrap-kubelet", "controller-manager", "scheduler"].map(
  (name) => `/etc/kubernetes/${name}.conf`,
)

const remove = (process: Process, path: string): void => {
  try {
    if (process.files.exists(path)) process.files.remove(path, { recursive: true })
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
  }
}

const empty = (process: Process, directory: string): void => {
  if (process.files.exists(directory)) for (const { name } of process.files.list(directory)) remove(process, `${directory}/${name}`)
}

export function* reset(process: Process, args: Arguments, door: ClusterDoor): Steps<number> {
  if (yield* hindered(process, args, unprivileged(process))) return 1
  const stacked = process.files.exists(`${MANIFESTS}/etcd.yaml`)
  if (stacked) {
    yield* process.print(
      '[reset] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[reset] Use \'kubeadm init phase upload-config kubeadm --config your-config-file\' to re-upload it.\n',
    )
    const { status } = door.request("GET", "/api/v1/namespaces/kube-system/configmaps/kubeadm-config")
    if (status !== 200)
      yield* warn(
        process,
        "reset.go:141",
        `[reset] Unable to fetch the kubeadm-config ConfigMap from cluster: failed to get config map: ${status === 404 ? 'configmaps "kubeadm-config" not found' : `Get "https://${door.address}/api/v1/namespaces/kube-system/configmaps/kubeadm-config?timeout=10s": dial tcp ${door.address}: connect: connection refused`}`,
      )
  }
  if (!args.has("f", "force")) {
    yield* process.print(
      "[reset] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted.\n[reset] Are you sure you want to proceed? [y/N]: ",
    )
    const answer = (yield* process.readLine(0)) ?? ""
    if (!/^y(es)?$/i.test(answer.trim())) return yield* fail(process, "error: error execution phase preflight: aborted reset operation")
  }
  yield* process.print("[preflight] Running pre-flight checks\n")
  if (!stacked) yield* warn(process, "removeetcdmember.go:106", "[reset] No kubeadm config, using etcd pod spec to get data directory")
  empty(process, ETCD)
  yield* process.print(`[reset] Deleted contents of the etcd data directory: ${ETCD}\n`)
  yield* process.print("[reset] Stopping the kubelet service\n")
  yield* systemctl(process, "stop", "kubelet")
  yield* process.print(`[reset] Unmounting mounted directories in "${KUBELET}"\n`)
  door.removePods()
  const pki = args.flag("cert-dir") ?? PKI
  const directories = [MANIFESTS, KUBELET, pki, ...(args.has("cleanup-tmp-dir") ? [TEMPORARY] : [])]
  yield* process.print(`[reset] Deleting contents of directories: [${directories.join(" ")}]\n`)
  for (const directory of directories) empty(process, directory)
  yield* process.print(`[reset] Deleting files: [${KUBECONFIGS.join(" ")}]\n`)
  for (const path of KUBECONFIGS) remove(process, path)
  yield* process.print(
    "\nThe reset process does not perform cleanup of CNI plugin configuration,\nnetwork filtering rules and kubeconfig files.\n\nFor information on how to perform this cleanup manually, please see:\n    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/\n\n",
  )
  return 0
}
