/** Command-line tools beside kubectl, a folder each. */
export type { ArchiveEntry, Archives } from "./archives.ts"
export { chartFile, isChartHost } from "./helm/catalogue/serve.ts"
export { type ClientTool, clientTools } from "./client-tools.ts"
export { crictlProgram } from "./crictl/program.ts"
export type { Cri, ListedContainer, ListedSandbox } from "./crictl/runtime.ts"
export { type EtcdDoor, etcdctlProgram } from "./etcdctl/program.ts"
export type { ClusterDoor } from "./kubeadm/api.ts"
export { kubeadmProgram } from "./kubeadm/program.ts"
