/** What the cluster needs from a host. Implemented by world (on simulated machines) and by the hollow runtime (on nothing). */
export type * from "./host.ts"
export type * from "./container-runtime.ts"
export type * from "./network.ts"
export type * from "./trace.ts"
