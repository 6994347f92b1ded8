/** One node of the world: a machine with containerd and kubelet as units, its part of the pod network, and kube-proxy's rules. */
import type { ClientAccess, NodeHost, SimulatedCluster } from "@drydock/kubernetes"
import type { Host, HostFiles, NodeNetwork, Prober, ServiceRule } from "@drydock/kubernetes/ports"
import { readYaml } from "@drydock/gotemplate"
import { kubectlProgram } from "@drydock/kubectl"
import { bodyText, type Files, type Process, type Program, type SimulatedMachine, type Steps, type Translation } from "@drydock/machine"
import { untilTerminated } from "./until-terminated.ts"
import { clientAccess } from "./client-access.ts"
import { Containerd } from "./containerd.ts"
import { surroundingsOf } from "./node-surroundings.ts"
import { KUBELET_CERTIFICATE, KUBELET_KUBECONFIG, writeKubeletCertificate } from "./kubeadm-files.ts"
import { klog } from "./klog.ts"
import { kubeletProgram } from "./kubelet-program.ts"

const PRELOADED = (version: string) => [
  "registry.k8s.io/pause:3.10.1",
  "registry.k8s.io/etcd:3.6.6-0",
  `registry.k8s.io/kube-apiserver:${version}`,
  `registry.k8s.io/kube-controller-manager:${version}`,
  `registry.k8s.io/kube-scheduler:${version}`,
  `registry.k8s.io/kube-proxy:${version}`,
  "registry.k8s.io/coredns/coredns:v1.13.1",
  "registry.k8s.io/metrics-server/metrics-server:v0.8.0",
  "docker.io/rancher/local-path-provisioner:v0.0.32",
]

/** What the node's own services hold, bytes. */
const CONTAINERD_MEMORY = 62 * 1024 ** 2

const hostFiles = (machine: SimulatedMachine): HostFiles => ({
  exists: (path) => machine.files.exists(path),
  read: (path) => machine.files.readText(path),
  write(path, content, mode) {
    const parent = path.slice(0, path.lastIndexOf("/"))
    if (parent) machine.files.mkdir(parent, { parents: true })
    machine.files.write(path, content, mode === undefined ? {} : { mode })
  },
  list: (path) => machine.files.list(path).map(({ name }) => name),
  mkdir: (path) => machine.files.mkdir(path, { parents: true }),
  permit(path, mode, group) {
    if (group !== undefined) machine.files.chown(path, machine.files.stat(path).uid, group)
    machine.files.chmod(path, mode)
  },
  remove: (path) => machine.files.remove(path, { recursive: true }),
  copy(from, to) {
    const copy = (source: string, target: string): void => {
      const { type, mode, uid, gid } = machine.files.lstat(source)
      if (type === "symlink") machine.files.symlink(machine.files.readlink(source), target)
      else if (type === "directory") {
        machine.files.mkdir(target, { parents: true })
        for (const { name } of machine.files.list(source)) copy(`${source}/${name}`, `${target}/${name}`)
      } else if (type === "file") machine.files.write(target, machine.files.readBytes(source), { mode: mode & 0o7777 })
      if (type === "symlink") return
      machine.files.chmod(target, mode & 0o7777)
      machine.files.chown(target, uid, gid)
    }
    copy(from, to)
  },
  symlink: (target, path) => machine.files.symlink(target, path),
  watch: (path, changed) => machine.files.watch(path, () => changed()),
  size(path) {
    let bytes = 0
    const pending = [path]
    for (let at = pending.pop(); at !== undefined; at = pending.pop())
      for (const { name } of machine.files.list(at)) {
        const stat = machine.files.lstat(`${at}/${name}`)
        bytes += stat.size
        if (stat.type === "directory") pending.push(`${at}/${name}`)
      }
    return bytes
  },
  usage: () => ({
    capacityBytes: machine.disk.size,
    // In blocks of the file system.
    usedBytes: Math.ceil(machine.disk.used / 4_096) * 4_096,
    inodes: 2_600_000,
    usedInodes: 90_000 + machine.volume.inodesUsed,
  }),
})

/** Probes ask for the same few addresses for ever. */
const parsed = new Map<string, ReturnType<typeof readUrl>>()
const MOST_PARSED = 512

const parseUrl = (url: string): ReturnType<typeof readUrl> => {
  let parts = parsed.get(url)
  if (!parts) {
    if (parsed.size >= MOST_PARSED) parsed.clear()
    parsed.set(url, (parts = readUrl(url)))
  }
  return parts
}

const readUrl = (url: string) => {
  const [, scheme, host, port, path] = /^(https?):\/\/([^:/]+):(\d+)(\/.*)?$/.exec(url) ?? []
  return { tls: scheme === "https", host, port: Number(port), path: path ?? "/" }
}

