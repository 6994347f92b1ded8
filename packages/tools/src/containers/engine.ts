/** The containers, networks and volumes of one machine's docker or podman. */
import type { ContainerStatus } from "@drydock/kubernetes/ports"
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { rememberedFor } from "./sign-in.ts"
import type { EngineRuntime, ImageSettings } from "./runtime.ts"

export class EngineError extends Error {
  readonly code: number
  constructor(message: string, code = 1) {
    super(message)
    this.code = code
  }
}

export interface Published {
  readonly host: number
  readonly container: number
  readonly protocol: string
}

export interface RunSettings {
  readonly image: string
  readonly name?: string
  readonly command: readonly string[]
  readonly entrypoint?: string
  readonly env: ReadonlyMap<string, string>
  readonly ports: readonly Published[]
  readonly mounts: readonly { source: string; target: string; readOnly: boolean }[]
  readonly workingDirectory?: string
  readonly user?: string
  readonly hostname?: string
  readonly network?: string
  readonly labels: Readonly<Record<string, string>>
  readonly restart: string
  readonly tty: boolean
  readonly stdin: boolean
  readonly remove: boolean
  readonly privileged: boolean
  readonly readOnly: boolean
  /** Bytes; 0 for none. */
  readonly memory: number
}

export interface EngineContainer {
  id: string
  name: string
  sandbox: string
  ip: string
  readonly settings: RunSettings
  readonly image: string
  /** As shown: entrypoint and arguments. */
  readonly words: readonly string[]
  readonly createdAt: number
}

export interface EngineNetwork {
  readonly id: string
  readonly driver: string
  readonly createdAt: number
}

const LEFT =
  "amazing bold brave busy clever cool eager epic fervent gallant happy jolly keen kind lucid merry modest nifty quiet sharp sleepy stoic tender vibrant wizardly zealous".split(
    " ",
  )
const RIGHT =
  "archimedes babbage bell bohr curie darwin dijkstra edison einstein euler fermi feynman franklin galileo gauss hopper jang kepler lovelace maxwell meitner newton noether pasteur tesla turing wozniak".split(
    " ",
  )

export class Engine {
  readonly runtime: EngineRuntime
  readonly flavour: "docker" | "podman"
  readonly containers: EngineContainer[] = []
  readonly networks = new Map<string, EngineNetwork>()
  readonly volumes = new Map<string, { createdAt: number }>()
  /** When an image was made here, ms since the epoch. */
  readonly built = new Map<string, number>()
  /** Archives of built images, by the id in them. */
  readonly saved = new Map<string, string>()

  constructor(runtime: EngineRuntime, flavour: "docker" | "podman", now: number, id: (name: string) => string) {
    this.runtime = runtime
    this.flavour = flavour
    const names = flavour === "docker" ? ["bridge", "host", "none"] : ["podman"]
    for (const name of names)
      this.networks.set(name, { id: id(name), driver: { host: "host", none: "null" }[name] ?? "bridge", createdAt: now })
  }

  /** "nginx" with its registry and tag. */
  fullName(ref: string): string {
    const digest = ref.split("@")[0]
    const tagged = /:[^/]+$/.test(digest) ? digest : `${digest}:latest`
    const [first] = tagged.split("/")
    if (tagged.includes("/") && (/[.:]/.test(first) || first === "localhost"))
      return tagged.replace(/^docker\.io\/([^/]+)$/, "docker.io/library/$1")
    if (this.flavour === "podman" && this.runtime.imageStatus(`localhost/${tagged}`)) return `localhost/${tagged}`
    return tagged.includes("/") ? `docker.io/${tagged}` : `docker.io/library/${tagged}`
  }

  /** What is built here is called: podman's own images are localhost's. */
  builtName(tag: string): string {
    const tagged = /:[^/]+$/.test(tag) ? tag : `${tag}:latest`
    const [first] = tagged.split("/")
    const hosted = tagged.includes("/") && (/[.:]/.test(first) || first === "localhost")
    return hosted ? tagged : this.flavour === "podman" ? `localhost/${tagged}` : this.fullName(tagged)
  }

  /** As it is shown: docker leaves its own registry out. */
  shownName(full: string): string {
    return this.flavour === "docker" ? full.replace(/^docker\.io\/(library\/)?/, "") : full
  }

  /** The full name of what is here: by name or by the beginning of its id. */
  findImage(ref: string): string | undefined {
    const full = this.fullName(ref)
    if (this.runtime.imageStatus(full)) return full
    const plain = ref.replace(/^sha256:/, "")
    if (!/^[0-9a-f]{4,64}$/.test(plain)) return undefined
    return this.runtime.listImages().find(({ id }) => id.replace("sha256:", "").startsWith(plain))?.repoTags[0]
  }

  status({ id }: EngineContainer): ContainerStatus | undefined {
    return this.runtime.containerStatus(id)
  }

