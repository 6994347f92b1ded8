/** The Container Runtime Interface as the kubelet calls it (cri-api/pkg/apis/runtime/v1), without its wire. */
import type { IIoK8sApiCoreV1Container as Container } from "kubernetes-models/v1/Container"
import type { Stored } from "../apimachinery/object.ts"
import type { IPod } from "kubernetes-models/v1/Pod"

export interface SandboxConfig {
  /** Of the Pod as it was then. */
  pod: Pick<Stored<IPod>, "metadata">
  hostname: string
  hostNetwork: boolean
  hostPid: boolean
  sharePids: boolean
  dns: { servers: readonly string[]; searches: readonly string[]; options: readonly string[] }
  /** host:container ports of the pod. */
  hostPorts: readonly { containerPort: number; hostPort: number; protocol: string; hostIp?: string }[]
  logDirectory: string
  /** RuntimeClass.handler; undefined: the default one. */
  runtimeHandler?: string
  /** How many the Pod had before. Default 0. */
  attempt?: number
}

/** A sandbox that a kubelet finds when it starts, with its containers. */
export interface FoundSandbox {
  podUid: string
  id: string
  ip: string
  ready: boolean
  attempt: number
  containers: readonly { id: string; name: string; attempt: number }[]
}

/** What a registry is told about who pulls. */
export interface RegistryCredentials {
  username: string
  password: string
}

export interface SandboxStatus {
  id: string
  state: "ready" | "notready"
  createdAt: number
  /** Empty for host network. */
  ip: string
}

export interface MountSpec {
  containerPath: string
  /** A directory or file of the host's files. */
  hostPath: string
  readOnly: boolean
  subPath?: string
  /** The files of this image instead of a host's; `hostPath` is the part of it that is mounted. */
  image?: string
}

export interface ContainerConfig {
  sandboxId: string
  container: Container
  /** Restart count; part of the log's file name. */
  attempt: number
  image: string
  command: readonly string[] | undefined
  args: readonly string[] | undefined
  env: ReadonlyMap<string, string>
  workingDir: string | undefined
  mounts: readonly MountSpec[]
  /** `strictGroups`: the image's /etc/group adds none. */
  user: { uid?: number; gid?: number; groups: readonly number[]; strictGroups?: boolean }
  privileged: boolean
  readOnlyRootFilesystem: boolean
  /** Path of a seccomp profile on the host. */
  seccompProfile?: string
  resources: { cpuLimit?: number; memoryLimit?: number }
  tty: boolean
  stdin: boolean
  logPath: string
}

export interface ContainerStatus {
  id: string
  name: string
  state: "created" | "running" | "exited" | "unknown"
  createdAt: number
  startedAt: number
  finishedAt: number
  exitCode: number
  signal?: number
  /** "Completed", "Error", "OOMKilled", "StartError", "ContainerCannotRun" */
  reason: string
  message: string
  image: string
  imageId: string
}

export type PullOutcome =
  | { kind: "pulled"; imageId: string; sizeBytes: number /** virtual ms it took */; took: number }
  | { kind: "failed" /** as the runtime's gRPC error reads */; message: string; took: number }

/** Output and input of exec or attach, as bytes; `done` is called once with the exit code. */
export interface ExecSession {
  input(data: Uint8Array): void
  endInput(): void
  resize(columns: number, rows: number): void
  kill(): void
}

export interface ExecOptions {
  command: readonly string[]
  tty: boolean
  stdin: boolean
  onStdout: (data: Uint8Array) => void
  onStderr: (data: Uint8Array) => void
  /** `error` when it could not start, as runc words it; code is then 126 or 127. */
  onDone: (code: number, error?: string) => void
}

/** One TCP connection to a port inside a sandbox. */
export interface PortConnection {
  write(data: Uint8Array): void
  /** No more will be written; what comes back is still read. */
  end(): void
  close(): void
}

export interface PortConnectionOptions {
  onData: (data: Uint8Array) => void
  /** The other side will send no more. */
  onEnd: () => void
  /** It could not be opened, or broke; `text` as the runtime words it. */
  onError: (text: string) => void
}

/** A line of a container's log (CRI logging format, without its tags). */
export interface LogLine {
  at: number
  stream: "stdout" | "stderr"
  text: string
}

/** Calls that take virtual time answer through a callback, in an event of their own. */
export interface ContainerRuntime {
  readonly name: string
  readonly version: string
  /** False while the runtime's unit is down; every call then fails with "connection refused". */
  readonly available: boolean
  /** Why there is no Pod network, in the runtime's words; undefined: there is. */
  networkProblem?(): string | undefined
  runPodSandbox(config: SandboxConfig, done: (result: SandboxStatus | { error: string }) => void): void
  stopPodSandbox(id: string): void
  removePodSandbox(id: string): void
  sandboxStatus(id: string): SandboxStatus | undefined
  /** Of each Pod the newest; absent: nothing outlives a kubelet. */
  sandboxes?(): readonly FoundSandbox[]
  imageStatus(
    ref: string,
  ): { id: string; sizeBytes: number; user?: string; repoTags: readonly string[]; repoDigests: readonly string[] } | undefined
  listImages(): readonly { id: string; sizeBytes: number; repoTags: readonly string[]; repoDigests: readonly string[] }[]
  pullImage(ref: string, auth: readonly RegistryCredentials[], done: (outcome: PullOutcome) => void): void
  createContainer(config: ContainerConfig): { id: string } | { error: string }
  startContainer(id: string): { error?: string }
  /** SIGTERM (or the image's stop signal), then SIGKILL after `timeout` ms. `done` when it has exited. */
  stopContainer(id: string, timeout: number, done: () => void): void
  removeContainer(id: string): void
  /** New limits for a running container (millicores, bytes). */
  updateContainerResources?(id: string, resources: { cpuLimit?: number; memoryLimit?: number }): void
  containerStatus(id: string): ContainerStatus | undefined
  exec(id: string, options: ExecOptions): ExecSession
  attach(id: string, options: Omit<ExecOptions, "command">): ExecSession
  /** Connects to localhost:port in a sandbox's network. Absent: this runtime has no network. */
  portForward?(sandboxId: string, port: number, options: PortConnectionOptions): PortConnection | undefined
  logs(id: string): readonly LogLine[]
  /** Calls back on new lines until stopped. */
  followLogs(id: string, line: (line: LogLine) => void, end: () => void): () => void
  /** CPU nanocores averaged since an earlier call, memory bytes. */
  stats(id: string): { cpuNanoCores: number; memoryBytes: number }
  /** Bytes of a container's writable layer and logs. */
  diskBytes?(id: string): number
  /** Removes every image that no container needs; bytes given back. */
  removeUnusedImages?(): number
  /** A container's state changed (PLEG). */
  onEvent: ((event: { sandboxId: string; containerId: string; state: ContainerStatus["state"] }) => void) | undefined
}