const TEXTS: Readonly<Record<string, (at: string) => string>> = {
  ECONNREFUSED: (at) => `dial tcp ${at}: connect: connection refused`,
  EHOSTUNREACH: (at) => `dial tcp ${at}: connect: no route to host`,
  ETIMEDOUT: () => "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
}

/** Clients of Services with session affinity that are remembered. */
const MOST_RECENT = 4_096

/** The highest address of a node's range. */
const LAST_POD = 254

/** As cadvisor reads them of a machine. */
class SystemFacts {
  readonly kernelVersion: string
  readonly osImage = "Ubuntu 24.04.3 LTS"
  readonly machineId: string
  readonly systemUuid: string
  readonly #machine: SimulatedMachine

  constructor(machine: SimulatedMachine, random: { uuid(): string }) {
    this.#machine = machine
    this.kernelVersion = machine.kernelVersion
    this.machineId = random.uuid().replaceAll("-", "")
    this.systemUuid = random.uuid()
  }

  /** Another after each boot. */
  get bootId(): string {
    return this.#machine.bootId
  }
}

export class WorldNode {
  readonly machine: SimulatedMachine
  readonly runtime: Containerd
  readonly host: Host
  readonly network: NodeNetwork
  readonly prober: Prober
  readonly podPrefix: string
  readonly #cluster: SimulatedCluster
  /** When its files were laid, and whose they are. */
  #since: number
  #laidBy: SimulatedCluster["authority"]
  /** When the kubelet's certificate was last made anew. */
  #rotated: number | undefined
  #nextPod = 2
  #free: string[] = []
  #rules: readonly ServiceRule[] = []
  /** By Service port and client: where it went last, and when, ms. */
  #recent: Map<string, { at: number; endpoint: string }> | undefined

  constructor(options: {
    machine: SimulatedMachine
    cluster: SimulatedCluster
    address: string
    podPrefix: string
    /** The other nodes. */
    others?: () => readonly { address: string; podPrefix: string }[]
  }) {
    const { machine, cluster } = options
    this.machine = machine
    this.#cluster = cluster
    this.#since = machine.sim.now()
    this.#laidBy = cluster.authority
    this.podPrefix = options.podPrefix
    machine.backgroundDisk = () => this.runtime.imageBytes()
    machine.containerGroups = () => this.runtime.groups()
    machine.containerMounts = () => this.runtime.mountLines()
    machine.network.surroundings = () =>
      surroundingsOf({ podPrefix: options.podPrefix, pods: this.runtime.podNetworks(), others: options.others?.() ?? [] })
    machine.backgroundMemory = () => this.runtime.idleMemory()
    const random = machine.sim.random(`ids/${machine.name}`)
    this.runtime = new Containerd({
      machine,
      context: () => ({
        cluster,
        node: machine.name,
        startKubeProxy: () => cluster.startKubeProxy(this.nodeHost),
        kubectl: kubectlProgram,
        access: (process, path) => (path === undefined ? undefined : this.access(process.files, path)),
      }),
      // As host-local: the next address after the last one, and from the beginning again when all were given.
      nextIp: () =>
        this.#nextPod < LAST_POD ? `${this.podPrefix}.${this.#nextPod++}` : (this.#free.shift() ?? `${this.podPrefix}.${LAST_POD}`),
      releaseIp: (ip) => this.#free.push(ip),
      preloaded: PRELOADED(cluster.options.version),
    })
    this.host = {
      name: machine.name,
      address: options.address,
      files: hostFiles(machine),
      cpus: machine.capacity.cpus,
      memory: machine.capacity.memory,
      now: () => machine.now(),
      memoryUsed: () => machine.memoryUsed,
      readYaml,
      log: (unit, message, priority = 6) => {
        const pid = machine.systemd.state(unit).mainPid
        machine.journal.append({
          at: machine.sim.now(),
          unit: `${unit}.service`,
          identifier: unit,
          pid,
          priority,
          message: klog(machine.now(), pid, message),
        })
      },
      system: new SystemFacts(machine, random),
    }
    machine.files.write("/etc/machine-id", `${this.host.system.machineId}\n`, { mode: 0o444 })
    this.network = {
      setServiceRules: (rules) => {
        this.#rules = rules
        machine.network.translation = rules.length > 0 ? this.#translate : undefined
      },
      setPolicy: (allow) => {
        machine.network.policy = allow && (({ from, to, port, protocol }) => allow(from, to, port, protocol.toUpperCase()))
      },
    }
    this.prober = {
      http: ({ url, method = "GET", headers, timeout }, done) => {
        const { tls, host, port, path } = parseUrl(url)
        machine.network.exchange(
          host,
          port,
          { method, path, headers },
          { timeout, ...(tls && { tls: { name: host, insecure: true } }) },
          (result) => {
            if ("error" in result) done({ error: TEXTS[result.error]?.(`${host}:${port}`) ?? result.error })
            else done({ status: result.status, body: bodyText(result.body), headers: result.headers })
          },
        )
      },
      tcp: ({ host, port, timeout }, done) => {
        const route = machine.network.route(host, port)
        if (route.kind === "error" && route.after > 0) machine.sim.schedule(Math.min(timeout, route.after), () => done("i/o timeout"))
        else done(route.kind === "error" ? "connect: connection refused" : undefined)
      },
    }
  }

