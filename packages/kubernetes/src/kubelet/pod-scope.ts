/** What the parts of one pod worker share. */
import type { ContainerChanges } from "./container-changes.ts"
import type { Pod } from "../api/index.ts"
import type { TraceActor } from "../ports/trace.ts"
import type { ContainerRecord } from "./container-record.ts"
import type { KubeletContext } from "./kubelet-context.ts"

export interface PodScope {
  readonly context: KubeletContext
  pod: Pod
  ip: string
  sandboxId: string | undefined
  /** How many sandboxes it had before. */
  readonly sandboxAttempt: number
  /** Host path of each volume, once set up. */
  volumes: Map<string, string> | undefined
  readonly records: ContainerRecord[]
  readonly changes: Pick<ContainerChanges, "pending" | "applying">
  readonly terminating: boolean
  event(type: "Normal" | "Warning", reason: string, message: string, record?: ContainerRecord): void
  /** A container was not started in this sync: a line of the kubelet's log. */
  syncFailed(record: ContainerRecord, reason: string, message: string): void
  /** One hop of this Pod's way, from the kubelet unless said otherwise. */
  trace(to: TraceActor, verb: string, detail?: string, from?: TraceActor): void
  /** Looks again at virtual time `at` at the latest. */
  later(at: number): void
  sync(): void
  /** Says that the Pod's dnsPolicy cannot be kept, where the kubelet knows no cluster DNS. */
  missDns(): void
  report(): void
  /** Runs `work` as caused by what caused the Pod's present work. */
  caused(work: () => void): void
}

export const podLabel = ({ pod: { metadata } }: PodScope): string => `${metadata.name}_${metadata.namespace}(${metadata.uid})`

/** Go's Duration text: 1.203s, 350ms, 2m40s. */
export const goDuration = (ms: number): string => {
  if (ms === 0) return "0s"
  if (ms < 1_000) return `${Math.round(ms)}ms`
  const seconds = ms / 1_000
  if (seconds < 60) return `${Number(seconds.toFixed(3))}s`
  const minutes = Math.floor(seconds / 60)
  return `${minutes}m${Number((seconds - minutes * 60).toFixed(3))}s`
}
