/** When a Pod is active, ready and available. As pkg/api/v1/pod/util.go. */
import type { Pod } from "../api/index.ts"

export const isReady = (pod: Pod): boolean =>
  pod.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false

export const isActive = (pod: Pod): boolean => !["Succeeded", "Failed"].includes(pod.status.phase ?? "") && !pod.metadata.deletionTimestamp

/** ms until it counts as available; 0 when it does, undefined while it is not ready. */
export const availableIn = (pod: Pod, minReadySeconds: number, now: number): number | undefined => {
  const ready = pod.status.conditions?.find(({ type }) => type === "Ready")
  if (ready?.status !== "True") return undefined
  return Math.max(0, Date.parse(ready.lastTransitionTime ?? "") + minReadySeconds * 1_000 - now)
}

/** Which Pod goes first when there are too many. As pkg/controller/controller_utils.go ActivePodsWithRanks. */
export const deletionOrder = (a: Pod, b: Pod): number => {
  const rank = (pod: Pod) => [
    pod.spec.nodeName ? 1 : 0,
    ({ Pending: 0, Unknown: 1, Running: 2 } as Record<string, number>)[pod.status.phase ?? ""] ?? 3,
    isReady(pod) ? 1 : 0,
    Number((pod.metadata.annotations as Record<string, string> | undefined)?.["controller.kubernetes.io/pod-deletion-cost"] ?? 0),
  ]
  const [left, right] = [rank(a), rank(b)]
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return left[i] - right[i]
  return a.metadata.creationTimestamp < b.metadata.creationTimestamp
    ? 1
    : a.metadata.creationTimestamp > b.metadata.creationTimestamp
      ? -1
      : a.metadata.name < b.metadata.name
        ? -1
        : 1
}
