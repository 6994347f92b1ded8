/** Names of a playground's nodes, as a reader or an address gives them. */
import type { Target } from "../server/api/lab.ts"

type Topology = Extract<Target, { topology: unknown }>["topology"]

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const MOST = 10

export const readNodes = (text: string): { nodes: string[] } | { problem: string } => {
  const nodes = text
    .split(/[\s,]+/)
    .map((name) => name.trim())
    .filter(Boolean)
  if (nodes.length === 0) return { problem: "Name at least one node." }
  if (nodes.length > MOST) return { problem: `${MOST} nodes are the most here; there are ${nodes.length}.` }
  const bad = nodes.find((name) => !NAME.test(name))
  if (bad !== undefined) return { problem: `"${bad}" is no name for a node: use lower-case letters, digits and dashes.` }
  const twice = nodes.find((name, at) => nodes.indexOf(name) !== at)
  if (twice !== undefined) return { problem: `Two nodes are called "${twice}".` }
  return { nodes }
}

/** The ready-made topologies go by their names, so that the lab's addresses are those of the lessons. */
export const topologyOf = (nodes: readonly string[]): Topology => {
  if (nodes.join() === "controlplane") return "kubeadm-1node"
  if (nodes.join() === "controlplane,node01") return "kubeadm-2nodes"
  return { nodes: [...nodes] }
}
