/** One Pod on its node, from sandbox to end. As pkg/kubelet/pod_workers.go and kuberuntime SyncPod. */
import { Digest, type Timer } from "@drydock/sim"
import type { Pod } from "../api/index.ts"
import { formatTime } from "../apimachinery/object.ts"
import type { FoundSandbox } from "../ports/container-runtime.ts"
import type { TraceActor } from "../ports/trace.ts"
import { waitAndTell } from "./back-off.ts"
import { ContainerChanges } from "./container-changes.ts"
import { BACKOFF, BACKOFF_RESET, type ContainerKind, type ContainerRecord, isSidecar, MAX_BACKOFF, newRecord } from "./container-record.ts"
import { ensureImage } from "./images.ts"
import type { KubeletContext } from "./kubelet-context.ts"
import { type GivenUp, podStatus } from "./pod-report.ts"
import { PodSandbox } from "./pod-sandbox.ts"
import { goDuration, podLabel, type PodScope } from "./pod-scope.ts"
import { startContainer, watchHealth } from "./start-container.ts"
import { stopContainer } from "./stop-container.ts"

const FIELDS: Readonly<Record<ContainerKind, string>> = { init: "initContainers", main: "containers", ephemeral: "ephemeralContainers" }
/** Bytes of log that stand in for a termination message (MaxContainerTerminationMessageLogLength). */
const MESSAGE_FROM_LOG = 2_048
/** How often the PLEG lists the containers, ms. */
const RELIST = 1_000
const DEADLINE_EXCEEDED = "Pod was active on the node longer than the specified deadline"

export class PodWorker implements PodScope {
  pod: Pod
  readonly context: KubeletContext
  readonly records: ContainerRecord[]
  sandboxId: string | undefined
  ip = ""
  volumes: Map<string, string> | undefined
  terminating = false
  readonly changes = new ContainerChanges(this)
  /** What caused this Pod's present work. */
  span: number | undefined
  /** Called once, when nothing of the Pod is left on the node. */
  onFinished: (() => void) | undefined
  readonly #sandbox: PodSandbox
  #timer: Timer | undefined
  #finished = false
  #given: GivenUp | undefined
  /** How many sandboxes it had before this one. */
  sandboxAttempt = 0
  /** Sandboxes that are gone, with what is left of their containers. */
  readonly #former: string[] = []
  #toldOfChange = false
  /** When its sandbox was found gone, ms; containers from before belong to the other one. */
  #sandboxSince = 0
  /** Digest of the status last sent. */
  #sent = ""
  #graceEnds = 0
  #resync: Timer | undefined
  #relisted = false
  /** Images that are mounted, by volume: there, or on their way. */
  #mounted: Map<string, ContainerRecord | true> | undefined
  /** When a Pod whose containers never began is let go. */
  #goesAt: number | undefined

  constructor(pod: Pod, context: KubeletContext) {
    this.pod = pod
    this.context = context
    const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec
    this.records = [
      ...initContainers.map((container) => newRecord(container, "init", true)),
      ...containers.map((container) => newRecord(container, "main", initContainers.length > 0)),
      ...ephemeralContainers.map((container) => newRecord(container as never, "ephemeral", false)),
    ]
    this.#sandbox = new PodSandbox(this)
  }

