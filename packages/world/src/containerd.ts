/** containerd of one machine: sandboxes and containers as namespaces and processes. Implements the kubelet's CRI. */
import type {
  ContainerRuntime,
  ContainerStatus,
  ExecOptions,
  ExecSession,
  FoundSandbox,
  LogLine,
  PortConnection,
  PortConnectionOptions,
  PullOutcome,
  RegistryCredentials,
  SandboxConfig,
  SandboxStatus,
} from "@drydock/kubernetes/ports"
import {
  admits,
  findImage,
  formatReference,
  type Image,
  type ImageContext,
  parseReference,
  pullProblem,
  signsIn,
  versionOf,
} from "@drydock/images"
import {
  type ContainerNamespaces,
  type Credentials,
  type ExitStatus,
  type FilesView,
  type Namespace,
  SIGNALS,
  type SimulatedMachine,
  type Started,
  SystemError,
  type Terminal,
} from "@drydock/machine"
import type { Cri, ImageSettings } from "@drydock/tools"
import { networkProblem, sandboxNetworkProblem } from "./cni-config.ts"
import { containerGroups, containerMounts, type PodPlace, sacrificeOf } from "./container-groups.ts"
import { ContainerOutput } from "./container-output.ts"
import { containerRoot, MountMismatch, provideContext, snapshot } from "./container-root.ts"
import { digestOf } from "./image-digest.ts"
import { connectLocally } from "./port-connection.ts"

/** Making a sandbox takes containerd and the CNI plugin this long, ms. */
const SANDBOX_MS = 350
/** A registry's answer, and how fast layers come: bytes a ms. */
const REGISTRY_MS = 400
const BYTES_A_MS = 60_000

interface Sandbox extends SandboxStatus {
  config: SandboxConfig
  network: Namespace
  hostname: string
  containers: Set<string>
  /** Whose numbers the containers of a Pod with one process table share. */
  pids?: ContainerNamespaces
}

interface Container extends ContainerStatus {
  sandbox: Sandbox
  config: Parameters<ContainerRuntime["createContainer"]>[0]
  image: string
  definition: Image
  namespaces: ContainerNamespaces | undefined
  started: Started | undefined
  output: ContainerOutput
  /** Called when it has stopped. */
  stops?: (() => void)[]
  files: FilesView | undefined
  /** Of a container with `tty`. */
  terminal?: Terminal
  /** The last reading of its CPU clock. */
  reading?: { at: number; cpuMs: number; nanoCores: number }
}

/** The sandbox's own image. */
const PAUSE = "registry.k8s.io/pause:3.10.1"

/** Of a termination message, bytes (MaxContainerTerminationMessageLength). */
const MESSAGE_LONGEST = 4_096

/** Of a container that ended unseen: unknownExitCode, unknownExitReason. */
const UNKNOWN_EXIT = 255
const UNKNOWN = "Unknown"

/** Runtimes of containerd's configuration. */
const RUNTIME_HANDLERS: ReadonlySet<string> = new Set(["runc"])

/** The fields of each line of a container's /etc/passwd or /etc/group. */
const accounts = ({ namespaces }: Container, path: string): string[][] =>
  (namespaces?.files.exists(path) ? namespaces.files.readText(path) : "").split("\n").map((line) => line.split(":"))

/**
 * As containerd's WithUserID and WithAdditionalGIDs: without a group of its own a user has the one of the image's /etc/passwd, or
 * root's; and the groups of its /etc/group that name it, unless the pod's groups are strict.
 */
const credentialsOf = (container: Container): Credentials => {
  const { user } = container.config
  const uid = user.uid ?? container.definition.user ?? 0
  const account = accounts(container, "/etc/passwd").find((fields) => fields[2] === String(uid))
  const gid = user.gid ?? Number(account?.[3] ?? (user.uid === undefined ? uid : 0))
  const members =
    user.strictGroups || !account ? [] : accounts(container, "/etc/group").filter((fields) => fields[3]?.split(",").includes(account[0]))
  return { uid, gid, groups: [...new Set([gid, ...user.groups, ...members.map((fields) => Number(fields[2]))])].sort((a, b) => a - b) }
}

