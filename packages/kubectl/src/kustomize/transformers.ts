/** What a kustomization does to every object: labels, annotations, images, replicas. */
import { isObject, type Json } from "@drydock/kubernetes/apimachinery"
import type { KubeObject } from "../api.ts"

export interface ImageChange {
  name: string
  newName?: string
  newTag?: string
  digest?: string
}

interface Template {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
  spec?: Json
}

const WORKLOADS = new Set(["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController", "Job", "CronJob"])

const templateOf = ({ kind, spec }: KubeObject): Template | undefined => {
  if (!WORKLOADS.has(kind)) return undefined
  const from = spec as { template?: Template; jobTemplate?: { spec?: { template?: Template } } } | undefined
  return kind === "CronJob" ? from?.jobTemplate?.spec?.template : from?.template
}

export const addLabels = (object: KubeObject, pairs: Readonly<Record<string, string>>, selectors: boolean, templates: boolean): void => {
  object.metadata = { ...object.metadata, labels: { ...object.metadata.labels, ...pairs } }
  const template = templateOf(object)
  if (templates && template) template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...pairs } }
  if (!selectors) return
  const spec = object.spec as
    | { selector?: Json & { matchLabels?: Record<string, string> }; podSelector?: { matchLabels?: Record<string, string> } }
    | undefined
  if (!spec) return
  if (object.kind === "Service" || object.kind === "ReplicationController") spec.selector = { ...spec.selector, ...pairs }
  else if (
    ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"].includes(object.kind) ||
    (spec.selector && ["Job", "PodDisruptionBudget"].includes(object.kind))
  )
    spec.selector = { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, ...pairs } }
  else if (object.kind === "NetworkPolicy" && spec.podSelector)
    spec.podSelector = { ...spec.podSelector, matchLabels: { ...spec.podSelector.matchLabels, ...pairs } }
}

export const addAnnotations = (object: KubeObject, pairs: Readonly<Record<string, string>>): void => {
  object.metadata = { ...object.metadata, annotations: { ...object.metadata.annotations, ...pairs } }
  const template = templateOf(object)
  if (template) template.metadata = { ...template.metadata, annotations: { ...template.metadata?.annotations, ...pairs } }
}

/** "r.io:5000/a/b:1@sha256:…" in parts. */
const splitImage = (image: string): { name: string; tag: string } => {
  const at = image.indexOf("@")
  const plain = at < 0 ? image : image.slice(0, at)
  const colon = plain.lastIndexOf(":")
  return colon > plain.lastIndexOf("/")
    ? { name: plain.slice(0, colon), tag: image.slice(colon) }
    : { name: plain, tag: image.slice(plain.length) }
}

export const setImages = (object: KubeObject, changes: readonly ImageChange[]): void => {
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item)
    else if (isObject(value))
      for (const [key, member] of Object.entries(value)) {
        if ((key === "containers" || key === "initContainers") && Array.isArray(member))
          for (const container of member as { image?: string }[]) {
            const { name, tag } = splitImage(container.image ?? "")
            const change = changes.find((one) => one.name === name)
            if (change)
              container.image = (change.newName ?? name) + (change.digest ? `@${change.digest}` : change.newTag ? `:${change.newTag}` : tag)
          }
        visit(member)
      }
  }
  if (changes.length > 0) visit(object.spec)
}

/** Whether it is a type that has replicas. */
export const setReplicas = (object: KubeObject, count: number): boolean => {
  if (!["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"].includes(object.kind)) return false
  object.spec = { ...(object.spec as Json), replicas: count }
  return true
}
