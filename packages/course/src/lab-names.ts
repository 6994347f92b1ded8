/** Names that a lab refers to: its machines and the files beside it. */
import type { LabSpec } from "./lesson.ts"

/** A file's path under files/, whether `from` was written with or without that folder. */
export const assetPath = (from: string): string => `files/${from.replace(/^(\.\/)?files\//, "")}`

const TOPOLOGIES: Readonly<Record<string, readonly string[]>> = {
  "kubeadm-1node": ["controlplane"],
  "kubeadm-2nodes": ["controlplane", "node01"],
  "docker-host": ["ubuntu"],
}

/** Names of a lab's machines, the first one first; undefined for a topology this package does not know. */
export const machinesOf = (lab: Pick<LabSpec, "topology">): readonly string[] | undefined =>
  typeof lab.topology === "string" ? TOPOLOGIES[lab.topology] : lab.topology.nodes
