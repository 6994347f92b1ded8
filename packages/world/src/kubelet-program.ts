/** The kubelet as a machine's program: its flags, its configuration and its kubeconfig, before it begins. As cmd/kubelet/app/server.go. */
import type { SimulatedCluster } from "@drydock/kubernetes"
import type { Process, Program, Steps } from "@drydock/machine"
import { readYaml, YamlError } from "@drydock/gotemplate"
import { packageVersion } from "./package-version.ts"
import { serveKubeletPorts } from "./kubelet-ports.ts"
import { KUBELET_CONFIG } from "./machine-layer.ts"
import type { WorldNode } from "./node.ts"

interface Configuration {
  staticPodPath?: string
  clusterDNS?: readonly string[]
  clusterDomain?: string
  authentication?: { x509?: { clientCAFile?: string } }
}

/** Resident, bytes. */
const KUBELET_MEMORY = 88 * 1024 ** 2

const flagOf = (process: Process, name: string): string | undefined =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3)

const failed = (error: string): string => `E run.go:72] "command failed" err=${JSON.stringify(error)}\n`

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value)

const load = (process: Process, file: string): Configuration | string => {
  const problem = (why: string) =>
    `failed to load kubelet config file, path: ${file}, error: failed to load Kubelet config file ${file}, error ${why}`
  if (!process.files.exists(file))
    return problem(`failed to read kubelet config file ${JSON.stringify(file)}, error: open ${file}: no such file or directory`)
  const text = process.files.readText(file)
  if (text === KUBELET_CONFIG) return {}
  let value: unknown
  try {
    value = readYaml(text)[0]
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    return problem(`failed to decode: error converting YAML to JSON: ${error.message}`)
  }
  if (!isObject(value) || value.kind !== "KubeletConfiguration")
    return problem(`failed to decode: Object 'Kind' is missing in '${text.slice(0, 40)}'`)
  if (value.apiVersion !== "kubelet.config.k8s.io/v1beta1")
    return problem(
      `failed to decode: no kind "KubeletConfiguration" is registered for version ${JSON.stringify(value.apiVersion ?? "")} in scheme "pkg/kubelet/apis/config/scheme/scheme.go:34"`,
    )
  return value as Configuration
}

export const kubeletProgram = (options: {
  node: WorldNode
  cluster: SimulatedCluster
  labels?: Readonly<Record<string, string>>
  taints?: readonly { key: string; effect: string }[]
}): Program => {
  const { node, cluster, labels, taints } = options
  return function* (process: Process): Steps<number> {
    if (process.argv.some((word) => word === "--version" || word === "--version=true")) {
      yield* process.print(`Kubernetes ${packageVersion(process.files, "kubelet") ?? cluster.options.version}\n`)
      return 0
    }
    const file = flagOf(process, "config")
    const configuration = file === undefined ? {} : load(process, file)
    if (typeof configuration === "string") {
      yield* process.error(failed(configuration))
      return 1
    }
    const { authentication, staticPodPath, clusterDNS, clusterDomain } = configuration
    const authority = authentication?.x509?.clientCAFile
    if (authority !== undefined && !process.files.exists(authority)) {
      const why = `unable to load client CA file ${authority}: open ${authority}: no such file or directory`
      yield* process.error(failed(`failed to construct kubelet dependencies: ${why}`))
      return 1
    }
    const kubeconfig = flagOf(process, "kubeconfig")
    if (kubeconfig !== undefined && !process.files.exists(kubeconfig)) {
      const bootstrap = flagOf(process, "bootstrap-kubeconfig") ?? ""
      const why = process.files.exists(bootstrap)
        ? `unable to create certificates signing request client: invalid configuration`
        : `unable to load bootstrap kubeconfig: stat ${bootstrap}: no such file or directory`
      yield* process.error(failed(`failed to run Kubelet: ${why}`))
      return 1
    }
    const access = kubeconfig === undefined ? undefined : node.access(process.files, kubeconfig)
    if (typeof access === "string") {
      yield* process.error(failed(`failed to run Kubelet: invalid kubeconfig: ${access}`))
      return 1
    }
    const version = packageVersion(process.files, "kubelet")
    const running = cluster.startKubelet(
      { ...node.nodeHost, ...(access && { access }) },
      {
        ...(version !== undefined && { version }),
        ...(labels && { labels }),
        ...(taints && { taints }),
        ...(staticPodPath !== undefined && { staticPodPath }),
        ...(clusterDNS?.[0] !== undefined && { clusterDns: clusterDNS[0] }),
        ...(clusterDomain !== undefined && { clusterDomain }),
      },
    )
    const kubelet = cluster.kubelets.get(node.machine.name)
    if (kubelet)
      serveKubeletPorts(process.network, kubelet, file !== undefined ? process.files.readText(file) : "", {
        pid: process.pid,
        identify: ({ clientCertificate }) => (clientCertificate ? cluster.authority.identify(clientCertificate)?.name : undefined),
      })
    process.use({ memory: KUBELET_MEMORY })
    const ended = process.queue()
    let stop = false
    process.onSignal("SIGTERM", () => {
      stop = true
      ended.wake()
    })
    try {
      while (!stop) yield* process.wait({ queues: [ended] })
      return 0
    } finally {
      running.stop()
    }
  }
}
