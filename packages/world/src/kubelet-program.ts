/** The kubelet as a machine's program: its flags, its configuration and its kubeconfig, before it begins. As cmd/kubelet/app/server.go. */
import { type ClientAccess, type Issued, type NodeHost, type NodeLimits, selfSigned, type SimulatedCluster } from "@drydock/kubernetes"
import type { Files, Process, Program, SimulatedMachine, Steps, TlsOptions } from "@drydock/machine"
import { klog } from "./klog.ts"
import { configurationProblem, decodeKubeletConfiguration, type KubeletConfiguration, nodeLimitsOf } from "./kubelet-configuration.ts"
import { kubeletFlags, nodeLabelsOf, withFlags } from "./kubelet-flags.ts"
import { serveKubeletPorts } from "./kubelet-ports.ts"
import { packageVersion } from "./package-version.ts"
import { untilTerminated } from "./until-terminated.ts"

/** Resident, bytes. */
const KUBELET_MEMORY = 88 * 1024 ** 2

/** Where containerd listens. */
const SOCKETS: ReadonlySet<string> = new Set(["/var/run/containerd/containerd.sock", "/run/containerd/containerd.sock"])

/** As kubeadm finds it. */
const ENDPOINT = "unix:///var/run/containerd/containerd.sock"

/** The node that it is to speak for. */
interface KubeletNode {
  readonly machine: SimulatedMachine
  readonly runtime: { readonly available: boolean }
  readonly nodeHost: NodeHost
  access(files: Files, kubeconfig: string): ClientAccess | string
}

interface Read {
  configuration: KubeletConfiguration
  limits?: NodeLimits
  warning?: string
}

/** @returns text: why it does not start */
const read = (process: Process, flags: ReadonlyMap<string, string>): Read | string => {
  const file = flags.get("config")
  if (file === undefined) return { configuration: withFlags({}, flags) }
  const problem = (why: string) =>
    `failed to load kubelet config file, path: ${file}, error: failed to load Kubelet config file ${file}, error ${why}`
  if (!process.files.exists(file))
    return problem(`failed to read kubelet config file ${JSON.stringify(file)}, error: open ${file}: no such file or directory`)
  const text = process.files.readText(file)
  const decoded = decodeKubeletConfiguration(text)
  if (typeof decoded === "string") return problem(decoded)
  const configuration = withFlags(decoded.configuration, flags)
  const invalid = configurationProblem(configuration)
  if (invalid !== undefined) return invalid
  const limits = nodeLimitsOf(configuration)
  if (limits && "error" in limits) return `failed to run Kubelet: ${limits.error}`
  return { ...decoded, configuration, ...(limits && { limits }) }
}

