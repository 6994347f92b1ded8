/** The cluster put together: the one file that knows every component. Components run only while somebody runs them. */
import { admissionPlugins } from "./apiserver/admission/index.ts"
import type { ApiRequest, ApiResponse } from "./apiserver/contract.ts"
import { healthPaths } from "./apiserver/health.ts"
import { type NodeDoors, registerNodeSubresources } from "./apiserver/node-subresources.ts"
import { parseQuery } from "./apiserver/request-info.ts"
import { ApiServer } from "./apiserver/server.ts"
import { secretToken } from "./apiserver/subresources/token.ts"
import { noteAddress, serviceAllocator } from "./apiserver/service-allocation.ts"
import { registerSubresources } from "./apiserver/subresources/index.ts"
import { type Kind, kinds, node as nodeKind, optionalKinds } from "./api/index.ts"
import { formatTime } from "./apimachinery/object.ts"
import { NetworkPolicies } from "./cni/network-policy.ts"
import { DoorClient } from "./client/client.ts"
import { WatchInformers } from "./client/informers.ts"
import { accessibleDoor, type ClientAccess, severableDoor } from "./client/severable-door.ts"
import type { Cluster, ClusterOptions, Component, NodeHost } from "./cluster-contract.ts"
import { runControllerManager } from "./controller-manager/run.ts"
import { type CoreDns, runCoreDns } from "./coredns/run.ts"
import { MvccStore } from "./etcd/mvcc.ts"
import { type IngressController, runIngressController } from "./ingress-nginx/run.ts"
import { runMetalLb } from "./metallb/run.ts"
import { runKubeProxy } from "./kube-proxy/run.ts"
import { addonObjects } from "./kubeadm/addons.ts"
import type { BootstrapObject } from "./kubeadm/bootstrap-object.ts"
import { coreObjects } from "./kubeadm/bootstrap-objects.ts"
import { reconcileRoles } from "./kubeadm/reconcile-roles.ts"
import { CONSUMER, flowSchemas, notDangling, priorityLevels, PRODUCER } from "./kubeadm/flow-control.ts"
import { Authority, validityProblem, YEAR } from "./kubeadm/certificates.ts"
import { kubeconfigText } from "./kubeadm/manifests.ts"
import type { NodeLimits } from "./kubelet/node-limits.ts"
import { type Kubelet, runKubelet } from "./kubelet/run.ts"
import { runLocalPathProvisioner } from "./csi/local-path-provisioner.ts"
import { type GatewayView, runGateway } from "./gateway/run.ts"
import { runHostPathDriver } from "./csi/hostpath-driver.ts"
import { optionalAddons } from "./kubeadm/optional-addons.ts"
import { nodeMetrics, podMetrics } from "./metrics-server/kinds.ts"
import { type MetricsServer, type NodeReading, runMetricsServer } from "./metrics-server/run.ts"
import type { Profile } from "./scheduler/profile.ts"
import { runScheduler } from "./scheduler/run.ts"

const ADMIN = { name: "system:apiserver", groups: ["system:masters", "system:authenticated"] } as const
/** Compaction by the API server (--etcd-compaction-interval), ms. */
const COMPACTION = 300_000

/** Build facts of the server that is simulated. */
const versionInfo = (version: string) => ({
  major: "1",
  minor: version.split(".")[1] ?? "35",
  emulationMajor: "1",
  emulationMinor: "35",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "34",
  gitVersion: version,
  gitCommit: "a3177b3b89764aeb87469936bf4fe8f708d88eb7",
  gitTreeState: "clean",
  buildDate: "2026-07-23T00:00:00Z",
  goVersion: "go1.25.14",
  compiler: "gc",
  platform: "linux/amd64",
})

const isOn = (settings: string, name: string): boolean =>
  settings.split(",").some((one) => one === `${name}=true` || (one === name && name.includes("/")))

/** As pkg/controlplane/instance.go: beta versions are served when asked for, and their kinds when their feature gate is open. */
const betaKinds = (runtimeConfig: string, featureGates: string): readonly Kind[] =>
  isOn(featureGates, "MutatingAdmissionPolicy")
    ? Object.entries(optionalKinds).flatMap(([version, served]) => (isOn(runtimeConfig, version) ? served : []))
    : []

const addressIn = (cidr: string, host: number): string => {
  const [a, b, c, d] = cidr.split("/")[0].split(".").map(Number)
  return `${a}.${b}.${c}.${d + host}`
}

