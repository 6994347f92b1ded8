/** The control plane's images: their programs are the components. */
export { etcd } from "./etcd.ts"
export { settled, toHttp } from "./http.ts"
export { kubeApiserver } from "./kube-apiserver.ts"
export { kubeControllerManager } from "./kube-controller-manager.ts"
export { kubeProxy } from "./kube-proxy.ts"
export { kubeScheduler } from "./kube-scheduler.ts"
