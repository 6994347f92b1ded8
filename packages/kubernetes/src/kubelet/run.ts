/** The kubelet: registers its node, keeps its lease, and has a worker for every Pod of its own. As pkg/kubelet/kubelet.go. */
import type { Simulation, Timer } from "@drydock/sim"
import { configMap, event, type Node, node, type Pod, pod, secret } from "../api/index.ts"
import { deepEqual } from "../apimachinery/frozen.ts"
import { formatTime } from "../apimachinery/object.ts"
import { StatusError } from "../apimachinery/status.ts"
import { type Door, DoorClient } from "../client/client.ts"
import { Recorder } from "../client/event-recorder.ts"
import { WatchInformers } from "../client/informers.ts"
import type { Component, NodeHost } from "../cluster-contract.ts"
import type { ExecOptions, ExecSession, LogLine, PortConnection, PortConnectionOptions } from "../ports/container-runtime.ts"
import type { Trace } from "../ports/trace.ts"
import { admit } from "./admission.ts"
import { evict, EvictionManager } from "./eviction.ts"
import { resizeProblem } from "./pod-resize.ts"
import { beyondDiskLimits } from "./pod-usage.ts"
import type { KubeletContext } from "./kubelet-context.ts"
import { SerialPulls } from "./serial-pulls.ts"
import { NodeLease } from "./node-lease.ts"
import type { NodeLimits } from "./node-limits.ts"
import { conditionEvents, nodeStatus, notReady } from "./node-status.ts"
import { ServiceAccountTokens } from "./service-account-tokens.ts"
import { PodWorker } from "./pod-worker.ts"
import { readStaticPods } from "./static-pods.ts"

/** nodeStatusReportFrequency, syncFrequency; ms. */
const STATUS_REPORT = 300_000
const VOLUME_REFRESH = 60_000
/** syncFrequency of a hollow kubelet, ms. */
const HOLLOW_SYNC = 10_000
/** Until a hollow Pod that never ran is let go: a relist of the PLEG, ms. */
const HOLLOW_LET_GO = 1_000
/** fileCheckFrequency, ms. */
const FILE_CHECK = 20_000
/** backOffPeriod of a Pod whose sync failed, ms. */
const MIRROR_RETRY = 10_000

export interface KubeletOptions {
  sim: Simulation
  door: Door
  trace: Trace
  spanOf: (revision: number) => number | undefined
  nodeHost: NodeHost
  version: string
  staticPodPath: string
  /** --cluster-dns; undefined: Pods use what their node does. */
  clusterDns?: string
  clusterDomain: string
  nodeLabels?: Readonly<Record<string, string>>
  taints?: readonly { key: string; value?: string; effect: string }[]
  limits?: NodeLimits
}

/** The kubelet's own door (port 10250), as the API server uses it. */
export interface Kubelet extends Component {
  /** A hollow kubelet: nobody can look its name up. */
  readonly unreachable?: { port: number }
  logs(pod: Pod, container: string | undefined, previous: boolean): readonly LogLine[] | undefined
  followLogs(pod: Pod, container: string | undefined, line: (line: LogLine) => void, end: () => void): (() => void) | undefined
  exec(pod: Pod, container: string | undefined, options: ExecOptions): ExecSession | undefined
  attach(pod: Pod, container: string | undefined, options: Omit<ExecOptions, "command">): ExecSession | undefined
  /** Undefined when there is nothing to connect to; what goes wrong with the connection itself comes through `onError`. */
  portForward(pod: Pod, port: number, options: PortConnectionOptions): PortConnection | undefined
  /** Copies what is in a directory of the node, when there is one. */
  copyDirectory(from: string, to: string): void
  /** Takes a directory away from the node (a volume's, once it is given back). */
  removeDirectory(path: string): void
  stats(): readonly { pod: Pod; containers: readonly { name: string; cpuNanoCores: number; memoryBytes: number }[] }[]
}

const isStatic = (one: Pod): boolean =>
  (one.metadata.annotations as Record<string, string> | undefined)?.["kubernetes.io/config.source"] === "file"

