/** The pod spec inside of an object, and changes to it. As kubectl/pkg/polymorphichelpers/updatepodspec.go. */
import { deepCopy } from "@drydock/kubernetes/apimachinery"
import type { KubeObject } from "./api.ts"
import { KubectlError } from "./errors.ts"

/** "*v1.ConfigMap": what Go calls an object of a built-in type. */
export const goType = ({ apiVersion = "", kind = "" }: KubeObject): string => `*${apiVersion.split("/").at(-1)}.${kind}`

export interface EnvVar {
  name: string
  value?: string
  valueFrom?: {
    fieldRef?: { apiVersion?: string; fieldPath: string }
    resourceFieldRef?: { containerName?: string; resource: string; divisor?: string }
    secretKeyRef?: { name: string; key: string; optional?: boolean }
    configMapKeyRef?: { name: string; key: string; optional?: boolean }
  }
}

export interface Container {
  name: string
  image?: string
  env?: EnvVar[]
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> }
  [field: string]: unknown
}

export interface PodSpec {
  containers: Container[]
  initContainers?: Container[]
  ephemeralContainers?: Container[]
  serviceAccountName?: string
  serviceAccount?: string
  nodeName?: string
  restartPolicy?: string
  [field: string]: unknown
}

/** The spec of the pods that an object stands for; undefined when it stands for none. */
export const podSpecOf = ({ kind, spec }: KubeObject): PodSpec | undefined => {
  const from = spec as (PodSpec & { template?: { spec?: PodSpec }; jobTemplate?: { spec?: { template?: { spec?: PodSpec } } } }) | undefined
  if (kind === "Pod") return from
  if (kind === "CronJob") return from?.jobTemplate?.spec?.template?.spec
  return from?.template?.spec
}

/** A copy of an object whose pod spec `change` may alter. Throws KubectlError when it has none. */
export const withPodSpec = (object: KubeObject, change: (spec: PodSpec) => void): KubeObject => {
  const copy = deepCopy(object) as KubeObject
  const spec = podSpecOf(copy)
  if (!spec) throw new KubectlError(`the object is not a pod or does not have a pod template: ${goType(object)}`)
  change(spec)
  return copy
}

/** "*" and "a*b" match names. As set's selectString. */
export const nameMatches = (name: string, pattern: string): boolean => {
  if (pattern === "*") return true
  const parts = pattern.split("*")
  if (parts.length === 1) return name === pattern
  if (!name.startsWith(parts[0])) return false
  let at = parts[0].length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  const last = parts[parts.length - 1]
  return name.length - last.length >= at && name.endsWith(last)
}
