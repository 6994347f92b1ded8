/** The cluster: API machinery, kinds, API server, controllers, scheduler, kubelet and the rest. Pure; knows hosts only through ports. */
export type * from "./apiserver/contract.ts"
export type * from "./cluster-contract.ts"
