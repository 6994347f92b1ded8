/** Which machines a world has, and where they are. */
import type { WorldOptions } from "./contract.ts"

export const VERSION = "v1.35.6"
/** Parts of 256 addresses, one a node; a large cluster is given more of them. */
export const podCidrOf = (nodes: number): string => (nodes <= 256 ? "10.244.0.0/16" : "10.244.0.0/14")
export const SERVICE_CIDR = "10.96.0.0/12"

const TOPOLOGIES: Readonly<Record<string, readonly string[]>> = {
  "kubeadm-1node": ["controlplane"],
  "kubeadm-2nodes": ["controlplane", "node01"],
  "docker-host": ["ubuntu"],
}

export interface Topology {
  /** The first is the control plane. */
  readonly names: readonly string[]
  readonly kubernetes: boolean
  readonly hollow: boolean
}

/** Throws an Error with one clear line when there is no such topology or its names are no good. */
export const topologyOf = (topology: WorldOptions["topology"]): Topology => {
  const names = typeof topology === "string" ? (Object.hasOwn(TOPOLOGIES, topology) ? TOPOLOGIES[topology] : undefined) : topology.nodes
  if (!names)
    throw new Error(`there is no topology "${topology as string}"; there are ${Object.keys(TOPOLOGIES).join(", ")}, or a list of nodes`)
  if (names.length === 0) throw new Error("a list of nodes needs at least one name")
  if (new Set(names).size !== names.length || names.some((name) => !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)))
    throw new Error(`node names must be different and lower-case: ${names.join(", ")}`)
  return {
    names,
    kubernetes: topology !== "docker-host",
    hollow: typeof topology !== "string" && topology.hollow === true,
  }
}

/** The API server's port: a hollow cluster's is not kubeadm's. */
export const portOf = ({ hollow }: Topology): number => (hollow ? 16_443 : 6_443)

/** Address of the machine with this place in the list. */
export const addressOf = (index: number): string => `172.${30 + ((index + 1) >> 8)}.${(index + 1) & 255}.2`

/** The first three numbers of the pod network's part that this machine has. */
export const podPrefixOf = (index: number): string => `10.${244 + (index >> 8)}.${index & 255}`
