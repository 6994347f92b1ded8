/** Virtual time, ordered events, seeded chance and ids: the only sources of time and randomness in a world. */
export { EventQueue, type Timer } from "./event-queue.ts"
export { RandomStream } from "./random-stream.ts"
export { Simulation, type RunLimits, type RunResult } from "./simulation.ts"
export { Digest } from "./digest.ts"
export { flat } from "./flat.ts"
export { ByText } from "./by-text.ts"
export { sharedText } from "./shared-text.ts"
export { FewEntries } from "./few-entries.ts"
