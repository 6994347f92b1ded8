/** What crictl asks a node's container runtime. Times are ms since the epoch. */
import type { ContainerRuntime } from "@drydock/kubernetes/ports"

export interface ListedSandbox {
  id: string
  state: "ready" | "notready"
  createdAt: number
  ip: string
  name: string
  namespace: string
  uid: string
  attempt: number
  labels: Readonly<Record<string, string>>
}

export interface ListedContainer {
  id: string
  sandboxId: string
  name: string
  attempt: number
  image: string
  imageId: string
  state: "created" | "running" | "exited" | "unknown"
  createdAt: number
  startedAt: number
  finishedAt: number
  exitCode: number
  reason: string
  logPath: string
  pid: number
}

export interface Cri
  extends Pick<
    ContainerRuntime,
    | "available"
    | "version"
    | "listImages"
    | "imageStatus"
    | "pullImage"
    | "stopContainer"
    | "removeContainer"
    | "stopPodSandbox"
    | "removePodSandbox"
    | "exec"
    | "logs"
    | "followLogs"
    | "stats"
  > {
  inventory(): { sandboxes: readonly ListedSandbox[]; containers: readonly ListedContainer[] }
  /** False when there is no such image. */
  removeImage(ref: string): boolean
}
