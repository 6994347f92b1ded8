/** How controllers, scheduler, kubelet and kube-proxy talk to the API server. Calls are synchronous and throw StatusError. */
import type { AnyStored, KubernetesObject, NamespacedName, Stored } from "../apimachinery/object.ts"
import type { Kind } from "../api/define-kind.ts"

export interface ListOptions {
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
}

export interface DeleteOptions {
  propagation?: "Background" | "Foreground" | "Orphan"
  gracePeriodSeconds?: number
  /** Preconditions. */
  uid?: string
  resourceVersion?: string
}

export type PatchType = "json" | "merge" | "strategic" | "apply"

export interface Client {
  /** Who it is: "system:kube-scheduler". */
  readonly user: string
  get<T extends KubernetesObject>(kind: Kind<T>, key: NamespacedName): Stored<T>
  /** As get; undefined instead of NotFound. */
  find<T extends KubernetesObject>(kind: Kind<T>, key: NamespacedName): Stored<T> | undefined
  /** Frozen, in key order. */
  list<T extends KubernetesObject>(kind: Kind<T>, options?: ListOptions): readonly Stored<T>[]
  create<T extends KubernetesObject>(kind: Kind<T>, object: T, options?: { namespace?: string }): Stored<T>
  update<T extends KubernetesObject>(kind: Kind<T>, object: Stored<T>): Stored<T>
  updateStatus<T extends KubernetesObject>(kind: Kind<T>, object: Stored<T>): Stored<T>
  patch<T extends KubernetesObject>(
    kind: Kind<T>,
    key: NamespacedName,
    patch: unknown,
    options?: { type?: PatchType; subresource?: string; fieldManager?: string; force?: boolean },
  ): Stored<T>
  delete<T extends KubernetesObject>(kind: Kind<T>, key: NamespacedName, options?: DeleteOptions): void
  /** POST to a subresource: pods/binding, pods/eviction, serviceaccounts/token. */
  createSubresource(kind: Kind, key: NamespacedName, subresource: string, body: unknown): AnyStored
  /** Read any path, for discovery and health. */
  raw(method: string, path: string, body?: unknown): { status: number; body: unknown }
}

/** What changed; `old` is undefined for added, `object` is the last state for deleted. */
export interface Change<T extends KubernetesObject> {
  type: "added" | "modified" | "deleted"
  object: Stored<T>
  old: Stored<T> | undefined
  /** The trace span of the write that caused it. */
  span: number | undefined
}

/**
 * A kind as watched: its objects are the store's own, so there is no cache to fill. While the API server is down it
 * serves what it last saw and reports no changes; afterwards it reports the difference.
 */
export interface Informer<T extends KubernetesObject> {
  readonly kind: Kind<T>
  get(namespace: string | undefined, name: string): Stored<T> | undefined
  list(options?: { namespace?: string; selector?: (labels: Readonly<Record<string, string>> | undefined) => boolean }): readonly Stored<T>[]
  /** Objects whose index value (made once, per index name) is `value`: "namespace", "owner" (uid of the controller), "node" … */
  byIndex(name: string, value: string): readonly Stored<T>[]
  onChange(handler: (change: Change<T>) => void): () => void
}

export interface Informers {
  for<T extends KubernetesObject>(kind: Kind<T>): Informer<T>
  /** Registers an index over a kind; the same name twice is the same index. */
  index<T extends KubernetesObject>(kind: Kind<T>, name: string, values: (object: Stored<T>) => readonly string[]): void
}

export interface EventRecorder {
  /** core/v1 Event with upstream's aggregation: the same (object, reason, message) counts up instead of repeating. */
  event(object: AnyStored | Stored<KubernetesObject>, type: "Normal" | "Warning", reason: string, message: string): void
}