/** What containerd and runc say before the reason of a container that does not begin. */
const INIT_FAILED =
  "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init"

export class Containerd implements ContainerRuntime {
  readonly name = "containerd"
  readonly version = "2.2.0"
  available = true
  onEvent: ContainerRuntime["onEvent"]
  readonly #machine: SimulatedMachine
  readonly #context: () => ImageContext
  readonly #nextIp: () => string
  readonly #releaseIp: (ip: string) => void
  readonly #sandboxes = new Map<string, Sandbox>()
  readonly #containers = new Map<string, Container>()
  /** Full reference → what is there. */
  readonly #images = new Map<string, Image>()
  /** Of an image under a second name: its first. */
  readonly #origins = new Map<string, string>()

  constructor(options: {
    machine: SimulatedMachine
    context: () => ImageContext
    nextIp: () => string
    releaseIp: (ip: string) => void
    preloaded: readonly string[]
  }) {
    this.#machine = options.machine
    this.#context = options.context
    this.#nextIp = options.nextIp
    this.#releaseIp = options.releaseIp
    for (const ref of options.preloaded) {
      const reference = parseReference(ref)
      const found = reference && findImage(reference)
      if (reference && found && typeof found !== "string") this.#images.set(formatReference(reference), found)
    }
  }

  networkProblem(): string | undefined {
    return networkProblem(this.#machine)
  }
  readonly #now = () => this.#machine.sim.now()

  #id(): string {
    return this.#machine.sim.random(`containerd/${this.#machine.name}`).string(64, "0123456789abcdef")
  }