export class SimulatedCluster implements Cluster {
  readonly options: ClusterOptions
  readonly etcd: MvccStore
  readonly server: ApiServer
  #authority: Authority
  readonly kubelets = new Map<string, Kubelet>()
  /** Whether each kubelet's node can be reached. */
  readonly #reaches = new Map<string, NodeHost["reaches"]>()
  readonly #down = new Map<string, () => boolean>()
  readonly observer: { client: DoorClient; informers: WatchInformers }
  readonly dnsAddress: string
  readonly #doors: NodeDoors
  readonly #tokens = new Map<string, { name: string; groups: readonly string[] }>()
  #metrics: MetricsServer | undefined
  /** The network plugin's, which goes on while a kubelet is down. */
  #policies: NetworkPolicies | undefined
  #etcdRuns = 0
  #serverNow: () => number
  #serverCertificate: (() => string) | undefined
  #serverAsMade = false
  /** The certificate that was looked at last. */
  #looked: { certificate: string; strange: boolean } | undefined
  /** Whether the API server believes certificates of the cluster's own authority. */
  trustsClients = true
  #serverRuns = 0
  #compactedBefore = 0

  constructor(options: ClusterOptions & { forward: NodeDoors["forward"] }) {
    this.options = options
    const { sim, trace } = options
    this.#serverNow = () => sim.now()
    this.etcd = new MvccStore(sim)
    this.#authority = new Authority({ random: sim.random("certificates"), name: "kubernetes", now: sim.now() })
    this.dnsAddress = addressIn(options.serviceCidr, 10)
    this.server = new ApiServer({
      sim,
      etcd: this.etcd,
      kinds,
      trace,
      version: versionInfo(options.version),
      advertise: `${options.apiServer.address}:${options.apiServer.port}`,
      admission: admissionPlugins,
      forward: options.forward,
      identifyCertificate: (pem) => (this.trustsClients ? this.authority.identify(pem, this.serverNow()) : undefined),
      identifyToken: (token) => this.#tokens.get(token),
      allocate: serviceAllocator({ sim, etcd: this.etcd, cidr: options.serviceCidr }),
      allocated: (kind, before, after) => noteAddress(this.server.registry, kind, before, after),
    })
    registerSubresources(this.server)
    this.#doors = {
      kubelet: (node) => this.kubelets.get(node),
      silent: (node) => this.#reaches.get(node)?.() === false,
      down: (node) => this.#down.get(node)?.() === true,
      forward: options.forward,
    }
    registerNodeSubresources(this.server, this.#doors)
    const direct = (request: ApiRequest) => this.server.handle(request)
    this.observer = {
      client: new DoorClient(direct, ADMIN),
      informers: new WatchInformers({ door: direct, user: ADMIN, sim, spanOf: (revision) => this.server.spanOf(revision) }),
    }
  }

  get authority(): Authority {
    return this.#authority
  }

  /** A new authority of the same name, as `kubeadm init` makes one where there is none: what the one before signed is a stranger's from now on. */
  renewAuthority(now: number): void {
    this.#authority = new Authority({ random: this.options.sim.random(`certificates/${now}`), name: "kubernetes", now, successor: true })
  }

  /** The clock of the machine that the API server runs on, ms since the epoch. */
  serverNow(): number {
    return this.#serverNow()
  }

