/** What docker and its kin ask of the machine's container runtime. */
import type { ContainerRuntime, RegistryCredentials } from "@drydock/kubernetes/ports"
import type { Files } from "@drydock/machine"

/** What an image says about the containers made of it. */
export interface ImageSettings {
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workingDirectory: string
  readonly user: number | undefined
  readonly exposes: readonly number[]
}

export interface EngineRuntime
  extends Pick<
    ContainerRuntime,
    | "runPodSandbox"
    | "stopPodSandbox"
    | "removePodSandbox"
    | "sandboxStatus"
    | "imageStatus"
    | "listImages"
    | "pullImage"
    | "createContainer"
    | "startContainer"
    | "stopContainer"
    | "removeContainer"
    | "containerStatus"
    | "exec"
    | "attach"
    | "logs"
    | "followLogs"
    | "stats"
  > {
  imageSettings(ref: string): ImageSettings | undefined
  /** Whether a registry knows them. */
  signsIn(host: string, credentials: RegistryCredentials): boolean
  /** False when there is no such image. */
  removeImage(ref: string): boolean
  /** The same image under another name; false when there is none. */
  tagImage(from: string, to: string): boolean
  /** A container's file system, before it runs too. */
  filesOf(id: string): Files
  /** An image of a container's files. */
  commit(id: string, ref: string, settings: ImageSettings): void
}
