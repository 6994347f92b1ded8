/** What waits for its back-off says so at each sync of its Pod. As pkg/kubelet/pod_workers.go completeWork. */
import type { ContainerRecord } from "./container-record.ts"
import type { PodScope } from "./pod-scope.ts"

/** A Pod is synced again when its back-off is over, and after so long at the latest, ms (resyncInterval); half as long again by chance. */
const RESYNC = 60_000

/**
 * Waits until `until`; calls `tell` now and at each sync before that.
 * @param until virtual ms
 */
export const waitAndTell = (scope: PodScope, record: ContainerRecord, until: number, tell: () => void): void => {
  const { sim, host } = scope.context
  const now = sim.now()
  if (now >= record.tellAt) {
    tell()
    record.tellAt = now + RESYNC + sim.random(`resync/${host.name}`).integer(RESYNC / 2)
  }
  scope.later(Math.min(until, record.tellAt))
}
