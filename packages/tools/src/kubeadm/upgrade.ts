/** kubeadm upgrade: plan, apply and node, for a cluster that is at the only version there is. */
import type { Process, Steps } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import type { ClusterDoor } from "./api.ts"
import { fail } from "./fail.ts"

const UPGRADE_START = `[upgrade] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[upgrade] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n[upgrade/preflight] Running preflight checks\n`

/** A node is at the cluster's version here: upgrading it writes what is there already. */
function* upgradeNode(process: Process): Steps<number> {
  const control = process.files.exists("/etc/kubernetes/manifests/kube-apiserver.yaml")
  yield* process.print(
    UPGRADE_START +
      (control
        ? "[upgrade/control-plane] The control plane instance for this node was successfully upgraded!\n"
        : "[upgrade/preflight] Skipping prepull. Not a control plane node.\n[upgrade/control-plane] Skipping phase. Not a control plane node.\n[upgrade/kubeconfig] Skipping phase. Not a control plane node.\n") +
      '[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"\n[upgrade/kubelet-config] The kubelet configuration for this node was successfully upgraded!\n',
  )
  return 0
}

export function* upgrade(process: Process, args: Arguments, door: ClusterDoor): Steps<number> {
  const [, action = "", given = ""] = args.words
  if (action === "node") return yield* upgradeNode(process)
  if (action !== "plan" && action !== "apply")
    return yield* fail(process, `error: unknown command ${JSON.stringify(action)} for "kubeadm upgrade"`)
  if (action === "apply") {
    yield* process.print(UPGRADE_START)
    const target = given.replace(/^v?/, "v")
    if (target === door.version) {
      yield* process.print(
        `[upgrade] Running cluster health checks\n[upgrade/preflight] You have chosen to upgrade the cluster version to "${target}"\n[upgrade/versions] Cluster version: ${target}\n[upgrade/versions] kubeadm version: ${target}\n`,
      )
      for (const name of ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"])
        yield* process.print(`[upgrade/staticpods] Current and new manifests of ${name} are equal, skipping upgrade\n`)
      yield* process.print(`\n[upgrade] SUCCESS! A control plane node of your cluster was upgraded to "${target}".\n`)
      return 0
    }
    return yield* fail(
      process,
      `[upgrade/version] FATAL: the --version argument is invalid due to these fatal errors:\n\n\t- Specified version to upgrade to ${JSON.stringify(given)} is not available here; the cluster is at ${door.version}\n\nPlease fix the misalignments highlighted above and try upgrading again`,
    )
  }
  yield* process.print(
    `[preflight] Running pre-flight checks.\n[upgrade/config] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[upgrade/config] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n[upgrade] Running cluster health checks\n[upgrade] Fetching available versions to upgrade to\n[upgrade/versions] Cluster version: ${door.version.slice(1)}\n[upgrade/versions] kubeadm version: ${door.version}\n[upgrade/versions] Target version: ${door.version}\n[upgrade/versions] Latest version in the ${door.version.replace(/\.\d+$/, "")} series: ${door.version}\n\n`,
  )
  return 0
}
