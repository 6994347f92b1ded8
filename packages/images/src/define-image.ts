/** What a container image is: files, what starts, and which shell it brings. */
import type { LayerEntry, Process, Program } from "@drydock/machine"
import type { ClientAccess, SimulatedCluster } from "@drydock/kubernetes"

/** What a client is by its kubeconfig; a text says why it is none. */
export type AccessOf = (process: Process, kubeconfig: string | undefined) => ClientAccess | string | undefined

/** What the programs of the control plane's own images are given: the cluster that they are part of, and their node. */
export interface ImageContext {
  cluster: SimulatedCluster
  /** Name of the machine that the container runs on. */
  node: string
  /** Puts kube-proxy's rules into effect on that machine. */
  startKubeProxy: () => { stop: () => void }
  /** kubectl's program, for images that bring it. */
  kubectl: Program
  /** Default: every component is taken for who it is. */
  access?: AccessOf
}

export interface ImageOptions {
  /** Without registry host where it is Docker Hub's: "nginx", "registry.k8s.io/pause". */
  repository: string
  /** Other names under which registries have it. */
  aliases?: readonly string[]
  /** Tags that exist; the first is what "latest" would be, which exists when it is listed. A pattern such as /^1\./ is allowed as text "1.*". */
  tags: readonly string[]
  /** Who may pull it; default: everybody. */
  credentials?: { username: string; password: string }
  /** Compressed size, bytes. */
  sizeBytes: number
  entrypoint?: readonly string[]
  command?: readonly string[]
  env?: Readonly<Record<string, string>>
  /** The variable of `env` that says which version it is: taken from a tag that is a version. */
  versionEnv?: string
  user?: number
  workingDirectory?: string
  exposes?: readonly number[]
  /** The system that it is made from: one with everything, one of Red Hat's kind, a small Debian or Ubuntu, busybox, or nothing at all. */
  shell?: "bash" | "redhat" | "debian" | "ubuntu" | "busybox"
  /** Tools beside those that the system has. */
  brings?: readonly string[]
  files?: readonly LayerEntry[]
  /** Brings Python under /usr/local, of the version that PYTHON_VERSION says. */
  interpreter?: "python"
  /** What it uses while nobody asks anything of it: resident bytes, millicores. */
  idle?: { memory: number; cpu?: number }
  /** Executables that need the cluster, by path. */
  components?: Readonly<Record<string, (context: ImageContext) => Program>>
}

export type Image = Readonly<ImageOptions>

export const defineImage = (options: ImageOptions): Image => options
