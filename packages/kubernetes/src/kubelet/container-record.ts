/** What a pod worker knows of one container of its Pod. */
import type { Pod } from "../api/index.ts"
import type { ContainerState } from "./pod-status.ts"

export type Container = NonNullable<Pod["spec"]["containers"]>[number]
export type ContainerKind = "init" | "main" | "ephemeral"

/** Restart back-off: 10 s doubling to 5 min, forgotten after ten good minutes. Image back-off is the same. */
export const BACKOFF = 10_000
export const MAX_BACKOFF = 300_000
export const BACKOFF_RESET = 600_000

export interface ContainerRecord {
  container: Container
  readonly kind: ContainerKind
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
  /** Its back-off is told of again from then on, ms. */
  tellAt: number
  stopProbes: (() => void) | undefined
  stopping: boolean
  /** Looked at again from then on, ms: the PLEG has to see that it ended. */
  seenAt: number
  /** A probe ended it: it is started again at once, whatever becomes of the one before. */
  probedOut: boolean
  /** Its postStart hook runs: the container counts as waiting until then. */
  hooked: boolean
}

export const isSidecar = ({ container, kind }: ContainerRecord): boolean => kind === "init" && container.restartPolicy === "Always"

export const newRecord = (container: Container, kind: ContainerKind, hasInit: boolean): ContainerRecord => ({
  container,
  kind,
  id: undefined,
  restarts: 0,
  state: { waiting: { reason: kind === "ephemeral" || (kind === "main" && !hasInit) ? "ContainerCreating" : "PodInitializing" } },
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
  tellAt: 0,
  stopProbes: undefined,
  stopping: false,
  seenAt: 0,
  probedOut: false,
  hooked: false,
})
