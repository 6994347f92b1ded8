/** kubeadm join and reset on a worker: the node leaves its cluster's files behind, and gets them anew. As cmd/kubeadm/app/cmd/{join,reset}.go. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import { type ClusterDoor, listTokens, Refused } from "./api.ts"
import { fail } from "./fail.ts"

/** As long as a join looks for the control plane before it gives up, ms (TLSBootstrap and discovery: 5 minutes). */
const DISCOVERY = 300_000
const HEALTHY = 240_000
const KUBELET = "/var/lib/kubelet"
const PKI = "/etc/kubernetes/pki"
const KUBECONFIGS = ["admin", "super-admin", "kubelet", "bootstrap-kubelet", "controller-manager", "scheduler"].map(
  (name) => `/etc/kubernetes/${name}.conf`,
)

/** Runs systemctl without its output; its exit code. */
function* systemctl(process: Process, ...words: readonly string[]): Steps<number> {
  const fd = yield* process.open("/dev/null", "r+")
  const nothing = process.fds.get(fd)
  const fds = new Map(nothing ? [0, 1, 2].map((one) => [one, nothing] as const) : [])
  const child = process.spawnFile("/usr/bin/systemctl", { argv: ["systemctl", ...words], fds })
  const ended = yield* process.waitFor({ pid: child.pid })
  process.close(fd)
  return ended?.status.kind === "exited" ? ended.status.code : 1
}

const listens = (process: Process, port: number): boolean => process.network.listeners.some((one) => one.port === port)

/** What stands in the way of a join. */
const taken = (process: Process): string[] => [
  ...["/etc/kubernetes/kubelet.conf"].filter((path) => process.files.exists(path)),
  ...(listens(process, 10_250) ? ["10250"] : []),
  ...[`${PKI}/ca.crt`].filter((path) => process.files.exists(path)),
]

const errorOf = (one: string): string =>
  one.startsWith("/")
    ? `\t[ERROR FileAvailable-${one.replaceAll("/", "-")}]: ${one} already exists`
    : `\t[ERROR Port-${one}]: Port ${one} is in use`

/** Finds out whether token and hash are those of the cluster; what is wrong with them. */
function* discover(process: Process, args: Arguments, door: ClusterDoor): Steps<string | undefined> {
  const why = "error execution phase preflight: couldn't validate the identity of the API Server: "
  const until = process.now() + DISCOVERY
  const [id = "", secret = ""] = (args.flag("token") ?? "").split(".")
  for (;;) {
    try {
      const token = listTokens(door).find((one) => one.id === id)
      const valid = token?.expiration === undefined || Date.parse(token.expiration) > process.now()
      if (token && valid && token.usages.includes("signing")) {
        const hash = args.flag("discovery-token-ca-cert-hash")
        if (hash !== undefined && hash !== `sha256:${door.authorityHash}`)
          return `${why}cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "sha256:${door.authorityHash}" are pinned`
        return token.secret === secret
          ? undefined
          : `${why}failed to verify JWS signature of received cluster info object, can't trust this API Server`
      }
      if (process.now() >= until)
        return `${why}could not find a JWS signature in the cluster-info ConfigMap for token ID ${JSON.stringify(id)}`
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (process.now() >= until)
        return `${why}failed to request the cluster-info ConfigMap: Get "https://${door.address}/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s": dial tcp ${door.address}: connect: connection refused`
    }
    yield* process.sleep(5_000)
  }
}

const nodeStatus = (door: ClusterDoor, name: string): string | undefined => {
  const { status, body } = door.request("GET", `/api/v1/nodes/${name}`)
  if (status !== 200) return undefined
  const { conditions = [] } = (body as { status?: { conditions?: { type: string; status: string }[] } }).status ?? {}
  return conditions.find(({ type }) => type === "Ready")?.status
}