  /** After the machine was down nothing of what ran is left. As containerd's internal/cri/server/restart.go. */
  recover(): void {
    const { bootedAt } = this.#machine
    const now = this.#now()
    for (const sandbox of this.#sandboxes.values()) if (sandbox.createdAt < bootedAt) this.stopPodSandbox(sandbox.id)
    for (const one of this.#containers.values())
      if (one.state === "exited" && one.reason === UNKNOWN && one.startedAt < bootedAt) one.finishedAt = now
  }

  /** For a kubelet that starts again: of each Pod its newest. */
  sandboxes(): readonly FoundSandbox[] {
    const newest = new Map([...this.#sandboxes.values()].map((sandbox) => [sandbox.config.pod.metadata.uid, sandbox] as const))
    return [...newest.values()].map((sandbox) => ({
      podUid: sandbox.config.pod.metadata.uid,
      id: sandbox.id,
      ip: sandbox.ip,
      ready: sandbox.state === "ready",
      attempt: sandbox.config.attempt ?? 0,
      containers: [...sandbox.containers].flatMap((id) => {
        const container = this.#containers.get(id)
        return container ? [{ id, name: container.name, attempt: container.config.attempt }] : []
      }),
    }))
  }

  /** What there is, for tools that ask the runtime itself. */
  inventory(): ReturnType<Cri["inventory"]> {
    const sandboxes = [...this.#sandboxes.values()].map(({ id, state, createdAt, ip, config }) => {
      const { name, namespace, uid, labels } = config.pod.metadata
      return {
        id,
        state,
        createdAt,
        ip,
        name,
        namespace: namespace ?? "",
        uid,
        attempt: config.attempt ?? 0,
        labels: (labels ?? {}) as Record<string, string>,
      }
    })
    const containers = [...this.#containers.values()].map((one) => {
      const { id, name, image, imageId, state, createdAt, startedAt, finishedAt, exitCode, reason, sandbox, config } = one
      const logPath = `${sandbox.config.logDirectory}/${config.logPath}`
      const attempt = config.attempt
      const pid = one.started?.pid ?? 0
      return {
        id,
        sandboxId: sandbox.id,
        name,
        attempt,
        image,
        imageId,
        state,
        createdAt,
        startedAt,
        finishedAt,
        exitCode,
        reason,
        logPath,
        pid,
      }
    })
    return { sandboxes, containers }
  }

  /** Networks of Pods that have their own. */
  podNetworks(): { id: string; ip: string; network: Namespace }[] {
    return [...this.#sandboxes.values()]
      .filter(({ state, config }) => state === "ready" && !config.hostNetwork)
      .map(({ id, ip, network }) => ({ id, ip, network }))
  }

  #place({ id, config, containers }: Sandbox): PodPlace {
    const { uid, namespace } = config.pod.metadata
    return {
      id,
      uid,
      system: namespace === "kube-system",
      containers: [...containers].flatMap(
        (one) => (this.#containers.get(one)?.config.container as PodPlace["containers"][number] | undefined) ?? [],
      ),
    }
  }

  #places(): PodPlace[] {
    return [...this.#sandboxes.values()].filter(({ state }) => state === "ready").map((sandbox) => this.#place(sandbox))
  }

  /** Their control groups, as the kubelet's systemd driver names them. */
  groups(): ReturnType<typeof containerGroups> {
    return containerGroups(
      this.#places(),
      [...this.#containers.values()]
        .filter(({ state }) => state === "running")
        .map(({ id, name, sandbox, config, namespaces }) => ({
          id,
          name,
          sandboxId: sandbox.id,
          memory: config.resources.memoryLimit,
          cpu: config.resources.cpuLimit,
          namespace: namespaces?.processes,
        })),
      this.#machine.capacity,
    )
  }

  /** What is mounted on the node because of them, as lines of /proc/mounts. */
  mountLines(): string[] {
    return containerMounts(
      this.#places(),
      [...this.#containers.values()].filter(({ state }) => state === "running").map(({ id }) => id),
      this.#machine.capacity.memory,
    )
  }

  removeImage(ref: string): boolean {
    const reference = parseReference(ref)
    const byId = [...this.#images.keys()].find((full) => this.imageStatus(full)?.id.replace("sha256:", "").startsWith(ref))
    return this.#images.delete(byId ?? (reference ? formatReference(reference) : ref))
  }

  imageSettings(ref: string): ImageSettings | undefined {
    const reference = parseReference(ref)
    const image = reference && this.#images.get(formatReference(reference))
    if (!image || !reference) return undefined
    const version = versionOf(image, reference.tag)
    return {
      entrypoint: image.entrypoint ?? [],
      command: image.command ?? [],
      env: { ...image.env, ...(version && { [version[0]]: version[1] }) },
      workingDirectory: image.workingDirectory ?? "",
      user: image.user,
      exposes: image.exposes ?? [],
    }
  }

  signsIn(host: string, credentials: RegistryCredentials): boolean {
    return signsIn(host, credentials)
  }

  tagImage(from: string, to: string): boolean {
    const [source, target] = [parseReference(from), parseReference(to)]
    const image = source && this.#images.get(formatReference(source))
    if (!image || !source || !target) return false
    this.#images.set(formatReference(target), image)
    const origin = formatReference(source)
    this.#origins.set(formatReference(target), this.#origins.get(origin) ?? origin)
    return true
  }

  filesOf(id: string): FilesView {
    const container = this.#containers.get(id)
    if (!container) throw new Error(`no container ${id}`)
    return this.#namespaces(container).files
  }

  /** An image of a container's files. */
  commit(id: string, ref: string, settings: ImageSettings): void {
    const container = this.#containers.get(id)
    const reference = parseReference(ref)
    if (!container || !reference) return
    const { entrypoint, command, env, workingDirectory, user, exposes } = settings
    const { versionEnv: _, components: __, shell: ___, files: ____, ...rest } = container.definition
    this.#images.set(formatReference(reference), {
      ...rest,
      repository: reference.name,
      tags: [reference.tag],
      entrypoint,
      command,
      env,
      exposes,
      ...(workingDirectory && { workingDirectory }),
      ...(user !== undefined && { user }),
      files: snapshot(this.filesOf(id)),
    })
  }

  runPodSandbox(config: SandboxConfig, done: (result: SandboxStatus | { error: string }) => void): void {
    this.#machine.sim.schedule(SANDBOX_MS, () => {
      if (!this.available)
        return done({
          error:
            'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"',
        })
      const { runtimeHandler } = config
      if (runtimeHandler !== undefined && !RUNTIME_HANDLERS.has(runtimeHandler))
        return done({
          error: `rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "${runtimeHandler}" is configured`,
        })
      const id = this.#id()
      const problem = config.hostNetwork ? undefined : sandboxNetworkProblem(this.#machine, id)
      if (problem !== undefined) return done({ error: `rpc error: code = Unknown desc = ${problem}` })
      const ip = config.hostNetwork ? "" : this.#nextIp()
      const network = config.hostNetwork
        ? this.#machine.network
        : this.#machine.createNetwork({
            name: config.pod.metadata.name,
            interfaces: [
              { name: "lo", address: "127.0.0.1", prefix: 8, mac: "00:00:00:00:00:00", up: true },
              {
                name: "eth0",
                address: ip,
                prefix: 24,
                mac: `0a:58:${ip
                  .split(".")
                  .map((part) => Number(part).toString(16).padStart(2, "0"))
                  .join(":")}`,
                up: true,
              },
            ],
          })
      provideContext(network, this.#context)
      const sandbox: Sandbox = {
        id,
        state: "ready",
        createdAt: this.#machine.sim.now(),
        ip,
        config,
        network,
        hostname: config.hostname,
        containers: new Set(),
      }
      this.#sandboxes.set(id, sandbox)
      done(sandbox)
    })
  }

  stopPodSandbox(id: string): void {
    const sandbox = this.#sandboxes.get(id)
    if (!sandbox || sandbox.state === "notready") return
    sandbox.state = "notready"
    for (const container of sandbox.containers) this.#containers.get(container)?.namespaces?.destroy()
    sandbox.pids?.destroy()
    if (sandbox.config.hostNetwork) return
    sandbox.network.destroy()
    this.#releaseIp(sandbox.ip)
  }

  removePodSandbox(id: string): void {
    this.stopPodSandbox(id)
    for (const container of [...(this.#sandboxes.get(id)?.containers ?? [])]) this.removeContainer(container)
    this.#sandboxes.delete(id)
  }

  sandboxStatus(id: string): SandboxStatus | undefined {
    return this.#sandboxes.get(id)
  }

  imageStatus(ref: string) {
    const reference = parseReference(ref)
    const full = reference && formatReference(reference)
    const image = full === undefined ? undefined : this.#images.get(full)
    if (!image || !reference || full === undefined) return undefined
    return {
      id: `sha256:${digestOf(this.#origins.get(full) ?? full)}`,
      sizeBytes: image.sizeBytes,
      repoTags: [full],
      repoDigests: [`${reference.name}@sha256:${digestOf(`${full}/manifest`)}`],
      ...(image.user !== undefined && { user: String(image.user) }),
    }
  }

  listImages() {
    return [...this.#images.keys()].flatMap((ref) => this.imageStatus(ref) ?? [])
  }

  pullImage(ref: string, auth: readonly RegistryCredentials[], done: (outcome: PullOutcome) => void): void {
    const reference = parseReference(ref)
    const found = reference ? findImage(reference) : "no-repository"
    const { sim } = this.#machine
    const jitter = sim.random("pulls").number()
    const refused =
      typeof found === "string"
        ? found
        : admits(found.credentials, auth)
          ? undefined
          : auth.length > 0
            ? "wrong-credentials"
            : "unauthorized"
    if (!reference || typeof found === "string" || refused !== undefined) {
      const message = reference
        ? pullProblem(reference, refused ?? "no-repository")
        : `failed to parse reference "${ref}": invalid reference format`
      const took = Math.round(REGISTRY_MS * (1 + jitter))
      sim.schedule(took, () => done({ kind: "failed", message, took }))
      return
    }
    const full = formatReference(reference)
    const present = this.#images.has(full)
    const took = Math.round(REGISTRY_MS * (1 + jitter) + (present ? 0 : found.sizeBytes / BYTES_A_MS))
    sim.schedule(took, () => {
      this.#images.set(full, found)
      done({ kind: "pulled", imageId: this.imageStatus(ref)?.id ?? "", sizeBytes: found.sizeBytes, took })
    })
  }

  createContainer(config: Parameters<ContainerRuntime["createContainer"]>[0]): { id: string } | { error: string } {
    const sandbox = this.#sandboxes.get(config.sandboxId)
    const reference = parseReference(config.image)
    const definition = reference && this.#images.get(formatReference(reference))
    if (!sandbox || !definition || !reference) return { error: "sandbox or image not found" }
    const profile = config.seccompProfile
    if (profile !== undefined && !config.privileged && !this.#machine.files.exists(profile))
      return {
        error: `failed to create containerd container: cannot load seccomp profile ${JSON.stringify(profile)}: open ${profile}: no such file or directory`,
      }
    const id = this.#id()
    const container: Container = {
      id,
      name: config.container.name,
      state: "created",
      createdAt: this.#machine.sim.now(),
      startedAt: 0,
      finishedAt: 0,
      exitCode: 0,
      reason: "",
      message: "",
      image: formatReference(reference),
      imageId: this.imageStatus(config.image)?.id ?? "",
      sandbox,
      config,
      definition,
      namespaces: undefined,
      started: undefined,
      output: new ContainerOutput(this.#now),
      files: undefined,
    }
    this.#containers.set(id, container)
    sandbox.containers.add(id)
    return { id }
  }

  #namespaces(container: Container): ContainerNamespaces {
    if (!container.namespaces) {
      const { sandbox } = container
      const files = containerRoot(this.#machine, container.definition, sandbox, container.config.mounts, (ref) => {
        const reference = parseReference(ref)
        return reference && this.#images.get(formatReference(reference))
      })
      container.files = files
      const made = this.#machine.createNamespaces({
        hostname: sandbox.hostname,
        files,
        network: sandbox.network,
        ...(sandbox.config.hostPid && { hostPids: true }),
        ...(sandbox.config.sharePids && { sharePids: this.#sharedPids(sandbox) }),
      })
      made.processes.memoryLimit = container.config.resources.memoryLimit
      made.processes.cpuLimit = container.config.resources.cpuLimit
      made.processes.since = this.#machine.sim.now()
      made.processes.idleMemory = () => container.definition.idle?.memory ?? 0
      made.processes.sacrifice = sacrificeOf(this.#place(sandbox), container.name, this.#machine.capacity.memory)
      this.#machine.mountSystem(files, () => made.processes)
      if (container.config.readOnlyRootFilesystem) files.mounts.sealRoot()
      container.namespaces = made
    }
    return container.namespaces
  }

  /** One process table for all containers of a Pod: pause is its first process. */
  #sharedPids(sandbox: Sandbox): ContainerNamespaces {
    if (sandbox.pids) return sandbox.pids
    const reference = parseReference(PAUSE)
    const image = reference && findImage(reference)
    if (!image || typeof image === "string") throw new Error(`there is no ${PAUSE}`)
    const made = this.#machine.createNamespaces({
      hostname: sandbox.hostname,
      files: containerRoot(this.#machine, image, sandbox, []),
      network: sandbox.network,
    })
    this.#machine.start("/pause", { argv: ["/pause"], credentials: { uid: 0, gid: 0, groups: [0] }, namespaces: made })
    sandbox.pids = made
    return made
  }

  #environment(container: Container): Map<string, string> {
    const { definition, config, sandbox } = container
    return new Map([
      ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      ["HOSTNAME", sandbox.hostname],
      ["HOME", "/root"],
      ...Object.entries(definition.env ?? {}),
      ...[versionOf(definition, container.image.slice(container.image.lastIndexOf(":") + 1))].flatMap((set) => (set ? [set] : [])),
      ...config.env,
    ])
  }

  startContainer(id: string): { error?: string } {
    const container = this.#containers.get(id)
    if (!container) return { error: "container not found" }
    const result = this.#begin(container)
    // As containerd's cri/server/container_start.go sets it.
    if (result.error !== undefined)
      Object.assign(container, {
        state: "exited",
        exitCode: 128,
        reason: "StartError",
        message: result.error,
        finishedAt: this.#machine.sim.now(),
      })
    return result
  }

  #begin(container: Container): { error?: string } {
    const { config, definition } = container
    // As the CRI has it: command replaces the entrypoint and drops the image's arguments.
    const words = config.command?.length
      ? [...config.command, ...(config.args ?? [])]
      : [...(definition.entrypoint ?? []), ...(config.args?.length ? config.args : (definition.command ?? []))]
    const environment = () => this.#environment(container)
    try {
      const namespaces = this.#namespaces(container)
      const files = namespaces.files
      const path = words[0]?.includes("/")
        ? words[0]
        : (environment().get("PATH") ?? "")
            .split(":")
            .map((directory) => `${directory}/${words[0]}`)
            .find((candidate) => files.exists(candidate))
      if (words[0] === undefined) return { error: "no command specified" }
      if (path === undefined || !files.exists(path))
        return {
          error: `${INIT_FAILED}: exec: "${words[0]}": ${words[0].includes("/") ? `stat ${words[0]}: no such file or directory` : "executable file not found in $PATH"}`,
        }
      container.startedAt = this.#machine.sim.now()
      container.state = "running"
      const terminal = config.tty ? this.#machine.openTty({ columns: 80, rows: 24 }) : undefined
      if (terminal) {
        container.terminal = terminal
        terminal.onOutput = (data) => container.output.write("stdout", data)
      }
      container.started = this.#machine.start(path, {
        argv: words,
        env: terminal ? () => environment().set("TERM", "xterm") : environment,
        cwd: config.workingDir ?? definition.workingDirectory ?? "/",
        credentials: credentialsOf(container),
        namespaces,
        ...(terminal
          ? { tty: terminal }
          : {
              ...(config.stdin && { stdin: new Uint8Array(0) }),
              onStdout: (data) => container.output.write("stdout", data),
              onStderr: (data) => container.output.write("stderr", data),
            }),
        onExit: (status) => {
          this.#closeTerminal(container)
          this.#exited(container, status)
        },
      })
      if (config.privileged) void 0
      const { sandbox } = container
      for (const { hostPort, containerPort } of sandbox.config.hostPorts) {
        try {
          this.#machine.network.serve(hostPort, (request) => this.#forward(sandbox, containerPort, request))
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
        }
      }
      return {}
    } catch (error) {
      if (error instanceof MountMismatch) return { error: `${INIT_FAILED}: ${error.message}` }
      if (!(error instanceof SystemError)) throw error
      return { error: `${INIT_FAILED}: exec: "${words[0]}": ${error.message.toLowerCase()}` }
    }
  }

  *#forward(sandbox: Sandbox, port: number, request: Parameters<Parameters<Namespace["serve"]>[1]>[0]) {
    return yield* this.#machine.network.request(sandbox.ip, port, request)
  }

