/** What a debugging container may do. As kubectl/pkg/cmd/debug/profiles.go. */
import type { Container } from "./pod-specs.ts"
import type { PodObject } from "./pods.ts"

export type ProfileTarget = "node" | "copy" | "ephemeral"

interface Profile {
  /** Onto a node: with the host's namespaces. */
  readonly hostNamespaces?: boolean
  readonly rootPartition?: boolean
  /** What it sets in the container's security context; undefined: none at all. */
  readonly securityContext: (target: ProfileTarget) => object | undefined
}

/** What a copy keeps of its original. */
export interface Keep {
  readonly labels: boolean
  readonly annotations: boolean
  readonly initContainers: boolean
  readonly probes: Readonly<Record<"livenessProbe" | "readinessProbe" | "startupProbe", boolean>>
}

const trace = { capabilities: { add: ["SYS_PTRACE"] } }
const locked = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
}

const profiles: Readonly<Record<string, Profile>> = {
  legacy: { hostNamespaces: true, rootPartition: true, securityContext: () => undefined },
  general: { hostNamespaces: true, rootPartition: true, securityContext: (target) => (target === "node" ? undefined : trace) },
  baseline: { securityContext: () => undefined },
  restricted: { securityContext: () => locked },
  netadmin: { hostNamespaces: true, securityContext: () => ({ capabilities: { add: ["NET_ADMIN", "NET_RAW"] } }) },
  sysadmin: { hostNamespaces: true, rootPartition: true, securityContext: () => ({ privileged: true }) },
}

export const PROFILES: readonly string[] = Object.keys(profiles)

/** The pod as a copy of another: what a profile takes from it. The old profile takes the labels alone. */
export const trimCopy = (name: string, pod: PodObject, keep: Keep): PodObject => {
  const { labels, annotations, ...metadata } = pod.metadata
  const kept = keep.labels && labels ? { labels } : {}
  if (name === "legacy") return { ...pod, metadata: { ...metadata, ...kept, ...(annotations && { annotations }) } }
  const { initContainers, ...spec } = pod.spec
  return {
    ...pod,
    metadata: { ...metadata, ...kept, ...(keep.annotations && annotations && { annotations }) },
    spec: {
      ...spec,
      shareProcessNamespace: spec.shareProcessNamespace ?? true,
      ...(keep.initContainers && initContainers && { initContainers }),
      containers: spec.containers.map((container) => {
        const fields = Object.entries(container).filter(([field]) => keep.probes[field as keyof Keep["probes"]] ?? true)
        return { ...Object.fromEntries(fields), name: container.name }
      }),
    },
  }
}

/** The container with its profile; on a node the pod is changed too. */
export const applyProfile = (name: string, pod: PodObject, container: Container, target: ProfileTarget): Container => {
  const { hostNamespaces, rootPartition, securityContext } = profiles[name]
  const allowed = securityContext(target)
  const own = { ...container, ...(allowed && { securityContext: allowed }) }
  if (target !== "node") return own
  if (hostNamespaces) Object.assign(pod.spec, { hostNetwork: true, hostPID: true, hostIPC: true })
  if (!rootPartition) return own
  pod.spec.volumes = [{ name: "host-root", hostPath: { path: "/" } }]
  return { ...own, volumeMounts: [{ name: "host-root", mountPath: "/host" }] }
}
