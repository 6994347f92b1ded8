/** kubeadm upgrade: plan, apply and node. As cmd/kubeadm/app/cmd/upgrade and phases/upgrade. */
import type { Process, Steps } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import { columns } from "../tables.ts"
import { Refused } from "./api.ts"
import type { ClusterDoor } from "./door.ts"
import { fail } from "./fail.ts"

const COMPONENTS = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]
const MANIFESTS = "/etc/kubernetes/manifests"
/** How long the kubelet may take to restart a component, ms. */
const RESTART_LIMIT = 300_000

const READING = `[upgrade] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[upgrade] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n`

interface Listed {
  items: {
    metadata: { name: string }
    spec?: { containers?: { image: string }[] }
    status?: { conditions?: { type: string; status: string }[]; nodeInfo?: { kubeletVersion: string } }
  }[]
}

const call = (door: ClusterDoor, method: string, path: string, body?: unknown): unknown => {
  const answer = door.request(method, path, body)
  if (answer.status === 0 || answer.status >= 400)
    throw new Refused(
      answer.status === 0
        ? `failed to get config map: Get "https://${door.address}/api/v1/namespaces/kube-system/configmaps/kubeadm-config?timeout=10s": dial tcp ${door.address}: connect: connection refused`
        : ((answer.body as { message?: string }).message ?? `status ${answer.status}`),
    )
  return answer.body
}

const numbersOf = (version: string): number[] => version.replace(/^v/, "").split(".").map(Number)

const compare = (a: string, b: string): number => {
  const [left, right] = [numbersOf(a), numbersOf(b)]
  for (let at = 0; at < 3; at++) if (left[at] !== right[at]) return (left[at] ?? 0) - (right[at] ?? 0)
  return 0
}

const series = (version: string): string => version.replace(/\.\d+$/, "")

const nodesOf = (door: ClusterDoor) => (call(door, "GET", "/api/v1/nodes") as Listed).items

const isControl = (process: Process): boolean => process.files.exists(`${MANIFESTS}/kube-apiserver.yaml`)

function* plan(process: Process, door: ClusterDoor, given: string): Steps<number> {
  const current = door.serverVersion
  const target = given === "" ? (compare(door.latestVersion, current) > 0 ? door.latestVersion : current) : given
  yield* process.print(
    `[preflight] Running pre-flight checks.\n${READING.replaceAll("[upgrade]", "[upgrade/config]")}[upgrade] Running cluster health checks\n`,
  )
  const nodes = nodesOf(door)
  yield* process.sleep(1_500)
  yield* process.print(
    `[upgrade] Fetching available versions to upgrade to\n[upgrade/versions] Cluster version: ${current.slice(1)}\n[upgrade/versions] kubeadm version: ${door.ownVersion}\n[upgrade/versions] Target version: ${target}\n[upgrade/versions] Latest version in the ${series(current)} series: ${target}\n\n`,
  )
  if (compare(target, current) <= 0) return 0
  const kubelets = nodes.map((node) => ["kubelet", node.metadata.name, node.status?.nodeInfo?.kubeletVersion ?? current, target])
  const control = process.hostname
  yield* process.print(
    `Components that must be upgraded manually after you have upgraded the control plane with 'kubeadm upgrade apply':\n${columns([["COMPONENT", "NODE", "CURRENT", "TARGET"], ...kubelets], 10, 3)}\nUpgrade to the latest version in the ${series(current)} series:\n\n${columns(
      [
        ["COMPONENT", "NODE", "CURRENT", "TARGET"],
        ...COMPONENTS.map((name) => [name, control, current, target]),
        ["kube-proxy", "", current.slice(1), target],
        ["CoreDNS", "", "v1.13.1", "v1.13.1"],
        ["etcd", control, "3.6.6-0", "3.6.6-0"],
      ],
      10,
      3,
    )}\nYou can now apply the upgrade by executing the following command:\n\n\tkubeadm upgrade apply ${target}\n\n`,
  )
  if (compare(target, door.ownVersion) > 0)
    yield* process.print(`Note: Before you can perform this upgrade, you have to update kubeadm to ${target}.\n\n`)
  const line = "_____________________________________________________________________\n\n"
  yield* process.print(
    `${line}\nThe table below shows the current state of component configs as understood by this version of kubeadm.\nConfigs that have a "yes" mark in the "MANUAL UPGRADE REQUIRED" column require manual config upgrade or\nresetting to kubeadm defaults before a successful upgrade can be performed. The version to manually\nupgrade to is denoted in the "PREFERRED VERSION" column.\n\n${columns(
      [
        ["API GROUP", "CURRENT VERSION", "PREFERRED VERSION", "MANUAL UPGRADE REQUIRED"],
        ["kubeproxy.config.k8s.io", "v1alpha1", "v1alpha1", "no"],
        ["kubelet.config.k8s.io", "v1beta1", "v1beta1", "no"],
      ],
      10,
      3,
    )}${line}`,
  )
  return 0
}