/** What a kubelet finds that calls its runtime; undefined: it answers. */
const runtimeProblem = (node: KubeletNode, endpoint: string): string | undefined => {
  const path = endpoint.replace(/^unix:\/\//, "")
  const why = !SOCKETS.has(path) ? "no such file or directory" : node.runtime.available ? undefined : "connection refused"
  if (why === undefined) return undefined
  const error = `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${path}: connect: ${why}"`
  return `failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint ${JSON.stringify(endpoint)}: ${error}`
}

/** Why it cannot speak for its node; undefined: its kubeconfig is there. */
const kubeconfigProblem = (process: Process, flags: ReadonlyMap<string, string>): string | undefined => {
  const kubeconfig = flags.get("kubeconfig")
  if (kubeconfig === undefined || process.files.exists(kubeconfig)) return undefined
  const bootstrap = flags.get("bootstrap-kubeconfig") ?? ""
  const why = process.files.exists(bootstrap)
    ? `unable to create certificates signing request client: invalid configuration`
    : `unable to load bootstrap kubeconfig: stat ${bootstrap}: no such file or directory`
  return `failed to run Kubelet: ${why}`
}

/** Where it keeps what it serves with, as it makes it for itself at its first start. */
const SERVING = "/var/lib/kubelet/pki/kubelet"

/** Made when somebody looks at it; what is in the files counts. `authority`: the file of those whose clients it knows. */
const servingCertificate = (machine: SimulatedMachine, authority: string | undefined): TlsOptions => {
  const { files } = machine
  if (!files.exists(`${SERVING}.crt`)) {
    const at = machine.now()
    let made: Issued | undefined
    const issued = () => (made ??= selfSigned({ host: machine.name, random: machine.sim.random(`serving/${machine.name}`), at }))
    files.mkdir("/var/lib/kubelet/pki", { parents: true })
    files.write(`${SERVING}.crt`, () => issued().certificate)
    files.write(`${SERVING}.key`, () => issued().key, { mode: 0o600 })
  }
  return {
    get certificate() {
      return files.exists(`${SERVING}.crt`) ? files.readText(`${SERVING}.crt`) : ""
    },
    key: "",
    get clientAuthority() {
      return authority !== undefined && files.exists(authority) ? files.readText(authority) : ""
    },
  }
}

interface KubeletOptions {
  node: KubeletNode
  cluster: SimulatedCluster
  labels?: Readonly<Record<string, string>>
  taints?: readonly { key: string; effect: string }[]
}

/** Everything until it runs, apart from what waits for its end: what is read on the way is kept by nobody. @returns a number: it ended with that */
function* begin(process: Process, { node, cluster, labels, taints }: KubeletOptions): Steps<{ stop(): void } | number> {
  const fail = function* (error: string): Steps<number> {
    yield* process.error(`${klog(node.machine.now(), process.pid, `E run.go:72] "command failed" err=${JSON.stringify(error)}`)}\n`)
    return 1
  }
  const flags = kubeletFlags(process.argv.slice(1))
  if (typeof flags === "string") return yield* fail(`failed to parse kubelet flag: ${flags}`)
  const version = packageVersion(process.files, "kubelet")
  if (flags.has("version")) {
    yield* process.print(`Kubernetes ${version ?? cluster.options.version}\n`)
    return 0
  }
  const found = read(process, flags)
  if (typeof found === "string") return yield* fail(found)
  const { configuration, limits, warning } = found
  if (warning !== undefined) yield* process.error(`${klog(node.machine.now(), process.pid, `I codec.go:114] ${warning}`)}\n`)
  const { authentication, staticPodPath, clusterDNS, clusterDomain, registerWithTaints, containerRuntimeEndpoint } = configuration
  const authority = authentication?.x509?.clientCAFile
  if (authority !== undefined && !process.files.exists(authority)) {
    const why = `unable to load client CA file ${authority}: open ${authority}: no such file or directory`
    return yield* fail(`failed to construct kubelet dependencies: ${why}`)
  }
  const problem = kubeconfigProblem(process, flags) ?? runtimeProblem(node, containerRuntimeEndpoint || ENDPOINT)
  if (problem !== undefined) return yield* fail(problem)
  const kubeconfig = flags.get("kubeconfig")
  const access = kubeconfig === undefined ? undefined : node.access(process.files, kubeconfig)
  if (typeof access === "string") return yield* fail(`failed to run Kubelet: invalid kubeconfig: ${access}`)
  const running = cluster.startKubelet(
    { ...node.nodeHost, ...(access && { access }) },
    {
      ...(version !== undefined && { version }),
      ...((labels || flags.has("node-labels")) && { labels: { ...labels, ...nodeLabelsOf(flags) } }),
      ...((registerWithTaints ?? taints) && { taints: registerWithTaints ?? taints }),
      ...(staticPodPath !== undefined && { staticPodPath }),
      ...(clusterDNS?.[0] !== undefined && { clusterDns: clusterDNS[0] }),
      ...(clusterDomain !== undefined && { clusterDomain }),
      ...(limits && { limits }),
    },
  )
  const kubelet = cluster.kubelets.get(node.machine.name)
  if (kubelet)
    serveKubeletPorts(process.network, kubelet, configuration, {
      pid: process.pid,
      identify: ({ clientCertificate }) => (clientCertificate ? cluster.authority.identify(clientCertificate)?.name : undefined),
      tls: servingCertificate(node.machine, authority),
    })
  return running
}

export const kubeletProgram = (options: KubeletOptions): Program =>
  function* (process: Process): Steps<number> {
    const running = yield* begin(process, options)
    if (typeof running === "number") return running
    process.use({ memory: KUBELET_MEMORY })
    try {
      yield* untilTerminated(process)
      return 0
    } finally {
      running.stop()
    }
  }
