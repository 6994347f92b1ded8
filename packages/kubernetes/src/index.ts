/** The cluster: API machinery, kinds, API server, controllers, scheduler, kubelet and the rest. Pure; knows hosts only through ports. */
export type * from "./apiserver/contract.ts"
export { SimulatedCluster } from "./cluster.ts"
export type * from "./cluster-contract.ts"
export type { CoreDns } from "./coredns/run.ts"
export { HollowRuntime } from "./cri/hollow-runtime.ts"
export { noFiles } from "./cri/no-files.ts"
export { controlPlaneManifests, kubeconfigText } from "./kubeadm/manifests.ts"
export { optionalAddons } from "./kubeadm/optional-addons.ts"