/** Waits until the kubelet runs what the manifest says. */
function* restarted(process: Process, door: ClusterDoor, name: string, image: string): Steps<boolean> {
  const until = process.now() + RESTART_LIMIT
  while (process.now() < until) {
    yield* process.sleep(1_000)
    const answer = door.request("GET", `/api/v1/namespaces/kube-system/pods/${name}-${process.hostname}`)
    if (answer.status !== 200) continue
    const pod = answer.body as Listed["items"][number]
    const ready = pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")
    if (ready && pod.spec?.containers?.[0]?.image === image) return true
  }
  return false
}

const RENEWED: Readonly<Record<string, readonly string[]>> = {
  "kube-apiserver": [
    "Renewing apiserver certificate",
    "Renewing apiserver-kubelet-client certificate",
    "Renewing front-proxy-client certificate",
    "Renewing apiserver-etcd-client certificate",
  ],
  "kube-controller-manager": ["Renewing controller-manager.conf certificate"],
  "kube-scheduler": ["Renewing scheduler.conf certificate"],
}

const FILES: Readonly<Record<string, readonly string[]>> = {
  "kube-apiserver": ["apiserver", "apiserver-kubelet-client", "front-proxy-client", "apiserver-etcd-client"],
  "kube-controller-manager": ["controller-manager.conf"],
  "kube-scheduler": ["scheduler.conf"],
}

/** The static Pods of this machine, one after the other, each with the new image. */
function* controlPlane(process: Process, door: ClusterDoor, target: string, renew: boolean): Steps<boolean> {
  const { files } = process
  const stamp = new Date(Math.floor(process.now())).toISOString().slice(0, 19).replace("T", "-").replaceAll(":", "-")
  const backup = `/etc/kubernetes/tmp/kubeadm-backup-manifests-${stamp}`
  const made = `/etc/kubernetes/tmp/kubeadm-upgraded-manifests${Math.floor(process.random() * 1e9)}`
  files.mkdir(backup, { parents: true, mode: 0o700 })
  yield* process.print(
    `[upgrade/control-plane] Upgrading your static Pod-hosted control plane to version "${target}" (timeout: 5m0s)...\n[upgrade/staticpods] Writing new Static Pod manifests to "${made}"\n[upgrade/staticpods] Preparing for "etcd" upgrade\n[upgrade/staticpods] Current and new manifests of etcd are equal, skipping upgrade\n[upgrade/etcd] Waiting for etcd to become available\n`,
  )
  for (const name of COMPONENTS) {
    const path = `${MANIFESTS}/${name}.yaml`
    const image = `registry.k8s.io/${name}:${target}`
    yield* process.print(`[upgrade/staticpods] Preparing for "${name}" upgrade\n`)
    const before = files.readText(path)
    const after = before.replace(/(image: )\S+/, `$1${image}`)
    if (after === before) {
      yield* process.print(`[upgrade/staticpods] Current and new manifests of ${name} are equal, skipping upgrade\n`)
      continue
    }
    if (renew) {
      for (const one of FILES[name])
        for (const { path: file, content, mode } of door.made(one) ?? []) files.write(file, content(), { mode })
      yield* process.print(RENEWED[name].map((text) => `[upgrade/staticpods] ${text}\n`).join(""))
    }
    files.write(`${backup}/${name}.yaml`, before, { mode: 0o600 })
    files.write(path, after, { mode: 0o600 })
    yield* process.print(
      `[upgrade/staticpods] Moving new manifest to "${path}" and backing up old manifest to "${backup}/${name}.yaml"\n[upgrade/staticpods] Waiting for the kubelet to restart the component\n[upgrade/staticpods] This can take up to 5m0s\n`,
    )
    if (!(yield* restarted(process, door, name, image))) {
      files.write(path, before, { mode: 0o600 })
      return false
    }
    yield* process.print(
      `[apiclient] Found 1 Pods for label selector component=${name}\n[upgrade/staticpods] Component "${name}" upgraded successfully!\n`,
    )
  }
  yield* process.print("[upgrade/control-plane] The control plane instance for this node was successfully upgraded!\n")
  return true
}

