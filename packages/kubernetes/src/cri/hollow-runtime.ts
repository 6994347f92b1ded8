/**
 * A runtime without processes: every image is there, every container runs until it is stopped. As kubemark's fake one
 * (k8s.io/cri-api/pkg/apis/testing); for scale, and for recordings made so.
 */
import type { Simulation } from "@drydock/sim"
import type { ContainerRuntime, ContainerStatus } from "../ports/container-runtime.ts"

/** How long a sandbox takes, and a container to stop, ms. */
const SANDBOX_TIME = 20
const STOP_TIME = 10

export interface HollowOptions {
  /** Address of every Pod. */
  ip: string
  /** ms until a started or stopped container is noticed; default: at once. */
  relist?: number
}

/** "nginx" as images are kept: with a tag. */
const tagged = (ref: string): string => (/[:@][^/]*$/.test(ref) ? ref : `${ref}:latest`)

export class HollowRuntime implements ContainerRuntime {
  readonly name = "fakeRuntime"
  readonly version = "0.1.0"
  readonly available = true
  onEvent: ContainerRuntime["onEvent"]
  readonly #sim: Simulation
  readonly #options: HollowOptions
  #containers = new Map<string, ContainerStatus & { sandboxId: string }>()
  #sandboxes = new Map<string, { createdAt: number; ready: boolean }>()
  #images = new Set<string>()

  constructor(sim: Simulation, options: HollowOptions) {
    this.#sim = sim
    this.#options = options
  }

  runPodSandbox({ pod }: Parameters<ContainerRuntime["runPodSandbox"]>[0], done: Parameters<ContainerRuntime["runPodSandbox"]>[1]): void {
    const { name, namespace, uid } = pod.metadata
    const { ip, relist = 0 } = this.#options
    const id = `${name}_${namespace}_${uid}_0`
    this.#sandboxes.set(id, { createdAt: this.#sim.now(), ready: true })
    this.#sim.schedule(SANDBOX_TIME + relist, () => done({ id, state: "ready", createdAt: this.#sim.now(), ip }))
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
    const { ip } = this.#options
    return sandbox && { id, state: sandbox.ready ? ("ready" as const) : ("notready" as const), createdAt: sandbox.createdAt, ip }
  }

  imageStatus(ref: string) {
    const image = tagged(ref)
    return this.#images.has(image) ? { id: image, sizeBytes: 0, repoTags: [image], repoDigests: [] } : undefined
  }

  listImages() {
    return [...this.#images].map((id) => ({ id, sizeBytes: 0, repoTags: [id], repoDigests: [] }))
  }

  pullImage(ref: string, _auth: Parameters<ContainerRuntime["pullImage"]>[1], done: Parameters<ContainerRuntime["pullImage"]>[2]): void {
    const image = tagged(ref)
    this.#images.add(image)
    this.#sim.schedule(0, () => done({ kind: "pulled", imageId: image, sizeBytes: 0, took: 0 }))
  }

  createContainer({ sandboxId, container, image, attempt }: Parameters<ContainerRuntime["createContainer"]>[0]) {
    const id = `${sandboxId}_${container.name}_${attempt}`
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
      imageId: tagged(image),
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
    this.#sim.schedule(STOP_TIME + (this.#options.relist ?? 0), () => {
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
