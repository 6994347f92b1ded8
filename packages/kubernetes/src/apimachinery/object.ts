/** The parts that every Kubernetes object has. */
import type { IIoK8sApimachineryPkgApisMetaV1ObjectMeta } from "@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta"

export type ObjectMeta = IIoK8sApimachineryPkgApisMetaV1ObjectMeta

/** Metadata of an object that the API server has stored. */
export type StoredMeta = ObjectMeta & {
  name: string
  uid: string
  resourceVersion: string
  creationTimestamp: string
}

/** Any object, as a client sends it. */
export interface KubernetesObject {
  apiVersion: string
  kind: string
  metadata?: ObjectMeta
}

/** T as it is in the store: frozen, with complete metadata and `spec`/`status` present where T has them. */
export type Stored<T extends KubernetesObject> = Omit<T, "metadata" | "spec" | "status"> & {
  metadata: StoredMeta
} & (T extends { spec?: infer S } ? { spec: NonNullable<S> } : unknown) &
  (T extends { status?: infer S } ? { status: NonNullable<S> } : unknown)

export type AnyStored = Stored<KubernetesObject> & { readonly [field: string]: unknown }

export interface NamespacedName {
  namespace?: string
  name: string
}

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

/** "namespace/name", or "name" for cluster-scoped objects: a work queue's key. */
export const keyOf = (object: { metadata?: ObjectMeta }): string =>
  object.metadata?.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : (object.metadata?.name ?? "")

/** Seconds. */
const DAY = 86_400
const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"))

/** RFC 3339 with seconds, as metav1.Time is written. */
export const formatTime = (at: number): string => {
  const second = Math.floor(at / 1_000)
  if (second !== lastSecond) {
    lastSecond = second
    const day = Math.floor(second / DAY)
    if (day !== lastDay) {
      lastDay = day
      lastDate = new Date(day * DAY * 1_000).toISOString().slice(0, 11)
    }
    const rest = second - day * DAY
    const minute = Math.floor(rest / 60)
    lastText = [lastDate, TWO[Math.floor(minute / 60)], ":", TWO[minute % 60], ":", TWO[rest % 60], "Z"].join("")
  }
  return lastText
}

/** Much happens within one second, and each of it keeps the text. */
let lastSecond = Number.NaN
let lastText = ""
let lastDay = Number.NaN
let lastDate = ""

/** RFC 3339 with microseconds, as metav1.MicroTime is written (Leases, events.k8s.io). */
export const formatMicroTime = (at: number): string => {
  const ms = at % 1_000
  return [formatTime(at).slice(0, 19), ms < 10 ? ".00" : ms < 100 ? ".0" : ".", String(Math.floor(ms)), "000Z"].join("")
}

export const parseTime = (text: string | undefined): number => (text === undefined ? Number.NaN : Date.parse(text))