/** What the cluster keeps of its version: kubeadm's settings and kube-proxy's image. */
const upload = (door: ClusterDoor, target: string): void => {
  const path = "/api/v1/namespaces/kube-system/configmaps/kubeadm-config"
  const map = call(door, "GET", path) as { data: Record<string, string> }
  const text = (map.data.ClusterConfiguration ?? "").replace(/kubernetesVersion: \S+/, `kubernetesVersion: ${target}`)
  call(door, "PUT", path, { ...map, data: { ...map.data, ClusterConfiguration: text } })
}

const proxy = (door: ClusterDoor, target: string): void => {
  const path = "/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy"
  const set = call(door, "GET", path) as { spec: { template: { spec: { containers: { image: string }[] } } } }
  const { template } = set.spec
  const containers = template.spec.containers.map((one) => ({ ...one, image: `registry.k8s.io/kube-proxy:${target}` }))
  call(door, "PUT", path, { ...set, spec: { ...set.spec, template: { ...template, spec: { ...template.spec, containers } } } })
}

const wrong = (problem: string): string =>
  `[upgrade/version] FATAL: the --version argument is invalid due to these fatal errors:\n\n\t- ${problem}\n\nPlease fix the misalignments highlighted above and try upgrading again`

function* apply(process: Process, args: Arguments, door: ClusterDoor, given: string): Steps<number> {
  if (given === "") return yield* fail(process, "missing one or more required arguments. Required arguments: [version]")
  const target = given.replace(/^v?/, "v")
  if (!/^v\d+\.\d+\.\d+$/.test(target))
    return yield* fail(process, `couldn't parse kubernetes version ${JSON.stringify(given)}: version must be in format MAJOR.MINOR.PATCH`)
  const { serverVersion: current, ownVersion } = door
  yield* process.print(`${READING}[upgrade/preflight] Running preflight checks\n`)
  nodesOf(door)
  yield* process.print(
    `[upgrade] Running cluster health checks\n[upgrade/preflight] You have chosen to upgrade the cluster version to "${target}"\n[upgrade/versions] Cluster version: ${current}\n[upgrade/versions] kubeadm version: ${ownVersion}\n`,
  )
  if (compare(target, ownVersion) > 0)
    return yield* fail(
      process,
      wrong(
        `Specified version to upgrade to "${target}" is higher than the kubeadm version "${ownVersion}". Upgrade kubeadm first using the tool you used to install kubeadm`,
      ),
    )
  if (series(target) !== series(current))
    return yield* fail(
      process,
      wrong(
        compare(target, current) < 0
          ? `Specified version to downgrade to "${target}" is lower than the cluster version "${current}"`
          : `Specified version to upgrade to "${target}" is too high; kubeadm can upgrade only 1 minor version at a time`,
      ),
    )
  if (!isControl(process)) return yield* fail(process, "this command can only be run on a control plane node")
  if (!args.has("y", "yes") && !args.has("f", "force") && !args.has("dry-run")) {
    yield* process.print("[upgrade] Are you sure you want to proceed? [y/N]: ")
    if (!/^y(es)?$/i.test(((yield* process.readLine(0)) ?? "").trim()))
      return yield* fail(process, "won't proceed; the user didn't answer (Y|y) in order to continue")
  }
  yield* process.print(
    "[upgrade/preflight] Pulling images required for setting up a Kubernetes cluster\n[upgrade/preflight] This might take a minute or two, depending on the speed of your internet connection\n[upgrade/preflight] You can also perform this action beforehand using 'kubeadm config images pull'\n",
  )
  if (args.has("dry-run")) {
    yield* process.print("[dryrun] Finished dryrunning successfully!\n")
    return 0
  }
  yield* process.sleep(6_000)
  if (!(yield* controlPlane(process, door, target, args.flag("certificate-renewal") !== "false")))
    return yield* fail(
      process,
      "error execution phase control-plane: couldn't upgrade control plane. kubeadm has tried to recover everything into the earlier state. Errors faced: timed out waiting for the condition",
    )
  upload(door, target)
  proxy(door, target)
  yield* process.print(
    `[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the "kube-system" Namespace\n[kubelet] Creating a ConfigMap "kubelet-config" in namespace kube-system with the configuration for the kubelets in the cluster\n[upgrade/kubeconfig] The kubeconfig files for this node were successfully upgraded!\n[upgrade] Backing up kubelet config file to /etc/kubernetes/tmp/kubeadm-kubelet-config${Math.floor(process.random() * 1e9)}/config.yaml\n[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"\n[upgrade/kubelet-config] The kubelet configuration for this node was successfully upgraded!\n[upgrade/bootstrap-token] Configuring bootstrap token and cluster-info RBAC rules\n[bootstrap-token] Configured RBAC rules to allow Node Bootstrap tokens to get nodes\n[bootstrap-token] Configured RBAC rules to allow Node Bootstrap tokens to post CSRs in order for nodes to get long term certificate credentials\n[bootstrap-token] Configured RBAC rules to allow the csrapprover controller automatically approve CSRs from a Node Bootstrap Token\n[bootstrap-token] Configured RBAC rules to allow certificate rotation for all node client certificates in the cluster\n[addons] Applied essential addon: CoreDNS\n[addons] Applied essential addon: kube-proxy\n\n[upgrade] SUCCESS! A control plane node of your cluster was upgraded to "${target}".\n\n[upgrade] Now please proceed with upgrading the rest of the nodes by following the right order.\n`,
  )
  return 0
}

