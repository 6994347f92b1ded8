/** What listens inside a world and is worth a look in a browser: machines' own listeners, Services, and ports that pods declare. */
import type { OpenPort } from "@drydock/protocol"
import type { World } from "@drydock/world"
import type { ClusterView } from "../worker/cluster-view.ts"

const MOST = 200

/** Programs of the system: they listen on every node, and show nothing to a browser. */
const SYSTEM =
  /^(sshd|systemd|systemd-resolved|systemd-resolve|containerd|dockerd|kubelet|etcd|coredns|flanneld|calico-node|kube-.+|speaker)$/

const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set(["kube-system", "kube-flannel", "calico-system", "kube-node-lease", "kube-public"])

const schemeOf = (port: number, name = ""): OpenPort["scheme"] => (port === 443 || port === 8443 || /^https/.test(name) ? "https" : "http")

const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1)

interface Port {
  readonly name?: string
  readonly port?: number
  readonly containerPort?: number
  readonly nodePort?: number
  readonly protocol?: string
}

const tcp = (ports: unknown): readonly Port[] => ((ports ?? []) as readonly Port[]).filter(({ protocol }) => (protocol ?? "TCP") === "TCP")

const machinePorts = (world: World): OpenPort[] =>
  [...world.machines.values()].flatMap((machine, at) => {
    const programs = new Map(machine.processes().map(({ pid, argv }) => [pid, baseName(argv[0] ?? "")]))
    return machine.network.listeners.flatMap((listener): OpenPort[] => {
      const { protocol, address, port } = listener
      const pid = listener.pidFor ? listener.pidFor(machine) : listener.pid
      const program = pid === undefined ? undefined : programs.get(pid)
      const local = address.startsWith("127.")
      // Another machine's loopback is its own.
      if (protocol !== "tcp" || port === 22 || (local && at > 0) || (program !== undefined && SYSTEM.test(program))) return []
      if (program === undefined && world.cluster) return []
      return [
        {
          host: at === 0 ? "localhost" : machine.name,
          port,
          scheme: schemeOf(port),
          label: `${program ?? "a program"} on ${machine.name}`,
        },
      ]
    })
  })

const servicePorts = (view: ClusterView, node: string): OpenPort[] =>
  view.objects("Service").flatMap(({ metadata, spec }) => {
    const name = `${metadata.namespace}/${metadata.name}`
    const address = spec?.clusterIP
    if (SYSTEM_NAMESPACES.has(metadata.namespace ?? "") || name === "default/kubernetes" || typeof address !== "string") return []
    return tcp(spec?.ports).flatMap((port): OpenPort[] => {
      const number = port.port ?? 0
      const scheme = schemeOf(number, port.name)
      return [
        ...(address === "None" || address === "" ? [] : [{ host: address, port: number, scheme, label: `Service ${name}` }]),
        ...(port.nodePort ? [{ host: node, port: port.nodePort, scheme, label: `Node port of Service ${name}` }] : []),
      ]
    })
  })

const podPorts = (view: ClusterView): OpenPort[] =>
  view.objects("Pod").flatMap(({ metadata, spec, status }) => {
    const host = status?.podIP
    if (SYSTEM_NAMESPACES.has(metadata.namespace ?? "") || typeof host !== "string" || host === "" || metadata.deletionTimestamp) return []
    return ((spec?.containers ?? []) as readonly { readonly ports?: unknown }[]).flatMap(({ ports }) =>
      tcp(ports).map(({ containerPort = 0, name }) => ({
        ...{ host, port: containerPort, scheme: schemeOf(containerPort, name) },
        label: `Pod ${metadata.namespace}/${metadata.name}`,
      })),
    )
  })

/** Services before machines before pods; each address once. At most 200. */
export const openPorts = (world: World, view: ClusterView): OpenPort[] => {
  const [first] = world.machines.keys()
  const all = [...servicePorts(view, first ?? "localhost"), ...machinePorts(world), ...podPorts(view)]
  const seen = new Set<string>()
  return all
    .filter(({ host, port }) => {
      const key = `${host}:${port}`
      return !seen.has(key) && seen.add(key)
    })
    .slice(0, MOST)
}