export const runKubelet = (options: KubeletOptions): Kubelet => {
  const { sim, door, trace, nodeHost } = options
  const { host, runtime, prober } = nodeHost
  const identity = { name: `system:node:${host.name}`, groups: ["system:nodes", "system:authenticated"] }
  const client = new DoorClient(door, identity)
  const informers = new WatchInformers({
    door,
    user: identity,
    sim,
    spanOf: options.spanOf,
    // Its own node and the Pods bound to it, as cmd/kubelet's informers select them.
    only: { pods: `spec.nodeName=${host.name}`, nodes: `metadata.name=${host.name}` },
  })
  const events = new Recorder({ client, sim, kind: event as never, component: "kubelet", host: host.name })
  const workers = new Map<string, PodWorker>()
  /** Static Pods by uid; their mirrors in the API have another uid. */
  let statics = new Map<string, Pod>()
  const timers: Record<string, Timer | undefined> = {}
  let stopped = false
  let registered = false

  const attempt = (work: () => void): boolean => {
    try {
      work()
      return true
    } catch (error) {
      if (error instanceof StatusError || (error instanceof Error && error.message.includes("connection refused"))) return false
      throw error
    }
  }

  /** Says what keeps the kubelet from its API server, where it is known. */
  const logProblem = (path: string, line: (why: string) => string): void => {
    const why = nodeHost.access?.problem?.(path)
    if (why !== undefined) host.log("kubelet", line(why), 3)
  }

  const mirrorOf = (one: Pod): Pod | undefined => informers.for(pod).get(one.metadata.namespace, one.metadata.name)

  const reportStatus = (one: Pod, status: Pod["status"]): void => {
    const target = isStatic(one) ? mirrorOf(one) : one
    if (!target) return
    const send = () => {
      const current = client.find(pod, target.metadata as never)
      if (!current || current.metadata.uid !== target.metadata.uid) return
      trace.emit({
        from: "kubelet",
        to: "kube-apiserver",
        instance: `kubelet/${host.name}`,
        verb: "status",
        object: { kind: "Pod", namespace: current.metadata.namespace as string, name: current.metadata.name, uid: current.metadata.uid },
        detail: status.phase,
      })
      const scheduled = current.status.conditions?.find(({ type }) => type === "PodScheduled")
      const next = {
        ...status,
        ...(current.status.qosClass && { qosClass: current.status.qosClass }),
        conditions: (status.conditions ?? []).map((condition) =>
          condition.type === "PodScheduled" && scheduled ? { ...condition, lastTransitionTime: scheduled.lastTransitionTime } : condition,
        ),
      }
      if (!deepEqual(next, current.status)) client.updateStatus(pod, { ...current, status: next as Pod["status"] })
    }
    if (!attempt(send)) pending.add(one.metadata.uid)
  }
  /** Workers whose status did not get through. */
  const pending = new Set<string>()

  const nodeEvent = (type: "Normal" | "Warning", reason: string, message: string): void => {
    // The kubelet does not ask for its node's uid: who looks for a node's events by that does not find these.
    events.event({ kind: "Node", metadata: { name: host.name } } as never, type, reason, message)
  }
  const eviction = new EvictionManager({
    host,
    runtime,
    now: () => sim.now(),
    workers: () => workers.values(),
    changed: () => {
      reportNode()
    },
    nodeEvent,
    ...(options.limits && { limits: options.limits }),
  })
  const houseKeep = (): void => {
    eviction.synchronize()
    for (const worker of workers.values()) {
      const message = worker.active ? beyondDiskLimits(worker, runtime, host) : undefined
      if (message !== undefined) evict(worker, message, 1_000)
      worker.retryResize()
    }
  }

  /** A Pod that the node cannot take is over before it began. */
  const refuse = (one: Pod): boolean => {
    const self = informers.for(node).get(undefined, host.name)
    if (!self || one.status.startTime) return false
    const others = [...workers.values()].filter(({ active }) => active).map(({ pod: other }) => other)
    const rejected = eviction.refuses(one) ?? admit(one, others, self, options.limits?.unsafeSysctls)
    if (!rejected) return false
    const { reason, message } = rejected
    events.event(one as never, "Warning", reason, message)
    reportStatus(one, {
      phase: "Failed",
      reason,
      message: `Pod was rejected: ${message}`,
      conditions: one.status.conditions ?? [],
      startTime: formatTime(sim.now()),
      ...(one.status.qosClass && { qosClass: one.status.qosClass }),
    } as never)
    return true
  }

  const tokens = new ServiceAccountTokens(sim, client)
  const pulls = nodeHost.hollow ? undefined : new SerialPulls()
  const context: KubeletContext = {
    resizeProblem: (one) => {
      const self = informers.for(node).get(undefined, host.name)
      const others = [...workers.values()].filter(({ active, pod: other }) => active && other.metadata.uid !== one.metadata.uid)
      return (
        self &&
        resizeProblem(
          one,
          others.map(({ pod: other }) => other),
          self,
        )
      )
    },
    sim,
    client,
    events,
    host,
    runtime,
    prober,
    trace,
    clusterDomain: options.clusterDomain,
    token: nodeHost.hollow ? () => "" : (one, wanted) => tokens.of(one, wanted),
    dnsFor: (one) => {
      const resolv = host.files.exists("/etc/resolv.conf") ? host.files.read("/etc/resolv.conf") : ""
      const own = {
        servers: [...resolv.matchAll(/^nameserver (\S+)/gm)].map((match) => match[1]),
        searches: [...(/^search (.+)$/m.exec(resolv)?.[1].split(/\s+/) ?? [])],
        options: [] as string[],
      }
      const { dnsPolicy, hostNetwork, dnsConfig } = one.spec
      const config = (base: { servers: string[]; searches: string[]; options: string[] }) => ({
        servers: [...base.servers, ...((dnsConfig?.nameservers ?? []) as string[])],
        searches: [...base.searches, ...((dnsConfig?.searches ?? []) as string[])],
        options: [
          ...base.options,
          ...(dnsConfig?.options ?? []).map(({ name, value }) => (value === undefined ? (name ?? "") : `${name}:${value}`)),
        ],
      })
      if (dnsPolicy === "None") return config({ servers: [], searches: [], options: [] })
      if (options.clusterDns === undefined || dnsPolicy === "Default" || (hostNetwork && dnsPolicy !== "ClusterFirstWithHostNet"))
        return config(own)
      const domain = options.clusterDomain
      return config({
        servers: [options.clusterDns],
        searches: [`${one.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain, ...own.searches],
        options: ["ndots:5"],
      })
    },
    probing: !nodeHost.hollow,
    pulls,
    letGo: nodeHost.hollow ? HOLLOW_LET_GO : 0,
    resync: options.clusterDns === undefined ? HOLLOW_SYNC : undefined,
    imageName: (image) => runtime.imageStatus(image)?.repoTags[0] ?? image,
    imageDigest: (image, id) => runtime.imageStatus(image)?.repoDigests[0] ?? id,
    reportStatus,
  }

  const startWorker = (one: Pod, span: number | undefined): void => {
    const worker = new PodWorker(one, context)
    worker.span = span ?? trace.span()
    workers.set(one.metadata.uid, worker)
    worker.onFinished = () => {
      workers.delete(one.metadata.uid)
      pending.delete(one.metadata.uid)
      tokens.forget(one.metadata.uid)
      if (isStatic(worker.pod)) {
        if (startStatics() && registered) syncMirrors()
        return
      }
      attempt(() => client.delete(pod, worker.pod.metadata as never, { gracePeriodSeconds: 0, uid: worker.pod.metadata.uid }))
    }
    const sandbox = adoptable.get(one.metadata.uid)
    if (sandbox) worker.adopt(sandbox)
    adoptable.delete(one.metadata.uid)
    worker.sync()
  }

  /** Sandboxes that were there when this kubelet began, by Pod uid. */
  const adoptable = new Map((runtime.sandboxes?.() ?? []).map((found) => [found.podUid, found]))

  const seen = (one: Pod, span: number | undefined): void => {
    if (one.spec.nodeName !== host.name) return
    if ((one.metadata.annotations as Record<string, string> | undefined)?.["kubernetes.io/config.mirror"]) {
      // Somebody deletes a mirror: the Pod is a file of this machine and stays, so a new mirror takes its place.
      if (one.metadata.deletionTimestamp) sim.schedule(0, () => syncMirrors())
      return
    }
    const worker = workers.get(one.metadata.uid)
    if (worker) {
      worker.span = span ?? worker.span
      worker.update(one)
    } else if (one.metadata.deletionTimestamp && !adoptable.has(one.metadata.uid))
      attempt(() => client.delete(pod, one.metadata as never, { gracePeriodSeconds: 0, uid: one.metadata.uid }))
    else if (!["Succeeded", "Failed"].includes(one.status.phase ?? "")) {
      if (!adoptable.has(one.metadata.uid) && refuse(one)) return
      startWorker(one, span)
      if (one.metadata.deletionTimestamp) workers.get(one.metadata.uid)?.update(one)
    }
  }

  const readManifests = (): void => {
    if (stopped) return
    // What is not there cannot be watched.
    if (!host.files.exists(options.staticPodPath)) timers.manifests = sim.scheduleBackground(FILE_CHECK, readManifests)
    const found = new Map(readStaticPods(host, options.staticPodPath, sim.now()).map((one) => [one.metadata.uid, one]))
    const before = statics
    const gone = [...before.values()].filter(({ metadata }) => ![...found.values()].some((one) => one.metadata.name === metadata.name))
    // Who was seen before stays before those that are new: they wait in this order for a name that several have.
    statics = new Map([...[...before].filter(([uid]) => found.has(uid)), ...found])
    for (const [uid, one] of before)
      if (!found.has(uid)) workers.get(uid)?.terminate((one.spec.terminationGracePeriodSeconds ?? 30) * 1_000)
    startStatics()
    if (registered) syncMirrors(gone)
  }

  /**
   * Starts those whose turn it is: of several files that name the same Pod (a copy left beside the manifest) one runs, and the
   * next one when that has ended. As allowStaticPodStart of pkg/kubelet/pod_workers.go.
   */
  const startStatics = (): boolean => {
    let any = false
    if (stopped) return any
    for (const one of statics.values()) {
      const { name, namespace } = one.metadata
      const taken = [...workers.values()].some(
        ({ pod: other }) => isStatic(other) && other.metadata.name === name && other.metadata.namespace === namespace,
      )
      if (taken) continue
      startWorker(one, undefined)
      any = true
    }
    return any
  }

  /** Static Pods have mirrors, so that the API shows them. */
  const syncMirrors = (gone: readonly Pod[] = []): void => {
    if (stopped) return
    sim.cancel(timers.mirrors)
    for (const one of gone) attempt(() => client.delete(pod, one.metadata as never, { gracePeriodSeconds: 0 }))
    const self = informers.for(node).get(undefined, host.name)
    let missed = false
    for (const one of statics.values()) {
      if (!workers.has(one.metadata.uid)) continue
      const mirror = mirrorOf(one)
      const hash = (mirror?.metadata.annotations as Record<string, string> | undefined)?.["kubernetes.io/config.hash"]
      if (hash === one.metadata.uid && !mirror?.metadata.deletionTimestamp) continue
      const made = attempt(() => {
        if (mirror) client.delete(pod, mirror.metadata as never, { gracePeriodSeconds: 0 })
        client.create(pod, {
          apiVersion: "v1",
          kind: "Pod",
          metadata: {
            name: one.metadata.name,
            namespace: one.metadata.namespace,
            labels: one.metadata.labels,
            annotations: { ...(one.metadata.annotations as object), "kubernetes.io/config.mirror": one.metadata.uid } as never,
            ownerReferences: self ? [{ apiVersion: "v1", kind: "Node", name: host.name, uid: self.metadata.uid, controller: true }] : [],
          },
          spec: one.spec,
        })
      })
      missed ||= !made
      // The informer tells of the mirror in a moment; then the status can be sent.
      sim.schedule(1, () => workers.get(one.metadata.uid)?.resend())
    }
    // The API server may be away: its own mirror is made by its own kubelet.
    if (missed) timers.mirrors = sim.scheduleBackground(MIRROR_RETRY, () => syncMirrors())
  }

  let told: ReadonlyMap<string, string> = new Map()
  const reportNode = (): boolean =>
    attempt(() => {
      const existing = client.find(node, { name: host.name })
      const status = nodeStatus({
        host,
        runtime,
        version: options.version,
        hollow: nodeHost.hollow,
        now: host.now?.() ?? sim.now(),
        previous: (existing?.status.conditions ?? []) as never,
        pressures: eviction.conditions,
        ...(options.limits && { limits: options.limits }),
      })

      const bootId = existing?.status.nodeInfo?.bootID
      if (bootId && bootId !== host.system.bootId)
        nodeEvent("Warning", "Rebooted", `Node ${host.name} has been rebooted, boot id: ${host.system.bootId}`)
      if (!existing) {
        client.create(node, {
          apiVersion: "v1",
          kind: "Node",
          metadata: {
            name: host.name,
            labels: {
              "beta.kubernetes.io/arch": "amd64",
              "beta.kubernetes.io/os": "linux",
              "kubernetes.io/arch": "amd64",
              "kubernetes.io/hostname": host.name,
              "kubernetes.io/os": "linux",
              ...options.nodeLabels,
            } as never,
            ...(!nodeHost.hollow && { annotations: { "volumes.kubernetes.io/controller-managed-attach-detach": "true" } as never }),
          },
          spec: { ...(options.taints?.length && { taints: options.taints as never }) },
          status,
        })
      } else client.updateStatus(node, { ...existing, status: { ...existing.status, ...status } } as Node)
      if (told.size === 0) {
        nodeEvent("Normal", "Starting", "Starting kubelet.")
        if (!nodeHost.hollow) nodeEvent("Normal", "NodeAllocatableEnforced", "Updated Node Allocatable limit across pods")
        // Whoever begins anew tells every condition; readiness only where it changes.
        const before = existing?.status.conditions?.find(({ type }) => type === "Ready")?.status
        if (
          before !== undefined &&
          before !== "True" &&
          status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True")
        )
          nodeEvent("Normal", "NodeReady", `Node ${host.name} status is now: NodeReady`)
      }
      told = conditionEvents(told, status, (reason) => nodeEvent("Normal", reason, `Node ${host.name} status is now: ${reason}`))
    })

  const lease = new NodeLease(client, host.name)
  const renewLease = (): void => {
    if (stopped) return
    houseKeep()
    const wait = lease.beat(host.now?.() ?? sim.now(), attempt)
    timers.lease = sim.scheduleBackground(wait, renewLease)
    if (!lease.alive) {
      const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${host.name}?timeout=10s`
      const seconds = Math.max(0.2, Math.min(7, (wait * 2) / 1_000))
      logProblem(
        path,
        (why) =>
          `E controller.go:145] "Failed to ensure lease exists, will retry" err=${JSON.stringify(why)} interval="${seconds < 1 ? `${seconds * 1_000}ms` : `${seconds}s`}"`,
      )
    }
    if (!registered || !lease.alive) return
    attempt(() => {
      // The runtime went down or came back: say so with the next heartbeat.
      const ready = informers
        .for(node)
        .get(undefined, host.name)
        ?.status.conditions?.find(({ type }) => type === "Ready")?.status
      if (ready !== undefined && (ready === "True") !== (notReady(runtime) === undefined)) reportNode()
      for (const uid of [...pending]) {
        pending.delete(uid)
        workers.get(uid)?.resend()
      }
    })
  }

  let tries = 0
  const register = (): void => {
    if (stopped) return
    if (!reportNode()) {
      if (tries++ % 7 === 0)
        logProblem(
          "/api/v1/nodes",
          (why) =>
            `E kubelet_node_status.go:107] "Unable to register node with API server" err=${JSON.stringify(why.replace(/^Get/, "Post"))} node="${host.name}"`,
        )
      timers.register = sim.schedule(1_000, register)
      return
    }
    registered = true
    informers.for(node)
    const pods = informers.for(pod)
    for (const one of pods.list()) seen(one, undefined)
    pods.onChange(({ type, object, span }) => {
      if (object.spec.nodeName !== host.name) return
      if (type === "deleted") {
        if ((object.metadata.annotations as Record<string, string> | undefined)?.["kubernetes.io/config.mirror"]) {
          sim.schedule(0, () => syncMirrors())
          return
        }
        workers.get(object.metadata.uid)?.terminate(0)
      } else seen(object, span)
    })
    syncMirrors()
    const report = () => {
      if (stopped) return
      reportNode()
      timers.status = sim.scheduleBackground(STATUS_REPORT, report)
    }
    timers.status = sim.scheduleBackground(STATUS_REPORT, report)
    // Mounted ConfigMaps and Secrets follow within the sync period.
    const refresh = () => {
      timers.refresh = undefined
      for (const worker of workers.values()) worker.refreshVolumes()
    }
    const soon = () => {
      if (!timers.refresh?.action) timers.refresh = sim.scheduleBackground(VOLUME_REFRESH, refresh)
    }
    informers.for(configMap).onChange(soon)
    informers.for(secret).onChange(soon)
  }

  runtime.onEvent = ({ containerId, state }) => {
    if (state !== "exited" || stopped) return
    for (const worker of workers.values()) worker.containerExited(containerId)
  }
  const unwatch = host.files.watch(options.staticPodPath, () => {
    if (timers.manifests?.action) return
    timers.manifests = sim.schedule(1_000, readManifests)
  })
  host.log("kubelet", `I server.go:529] "Kubelet version" kubeletVersion="${options.version}"`)
  readManifests()
  // The heart beats from the first, whether the node is registered or not.
  timers.lease = sim.schedule(0, renewLease)
  timers.register = sim.schedule(0, register)

  const workerOf = (one: Pod): PodWorker | undefined => {
    const direct = workers.get(one.metadata.uid)
    if (direct) return direct
    return [...workers.values()].find(
      (worker) => worker.pod.metadata.name === one.metadata.name && worker.pod.metadata.namespace === one.metadata.namespace,
    )
  }

  return {
    name: "kubelet",
    ...(nodeHost.hollow && { unreachable: { port: nodeHost.hollow.port } }),
    logs(one, container, previous) {
      const worker = workerOf(one)
      const id = previous ? worker?.previousId(container) : worker?.containerId(container)
      return id === undefined ? undefined : runtime.logs(id)
    },
    followLogs(one, container, line, end) {
      const id = workerOf(one)?.containerId(container)
      return id === undefined ? undefined : runtime.followLogs(id, line, end)
    },
    exec(one, container, execOptions) {
      const id = workerOf(one)?.containerId(container)
      return id === undefined ? undefined : runtime.exec(id, execOptions)
    },
    attach(one, container, attachOptions) {
      const id = workerOf(one)?.containerId(container)
      return id === undefined ? undefined : runtime.attach(id, attachOptions)
    },
    portForward(one, port, connection) {
      const sandbox = workerOf(one)?.sandboxId
      if (sandbox === undefined) return undefined
      // As cri-api's streaming server words what its forwarder reports (portforward/websocket.go, httpstream.go).
      const onError = (text: string) => connection.onError(`error forwarding port ${port} to pod ${sandbox}, uid : ${text}`)
      return runtime.portForward?.(sandbox, port, { ...connection, onError })
    },
    copyDirectory(from, to) {
      if (host.files.exists(from)) host.files.copy?.(from, to)
      else host.files.mkdir(to)
    },
    removeDirectory(path) {
      if (host.files.exists(path)) host.files.remove(path)
    },
    stats: () =>
      [...workers.values()].map((worker) => ({
        pod: worker.pod,
        containers: (worker.pod.spec.containers ?? []).flatMap(({ name }) => {
          const id = worker.containerId(name)
          return id === undefined || runtime.containerStatus(id)?.state !== "running" ? [] : [{ name, ...runtime.stats(id) }]
        }),
      })),
    stop() {
      stopped = true
      pulls?.clear()
      unwatch()
      for (const timer of Object.values(timers)) sim.cancel(timer)
      for (const worker of workers.values()) worker.abandon()
      informers.stop()
      runtime.onEvent = undefined
    },
  }
}
