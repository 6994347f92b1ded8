/** Parts of a cluster for tests and measurements. */
export { bareCluster } from "./bare-cluster.ts"
