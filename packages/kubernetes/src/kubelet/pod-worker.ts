/** One Pod on its node: sandbox, images, containers, probes, restarts, the end. As pkg/kubelet/pod_workers.go and kuberuntime. */
import type { Timer } from "@drydock/sim"
import type { Pod } from "../api/index.ts"
import { formatTime } from "../apimachinery/object.ts"
import { parseQuantity, quantityValue } from "../apimachinery/quantity.ts"
import type { ContainerConfig } from "../ports/container-runtime.ts"
import { ConfigError, environmentOf, expand } from "./environment.ts"
import type { KubeletContext } from "./kubelet-context.ts"
import { conditionsOf, type ContainerState, type ContainerStatus, phaseOf } from "./pod-status.ts"
import { startProbes } from "./probes.ts"
import { mountsOf, setUpVolumes } from "./volumes.ts"

type Container = NonNullable<Pod["spec"]["containers"]>[number]

/** Restart back-off: 10 s doubling to 5 min, forgotten after ten good minutes. Image back-off is the same. */
const BACKOFF = 10_000
const MAX_BACKOFF = 300_000
const BACKOFF_RESET = 600_000
/** Back-off of a volume that cannot be set up, ms. As pkg/util/goroutinemap/exponentialbackoff. */
const FIRST_MOUNT_DELAY = 500
const LONGEST_MOUNT_DELAY = 122_000

interface Running {
  container: Container
  init: boolean
  id: string | undefined
  restarts: number
  state: ContainerState
  lastState: ContainerState
  ready: boolean
  started: boolean
  imageId: string
  backoff: number
  retryAt: number
  pulling: boolean
  pullBackoff: number
  pullRetryAt: number
  /** What the runtime said of the last pull, kept apart: the waiting message wraps it. */
  pullError: string
  startedAt: number
  stopProbes: (() => void) | undefined
  stopping: boolean
}

const isSidecar = (container: Container): boolean => container.restartPolicy === "Always"

export class PodWorker {
  pod: Pod
  readonly #context: KubeletContext
  readonly #containers: Running[]
  sandboxId: string | undefined
  ip = ""
  #sandboxStarting = false
  /** Volumes are tried again from then on, each time after twice as long. */
  #mountAfter = 0
  #mountDelay = FIRST_MOUNT_DELAY
  #volumes: Map<string, string> | undefined
  #timer: Timer | undefined
  #terminating = false
  #finished = false
  #sent = ""
  /** Called once, when nothing of the Pod is left on the node. */
  onFinished: (() => void) | undefined

  constructor(pod: Pod, context: KubeletContext) {
    this.pod = pod
    this.#context = context
    const make = (container: Container, init: boolean): Running => ({
      container,
      init,
      id: undefined,
      restarts: 0,
      state: { waiting: { reason: init || !pod.spec.initContainers?.length ? "ContainerCreating" : "PodInitializing" } },
      lastState: {},
      ready: false,
      started: false,
      imageId: "",
      backoff: BACKOFF,
      retryAt: 0,
      pulling: false,
      pullBackoff: BACKOFF,
      pullRetryAt: 0,
      pullError: "",
      startedAt: 0,
      stopProbes: undefined,
      stopping: false,
    })
    this.#containers = [
      ...(pod.spec.initContainers ?? []).map((container) => make(container, true)),
      ...(pod.spec.containers ?? []).map((container) => make(container, false)),
    ]
    for (const one of this.#containers) if (one.init) one.state = { waiting: { reason: "PodInitializing" } }
  }

