/** What the parts of one kubelet share. */
import type { Simulation } from "@drydock/sim"
import type { Pod } from "../api/index.ts"
import type { Client } from "../client/contract.ts"
import type { Recorder } from "../client/event-recorder.ts"
import type { ContainerRuntime } from "../ports/container-runtime.ts"
import type { Host } from "../ports/host.ts"
import type { Prober } from "../ports/network.ts"
import type { WantedToken } from "./service-account-tokens.ts"
import type { SerialPulls } from "./serial-pulls.ts"
import type { PendingResize } from "./pod-resize.ts"
import type { Trace } from "../ports/trace.ts"

export interface KubeletContext {
  sim: Simulation
  client: Client
  events: Recorder
  host: Host
  runtime: ContainerRuntime
  prober: Prober
  trace: Trace
  clusterDomain: string
  /** Whether containers are probed, and so known to have started. */
  probing: boolean
  dnsFor: (pod: Pod) => { servers: readonly string[]; searches: readonly string[]; options: readonly string[] }
  /** A token for the Pod's ServiceAccount. */
  token: (pod: Pod, wanted: WantedToken) => string
  /** "nginx" as the runtime names it: "docker.io/library/nginx:latest". */
  imageName: (image: string) => string
  imageDigest: (image: string, id: string) => string
  /** Undefined: images are pulled all at once. */
  pulls: SerialPulls | undefined
  /** Until a Pod that never ran is let go, ms. */
  letGo: number
  /** syncFrequency, ms, where the kubelet has to say again that it knows no cluster DNS. */
  resync: number | undefined
  /** Why the node cannot give a Pod what it wants now; undefined: it can. */
  resizeProblem: (pod: Pod) => PendingResize | undefined
  reportStatus: (pod: Pod, status: Pod["status"]) => void
}