export function* join(process: Process, args: Arguments, door: ClusterDoor): Steps<number> {
  const [, endpoint] = args.words
  const token = args.flag("token")
  if (args.flag("config") === undefined && args.flag("discovery-file") === undefined && token === undefined)
    return yield* fail(process, 'error: discovery: Invalid value: "": bootstrapToken or file must be set')
  if (token !== undefined && !/^[a-z0-9]{6}\.[a-z0-9]{16}$/.test(token))
    return yield* fail(
      process,
      `error: discovery.bootstrapToken.token: Invalid value: ${JSON.stringify(token)}: the bootstrap token is invalid`,
    )
  if (args.flag("discovery-token-ca-cert-hash") === undefined && !args.has("discovery-token-unsafe-skip-ca-verification"))
    return yield* fail(
      process,
      'error: discovery.bootstrapToken: Invalid value: "": using token-based discovery without caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file or pass --discovery-token-unsafe-skip-ca-verification flag to continue',
    )
  yield* process.print("[preflight] Running pre-flight checks\n")
  const errors = args.has("ignore-preflight-errors-all") || args.flag("ignore-preflight-errors") === "all" ? [] : taken(process)
  if (errors.length > 0)
    return yield* fail(
      process,
      `[preflight] Some fatal errors occurred:\n${errors.map(errorOf).join("\n")}\n[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\nerror: error execution phase preflight: preflight checks failed`,
    )
  if (endpoint !== undefined && endpoint !== door.address)
    return yield* fail(
      process,
      `error: error execution phase preflight: couldn't validate the identity of the API Server: failed to request the cluster-info ConfigMap: Get "https://${endpoint}/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s": dial tcp ${endpoint}: connect: connection refused`,
    )
  const wrong = yield* discover(process, args, door)
  if (wrong !== undefined) return yield* fail(process, `error: ${wrong}`)
  if (args.has("control-plane"))
    return yield* fail(
      process,
      "error: error execution phase preflight: \nOne or more conditions for hosting a new control plane instance is not satisfied.\n\nunable to add a new control plane instance to a cluster that doesn't have a stable controlPlaneEndpoint address\n\nPlease ensure that:\n* The cluster has a stable controlPlaneEndpoint address.\n* The certificates that must be shared among control plane instances are provided.\n",
    )
  yield* process.print(
    '[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[preflight] Use \'kubeadm init phase upload-config kubeadm --config your-config-file\' to re-upload it.\n',
  )
  const name = args.flag("node-name") ?? process.hostname
  if (nodeStatus(door, name) === "True")
    return yield* fail(
      process,
      `error: error execution phase kubelet-start: a Node with name ${JSON.stringify(name)} and status "Ready" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node`,
    )
  yield* systemctl(process, "stop", "kubelet")
  door.layNode()
  yield* process.print(
    `[kubelet-start] Writing kubelet configuration to file "${KUBELET}/config.yaml"\n[kubelet-start] Writing kubelet environment file with flags to file "${KUBELET}/kubeadm-flags.env"\n[kubelet-start] Starting the kubelet\n[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s\n`,
  )
  yield* systemctl(process, "restart", "kubelet")
  const began = process.now()
  do yield* process.sleep(500)
  while (!listens(process, 10_248) && process.now() - began < HEALTHY)
  if (!listens(process, 10_248))
    return yield* fail(
      process,
      "[kubelet-check] The kubelet is not healthy after 4m0s\n\nerror: error execution phase kubelet-start: failed while waiting for the kubelet to start: The HTTP call equal to 'curl -sSL http://127.0.0.1:10248/healthz' returned error: Get \"http://127.0.0.1:10248/healthz\": dial tcp 127.0.0.1:10248: connect: connection refused",
    )
  yield* process.print(
    `[kubelet-check] The kubelet is healthy after ${((process.now() - began) / 1_000).toFixed(3)}s\n[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap\n\nThis node has joined the cluster:\n* Certificate signing request was sent to apiserver and a response was received.\n* The Kubelet was informed of the new secure connection details.\n\nRun 'kubectl get nodes' on the control-plane to see this node join the cluster.\n\n`,
  )
  return 0
}

const remove = (process: Process, path: string): void => {
  try {
    if (process.files.exists(path)) process.files.remove(path, { recursive: true })
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
  }
}

export function* reset(process: Process, args: Arguments, door: ClusterDoor): Steps<number> {
  if (process.credentials.uid !== 0)
    return yield* fail(
      process,
      "[preflight] Some fatal errors occurred:\n\t[ERROR IsPrivilegedUser]: user is not running as root\nerror: error execution phase preflight: preflight checks failed",
    )
  if (door.control)
    return yield* fail(process, "error: kubeadm reset is not simulated on the control plane: this node stays part of its cluster")
  if (!args.has("f", "force")) {
    yield* process.print(
      "[reset] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted.\n[reset] Are you sure you want to proceed? [y/N]: ",
    )
    const answer = (yield* process.readLine(0)) ?? ""
    if (!/^y(es)?$/i.test(answer.trim())) return yield* fail(process, "error: error execution phase preflight: aborted reset operation")
  }
  yield* process.print(`[preflight] Running pre-flight checks\n[reset] Stopping the kubelet service\n`)
  yield* systemctl(process, "stop", "kubelet")
  yield* process.print(`[reset] Unmounting mounted directories in "${KUBELET}"\n`)
  door.removePods()
  const directories = ["/etc/kubernetes/manifests", KUBELET, PKI]
  yield* process.print(`[reset] Deleting contents of directories: [${directories.join(" ")}]\n`)
  for (const directory of directories)
    if (process.files.exists(directory)) for (const { name } of process.files.list(directory)) remove(process, `${directory}/${name}`)
  yield* process.print(`[reset] Deleting files: [${KUBECONFIGS.join(" ")}]\n`)
  for (const path of KUBECONFIGS) remove(process, path)
  yield* process.print(
    "\nThe reset process does not perform cleanup of CNI plugin configuration,\nnetwork filtering rules and kubeconfig files.\n\nFor information on how to perform this cleanup manually, please see:\n    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/\n\n",
  )
  return 0
}