  containerId(name: string | undefined): string | undefined {
    return (name ? this.#containers.find(({ container }) => container.name === name) : this.#containers.find(({ init }) => !init))?.id
  }

  /** The container before the present one, for logs --previous. */
  previousId(name: string | undefined): string | undefined {
    const found = name ? this.#containers.find(({ container }) => container.name === name) : this.#containers.find(({ init }) => !init)
    return found?.lastState.terminated?.containerID.replace(/^\w+:\/\//, "")
  }

  update(pod: Pod): void {
    this.pod = pod
    if (pod.metadata.deletionTimestamp) return this.terminate((pod.metadata.deletionGracePeriodSeconds ?? 30) * 1_000)
    // A changed image is the one change that restarts a container.
    for (const one of this.#containers) {
      const now = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])].find(({ name }) => name === one.container.name)
      if (!now || now === one.container) continue
      const changed = now.image !== one.container.image
      one.container = now
      if (changed && one.state.running && one.id) {
        this.#event("Normal", "Killing", `Container ${now.name} definition changed, will be restarted`, one)
        this.#stop(one, (pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000)
      }
    }
    this.sync()
  }

  #event(type: "Normal" | "Warning", reason: string, message: string, one?: Running): void {
    this.#context.events.event(
      this.pod as never,
      type,
      reason,
      message,
      one && `spec.${one.init ? "initContainers" : "containers"}{${one.container.name}}`,
    )
  }

  #trace(to: "containerd" | "cni" | "csi" | "container" | "kube-apiserver", verb: string, detail?: string): void {
    const { trace, host } = this.#context
    const { metadata } = this.pod
    trace.emit({
      from: "kubelet",
      to,
      instance: `kubelet/${host.name}`,
      verb,
      object: { kind: "Pod", namespace: metadata.namespace as string, name: metadata.name, uid: metadata.uid },
      ...(detail && { detail }),
    })
  }

  sync(): void {
    if (this.#finished || this.#terminating || !this.#context.runtime.available) return
    this.#within(() => this.#sync())
  }

  /** Does work as part of the span that caused it. */
  #within(work: () => void): void {
    const { trace } = this.#context
    const outer = trace.current
    trace.current = this.span
    try {
      work()
    } finally {
      trace.current = outer
    }
  }

  /** What caused this Pod's present work. */
  span: number | undefined

  #sync(): void {
    const { phase } = this.pod.status
    if (
      (phase === "Succeeded" || phase === "Failed") &&
      this.#containers.every(({ id }) => id === undefined) &&
      this.sandboxId === undefined
    )
      return
    if (!this.sandboxId) {
      this.#startSandbox()
      this.#report()
      return
    }
    const policy = this.pod.spec.restartPolicy ?? "Always"
    for (const one of this.#containers.filter(({ init }) => init)) {
      if (isSidecar(one.container)) {
        this.#ensure(one, "Always")
        if (!one.started) return this.#report()
        continue
      }
      if (one.state.terminated?.exitCode === 0) continue
      this.#ensure(one, policy === "Never" ? "Never" : "OnFailure")
      return this.#report()
    }
    for (const one of this.#containers) if (!one.init) this.#ensure(one, policy)
    this.#report()
  }

  #startSandbox(): void {
    if (this.#sandboxStarting) return
    const { runtime, client, host, sim } = this.#context
    if (sim.now() < this.#mountAfter) return this.#later(this.#mountAfter)
    try {
      this.#volumes ??= this.#setUpVolumes()
      if ((this.pod.spec.volumes ?? []).length > 0)
        this.#trace("csi", "mount", (this.pod.spec.volumes ?? []).map(({ name }) => name).join(", "))
    } catch (error) {
      if (!(error instanceof ConfigError) && client.raw("GET", "/readyz").status === 200) throw error
      for (const volume of this.pod.spec.volumes ?? [])
        if (
          (error as Error).message.includes(
            volume.configMap?.name ?? volume.secret?.secretName ?? volume.persistentVolumeClaim?.claimName ?? "\0",
          )
        )
          this.#event("Warning", "FailedMount", `MountVolume.SetUp failed for volume "${volume.name}" : ${(error as Error).message}`)
      this.#mountAfter = sim.now() + this.#mountDelay
      this.#mountDelay = Math.min(this.#mountDelay * 2, LONGEST_MOUNT_DELAY)
      return this.#later(this.#mountAfter)
    }
    this.#mountDelay = FIRST_MOUNT_DELAY
    this.#sandboxStarting = true
    const { metadata, spec } = this.pod
    this.#trace("containerd", "sandbox")
    runtime.runPodSandbox(
      {
        pod: this.pod,
        hostname: spec.hostNetwork ? host.name : (spec.hostname ?? metadata.name.slice(0, 63)),
        hostNetwork: spec.hostNetwork ?? false,
        hostPid: spec.hostPID ?? false,
        sharePids: spec.shareProcessNamespace ?? false,
        dns: this.#context.dnsFor(this.pod),
        hostPorts: (spec.containers ?? []).flatMap(({ ports }) =>
          (ports ?? [])
            .filter(({ hostPort }) => hostPort && !spec.hostNetwork)
            .map((port) => ({
              containerPort: port.containerPort,
              hostPort: port.hostPort as number,
              protocol: port.protocol ?? "TCP",
              ...(port.hostIP && { hostIp: port.hostIP }),
            })),
        ),
        logDirectory: `/var/log/pods/${metadata.namespace}_${metadata.name}_${metadata.uid}`,
      },
      (result) => {
        this.#sandboxStarting = false
        if (this.#terminating) {
          if (!("error" in result)) {
            this.sandboxId = result.id
            this.#finishSandbox()
          }
          return this.#finishWhenStopped()
        }
        if ("error" in result) {
          this.#event("Warning", "FailedCreatePodSandBox", `Failed to create pod sandbox: ${result.error}`)
          this.#later(sim.now() + 5_000)
          return
        }
        this.sandboxId = result.id
        this.ip = spec.hostNetwork ? host.address : result.ip
        if (!spec.hostNetwork) this.#trace("cni", "network", this.ip)
        host.files.write(this.#hostsFile, this.#hosts())
        this.sync()
      },
    )
  }

  #setUpVolumes(): Map<string, string> {
    const { client, host, token } = this.#context
    return setUpVolumes(this.pod, { client, files: host.files, token, place: { podIp: this.ip, hostIp: host.address } })
  }

  /** ConfigMaps and Secrets may have changed: what is mounted follows. */
  refreshVolumes(): void {
    if (!this.sandboxId || this.#terminating) return
    try {
      this.#volumes = this.#setUpVolumes()
    } catch {
      // What is gone stays mounted as it was.
    }
  }

  get #hostsFile(): string {
    return `/var/lib/kubelet/pods/${this.pod.metadata.uid}/etc-hosts`
  }

  #hosts(): string {
    const { hostname, subdomain, hostAliases, hostNetwork } = this.pod.spec
    if (hostNetwork) return this.#context.host.files.exists("/etc/hosts") ? this.#context.host.files.read("/etc/hosts") : ""
    const name = hostname ?? this.pod.metadata.name
    const full = subdomain ? `${name}.${subdomain}.${this.pod.metadata.namespace}.svc.${this.#context.clusterDomain}\t` : ""
    return `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${this.ip}\t${full}${name}\n${(hostAliases ?? []).map(({ ip, hostnames }) => `${ip}\t${(hostnames ?? []).join("\t")}\n`).join("")}`
  }

  /** Brings one container closer to running, as the policy says. */
  #ensure(one: Running, policy: string): void {
    const { sim, runtime } = this.#context
    if (one.state.running || one.pulling || one.stopping) return
    const now = sim.now()
    if (one.state.terminated) {
      const { exitCode } = one.state.terminated
      if (policy === "Never" || (policy === "OnFailure" && exitCode === 0)) return
      if (now - one.startedAt >= BACKOFF_RESET) one.backoff = BACKOFF
      one.lastState = { terminated: one.state.terminated }
      // The first restart comes at once, later ones after the back-off.
      one.retryAt = one.restarts === 0 && one.backoff === BACKOFF ? now : Date.parse(one.state.terminated.finishedAt) + one.backoff
      if (one.restarts > 0 || one.backoff > BACKOFF) {
        this.#event(
          "Warning",
          "BackOff",
          `Back-off restarting failed container ${one.container.name} in pod ${this.pod.metadata.name}_${this.pod.metadata.namespace}(${this.pod.metadata.uid})`,
          one,
        )
        one.state = {
          waiting: {
            reason: "CrashLoopBackOff",
            message: `back-off ${goDuration(one.backoff)} restarting failed container=${one.container.name} pod=${this.pod.metadata.name}_${this.pod.metadata.namespace}(${this.pod.metadata.uid})`,
          },
        }
        one.backoff = Math.min(MAX_BACKOFF, one.backoff * 2)
      }
      one.restarts++
    }
    if (now < one.retryAt) return this.#later(one.retryAt)
    const image = one.container.image ?? ""
    const present = runtime.imageStatus(image)
    const pull = one.container.imagePullPolicy ?? "IfNotPresent"
    if (pull === "Always" || (!present && pull === "IfNotPresent")) {
      if (one.id === undefined && one.imageId !== "" && one.lastState.terminated === undefined) return this.#create(one)
      if (now < one.pullRetryAt) {
        if (one.state.waiting?.reason === "ErrImagePull") {
          this.#event("Normal", "BackOff", `Back-off pulling image "${image}"`, one)
          this.#event("Warning", "Failed", "Error: ImagePullBackOff", one)
        }
        one.state = {
          waiting: {
            reason: "ImagePullBackOff",
            message: `Back-off pulling image "${image}": ErrImagePull: ${one.pullError}`,
          },
        }
        return this.#later(one.pullRetryAt)
      }
      return this.#pull(one)
    }
    if (!present) {
      this.#event("Warning", "ErrImageNeverPull", `Container image "${image}" is not present with pull policy of Never`, one)
      this.#event("Warning", "Failed", "Error: ErrImageNeverPull", one)
      one.state = {
        waiting: { reason: "ErrImageNeverPull", message: `Container image "${image}" is not present with pull policy of Never` },
      }
      return this.#later(now + 60_000)
    }
    if (one.lastState.terminated === undefined && one.imageId === "")
      this.#event("Normal", "Pulled", `Container image "${image}" already present on machine and can be accessed by the pod`, one)
    one.imageId = present.id
    this.#create(one)
  }

  #pull(one: Running): void {
    const { runtime, sim } = this.#context
    const image = one.container.image ?? ""
    one.pulling = true
    this.#event("Normal", "Pulling", `Pulling image "${image}"`, one)
    this.#trace("containerd", "pull", image)
    runtime.pullImage(image, undefined, (outcome) => {
      one.pulling = false
      if (this.#terminating) return
      if (outcome.kind === "failed") {
        const message = outcome.message
        this.#event("Warning", "Failed", `Failed to pull image "${image}": ${message}`, one)
        this.#event("Warning", "Failed", "Error: ErrImagePull", one)
        one.pullError = message
        one.state = { waiting: { reason: "ErrImagePull", message } }
        one.pullRetryAt = sim.now() + one.pullBackoff
        one.pullBackoff = Math.min(MAX_BACKOFF, one.pullBackoff * 2)
        this.#report()
        return this.#later(sim.now() + 1_000)
      }
      one.pullBackoff = BACKOFF
      one.imageId = outcome.imageId
      this.#event(
        "Normal",
        "Pulled",
        `Successfully pulled image "${image}" in ${goDuration(outcome.took)} (${goDuration(outcome.took)} including waiting). Image size: ${outcome.sizeBytes} bytes.`,
        one,
      )
      const outer = this.#context.trace.current
      this.#context.trace.current = this.span
      this.#create(one)
      this.#report()
      this.#context.trace.current = outer
    })
  }

  #create(one: Running): void {
    const { runtime, client, host, sim } = this.#context
    const { container } = one
    const { metadata, spec } = this.pod
    let config: ContainerConfig
    try {
      const env = environmentOf(this.pod, container, client, { podIp: this.ip, hostIp: host.address })
      const security = { ...spec.securityContext, ...container.securityContext }
      const resources = (container.resources?.limits ?? {}) as Record<string, string>
      config = {
        sandboxId: this.sandboxId as string,
        container: container as never,
        attempt: one.restarts,
        image: container.image ?? "",
        command: container.command?.map((word) => expand(word as string, env)),
        args: container.args?.map((word) => expand(word as string, env)),
        env,
        workingDir: container.workingDir,
        mounts: mountsOf(this.pod, container as never, this.#volumes ?? new Map(), host.files, this.#hostsFile),
        user: {
          ...(security.runAsUser !== undefined && { uid: security.runAsUser }),
          ...(security.runAsGroup !== undefined && { gid: security.runAsGroup }),
          groups: (spec.securityContext?.supplementalGroups ?? []) as number[],
        },
        privileged: container.securityContext?.privileged ?? false,
        readOnlyRootFilesystem: container.securityContext?.readOnlyRootFilesystem ?? false,
        resources: {
          ...(resources.cpu && { cpuLimit: Number(parseQuantity(resources.cpu) / 1_000_000n) }),
          ...(resources.memory && { memoryLimit: quantityValue(resources.memory) }),
        },
        tty: container.tty ?? false,
        stdin: container.stdin ?? false,
        logPath: `${container.name}/${one.restarts}.log`,
      }
    } catch (error) {
      // Without an API server nothing can be looked up: a static Pod has nothing to look up.
      if (!(error instanceof ConfigError)) {
        if (!(metadata.annotations as Record<string, string> | undefined)?.["kubernetes.io/config.source"])
          return this.#later(sim.now() + 2_000)
        config = this.#staticConfig(one)
      } else {
        one.state = { waiting: { reason: "CreateContainerConfigError", message: error.message } }
        this.#event("Warning", "Failed", `Error: ${error.message}`, one)
        return this.#later(sim.now() + 10_000)
      }
    }
    this.#trace("containerd", "create", container.name)
    const created = runtime.createContainer(config)
    if ("error" in created) {
      one.state = { waiting: { reason: "CreateContainerError", message: created.error } }
      this.#event("Warning", "Failed", `Error: ${created.error}`, one)
      return this.#later(sim.now() + 10_000)
    }
    one.id = created.id
    this.#event("Normal", "Created", `Container created`, one)
    const started = runtime.startContainer(created.id)
    const time = formatTime(sim.now())
    one.startedAt = sim.now()
    if (started.error) {
      this.#event("Warning", "Failed", `Error: ${started.error}`, one)
      one.state = {
        terminated: {
          exitCode: 128,
          reason: "StartError",
          message: started.error,
          startedAt: formatTime(0),
          finishedAt: time,
          containerID: `containerd://${created.id}`,
        },
      }
      one.ready = one.started = false
      return this.#later(sim.now() + 1_000)
    }
    this.#trace("container", "start", container.name)
    this.#event("Normal", "Started", `Container started`, one)
    one.state = { running: { startedAt: time } }
    one.started = !container.startupProbe
    one.ready = one.started && !container.readinessProbe
    if (container.startupProbe || container.livenessProbe || container.readinessProbe)
      one.stopProbes = startProbes({
        sim,
        prober: this.#context.prober,
        runtime,
        container,
        containerId: created.id,
        podIp: this.ip,
        onFailure: (kind, output) =>
          this.#event("Warning", "Unhealthy", `${kind[0].toUpperCase()}${kind.slice(1)} probe failed: ${output}`, one),
        onResult: (kind, healthy) => this.#probed(one, kind, healthy),
      })
    if (one.init) this.#later(sim.now())
  }

  #staticConfig(one: Running): ContainerConfig {
    const { container } = one
    const { host } = this.#context
    return {
      sandboxId: this.sandboxId as string,
      container: container as never,
      attempt: one.restarts,
      image: container.image ?? "",
      command: container.command as string[] | undefined,
      args: container.args as string[] | undefined,
      env: new Map((container.env ?? []).map(({ name, value }) => [name, value ?? ""])),
      workingDir: container.workingDir,
      mounts: mountsOf(this.pod, container as never, this.#volumes ?? new Map(), host.files, this.#hostsFile),
      user: { groups: [] },
      privileged: false,
      readOnlyRootFilesystem: false,
      resources: {},
      tty: false,
      stdin: false,
      logPath: `${container.name}/${one.restarts}.log`,
    }
  }

  #probed(one: Running, kind: "startup" | "liveness" | "readiness", healthy: boolean): void {
    if (kind === "readiness") one.ready = healthy && one.started
    else if (kind === "startup" && healthy) {
      one.started = true
      if (!one.container.readinessProbe) one.ready = true
    } else if (!healthy && one.state.running && one.id) {
      this.#event("Normal", "Killing", `Container ${one.container.name} failed ${kind} probe, will be restarted`, one)
      this.#stop(
        one,
        ((one.container.livenessProbe?.terminationGracePeriodSeconds ?? this.pod.spec.terminationGracePeriodSeconds ?? 30) as number) *
          1_000,
      )
    }
    if (kind === "startup" && healthy && one.init) this.sync()
    this.#report()
  }

  #stop(one: Running, grace: number): void {
    if (one.stopping || !one.id) return
    one.stopping = true
    one.stopProbes?.()
    one.stopProbes = undefined
    const { runtime } = this.#context
    const id = one.id
    const stop = (left: number) =>
      this.#within(() => {
        this.#trace("containerd", "stop", one.container.name)
        runtime.stopContainer(id, left, () => {})
      })
    const hook = one.container.lifecycle?.preStop
    if (hook?.exec && grace > 0) {
      const begun = this.#context.sim.now()
      runtime.exec(id, {
        command: (hook.exec.command ?? []) as string[],
        tty: false,
        stdin: false,
        onStdout: () => {},
        onStderr: () => {},
        onDone: () => stop(Math.max(1_000, grace - (this.#context.sim.now() - begun))),
      })
    } else if (hook?.sleep && grace > 0)
      this.#context.sim.schedule(Math.min(grace, hook.sleep.seconds * 1_000), () =>
        stop(Math.max(1_000, grace - (hook.sleep?.seconds ?? 0) * 1_000)),
      )
    else stop(grace)
  }

  /** The runtime tells of a container that ended. */
  containerExited(id: string): void {
    const one = this.#containers.find((candidate) => candidate.id === id)
    const status = this.#context.runtime.containerStatus(id)
    if (!one || !status || one.state.terminated) return
    one.stopProbes?.()
    one.stopProbes = undefined
    one.stopping = false
    one.ready = one.started = false
    one.state = {
      terminated: {
        exitCode: status.exitCode,
        reason: status.reason,
        ...(status.message && { message: status.message }),
        startedAt: formatTime(status.startedAt),
        finishedAt: formatTime(status.finishedAt),
        containerID: `containerd://${id}`,
      },
    }
    if (this.#terminating) {
      this.#report()
      return this.#finishWhenStopped()
    }
    this.#report()
    // The PLEG relists every second: that is when a restart is noticed.
    this.#later(this.#context.sim.now() + 1_000)
  }

  terminate(grace: number): void {
    if (this.#terminating) {
      if (grace === 0)
        for (const one of this.#containers) if (one.state.running && one.id) this.#context.runtime.stopContainer(one.id, 0, () => {})
      return
    }
    this.#terminating = true
    this.#context.sim.cancel(this.#timer)
    for (const one of this.#containers) {
      if (one.state.running && one.id) {
        this.#event("Normal", "Killing", `Stopping container ${one.container.name}`, one)
        this.#stop(one, grace)
      } else one.stopProbes?.()
    }
    this.#finishWhenStopped()
  }

  #finishSandbox(): void {
    if (!this.sandboxId) return
    this.#trace("containerd", "remove sandbox")
    if (!this.pod.spec.hostNetwork) this.#trace("cni", "release", this.ip)
    this.#context.runtime.stopPodSandbox(this.sandboxId)
    for (const { id } of this.#containers) if (id) this.#context.runtime.removeContainer(id)
    this.#context.runtime.removePodSandbox(this.sandboxId)
    this.sandboxId = undefined
  }

  #finishWhenStopped(): void {
    if (this.#finished || this.#sandboxStarting || this.#containers.some(({ state }) => state.running)) return
    this.#finished = true
    for (const one of this.#containers)
      if (!one.state.terminated)
        one.state = {
          terminated: {
            exitCode: 137,
            reason: "ContainerStatusUnknown",
            message: "The container could not be located when the pod was terminated",
            startedAt: formatTime(this.#context.sim.now()),
            finishedAt: formatTime(this.#context.sim.now()),
            containerID: "",
          },
        }
    this.#within(() => {
      this.#finishSandbox()
      const directory = `/var/lib/kubelet/pods/${this.pod.metadata.uid}`
      if (this.#context.host.files.exists(directory)) {
        if ((this.pod.spec.volumes ?? []).length > 0)
          this.#trace("csi", "unmount", (this.pod.spec.volumes ?? []).map(({ name }) => name).join(", "))
        this.#context.host.files.remove(directory)
      }
      this.onFinished?.()
    })
  }

  #later(at: number): void {
    const { sim } = this.#context
    if (this.#timer?.action && this.#timer.at <= at) return
    sim.cancel(this.#timer)
    this.#timer = sim.schedule(at - sim.now(), () => this.sync())
  }

  /** The kubelet stops: containers run on, nobody watches them. */
  abandon(): void {
    this.#context.sim.cancel(this.#timer)
    for (const one of this.#containers) one.stopProbes?.()
    this.#finished = true
  }

  /** A kubelet that starts again finds its containers. */
  adopt(sandboxId: string, ip: string, containers: readonly { id: string; name: string; attempt: number }[]): void {
    this.sandboxId = sandboxId
    this.ip = this.pod.spec.hostNetwork ? this.#context.host.address : ip
    try {
      this.#volumes = this.#setUpVolumes()
    } catch {
      this.#volumes = undefined
    }
    for (const { id, name, attempt } of containers) {
      const one = this.#containers.find(({ container }) => container.name === name)
      const status = this.#context.runtime.containerStatus(id)
      if (!one || !status) continue
      one.id = id
      one.restarts = attempt
      one.imageId = status.imageId
      one.startedAt = status.startedAt
      if (status.state === "running") {
        one.state = { running: { startedAt: formatTime(status.startedAt) } }
        one.started = true
        one.ready = true
        if (one.container.livenessProbe || one.container.readinessProbe)
          one.stopProbes = startProbes({
            sim: this.#context.sim,
            prober: this.#context.prober,
            runtime: this.#context.runtime,
            container: one.container,
            containerId: id,
            podIp: this.ip,
            onFailure: (kind, output) =>
              this.#event("Warning", "Unhealthy", `${kind[0].toUpperCase()}${kind.slice(1)} probe failed: ${output}`, one),
            onResult: (kind, healthy) => this.#probed(one, kind, healthy),
          })
      } else if (status.state === "exited")
        one.state = {
          terminated: {
            exitCode: status.exitCode,
            reason: status.reason,
            startedAt: formatTime(status.startedAt),
            finishedAt: formatTime(status.finishedAt),
            containerID: `containerd://${id}`,
          },
        }
    }
  }

  #statuses(init: boolean): ContainerStatus[] {
    return this.#containers
      .filter((one) => one.init === init)
      .map((one) => ({
        name: one.container.name,
        state: one.state,
        lastState: one.lastState,
        ready: init && !isSidecar(one.container) ? one.state.terminated?.exitCode === 0 : one.ready,
        restartCount: one.restarts,
        image: this.#context.imageName(one.container.image ?? ""),
        imageID: one.imageId ? this.#context.imageDigest(one.container.image ?? "", one.imageId) : "",
        ...(one.id && { containerID: `containerd://${one.id}` }),
        started: init && !isSidecar(one.container) ? false : one.started,
      }))
      .sort((a, b) => (init ? 0 : a.name < b.name ? -1 : 1))
  }

  #report(): void {
    this.#within(() => this.#reportNow())
  }

  #reportNow(): void {
    const init = this.#statuses(true)
    const main = this.#statuses(false)
    const now = formatTime(this.#context.sim.now())
    let phase = phaseOf(this.pod, init, main)
    if (this.#terminating && main.every(({ state }) => state.terminated) && phase === "Running")
      phase = main.some(({ state }) => state.terminated?.exitCode !== 0) ? "Failed" : "Succeeded"
    const status = {
      ...(this.pod.metadata.generation !== undefined && { observedGeneration: this.pod.metadata.generation }),
      phase,
      conditions: conditionsOf(this.pod, { init, main, phase, sandboxReady: this.sandboxId !== undefined, now }),
      hostIP: this.#context.host.address,
      hostIPs: [{ ip: this.#context.host.address }],
      ...(this.ip && { podIP: this.ip, podIPs: [{ ip: this.ip }] }),
      startTime: this.pod.status.startTime ?? now,
      ...(init.length > 0 && { initContainerStatuses: init }),
      containerStatuses: main,
      qosClass: this.pod.status.qosClass ?? "BestEffort",
    }
    const text = JSON.stringify(status)
    if (text === this.#sent) return
    this.#sent = text
    this.#context.reportStatus(this.pod, status as never)
    // Nothing will run again: the sandbox is not needed any more.
    if (
      (phase === "Succeeded" || phase === "Failed") &&
      !this.#terminating &&
      this.sandboxId &&
      !this.#containers.some(({ state }) => state.running)
    )
      this.#context.runtime.stopPodSandbox(this.sandboxId)
  }

  /** The API server has another status than the one sent: send again. */
  resend(): void {
    this.#sent = ""
    this.#report()
  }
}

/** Go's Duration text: 1.203s, 350ms, 2m40s. */
export const goDuration = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)}ms`
  const seconds = ms / 1_000
  if (seconds < 60) return `${Number(seconds.toFixed(3))}s`
  const minutes = Math.floor(seconds / 60)
  return `${minutes}m${Number((seconds - minutes * 60).toFixed(3))}s`
}