  /** What a client with this clock says of the API server's certificate; undefined: it is good. */
  distrusts(now: number): string | undefined {
    if (!this.#serverCertificate) return undefined
    const age = now - this.authority.since
    if (this.#serverAsMade && age >= 0 && age <= YEAR) return undefined
    const text = this.#serverCertificate()
    if (!text) return undefined
    return validityProblem(text, now) ?? (this.#isStrange(text) ? "x509: certificate signed by unknown authority" : undefined)
  }

  /** Whether somebody else than the cluster's authority signed it. */
  #isStrange(certificate: string): boolean {
    if (this.#looked?.certificate !== certificate)
      this.#looked = { certificate, strange: this.authority.identify(certificate) === undefined }
    return this.#looked.strange
  }

  get etcdRunning(): boolean {
    return this.#etcdRuns > 0
  }

  get serving(): boolean {
    return this.#serverRuns > 0 && this.#etcdRuns > 0
  }

  readonly handle = (request: ApiRequest): ApiResponse => {
    if (this.#serverRuns === 0) return { status: 0, headers: {} }
    if (this.#etcdRuns === 0)
      return (
        healthPaths(request.path, parseQuery(request.query), false) ?? {
          status: 503,
          headers: { "content-type": "application/json" },
          body: {
            kind: "Status",
            apiVersion: "v1",
            metadata: {},
            status: "Failure",
            message: "etcdserver: request timed out",
            reason: "ServiceUnavailable",
            code: 503,
          },
        }
      )
    return this.server.handle(request)
  }

  readonly #spanOf = (revision: number): number | undefined => this.server.spanOf(revision)

  /** Addresses at which etcd serves clients: "https://127.0.0.1:2379". */
  etcdClients: readonly string[] = []

  startEtcd(settings: { clients?: readonly string[] } = {}): Component {
    this.#etcdRuns++
    this.etcdClients = settings.clients ?? []
    return { name: "etcd", stop: () => void this.#etcdRuns-- }
  }

  /** etcd came up with other data than it went down with: an earlier snapshot, or none. Everybody who watches starts anew. */
  restoreEtcd(snapshot: string | undefined): void {
    if (snapshot === undefined) this.etcd.clear()
    else this.etcd.restore(snapshot)
    this.server.stop()
    this.server.reloadCustomKinds()
    this.#compactedBefore = 0
  }

  /** The settings are flags of kube-apiserver, as they are written. */
  startApiServer(
    settings: {
      runtimeConfig?: string
      featureGates?: string
      disabledPlugins?: string
      /** What it serves with, PEM (asked for when somebody looks); and the clock of its machine, ms since the epoch. */
      certificate?: () => string
      /** It is the one that was made with the cluster: for a year nobody needs to look. */
      asMade?: boolean
      /** Whose certificates it believes, PEM; default: the cluster's own authority. */
      clientAuthority?: string
      now?: () => number
      /** Of the program: "v1.35.7". Default: the cluster's. */
      version?: string
    } = {},
  ): Component {
    this.#serverRuns++
    this.server.version = versionInfo(settings.version ?? this.options.version)
    this.#serverNow = settings.now ?? (() => this.options.sim.now())
    this.#serverCertificate = settings.certificate
    this.#serverAsMade = settings.asMade === true
    const { clientAuthority } = settings
    this.trustsClients = clientAuthority === undefined || clientAuthority.includes(this.authority.certificate.trim())
    this.server.configure({
      kinds: betaKinds(settings.runtimeConfig ?? "", settings.featureGates ?? ""),
      disabledPlugins: (settings.disabledPlugins ?? "").split(","),
    })
    if (this.etcd.revision <= 1 && this.#etcdRuns > 0) {
      this.#bootstrap(
        coreObjects({
          serviceAddress: addressIn(this.options.serviceCidr, 1),
          advertise: this.options.apiServer.address,
          port: this.options.apiServer.port,
          serviceCidr: this.options.serviceCidr,
        }),
      )
      this.#bootstrapFlowControl()
    } else if (this.#etcdRuns > 0) this.#reconcileRoles()
    const { sim } = this.options
    let timer = sim.scheduleBackground(COMPACTION, () => compact())
    const compact = () => {
      // What was current five minutes ago goes: watchers have had that long.
      if (this.#compactedBefore > this.etcd.compactRevision) this.etcd.compact(this.#compactedBefore)
      this.#compactedBefore = this.etcd.revision
      timer = sim.scheduleBackground(COMPACTION, compact)
    }
    return {
      name: "kube-apiserver",
      stop: () => {
        sim.cancel(timer)
        this.#serverRuns--
        if (this.#serverRuns === 0) this.server.stop()
      },
    }
  }

  /** As the server's post-start hook rbac/bootstrap-roles. */
  #reconcileRoles(): void {
    const { client } = this.observer
    const kind = (apiVersion: string, name: string) => this.server.kindNamed(apiVersion, name)
    reconcileRoles({
      find: (apiVersion, name, object, namespace) => {
        const of = kind(apiVersion, name)
        return of && this.server.registry.find(of, namespace, object)
      },
      create: (object) => this.#bootstrap([object]),
      replace: (object) => {
        const of = kind(object.apiVersion, object.kind)
        if (of) client.update(of, object as never)
      },
      remove: (object) => {
        const of = kind(object.apiVersion, object.kind)
        if (of) client.delete(of, object.metadata)
      },
    })
  }

  #bootstrap(objects: readonly BootstrapObject[]): void {
    for (const object of objects) {
      const kind = this.server.kindNamed(object.apiVersion, object.kind)
      if (kind) this.observer.client.create(kind, object)
    }
  }

  /** Under the names of those parts of the API server that make them. */
  #bootstrapFlowControl(): void {
    const root = "/apis/flowcontrol.apiserver.k8s.io/v1"
    const post = (plural: string, body: unknown) =>
      this.handle({ method: "POST", path: `${root}/${plural}`, query: { fieldManager: PRODUCER }, body, user: ADMIN })
    for (const level of priorityLevels()) post("prioritylevelconfigurations", level)
    const time = formatTime(this.options.sim.now())
    for (const schema of flowSchemas()) {
      post("flowschemas", schema)
      this.handle({
        method: "PATCH",
        path: `${root}/flowschemas/${schema.metadata.name}/status`,
        query: { fieldManager: CONSUMER, force: "true" },
        headers: { "content-type": "application/apply-patch+yaml" },
        body: notDangling(schema, time),
        user: ADMIN,
      })
    }
  }

  /**
   * kube-proxy, CoreDNS and their settings, as `kubeadm init phase addon all`; what is there stays. `version`: of kube-proxy; default: the
   * cluster's. `only`: one of both.
   */
  installAddons(version = this.options.version, only?: "coredns" | "kube-proxy"): void {
    const { address, port } = this.options.apiServer
    const all = addonObjects({ version, dnsAddress: this.dnsAddress, server: `https://${address}:${port}` })
    const { registry } = this.server
    this.#bootstrap(
      all.filter(({ apiVersion, kind, metadata }) => {
        const { name = "", namespace } = metadata ?? {}
        if (only && /proxy/.test(name) !== (only === "kube-proxy")) return false
        const of = this.server.kindNamed(apiVersion, kind)
        return of !== undefined && registry.find(of, namespace, name) === undefined
      }),
    )
  }

  /** Puts an optional addon's manifests in; false when there is none of that name. */
  installAddon(name: string): boolean {
    if (!Object.hasOwn(optionalAddons, name)) return false
    this.#bootstrap(optionalAddons[name])
    return true
  }

  /** metrics-server's program: from now on metrics.k8s.io is a group of this API, which answers while the program runs. */
  startMetricsServer(options: { insecure: boolean }): MetricsServer {
    const { sim } = this.options
    const running = runMetricsServer({
      sim,
      scrape: () => (options.insecure ? this.#readings() : []),
      onReady: () => this.#available("v1beta1.metrics.k8s.io"),
    })
    this.#metrics = running
    this.server.aggregate("metrics.k8s.io", [nodeMetrics, podMetrics] as never, (context) => {
      if (!this.#metrics?.ready)
        return { status: 503, headers: { "content-type": "text/plain; charset=utf-8" }, body: "service unavailable\n" }
      return this.#metrics.handle(context)
    })
    const { stop } = running
    running.stop = () => {
      stop()
      if (this.#metrics === running) this.#metrics = undefined
    }
    return running
  }

  /** As kube-aggregator's availability controller: what is served behind an APIService answers. */
  #available(name: string): void {
    const conditions = [
      {
        type: "Available",
        status: "True",
        lastTransitionTime: formatTime(this.options.sim.now()),
        reason: "Passed",
        message: "all checks passed",
      },
    ]
    this.handle({
      method: "PATCH",
      path: `/apis/apiregistration.k8s.io/v1/apiservices/${name}/status`,
      headers: { "content-type": "application/merge-patch+json" },
      body: { status: { conditions } },
      user: ADMIN,
    })
  }

  #readings(): NodeReading[] {
    return [...this.kubelets].flatMap(([name, kubelet]) => {
      if (this.#doors.silent?.(name)) return []
      const node = this.observer.client.find(nodeKind, { name })
      if (!node) return []
      const pods = kubelet.stats()
      const sum = (pick: (container: { cpuNanoCores: number; memoryBytes: number }) => number) =>
        pods.reduce((total, { containers }) => total + containers.reduce((own, container) => own + pick(container), 0), 0)
      // The kubelet, containerd and the system itself.
      return [
        {
          node,
          pods,
          cpuNanoCores: 60_000_000 + sum((one) => one.cpuNanoCores),
          memoryBytes: 420 * 1024 ** 2 + sum((one) => one.memoryBytes),
        },
      ]
    })
  }

  startLocalPathProvisioner(host: string): Component {
    const { sim, trace } = this.options
    return runLocalPathProvisioner({
      sim,
      door: this.handle,
      trace,
      spanOf: this.#spanOf,
      host,
      removeDirectory: (node, path) => this.kubelets.get(node)?.removeDirectory(path),
    })
  }

  startIngressController(options: Omit<Parameters<typeof runIngressController>[0], "sim" | "door">): IngressController {
    return runIngressController({ ...options, sim: this.options.sim, door: this.handle })
  }

  /** `controls`: writes statuses and makes data planes; else it only reads what Gateways ask for. */
  startGateway(controls: boolean): GatewayView {
    return runGateway({
      sim: this.options.sim,
      door: this.handle,
      controls,
      kindNamed: (apiVersion, kind) => this.server.kindNamed(apiVersion, kind) as never,
    })
  }

  startHostPathDriver(node: string): Component {
    const { sim, trace } = this.options
    const kubelet = (name: string) => this.kubelets.get(name)
    return runHostPathDriver({
      sim,
      door: this.handle,
      trace,
      node,
      kindNamed: (apiVersion, kind) => this.server.kindNamed(apiVersion, kind) as never,
      directories: {
        copy: (name, from, to) => kubelet(name)?.copyDirectory(from, to),
        remove: (name, path) => kubelet(name)?.removeDirectory(path),
      },
    })
  }

  startMetalLb(log: (line: string) => void): Component {
    const poolKind = () => this.server.kindNamed("metallb.io/v1beta1", "IPAddressPool") as never
    return runMetalLb({ sim: this.options.sim, door: this.handle, poolKind, log })
  }

  startControllerManager(host: string, settings: { disabled?: ReadonlySet<string>; access?: ClientAccess } = {}): Component {
    const { sim, trace } = this.options
    const { disabled, access } = settings
    return runControllerManager({
      sim,
      door: accessibleDoor(this.handle, access),
      trace,
      spanOf: this.#spanOf,
      host,
      authority: this.authority.certificate,
      mint: (of) => secretToken(of, this.server),
      sign: (request, validMs, usage) => this.authority.signRequest(request, validMs, usage),
      podCidr: this.options.podCidr,
      ...(disabled && { disabled }),
    })
  }

  /** `lease`: name of the Lease that it is elected by; undefined: it leads at once. */
  startScheduler(
    host: string,
    settings: { profiles?: readonly Profile[]; lease?: string | undefined; access?: ClientAccess } = { lease: "kube-scheduler" },
  ): Component {
    const { sim, trace } = this.options
    const { profiles, lease, access } = settings
    return runScheduler({
      sim,
      door: accessibleDoor(this.handle, access),
      trace,
      spanOf: this.#spanOf,
      host,
      lease,
      ...(profiles && { profiles }),
    })
  }

  startKubelet(
    nodeHost: NodeHost,
    options: {
      labels?: Readonly<Record<string, string>>
      taints?: readonly { key: string; value?: string; effect: string }[]
      staticPodPath?: string
      clusterDns?: string
      clusterDomain?: string
      /** As kubemark's kubelets: no cluster DNS is configured, and nobody probes. */
      hollow?: boolean
      /** Of the program. Default: the cluster's. */
      version?: string
      limits?: NodeLimits
    } = {},
  ): Component {
    const { sim, trace, dnsDomain } = this.options
    const { version = this.options.version } = options
    const { name } = nodeHost.host
    const kubelet = runKubelet({
      sim,
      door: nodeHost.access ? accessibleDoor(this.handle, nodeHost.access) : severableDoor(this.handle, nodeHost.reaches),
      trace,
      spanOf: this.#spanOf,
      nodeHost,
      version,
      ...(!nodeHost.hollow && { clusterDns: options.clusterDns ?? this.dnsAddress }),
      clusterDomain: options.clusterDomain ?? dnsDomain,
      staticPodPath: options.staticPodPath ?? "/etc/kubernetes/manifests",
      ...(options.labels && { nodeLabels: options.labels }),
      ...(options.taints && { taints: options.taints }),
      ...(options.limits && { limits: options.limits }),
    })
    this.kubelets.set(name, kubelet)
    this.#reaches.set(name, nodeHost.reaches)
    if (nodeHost.down) this.#down.set(name, nodeHost.down)
    this.#policies ??= new NetworkPolicies(this.observer.informers)
    this.#policies.enforce(nodeHost.network)
    return {
      name: "kubelet",
      stop: () => {
        kubelet.stop()
        if (this.kubelets.get(name) === kubelet) this.kubelets.delete(name)
      },
    }
  }

  startKubeProxy(nodeHost: NodeHost): Component {
    return runKubeProxy({
      sim: this.options.sim,
      door: severableDoor(this.handle, nodeHost.reaches),
      network: nodeHost.network,
      node: nodeHost.host.name,
    })
  }

  startCoreDns(): CoreDns {
    return runCoreDns({ sim: this.options.sim, door: this.handle, domain: this.options.dnsDomain })
  }

  kubeconfig(options: { server: string; user: string; certificate: string; key: string; encode: (text: string) => string }): string {
    return kubeconfigText({ ...options, authority: this.authority.certificate })
  }

  /** Accepts `token` as an administrator's: for clients outside. */
  acceptAdminToken(token: string): void {
    this.#tokens.set(token, { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] })
  }
}
