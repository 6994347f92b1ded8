/** Names of nodes as people type them. */
import { expect, test } from "vitest"
import { PlaygroundTopology } from "../server/api/lab.ts"
import { readNodes, topologyOf } from "./topology.ts"

test("names are read, and what is wrong is said", () => {
  expect(readNodes(" controlplane, node01  node02 ")).toEqual({ nodes: ["controlplane", "node01", "node02"] })
  expect(readNodes(" , ")).toEqual({ problem: "Name at least one node." })
  expect(readNodes("a,Node")).toEqual({ problem: '"Node" is no name for a node: use lower-case letters, digits and dashes.' })
  expect(readNodes("a,b,a")).toEqual({ problem: 'Two nodes are called "a".' })
  expect(readNodes(Array.from({ length: 11 }, (_, at) => `n${at}`).join())).toEqual({
    problem: "10 nodes are the most here; there are 11.",
  })
})

test("what the form lets through, the API takes", () => {
  for (const text of ["controlplane", "controlplane,node01", "a,b-1,c"]) {
    const read = readNodes(text)
    expect("nodes" in read && PlaygroundTopology.safeParse(topologyOf(read.nodes)).success).toBe(true)
  }
  expect(topologyOf(["controlplane", "node01"])).toBe("kubeadm-2nodes")
  expect(topologyOf(["a"])).toEqual({ nodes: ["a"] })
})
