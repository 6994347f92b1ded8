/** Bringing a cluster up: machines boot, kubelets start static pods, addons follow; or, hollow, components without machines. */
import { settled, toHttp } from "@drydock/images"
import { HollowRuntime, noFiles, optionalAddons, type SimulatedCluster } from "@drydock/kubernetes"
import { node as nodeKind } from "@drydock/kubernetes/api"
import { bodyText, Queue, type SimulatedMachine } from "@drydock/machine"
import { WorldNode } from "./node.ts"
import { addressOf, podPrefixOf, type Topology } from "./topologies.ts"

/** Virtual time within which a cluster must have come up, ms. */
const BOOT_LIMIT = 600_000
/** Pods of a control plane and its DNS: etcd, API server, controller manager, scheduler and two of CoreDNS. kube-proxy is one a node. */
const SYSTEM_PODS = 6

const CONTROL_PLANE_LABEL = { "node-role.kubernetes.io/control-plane": "" }
/** What kubemark's nodes say of themselves: the machine that their recordings were made on, without its particulars. */
export const HOLLOW_CAPACITY = { cpus: 4, memory: 8_150_480 * 1024 }
const HOLLOW_SYSTEM = { kernelVersion: "6.8.0-45-generic", osImage: "Ubuntu 24.04.1 LTS", machineId: "", systemUuid: "", bootId: "" }
/** Address of every hollow Pod, the first node's port, and how often its PLEG looks, ms. */
const HOLLOW_IP = "192.168.192.168"
const HOLLOW_PORT = 10_350
const HOLLOW_RELIST = 1_000

export const CONTROL_PLANE_TAINT = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }

type WithConditions = { status: { conditions?: readonly { type: string; status: string }[] } }

const ready = ({ status }: WithConditions): boolean =>
  status.conditions?.some(({ type, status: state }) => type === "Ready" && state === "True") ?? false

/** Runs until the control plane serves, every node is Ready and, unless hollow, what runs in kube-system is too; yields as it goes. */
export function* bootCluster(world: {
  cluster: SimulatedCluster
  topology: Topology
  /** Optional addons by name; what the cluster does not know is left to the lesson. */
  addons?: readonly string[]
  machines: ReadonlyMap<string, SimulatedMachine>
  now: () => number
  run: (until: number) => void
}): Generator<undefined, void> {
  const { cluster, topology, machines } = world
  if (topology.hollow) startHollow(cluster, topology, machines)
  for (const machine of machines.values()) machine.boot()
  let addons = topology.hollow
  /** Pods of optional addons. */
  let extra = 0
  const up = (): boolean => {
    if (!cluster.serving) return false
    if (!addons) {
      addons = true
      cluster.installAddons()
      for (const addon of world.addons ?? [])
        if (cluster.installAddon(addon))
          extra += optionalAddons[addon].filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet").length
    }
    const nodes = cluster.observer.client.list(nodeKind)
    if (nodes.length < topology.names.length || !nodes.every((node) => ready(node as WithConditions))) return false
    if (topology.hollow) return true
    const { items } = cluster.observer.client.raw("GET", "/api/v1/pods").body as { items: WithConditions[] }
    return items.length >= SYSTEM_PODS + topology.names.length + extra && items.every(ready)
  }
  const limit = world.now() + BOOT_LIMIT
  while (!up()) {
    if (world.now() > limit) throw new Error("the cluster did not come up")
    world.run(world.now() + 500)
    yield
  }
  // The past of the boot has no reader: compacted, as the API server's five-minutely round would have done.
  cluster.etcd.compact(cluster.etcd.revision)
}

const startHollow = (cluster: SimulatedCluster, { names }: Topology, machines: ReadonlyMap<string, SimulatedMachine>): void => {
  const [first] = names
  cluster.startEtcd()
  cluster.startApiServer()
  cluster.startControllerManager(first)
  cluster.startScheduler(first)
  serveHollow(cluster, machines.get(first) as SimulatedMachine)
  for (const [index, name] of names.entries()) {
    const machine = machines.get(name) as SimulatedMachine
    const { nodeHost } = new WorldNode({ machine, cluster, address: addressOf(index), podPrefix: podPrefixOf(index) })
    cluster.startKubelet(
      {
        ...nodeHost,
        host: { ...nodeHost.host, system: HOLLOW_SYSTEM, files: { ...noFiles, usage: nodeHost.host.files.usage } },
        runtime: new HollowRuntime(machine.sim, { ip: HOLLOW_IP, relist: HOLLOW_RELIST }),
        hollow: { port: HOLLOW_PORT + index },
      },
      index === 0 ? { labels: CONTROL_PLANE_LABEL, taints: [CONTROL_PLANE_TAINT] } : {},
    )
  }
}

/** A hollow API server on its machine's port, which no process serves. */
const serveHollow = (cluster: SimulatedCluster, machine: SimulatedMachine): void => {
  machine.network.serve(
    cluster.options.apiServer.port,
    function* ({ method, path, headers, body, clientCertificate }) {
      const question = path.indexOf("?")
      const queue = new Queue()
      const asked = cluster.handle({
        method,
        path: question < 0 ? path : path.slice(0, question),
        query: question < 0 ? "" : path.slice(question + 1),
        headers,
        ...(body !== undefined && { body: typeof body === "string" || body instanceof Uint8Array ? bodyText(body) : body.json }),
        ...(clientCertificate && { clientCertificate }),
      })
      return toHttp(yield* settled(queue, asked), queue)
    },
    { tls: { certificate: "", key: "" } },
  )
}
