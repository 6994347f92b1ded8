/** One learner's whole world: machines, network, cluster, tools, topologies, faults, trace, recording. */
export type * from "./contract.ts"
export { createWorld, ENGINE } from "./create-world.ts"
export { type FaultDescription, faults } from "./faults.ts"
export { type Replay, replay } from "./replay.ts"
