/** APIServices of the groups that the API server serves itself: as its autoregistration makes them, shown without being stored. */
import { sha256 } from "@noble/hashes/sha2.js"
import { type AnyStored, formatTime } from "../../apimachinery/object.ts"
import type { AnyKind } from "../define-kind.ts"

/** As pkg/controlplane/apiserver/aggregator.go: where a group stands in discovery, and its versions within it. */
const PRIORITIES: Readonly<Record<string, readonly [number, number]>> = {
  "/v1": [18_000, 1],
  "apps/v1": [17_800, 15],
  "events.k8s.io/v1": [17_750, 15],
  "authentication.k8s.io/v1": [17_700, 15],
  "authorization.k8s.io/v1": [17_600, 15],
  "autoscaling/v1": [17_500, 15],
  "autoscaling/v2": [17_500, 30],
  "batch/v1": [17_400, 15],
  "certificates.k8s.io/v1": [17_300, 15],
  "networking.k8s.io/v1": [17_200, 15],
  "policy/v1": [17_100, 15],
  "rbac.authorization.k8s.io/v1": [17_000, 15],
  "storage.k8s.io/v1": [16_800, 15],
  "apiextensions.k8s.io/v1": [16_700, 15],
  "admissionregistration.k8s.io/v1": [16_700, 15],
  "admissionregistration.k8s.io/v1beta1": [16_700, 12],
  "scheduling.k8s.io/v1": [16_600, 15],
  "coordination.k8s.io/v1": [16_500, 15],
  "node.k8s.io/v1": [16_300, 15],
  "discovery.k8s.io/v1": [16_200, 15],
  "flowcontrol.apiserver.k8s.io/v1": [16_100, 21],
  "resource.k8s.io/v1": [15_900, 20],
}

const uidOf = (name: string): string => {
  const hex = Array.from(sha256(new TextEncoder().encode(`apiservice ${name}`)).slice(0, 16), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** `since`: when the API server began, ms. */
export const localServices = (kinds: readonly AnyKind[], since: number): readonly AnyStored[] => {
  const versions = new Map<string, AnyKind>()
  for (const kind of kinds) if (!kind.computed || kind.group === "") versions.set(`${kind.group}/${kind.version}`, kind as AnyKind)
  const at = formatTime(since)
  return [...versions].flatMap(([key, kind]): AnyStored[] => {
    const priority = PRIORITIES[key] ?? (kind.custom ? [1_000, 100] : undefined)
    if (!priority) return []
    const name = `${kind.version}.${kind.group}`
    return [
      {
        apiVersion: "apiregistration.k8s.io/v1",
        kind: "APIService",
        metadata: {
          name,
          uid: uidOf(name),
          resourceVersion: "1",
          creationTimestamp: at,
          labels: { "kube-aggregator.kubernetes.io/automanaged": kind.custom ? "true" : "onstart" },
        },
        spec: {
          ...(kind.group && { group: kind.group }),
          groupPriorityMinimum: priority[0],
          version: kind.version,
          versionPriority: priority[1],
        },
        status: {
          conditions: [
            {
              lastTransitionTime: at,
              message: "Local APIServices are always available",
              reason: "Local",
              status: "True",
              type: "Available",
            },
          ],
        },
      } as unknown as AnyStored,
    ]
  })
}