  /** By name or the beginning of its id. */
  find(given: string): EngineContainer | undefined {
    return this.containers.find(({ name }) => name === given) ?? this.containers.find(({ id }) => given !== "" && id.startsWith(given))
  }

  need(given: string): EngineContainer {
    const found = this.find(given)
    if (!found)
      throw new EngineError(
        this.flavour === "docker"
          ? `Error response from daemon: No such container: ${given}`
          : `Error: no container with name or ID "${given}" found: no such container`,
      )
    return found
  }

  *pull(process: Process, ref: string): Steps<void> {
    const full = this.fullName(ref)
    const queue = process.queue()
    let result: { message: string | undefined } | undefined
    this.runtime.pullImage(full, rememberedFor(process, this, full), (outcome) => {
      result = { message: outcome.kind === "failed" ? outcome.message : undefined }
      queue.wake()
    })
    while (!result) yield* process.wait({ queues: [queue] })
    if (result.message === undefined) return
    const bare = full.replace(/:[^/:]+$/, "")
    const missing = /not found|pull access denied|does not exist/.test(result.message)
    if (this.flavour === "podman")
      throw new EngineError(
        `Error: unable to copy from source docker://${full}: initializing source docker://${full}: reading manifest ${full.slice(bare.length + 1)} in ${bare}: ${missing ? "requested access to the resource is denied" : "unknown"}`,
        125,
      )
    const manifest = /:\s*not found$/.test(result.message) && !/denied/.test(result.message)
    throw new EngineError(
      manifest
        ? `Error response from daemon: manifest for ${this.shownName(full)} not found: manifest unknown: manifest unknown`
        : `Error response from daemon: pull access denied for ${this.shownName(bare)}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
    )
  }

  /** Docker's endless supply of names. */
  #name(process: Process): string {
    for (;;) {
      const pick = (list: readonly string[]) => list[Math.floor(process.random() * list.length)]
      const name = `${pick(LEFT)}_${pick(RIGHT)}`
      if (!this.containers.some((one) => one.name === name)) return name
    }
  }

  *create(process: Process, settings: RunSettings): Steps<EngineContainer> {
    const image = this.findImage(settings.image)
    const defaults = image === undefined ? undefined : this.runtime.imageSettings(image)
    if (image === undefined || !defaults) throw new EngineError(`Unable to find image '${settings.image}' locally`, 125)
    const name = settings.name ?? this.#name(process)
    const holder = this.containers.find((one) => one.name === name)
    if (holder)
      throw new EngineError(
        this.flavour === "docker"
          ? `docker: Error response from daemon: Conflict. The container name "/${name}" is already in use by container "${holder.id}". You have to remove (or rename) that container to be able to reuse that name.\n\nRun 'docker run --help' for more information`
          : `Error: creating container storage: the container name "${name}" is already in use by ${holder.id}. You have to remove that container to be able to reuse that name: that name is already in use`,
        125,
      )
    const network = settings.network ?? (this.flavour === "docker" ? "bridge" : "podman")
    if (!this.networks.has(network) && !["host", "none"].includes(network))
      throw new EngineError(`docker: Error response from daemon: network ${network} not found`, 125)
    const sandbox = yield* this.#sandbox(process, name, settings, network)
    const words = wordsOf(settings, defaults)
    const made = this.runtime.createContainer({
      sandboxId: sandbox.id,
      // What run -i hands over ends when the caller's input does.
      container: { name, stdinOnce: true },
      attempt: 0,
      image,
      command: words.slice(0, 1),
      args: words.slice(1),
      env: settings.env,
      workingDir: settings.workingDirectory ?? (defaults.workingDirectory || undefined),
      mounts: settings.mounts.map(({ source, target, readOnly }) => ({
        hostPath: this.#mountSource(process, source),
        containerPath: target,
        readOnly,
      })),
      user: this.#user(settings.user),
      privileged: settings.privileged,
      readOnlyRootFilesystem: settings.readOnly,
      resources: settings.memory > 0 ? { memoryLimit: settings.memory } : {},
      tty: settings.tty,
      stdin: settings.stdin,
      logPath: `${name}.log`,
    } as Parameters<EngineRuntime["createContainer"]>[0])
    if ("error" in made) throw new EngineError(made.error, 125)
    const container: EngineContainer = {
      id: made.id,
      name,
      sandbox: sandbox.id,
      ip: sandbox.ip,
      settings,
      image,
      words,
      createdAt: process.now(),
    }
    this.containers.unshift(container)
    return container
  }

  #user(text: string | undefined): { uid?: number; gid?: number; groups: number[] } {
    const [uid, gid] = (text ?? "").split(":").map(Number)
    return { ...(text && Number.isInteger(uid) && { uid }), ...(Number.isInteger(gid) && { gid }), groups: [] }
  }

  #mountSource(process: Process, source: string): string {
    if (source.startsWith("/") || source.startsWith(".")) {
      const path = process.files.resolve(source)
      if (!process.files.exists(path)) process.files.mkdir(path, { parents: true })
      return path
    }
    if (!this.volumes.has(source)) this.addVolume(process, source)
    return this.volumePath(source)
  }

  volumePath(name: string): string {
    return `/var/lib/${this.flavour === "docker" ? "docker" : "containers/storage"}/volumes/${name}/_data`
  }

  addVolume(process: Process, name: string): void {
    this.volumes.set(name, { createdAt: process.now() })
    process.files.mkdir(this.volumePath(name), { parents: true })
  }

  *#sandbox(process: Process, name: string, settings: RunSettings, network: string): Steps<{ id: string; ip: string }> {
    const queue = process.queue()
    let result: { id: string; ip: string } | { error: string } | undefined
    const servers = process.files.exists("/etc/resolv.conf")
      ? [...process.files.readText("/etc/resolv.conf").matchAll(/^nameserver\s+(\S+)/gm)].map(([, server]) => server)
      : []
    this.runtime.runPodSandbox(
      {
        pod: { metadata: { name, namespace: this.flavour, uid: name } },
        hostname: settings.hostname ?? Array.from({ length: 12 }, () => Math.floor(process.random() * 16).toString(16)).join(""),
        hostNetwork: network === "host",
        hostPid: false,
        sharePids: false,
        dns: { servers, searches: [], options: [] },
        hostPorts: settings.ports.map(({ host, container, protocol }) => ({ hostPort: host, containerPort: container, protocol })),
        logDirectory: "/var/lib/docker/containers",
      } as unknown as Parameters<EngineRuntime["runPodSandbox"]>[0],
      (answer) => {
        result = answer
        queue.wake()
      },
    )
    while (!result) yield* process.wait({ queues: [queue] })
    if ("error" in result) throw new EngineError(`docker: Error response from daemon: ${result.error}`, 125)
    return result
  }

  /** Names of a network's containers, known to each of them. */
  shareNames(network: string | undefined): void {
    if (network === undefined || ["bridge", "host", "none"].includes(network)) return
    const members = this.containers.filter(({ settings }) => settings.network === network)
    for (const member of members) {
      const lines = ["127.0.0.1\tlocalhost", ...members.map(({ ip, name, id }) => `${ip}\t${name} ${id.slice(0, 12)}`)]
      try {
        this.runtime.filesOf(member.id).write("/etc/hosts", `${lines.join("\n")}\n`)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
      }
    }
  }

  start(container: EngineContainer): void {
    const taken = container.settings.ports.find(({ host }) =>
      this.containers.some(
        (one) => one !== container && this.status(one)?.state === "running" && one.settings.ports.some((port) => port.host === host),
      ),
    )
    if (taken)
      throw new EngineError(
        `docker: Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint ${container.name}: Bind for 0.0.0.0:${taken.host} failed: port is already allocated`,
        125,
      )
    this.shareNames(container.settings.network)
    const { error } = this.runtime.startContainer(container.id)
    if (error !== undefined)
      throw new EngineError(
        `docker: Error response from daemon: ${error}\n\nRun 'docker run --help' for more information`,
        /no such file|not found in \$PATH/.test(error) ? 127 : 126,
      )
  }

  *stop(process: Process, container: EngineContainer, timeout: number): Steps<void> {
    const queue = process.queue()
    let done = false
    this.runtime.stopContainer(container.id, timeout, () => {
      done = true
      queue.wake()
    })
    while (!done) yield* process.wait({ queues: [queue] })
  }

  remove(container: EngineContainer): void {
    this.runtime.removeContainer(container.id)
    this.runtime.stopPodSandbox(container.sandbox)
    this.runtime.removePodSandbox(container.sandbox)
    this.containers.splice(this.containers.indexOf(container), 1)
  }

  /** Waits for its end; the exit code. */
  *wait(process: Process, container: EngineContainer): Steps<number> {
    const queue = process.queue()
    const stop = this.runtime.followLogs(
      container.id,
      () => {},
      () => queue.wake(),
    )
    try {
      while (this.status(container)?.state === "running") yield* process.wait({ queues: [queue], until: process.now() + 1_000 })
    } finally {
      stop()
    }
    return this.status(container)?.exitCode ?? 0
  }
}

export const wordsOf = (settings: Pick<RunSettings, "entrypoint" | "command">, defaults: ImageSettings): string[] => {
  const entrypoint = settings.entrypoint === undefined ? defaults.entrypoint : settings.entrypoint === "" ? [] : [settings.entrypoint]
  const rest = settings.command.length > 0 ? settings.command : settings.entrypoint === undefined ? defaults.command : []
  return [...entrypoint, ...rest]
}