  #closeTerminal(container: Container): void {
    if (!container.terminal) return
    this.#machine.closeTty(container.terminal)
    delete container.terminal
  }

  #exited(container: Container, status: ExitStatus): void {
    container.state = "exited"
    container.finishedAt = this.#machine.sim.now()
    container.exitCode = status.kind === "exited" ? status.code : status.kind === "signaled" ? 128 + SIGNALS[status.signal].number : 0
    if (!this.#machine.running) {
      container.exitCode = UNKNOWN_EXIT
      container.reason = UNKNOWN
      container.output.end()
      return
    }
    const starved = container.namespaces?.processes.outOfMemory && container.exitCode === 137
    container.reason = container.exitCode === 0 ? "Completed" : starved ? "OOMKilled" : "Error"
    const path = container.config.container.terminationMessagePath || "/dev/termination-log"
    container.message = container.files?.exists(path) ? container.files.readText(path).slice(-MESSAGE_LONGEST) : ""
    // Whoever was attached learns that it is over, not how: that is the container's status to tell.
    container.output.end()
    for (const stopped of container.stops?.splice(0) ?? []) stopped()
    this.#machine.sim.schedule(0, () => this.onEvent?.({ sandboxId: container.sandbox.id, containerId: container.id, state: "exited" }))
  }

  stopContainer(id: string, timeout: number, done: () => void): void {
    const container = this.#containers.get(id)
    if (container?.state !== "running" || !container.started) return done()
    const { started } = container
    const kill = this.#machine.sim.schedule(timeout, () => started.kill("SIGKILL"))
    container.stops ??= []
    container.stops.push(() => {
      this.#machine.sim.cancel(kill)
      done()
    })
    if (timeout === 0) started.kill("SIGKILL")
    else started.kill("SIGTERM")
  }

  updateContainerResources(id: string, resources: { cpuLimit?: number; memoryLimit?: number }): void {
    const container = this.#containers.get(id)
    if (!container) return
    container.config = { ...container.config, resources }
    if (!container.namespaces) return
    container.namespaces.processes.memoryLimit = resources.memoryLimit
    container.namespaces.processes.cpuLimit = resources.cpuLimit
  }

  removeContainer(id: string): void {
    const container = this.#containers.get(id)
    container?.namespaces?.destroy()
    container?.sandbox.containers.delete(id)
    this.#containers.delete(id)
  }

  containerStatus(id: string): ContainerStatus | undefined {
    return this.#containers.get(id)
  }

  exec(id: string, options: ExecOptions): ExecSession {
    const container = this.#containers.get(id)
    const idle: ExecSession = { input: () => {}, endInput: () => {}, resize: () => {}, kill: () => {} }
    const { sim } = this.#machine
    const fail = (code: number, error: string): ExecSession => {
      sim.schedule(0, () => options.onDone(code, error))
      return idle
    }
    if (container?.state !== "running" || !container.namespaces) return fail(126, "container is not running")
    const [name] = options.command
    const environment = this.#environment(container)
    const { files } = container.namespaces
    const path = name.includes("/")
      ? name
      : (environment.get("PATH") ?? "")
          .split(":")
          .map((directory) => `${directory}/${name}`)
          .find((candidate) => files.exists(candidate))
    if (path === undefined || !files.exists(path))
      return fail(
        126,
        `OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": ${name.includes("/") ? `stat ${name}: no such file or directory` : "executable file not found in $PATH"}: unknown`,
      )
    const terminal: Terminal | undefined = options.tty ? this.#machine.openTty({ columns: 80, rows: 24 }) : undefined
    if (terminal) {
      environment.set("TERM", "xterm")
      terminal.onOutput = options.onStdout
    }
    try {
      const started = this.#machine.start(path, {
        argv: options.command,
        env: environment,
        cwd: container.config.workingDir ?? container.definition.workingDirectory ?? "/",
        credentials: credentialsOf(container),
        namespaces: container.namespaces,
        ...(terminal
          ? { tty: terminal }
          : { ...(options.stdin && { stdin: new Uint8Array(0) }), onStdout: options.onStdout, onStderr: options.onStderr }),
        onExit: (status) => {
          if (terminal) this.#machine.closeTty(terminal)
          options.onDone(status.kind === "exited" ? status.code : status.kind === "signaled" ? 128 + SIGNALS[status.signal].number : 0)
        },
      })
      return {
        input: (data) => (terminal ? terminal.input(data) : started.input(data)),
        endInput: () => (terminal ? terminal.input("\x04") : started.end()),
        resize: (columns, rows) => terminal?.resize(columns, rows),
        kill: () => started.kill("SIGKILL"),
      }
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      return fail(126, `exec: "${name}": ${error.message.toLowerCase()}`)
    }
  }

  attach(id: string, options: Omit<ExecOptions, "command">): ExecSession {
    const container = this.#containers.get(id)
    const session: ExecOptions = { ...options, command: [] }
    container?.output.attach(session)
    // As stdinOnce false has it, a client that goes leaves the input open; with stdinOnce its end is the container's.
    const isOnce = container?.config.container.stdinOnce === true
    return {
      input: (data) => (container?.terminal ? container.terminal.input(data) : container?.started?.input(data)),
      endInput: () => {
        if (container?.terminal) container.terminal.input("\x04")
        else if (isOnce) container?.started?.end()
      },
      resize: (columns, rows) => container?.terminal?.resize(columns, rows),
      kill: () => container?.output.detach(session),
    }
  }

  portForward(sandboxId: string, port: number, options: PortConnectionOptions): PortConnection | undefined {
    const sandbox = this.#sandboxes.get(sandboxId)
    if (!sandbox) return undefined
    return connectLocally(sandbox, port, options)
  }

  logs(id: string): readonly LogLine[] {
    return this.#containers.get(id)?.output.log ?? []
  }

  followLogs(id: string, line: (line: LogLine) => void, end: () => void): () => void {
    const container = this.#containers.get(id)
    if (container?.state !== "running") {
      this.#machine.sim.schedule(0, end)
      return () => {}
    }
    return container.output.follow(line, end)
  }

  /** What a container has written: its own layer and its log, bytes. */
  diskBytes(id: string): number {
    const container = this.#containers.get(id)
    const volume = container?.files?.mounts.root.volume
    let bytes = volume ? volume.bytesUsed + volume.bytesAllocated : 0
    for (const { text } of container?.output.log ?? []) bytes += text.length + 40
    return bytes
  }

  /** Bytes of so many images, as last counted. */
  #imageBytes = 0
  #imagesCounted = 0

  /** Bytes of the images that came after the machine was made. */
  imageBytes(): number {
    if (this.#imagesCounted !== this.#images.size) {
      this.#imagesCounted = this.#images.size
      this.#imageBytes = 0
      for (const { sizeBytes } of new Set(this.#images.values())) this.#imageBytes += sizeBytes
    }
    return this.#imageBytes
  }

  removeUnusedImages(): number {
    const used = new Set([...this.#containers.values()].map(({ image }) => image))
    let freed = 0
    for (const [ref, { sizeBytes }] of [...this.#images]) {
      // The sandbox's image is pinned.
      if (used.has(ref) || ref.includes("/pause:")) continue
      this.#images.delete(ref)
      freed += sizeBytes
    }
    return freed
  }

  /** Bytes that running containers would hold if their programs were real, beyond what these say themselves. */
  idleMemory(): number {
    let sum = 0
    for (const { state, definition } of this.#containers.values()) if (state === "running") sum += definition.idle?.memory ?? 0
    return sum
  }

  /** CPU over the time since the last look that is a second ago or more, as cAdvisor's rate between two readings. */
  stats(id: string): { cpuNanoCores: number; memoryBytes: number } {
    const container = this.#containers.get(id)
    if (container?.state !== "running" || !container.namespaces) return { cpuNanoCores: 0, memoryBytes: 0 }
    const now = this.#machine.sim.now()
    const { cpuMs, memory } = container.namespaces.processes.usage()
    const { idle } = container.definition
    const last = container.reading ?? { at: container.startedAt, cpuMs: 0, nanoCores: 0 }
    if (now - last.at >= 1_000) {
      const rate = ((cpuMs - last.cpuMs) / (now - last.at)) * 1e9 + (idle?.cpu ?? 0) * 1e6
      const { cpuLimit } = container.config.resources
      container.reading = { at: now, cpuMs, nanoCores: Math.round(cpuLimit === undefined ? rate : Math.min(rate, cpuLimit * 1e6)) }
    }
    const memoryBytes = memory + (idle?.memory ?? 0)
    return {
      cpuNanoCores: container.reading?.nanoCores ?? 0,
      memoryBytes: Math.min(memoryBytes, container.config.resources.memoryLimit ?? memoryBytes),
    }
  }
}
