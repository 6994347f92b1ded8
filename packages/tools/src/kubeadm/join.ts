/** kubeadm join on a worker: it gets its cluster's files. As cmd/kubeadm/app/cmd/join.go. */
import type { Process, Steps } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import { listTokens, Refused } from "./api.ts"
import type { ClusterDoor } from "./door.ts"
import { fail } from "./fail.ts"
import { fileThere, hindered, portTaken, type Problem } from "./preflight.ts"
import { kubeletHealthy, startKubelet } from "./starting.ts"

/** As long as a join looks for the control plane before it gives up, ms (TLSBootstrap and discovery: 5 minutes). */
const DISCOVERY = 300_000
const PKI = "/etc/kubernetes/pki"

/** What stands in the way of a join. */
const taken = (process: Process): Problem[] => [
  ...fileThere(process, "/etc/kubernetes/kubelet.conf"),
  ...portTaken(process, 10_250),
  ...fileThere(process, `${PKI}/ca.crt`),
]

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
  if (yield* hindered(process, args, taken(process))) return 1
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
  yield* startKubelet(process, door)
  const end = yield* kubeletHealthy(process, "kubelet-start")
  if (end !== undefined) return end
  yield* process.print(
    "[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap\n\nThis node has joined the cluster:\n* Certificate signing request was sent to apiserver and a response was received.\n* The Kubelet was informed of the new secure connection details.\n\nRun 'kubectl get nodes' on the control-plane to see this node join the cluster.\n\n",
  )
  return 0
}