/** A node after the first: what its cluster was upgraded to, it is given. */
function* upgradeNode(process: Process, door: ClusterDoor): Steps<number> {
  nodesOf(door)
  yield* process.print(`${READING}[upgrade/preflight] Running pre-flight checks\n`)
  if (isControl(process)) {
    if (!(yield* controlPlane(process, door, door.serverVersion, true))) return 1
  } else
    yield* process.print(
      "[upgrade/preflight] Skipping prepull. Not a control plane node.\n[upgrade/control-plane] Skipping phase. Not a control plane node.\n[upgrade/kubeconfig] Skipping phase. Not a control plane node.\n",
    )
  yield* process.print(
    `[upgrade] Backing up kubelet config file to /etc/kubernetes/tmp/kubeadm-kubelet-config${Math.floor(process.random() * 1e9)}/config.yaml\n[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"\n[upgrade/kubelet-config] The kubelet configuration for this node was successfully upgraded!\n[upgrade/addon] Skipping the addon/coredns phase. Not a control plane node.\n[upgrade/addon] Skipping the addon/kube-proxy phase. Not a control plane node.\n`.replace(
      isControl(process) ? /\[upgrade\/addon\].*\n/g : /^$/,
      "",
    ),
  )
  return 0
}

export function* upgrade(process: Process, args: Arguments, door: ClusterDoor): Steps<number> {
  const [, action = "", given = ""] = args.words
  switch (action) {
    case "plan":
      return yield* plan(process, door, given)
    case "apply":
      return yield* apply(process, args, door, given)
    case "node":
      return yield* upgradeNode(process, door)
    case "diff":
      return 0
    default:
      return yield* fail(process, `error: unknown command ${JSON.stringify(action)} for "kubeadm upgrade"`)
  }
}