  get nodeHost(): NodeHost {
    return { host: this.host, runtime: this.runtime, network: this.network, prober: this.prober, reaches: this.#reaches, down: this.#down }
  }

  /** What kube-proxy programmed last. */
  get serviceRules(): readonly ServiceRule[] {
    return this.#rules
  }

  readonly #down = (): boolean => !this.machine.running
  readonly #reaches = (): boolean => {
    const { address } = this.#cluster.options.apiServer
    const { network } = this.machine
    return network.reachable(address) && network.admits(address, 6_443)
  }

  /** kube-proxy's iptables rules: a virtual address leads to one of its endpoints, by chance. */
  readonly #translate: Translation = ({ address, port, protocol, from }) => {
    const wanted = protocol.toUpperCase()
    for (const rule of this.#rules) {
      if (rule.protocol !== wanted) continue
      const virtual =
        rule.port === port &&
        (rule.clusterIps.includes(address) || rule.externalIps.includes(address) || rule.loadBalancerIps.includes(address))
      const nodePort = rule.nodePort === port && (address === this.host.address || address.startsWith("127."))
      if (!virtual && !nodePort) continue
      const local = virtual ? rule.internalLocal : rule.externalLocal
      const endpoints = local ? rule.endpoints.filter(({ node }) => node === this.machine.name) : rule.endpoints
      if (endpoints.length === 0) return rule.endpoints.length === 0 ? "reject" : "drop"
      if (rule.sessionAffinity !== undefined) return this.#affine(rule, rule.sessionAffinity, endpoints, from.address)
      return this.#anyOf(endpoints)
    }
    return undefined
  }

  #anyOf<T>(endpoints: readonly T[]): T {
    return endpoints[this.machine.sim.random("kube-proxy").integer(endpoints.length)]
  }

  /** As iptables' "recent" match: who came within `timeout` ms comes to the same endpoint, while there is one. */
  #affine({ name }: ServiceRule, timeout: number, endpoints: ServiceRule["endpoints"], client: string): ServiceRule["endpoints"][number] {
    const seen = (this.#recent ??= new Map())
    const key = `${name} ${client}`
    const now = this.machine.sim.now()
    const last = seen.get(key)
    const known =
      last && now - last.at < timeout ? endpoints.find(({ address, port }) => `${address}:${port}` === last.endpoint) : undefined
    const chosen = known ?? this.#anyOf(endpoints)
    seen.delete(key)
    seen.set(key, { at: now, endpoint: `${chosen.address}:${chosen.port}` })
    if (seen.size > MOST_RECENT) seen.delete(seen.keys().next().value as string)
    return chosen
  }

  /** Its files were laid anew: they are of the authority that the cluster has now. */
  joined(): void {
    this.#since = this.machine.now()
    this.#laidBy = this.#cluster.authority
    this.#rotated = undefined
  }

  /** What a component of this machine can do with a kubeconfig that it finds among `files`. */
  access(files: Files, path: string): ClientAccess | string {
    const { machine } = this
    const cluster = this.#cluster
    const common = { cluster, machine, files, path, reaches: this.#reaches, laidBy: () => this.#laidBy }
    if (path !== KUBELET_KUBECONFIG) return clientAccess({ ...common, since: () => this.#since })
    const rotate = () => {
      this.#rotated = machine.now()
      writeKubeletCertificate(machine, cluster, this.#rotated)
      this.host.log("kubelet", 'I certificate_manager.go:715] "Rotated certificate" logger="kubernetes.io/kube-apiserver-client-kubelet"')
    }
    return clientAccess({ ...common, since: () => this.#rotated ?? this.#since, rotate, certificate: KUBELET_CERTIFICATE })
  }

  kubeletProgram(options: { labels?: Readonly<Record<string, string>>; taints?: readonly { key: string; effect: string }[] }): Program {
    return kubeletProgram({ node: this, cluster: this.#cluster, ...options })
  }

  containerdProgram() {
    const { runtime } = this
    return function* (process: Process): Steps<number> {
      runtime.recover()
      runtime.available = true
      process.use({ memory: CONTAINERD_MEMORY })
      try {
        yield* untilTerminated(process)
        return 0
      } finally {
        runtime.available = false
      }
    }
  }
}
