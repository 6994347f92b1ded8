/** What a controller is: which kind it reconciles, what else wakes it, and the reconcile itself. */
import type { KubernetesObject, NamespacedName, Stored } from "../apimachinery/object.ts"
import type { Kind } from "../api/define-kind.ts"
import type { Change, Client, EventRecorder, Informers } from "../client/contract.ts"

export interface ReconcileContext {
  client: Client
  informers: Informers
  events: EventRecorder
  /** Virtual time, ms since the epoch. */
  now(): number
  /** A number in [0, 1) from this controller's own stream; name suffixes come from the API server's generateName. */
  random(): number
  /** Reconciles `key` again after `delay` ms. */
  requeue(key: NamespacedName, delay: number): void
  /** This controller's memory between reconciles (expectations and the like); lost when it restarts. */
  readonly memory: Map<string, unknown>
}

export interface ReconcileResult {
  /** Reconcile the same key again after this many ms. */
  requeueAfter?: number
  /** The wait is the controller's idle rhythm (a schedule, a poll): it does not keep the world busy. */
  background?: boolean
}

/** Another kind whose changes wake the controller: which keys each change means. */
export interface Trigger<T extends KubernetesObject = KubernetesObject> {
  kind: Kind<T>
  keys: (change: Change<T>, context: ReconcileContext) => readonly NamespacedName[]
}

export interface ControllerOptions<T extends KubernetesObject> {
  /** Changes of what it owns are looked at together, so many ms after the first. */
  batch?: number
  /** As `kube-controller-manager --controllers` names it: "deployment-controller". */
  name: string
  /** Event source component; default: the name. */
  component?: string
  for: Kind<T>
  /** Default: every change of `for`. Return false to ignore one. */
  when?: (change: Change<T>) => boolean
  /** Children carry the controller owner reference of `for` and wake their owner. */
  owns?: readonly Kind<never>[]
  triggers?: readonly Trigger<never>[]
  /** Called with undefined when the object is gone (memory to forget). Throwing retries with upstream's back-off (5 ms · 2ⁿ, at most 1000 s). */
  reconcile: (object: Stored<T> | undefined, context: ReconcileContext, key: NamespacedName) => ReconcileResult | void
  /** Runs every so many ms besides, over everything (node monitor, cron). */
  every?: { interval: number; run: (context: ReconcileContext) => void }
  start?: (context: ReconcileContext) => void
}

/** Same form, its object type forgotten: what the array of controllers holds. */
export type Controller = ControllerOptions<never>

export const defineController = <T extends KubernetesObject>(options: ControllerOptions<T>): Controller => options as unknown as Controller

/** Types a trigger before it goes into an array of triggers of several kinds. */
export const trigger = <T extends KubernetesObject>(kind: Kind<T>, keys: Trigger<T>["keys"]): Trigger<never> =>
  ({ kind, keys }) as unknown as Trigger<never>
