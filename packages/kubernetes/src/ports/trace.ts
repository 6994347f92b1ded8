/** Every hop of every request, told as it happens: the one stream that map, request view, history checks and tests read. */

export type TraceActor =
  | "kubectl"
  | "client"
  | "kube-apiserver"
  | "etcd"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kubelet"
  | "containerd"
  | "cni"
  | "csi"
  | "kube-proxy"
  | "coredns"
  | "container"
  | "shell"

export interface TraceEvent {
  /** Counts up by one. */
  readonly id: number
  /** Virtual time, ms since the epoch. */
  readonly at: number
  /** Events of one piece of work share a span; `parent` is the span that caused it. */
  readonly span: number
  readonly parent: number | undefined
  readonly from: TraceActor
  readonly to: TraceActor
  /** Component instance where it matters: "kubelet/node01", "replicaset-controller". */
  readonly instance?: string
  /** "request", "authenticate", "authorize", "admit", "validate", "store", "watch", "reconcile", "filter", "score", "bind", "sandbox", "pull", "create", "start", "probe", "status" … */
  readonly verb: string
  /** The object it is about. */
  readonly object?: {
    readonly kind: string
    readonly namespace?: string
    readonly name: string
    readonly uid?: string
    readonly resourceVersion?: string
  }
  /** What was decided, in a few plain words or values. Never secret data. */
  readonly detail?: string
  /** The stored object before and after, for diffs; shared references. */
  readonly before?: unknown
  readonly after?: unknown
}

export interface Trace {
  /** A new span; `parent` defaults to the one in effect. */
  span(parent?: number): number
  /** The span in effect: what is done now was caused by it. */
  current: number | undefined
  emit(event: Omit<TraceEvent, "id" | "at" | "span" | "parent"> & { span?: number; parent?: number }): void
}
