/** A runtime without processes: every image can be pulled, every container runs until it is stopped. For scale, and for recordings made so. */
import type { Simulation } from "@drydock/sim"
import type { ContainerRuntime, ContainerStatus } from "../ports/container-runtime.ts"

/** How long containerd would need, ms. */
const SANDBOX_TIME = 20

export class HollowRuntime implements ContainerRuntime {
  readonly name = "containerd"
  readonly version = "fake"
  readonly available = true
  onEvent: ContainerRuntime["onEvent"]
  readonly #sim: Simulation
  readonly #ip: string
  readonly #node: string
  readonly #images = new Set<string>()
  #containers = new Map<string, ContainerStatus & { sandboxId: string }>()
  #sandboxes = new Map<string, { createdAt: number; ready: boolean }>()

  constructor(sim: Simulation, node: string, ip: string) {
    this.#sim = sim
    this.#node = node
    this.#ip = ip
  }

  #id(): string {
    return this.#sim.random(`hollow/${this.#node}`).string(64, "0123456789abcdef")
  }

  runPodSandbox(_: unknown, done: Parameters<ContainerRuntime["runPodSandbox"]>[1]): void {
    const id = this.#id()
    this.#sandboxes.set(id, { createdAt: this.#sim.now(), ready: true })
    this.#sim.schedule(SANDBOX_TIME, () => done({ id, state: "ready", createdAt: this.#sim.now(), ip: this.#ip }))
  }

  stopPodSandbox(id: string): void {
    const sandbox = this.#sandboxes.get(id)
    if (sandbox) sandbox.ready = false
  }

  removePodSandbox(id: string): void {
    this.#sandboxes.delete(id)
  }

  sandboxStatus(id: string) {
    const sandbox = this.#sandboxes.get(id)
    return sandbox && { id, state: sandbox.ready ? ("ready" as const) : ("notready" as const), createdAt: sandbox.createdAt, ip: this.#ip }
  }

  imageStatus(ref: string) {
    return this.#images.has(ref) ? { id: ref, sizeBytes: 0, repoTags: [ref], repoDigests: [] } : undefined
  }

  listImages() {
    return []
  }

  pullImage(ref: string, _auth: Parameters<ContainerRuntime["pullImage"]>[1], done: Parameters<ContainerRuntime["pullImage"]>[2]): void {
    this.#sim.schedule(0, () => {
      this.#images.add(ref)
      done({ kind: "pulled", imageId: ref, sizeBytes: 0, took: 0 })
    })
  }

  createContainer({ sandboxId, container, image }: Parameters<ContainerRuntime["createContainer"]>[0]) {
    const id = this.#id()
    this.#containers.set(id, {
      id,
      name: container.name,
      state: "created",
      createdAt: this.#sim.now(),
      startedAt: 0,
      finishedAt: 0,
      exitCode: 0,
      reason: "",
      message: "",
      image,
      imageId: "",
      sandboxId,
    })
    return { id }
  }

  startContainer(id: string) {
    const container = this.#containers.get(id)
    if (!container) return { error: "no such container" }
    container.state = "running"
    container.startedAt = this.#sim.now()
    return {}
  }

  stopContainer(id: string, _timeout: number, done: () => void): void {
    const container = this.#containers.get(id)
    if (container?.state !== "running") return done()
    this.#sim.schedule(10, () => {
      container.state = "exited"
      container.finishedAt = this.#sim.now()
      container.reason = "Completed"
      this.onEvent?.({ sandboxId: container.sandboxId, containerId: id, state: "exited" })
      done()
    })
  }

  removeContainer(id: string): void {
    this.#containers.delete(id)
  }

  containerStatus(id: string): ContainerStatus | undefined {
    return this.#containers.get(id)
  }

  exec(_id: string, options: Parameters<ContainerRuntime["exec"]>[1]) {
    this.#sim.schedule(0, () => options.onDone(0))
    return { input: () => {}, endInput: () => {}, resize: () => {}, kill: () => {} }
  }

  attach(id: string, options: Parameters<ContainerRuntime["attach"]>[1]) {
    return this.exec(id, { ...options, command: [] })
  }

  logs() {
    return []
  }

  followLogs(_id: string, _line: unknown, end: () => void) {
    this.#sim.schedule(0, end)
    return () => {}
  }

  stats() {
    return { cpuNanoCores: 0, memoryBytes: 0 }
  }
}