  #named(name: string | undefined): ContainerRecord | undefined {
    return this.records.find(({ container, kind }) => (name ? container.name === name : kind === "main"))
  }

  containerId(name: string | undefined): string | undefined {
    return this.#named(name)?.id
  }

  /** The container before the present one, for logs --previous. */
  previousId(name: string | undefined): string | undefined {
    return this.#named(name)?.lastState.terminated?.containerID.replace(/^\w+:\/\//, "")
  }

  update(pod: Pod): void {
    this.pod = pod
    if (pod.metadata.deletionTimestamp) return this.terminate((pod.metadata.deletionGracePeriodSeconds ?? 30) * 1_000)
    const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec
    for (const container of ephemeralContainers)
      if (!this.records.some(({ container: { name } }) => name === container.name))
        this.records.push(newRecord(container as never, "ephemeral", false))
    this.changes.take([...containers, ...initContainers])
    this.sync()
  }

  /** The node may have room by now. */
  retryResize(): void {
    if (this.changes.pending && this.active) this.update(this.pod)
  }

  /** Neither over nor on its way out. */
  get active(): boolean {
    return !this.#given && !this.terminating && !this.#finished
  }

  event(type: "Normal" | "Warning", reason: string, message: string, record?: ContainerRecord): void {
    const field = record && `spec.${FIELDS[record.kind]}{${record.container.name}}`
    this.context.events.event(this.pod as never, type, reason, message, field)
  }

  syncFailed({ container }: ContainerRecord, reason: string, message: string): void {
    const { namespace, name, uid } = this.pod.metadata
    const error = `failed to "StartContainer" for ${JSON.stringify(container.name)} with ${reason}: ${JSON.stringify(message)}`
    const about = `pod="${namespace}/${name}" podUID=${JSON.stringify(uid)}`
    this.context.host.log("kubelet", `E pod_workers.go:1324] "Error syncing pod, skipping" err=${JSON.stringify(error)} ${about}`, 3)
  }

  missDns(): void {
    const { resync, events, host, sim } = this.context
    const { dnsPolicy, hostNetwork } = this.pod.spec
    const wanted = dnsPolicy === "ClusterFirstWithHostNet" || (dnsPolicy === "ClusterFirst" && !hostNetwork)
    if (resync === undefined || !wanted || this.#finished || this.terminating) return
    const message = `kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy. Falling back to "Default" policy.`
    events.event({ kind: "Node", metadata: { name: host.name } } as never, "Warning", "MissingClusterDNS", message)
    this.event("Warning", "MissingClusterDNS", `pod: "${podLabel(this)}". ${message}`)
    if (this.#resync?.action) return
    // Looked at again when the PLEG has told of the containers, then every sync period and up to half as long again.
    const again = () => {
      this.#resync = undefined
      this.missDns()
    }
    const jittered = () => resync + sim.random(`resync/${host.name}`).integer(resync / 2)
    this.#resync = sim.scheduleBackground(this.#relisted ? jittered() : RELIST, again)
    this.#relisted = true
  }

  trace(to: TraceActor, verb: string, detail?: string, from: TraceActor = "kubelet"): void {
    const { trace, host } = this.context
    const { namespace, name, uid } = this.pod.metadata
    const object = { kind: "Pod", namespace: namespace as string, name, uid }
    trace.emit({ from, to, instance: `kubelet/${host.name}`, verb, object, ...(detail && { detail }) })
  }

  caused(work: () => void): void {
    const { trace } = this.context
    const outer = trace.current
    trace.current = this.span
    try {
      work()
    } finally {
      trace.current = outer
    }
  }

  later(at: number): void {
    const { sim } = this.context
    if (this.#timer?.action && this.#timer.at <= at) return
    sim.cancel(this.#timer)
    this.#timer = sim.schedule(at - sim.now(), () => this.sync())
  }

  sync(): void {
    if (this.#finished || this.terminating || this.#given || !this.context.runtime.available) return
    this.caused(() => this.#sync())
  }

  #sync(): void {
    const { phase } = this.pod.status
    if ((phase === "Succeeded" || phase === "Failed") && this.records.every(({ id }) => id === undefined) && this.sandboxId === undefined)
      return
    if (this.#pastDeadline()) return
    if (!this.sandboxId) {
      if (this.#former.length > 0 && !this.#begunAgain()) return this.report()
      this.#sandbox.start(() => this.#finishWhenStopped())
      return this.report()
    }
    for (const record of this.records) if (record.kind === "ephemeral") this.#ensure(record, "Never")
    if (this.#initialized()) {
      const policy = this.pod.spec.restartPolicy ?? "Always"
      for (const record of this.records) if (record.kind === "main") this.#ensure(record, record.container.restartPolicy ?? policy)
      this.#endSidecars()
    }
    this.report()
  }

  /** Its sandbox is gone: whether it gets another. As kuberuntime computePodActions. */
  #begunAgain(): boolean {
    const policy = this.pod.spec.restartPolicy ?? "Always"
    const over = ({ kind, state: { terminated } }: ContainerRecord) =>
      kind !== "main" || (terminated && (policy === "Never" || (policy === "OnFailure" && terminated.exitCode === 0)))
    if (this.records.every(over)) return false
    if (this.#toldOfChange) return true
    this.#toldOfChange = true
    this.sandboxAttempt++
    this.event("Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
    this.#sandboxSince = this.context.sim.now()
    // Init containers run again with their Pod, and before the others.
    for (const record of this.records) {
      const { terminated } = record.state
      if (!terminated || record.kind !== "init") continue
      const state = { waiting: { reason: "PodInitializing" } }
      Object.assign(record, { lastState: { terminated }, state, restarts: record.restarts + 1, id: undefined })
    }
    return true
  }

  /** Brings the init containers on, one after another; true when the main ones may run. */
  #initialized(): boolean {
    const policy = this.pod.spec.restartPolicy === "Never" ? "Never" : "OnFailure"
    const begun = this.records.some(({ kind, id, startedAt }) => kind === "main" && id !== undefined && startedAt >= this.#sandboxSince)
    for (const record of this.records) {
      if (record.kind !== "init") continue
      if (isSidecar(record)) {
        if (!(begun && this.#mainEnded())) this.#ensure(record, "Always")
        if (!record.started && !begun) return false
        continue
      }
      if (begun || record.state.terminated?.exitCode === 0) continue
      this.#ensure(record, policy)
      return false
    }
    return true
  }

  #mainEnded(): boolean {
    const policy = this.pod.spec.restartPolicy ?? "Always"
    return this.records.every(
      ({ kind, state }) =>
        kind !== "main" || (state.terminated && policy !== "Always" && (policy === "Never" || state.terminated.exitCode === 0)),
    )
  }

  /** Sidecars end when what they stood beside has ended, the last first. */
  #endSidecars(): void {
    if (!this.#mainEnded()) return
    const last = this.records.findLast((record) => isSidecar(record) && record.state.running)
    if (!last || last.stopping) return
    this.event("Normal", "Killing", `Stopping container ${last.container.name}`, last)
    stopContainer(this, last, (this.pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000)
  }

  #pastDeadline(): boolean {
    const { activeDeadlineSeconds } = this.pod.spec
    if (activeDeadlineSeconds === undefined || !this.pod.status.startTime) return false
    const at = Date.parse(String(this.pod.status.startTime)) + activeDeadlineSeconds * 1_000
    if (this.context.sim.now() < at) {
      this.later(at)
      return false
    }
    this.event("Normal", "DeadlineExceeded", DEADLINE_EXCEEDED)
    this.giveUp({ reason: "DeadlineExceeded", message: DEADLINE_EXCEEDED })
    return true
  }

  /** Ends the Pod's containers for good; it stays in the API as Failed. */
  giveUp(given: GivenUp, grace = (this.pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000): void {
    if (this.#given || this.terminating) return
    this.#given = given
    this.context.sim.cancel(this.#timer)
    for (const record of this.records)
      if (record.state.running && record.id) {
        this.event("Normal", "Killing", `Stopping container ${record.container.name}`, record)
        stopContainer(this, record, grace)
      }
    this.report()
  }

  /** Brings one container closer to running, as the policy says. */
  #ensure(record: ContainerRecord, policy: string): void {
    if (record.state.running || record.pulling || record.stopping || record.hooked) return
    const now = this.context.sim.now()
    if (record.state.terminated) {
      const { exitCode } = record.state.terminated
      if (policy === "Never" || (policy === "OnFailure" && exitCode === 0)) return
      if (now < record.seenAt) return this.later(record.seenAt)
      this.#backOff(record, record.state.terminated)
    }
    if (now < record.retryAt) return waitAndTell(this, record, record.retryAt, () => this.#tellOfBackOff(record))
    if (!this.#volumeImages(record)) return
    if (ensureImage(this, record, () => startContainer(this, record))) startContainer(this, record)
  }

  /** Pulls the images that the container mounts as volumes; true when all are there. */
  #volumeImages(record: ContainerRecord): boolean {
    for (const { name } of record.container.volumeMounts ?? []) {
      const source = this.pod.spec.volumes?.find((one) => one.name === name)?.image
      if (!source?.reference) continue
      const { reference, pullPolicy } = source
      const known = (this.#mounted ??= new Map()).get(name)
      if (known === true) continue
      const image =
        known ?? newRecord({ name: record.container.name, image: reference, imagePullPolicy: pullPolicy ?? "IfNotPresent" }, "main", false)
      this.#mounted.set(name, image)
      if (image.pulling) return false
      const there = ensureImage(this, image, () => {
        this.#mounted?.set(name, true)
        this.sync()
      })
      if (!there) {
        if (image.state.waiting && !image.pulling) record.state = image.state
        return false
      }
      this.#mounted.set(name, true)
    }
    return true
  }

  #tellOfBackOff(record: ContainerRecord): void {
    this.event("Warning", "BackOff", `Back-off restarting failed container ${record.container.name} in pod ${podLabel(this)}`, record)
    this.syncFailed(record, "CrashLoopBackOff", record.state.waiting?.message ?? "")
  }

  /** The first restart comes at once, later ones after the back-off. */
  #backOff(record: ContainerRecord, ended: NonNullable<ContainerRecord["state"]["terminated"]>): void {
    const { name } = record.container
    const now = this.context.sim.now()
    if (now - record.startedAt >= BACKOFF_RESET) record.backoff = BACKOFF
    // As kuberuntime doBackOff: of a container that a probe ended only the one before it is known to have exited.
    const exited = record.probedOut ? record.lastState.terminated : ended
    const first = exited === undefined || (record.restarts === 0 && record.backoff === BACKOFF)
    const until = exited === undefined ? now : Date.parse(exited.finishedAt) + record.backoff
    if (record.probedOut && !first && until <= now) record.backoff = Math.min(MAX_BACKOFF, record.backoff * 2)
    record.lastState = { terminated: ended }
    record.retryAt = first ? now : Math.max(now, until)
    if (!first && (until > now || !record.probedOut)) {
      const message = `back-off ${goDuration(record.backoff)} restarting failed container=${name} pod=${podLabel(this)}`
      record.state = { waiting: { reason: "CrashLoopBackOff", message } }
      record.tellAt = now
      if (until <= now) this.#tellOfBackOff(record)
      record.backoff = Math.min(MAX_BACKOFF, record.backoff * 2)
    }
    record.probedOut = false
  }

  /** ConfigMaps and Secrets may have changed: what is mounted follows. */
  refreshVolumes(): void {
    if (!this.sandboxId || this.terminating) return
    try {
      this.volumes = this.#sandbox.setUpVolumes()
    } catch {
      // What is gone stays mounted as it was.
    }
  }

  /** The runtime tells of a container that ended. */
  containerExited(id: string): void {
    const record = this.records.find((candidate) => candidate.id === id)
    const status = this.context.runtime.containerStatus(id)
    if (!record || !status || record.state.terminated) return
    record.stopProbes?.()
    record.stopProbes = undefined
    record.stopping = false
    record.hooked = false
    record.ready = record.started = false
    record.state = {
      terminated: {
        ...this.#ended(record, status),
        finishedAt: formatTime(status.finishedAt),
        containerID: `${this.context.runtime.name}://${id}`,
      },
    }
    this.caused(() => this.trace("kubelet", "exited", `${record.container.name}: ${status.reason} (${status.exitCode})`, "containerd"))
    const { sim } = this.context
    if (record.probedOut && !this.terminating && !this.#given) {
      // Killed and started again in one sync: nobody sees it ended.
      record.seenAt = 0
      this.later(sim.now())
      return
    }
    record.seenAt = sim.now() + RELIST
    this.report()
    if (this.terminating) return this.#finishWhenStopped()
    // The PLEG relists every second: that is when a restart is noticed.
    this.later(record.seenAt)
  }

  #ended({ container }: ContainerRecord, status: { id: string; exitCode: number; reason: string; message: string; startedAt: number }) {
    let { message } = status
    if (!message && status.exitCode !== 0 && container.terminationMessagePolicy === "FallbackToLogsOnError")
      message = this.context.runtime
        .logs(status.id)
        .slice(-80)
        .map(({ text }) => `${text}\n`)
        .join("")
        .slice(-MESSAGE_FROM_LOG)
    return { exitCode: status.exitCode, reason: status.reason, ...(message && { message }), startedAt: formatTime(status.startedAt) }
  }

  terminate(grace: number): void {
    if (this.terminating) {
      if (grace === 0)
        for (const { id, state } of this.records) if (state.running && id) this.context.runtime.stopContainer(id, 0, () => {})
      return
    }
    this.terminating = true
    this.context.sim.cancel(this.#timer)
    this.#graceEnds = this.context.sim.now() + grace
    this.caused(() => {
      for (const record of this.records) if (!isSidecar(record)) this.#stopNow(record, grace)
      this.#finishWhenStopped()
    })
  }

  #stopNow(record: ContainerRecord, grace: number): void {
    if (record.id && (record.state.running || record.hooked)) {
      this.event("Normal", "Killing", `Stopping container ${record.container.name}`, record)
      stopContainer(this, record, grace)
    } else record.stopProbes?.()
  }

  #finishWhenStopped(): void {
    if (this.#finished || this.#sandbox.starting) return
    const alive = this.records.filter(({ state, hooked }) => state.running || hooked)
    if (alive.length > 0) {
      // Sidecars go when nothing else is left, the last of them first, in what remains of the grace period.
      const [last] = alive.slice(-1)
      if (alive.every(isSidecar) && !last.stopping) this.#stopNow(last, Math.max(0, this.#graceEnds - this.context.sim.now()))
      return
    }
    const { letGo, sim } = this.context
    // What never ran is not noticed to have ended: the next look at the containers finds none.
    if (letGo > 0 && this.records.every(({ id }) => id === undefined)) {
      this.#goesAt ??= sim.now() + letGo
      if (sim.now() < this.#goesAt) return void sim.schedule(this.#goesAt - sim.now(), () => this.#finishWhenStopped())
    }
    this.#finished = true
    this.context.sim.cancel(this.#resync)
    const time = formatTime(this.context.sim.now())
    const lost = {
      exitCode: 137,
      reason: "ContainerStatusUnknown",
      message: "The container could not be located when the pod was terminated",
      startedAt: time,
      finishedAt: time,
      containerID: "",
    }
    for (const record of this.records) if (!record.state.terminated) record.state = { terminated: lost }
    this.caused(() => {
      this.#removeSandbox()
      const { files } = this.context.host
      const directory = `/var/lib/kubelet/pods/${this.pod.metadata.uid}`
      if (files.exists(directory)) files.remove(directory)
      this.onFinished?.()
    })
  }

  #removeSandbox(): void {
    for (const id of this.#former.splice(0)) this.context.runtime.removePodSandbox(id)
    if (!this.sandboxId) return
    const { runtime } = this.context
    this.trace("containerd", "remove", "StopPodSandbox, RemovePodSandbox")
    runtime.stopPodSandbox(this.sandboxId)
    if (!this.pod.spec.hostNetwork) this.trace("cni", "release", `DEL eth0: ${this.ip}`, "containerd")
    for (const { id } of this.records) if (id) runtime.removeContainer(id)
    runtime.removePodSandbox(this.sandboxId)
    this.sandboxId = undefined
  }

  /** The kubelet stops: containers run on, nobody watches them. */
  abandon(): void {
    this.context.sim.cancel(this.#resync)
    this.context.sim.cancel(this.#timer)
    for (const record of this.records) record.stopProbes?.()
    this.#finished = true
  }

  /** A kubelet that starts again finds its containers; where their sandbox is gone, they need another. */
  adopt({ id: sandboxId, ip, ready, attempt: sandboxAttempt, containers }: FoundSandbox): void {
    this.sandboxAttempt = sandboxAttempt
    if (ready) {
      this.sandboxId = sandboxId
      this.ip = this.pod.spec.hostNetwork ? this.context.host.address : ip
      try {
        this.volumes = this.#sandbox.setUpVolumes()
      } catch {
        this.volumes = undefined
      }
    } else this.#former.push(sandboxId)
    for (const { id, name, attempt } of containers) {
      const record = this.records.find(({ container }) => container.name === name)
      const status = this.context.runtime.containerStatus(id)
      if (!record || !status) continue
      record.id = id
      record.restarts = attempt
      record.imageId = status.imageId
      record.startedAt = status.startedAt
      if (status.state === "running") {
        record.state = { running: { startedAt: formatTime(status.startedAt) } }
        record.started = record.ready = true
        watchHealth(this, record)
      } else if (status.state === "exited")
        record.state = {
          terminated: {
            ...this.#ended(record, status),
            finishedAt: formatTime(status.finishedAt),
            containerID: `${this.context.runtime.name}://${id}`,
          },
        }
    }
  }

  report(): void {
    const status = podStatus(this, this.#given)
    const text = JSON.stringify(status)
    const sent = new Digest().add(text).toString()
    if (sent === this.#sent) return
    this.#sent = sent
    this.caused(() => this.context.reportStatus(this.pod, status as never))
    // Nothing will run again: the sandbox is not needed any more.
    const over = status.phase === "Succeeded" || status.phase === "Failed"
    if (over && !this.terminating && this.sandboxId && !this.records.some(({ state }) => state.running))
      this.context.runtime.stopPodSandbox(this.sandboxId)
  }

  /** The API server has another status than the one sent: send again. */
  resend(): void {
    this.#sent = ""
    this.report()
  }
}
