/** Objects on their way through a kustomization, and how they are told apart. As kustomize/api/resource and kyaml/resid. */
import { fullMatch } from "@drydock/gotemplate"
import { kinds } from "@drydock/kubernetes/api"
import { matches, parseSelector } from "@drydock/kubernetes/apimachinery"
import type { KubeObject } from "../api.ts"
import type { Target } from "./kustomization.ts"

export interface Building {
  object: KubeObject
  /** What it was called before, the first name first; its namespaces beside. */
  readonly names: string[]
  readonly namespaces: (string | undefined)[]
  /** Its name waits for a hash. */
  hashed: boolean
  /** For config.kubernetes.io/origin. */
  readonly origin: string
}

export const building = (object: KubeObject, origin: string, hashed = false): Building => ({
  object,
  names: [object.metadata.name],
  namespaces: [object.metadata.namespace],
  hashed,
  origin,
})

export const groupVersion = (apiVersion: string): readonly [group: string, version: string] => {
  const slash = apiVersion.indexOf("/")
  return slash < 0 ? ["", apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
}

/** What the server knows to be in no namespace; everything else is in one. */
export const isNamespaced = ({ apiVersion, kind }: KubeObject): boolean =>
  kinds.find((one) => one.kind === kind && one.apiVersion === apiVersion)?.namespaced ?? true

/** "Service.v1.[noGrp]/app.[noNs]" */
export const idText = (object: { apiVersion?: string; kind?: string; metadata?: { name?: string; namespace?: string } }): string => {
  const [group, version] = groupVersion(object.apiVersion ?? "")
  return `${object.kind}.${version || "[noVer]"}.${group || "[noGrp]"}/${object.metadata?.name || "[noName]"}.${object.metadata?.namespace || "[noNs]"}`
}

export const selectorText = ({ group, version, kind, name, namespace }: Target): string =>
  `${kind || "[noKind]"}.${version || "[noVer]"}.${group || "[noGrp]"}/${name || "[noName]"}.${namespace || "[noNs]"}`

export const sameId = (a: KubeObject, b: KubeObject): boolean =>
  a.kind === b.kind &&
  groupVersion(a.apiVersion)[0] === groupVersion(b.apiVersion)[0] &&
  a.metadata.name === b.metadata.name &&
  (a.metadata.namespace || "default") === (b.metadata.namespace || "default")

/** `exact`: the selector's texts are no patterns. */
export const selected = (one: Building, target: Target, exact = false): boolean => {
  const { object } = one
  const [group, version] = groupVersion(object.apiVersion)
  const fits = (wanted: string | undefined, actual: readonly (string | undefined)[]) =>
    wanted === undefined || wanted === "" || actual.some((text = "") => (exact ? text === wanted : fullMatch(wanted, text)))
  return (
    fits(target.group, [group]) &&
    fits(target.version, [version]) &&
    fits(target.kind, [object.kind]) &&
    fits(target.name, [...one.names, object.metadata.name]) &&
    fits(target.namespace, [...one.namespaces, object.metadata.namespace]) &&
    (!target.labelSelector || matches(parseSelector(target.labelSelector), object.metadata.labels ?? {})) &&
    (!target.annotationSelector || matches(parseSelector(target.annotationSelector), object.metadata.annotations ?? {}))
  )
}

/** Kinds that others need come first. As legacysort. */
const FIRST =
  "Namespace ResourceQuota StorageClass CustomResourceDefinition ServiceAccount PodSecurityPolicy Role ClusterRole RoleBinding ClusterRoleBinding ConfigMap Secret Endpoints Service LimitRange PriorityClass PersistentVolume PersistentVolumeClaim Deployment StatefulSet CronJob PodDisruptionBudget".split(
    " ",
  )
const LAST = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]

/** As resid.LegacySortString. */
const sortKey = ({ object: { apiVersion, kind, metadata } }: Building): string => {
  const [group, version] = groupVersion(apiVersion)
  return `${group || "~G"}_${version}_${kind}|${metadata.namespace ?? "~X"}|${metadata.name}`
}

export const sorted = (all: readonly Building[], first: readonly string[] = FIRST, last: readonly string[] = LAST): Building[] => {
  const rank = ({ object: { kind } }: Building): number => {
    const early = first.indexOf(kind)
    if (early >= 0) return early - first.length
    return last.indexOf(kind) + 1
  }
  return [...all].sort((a, b) => rank(a) - rank(b) || (sortKey(a) < sortKey(b) ? -1 : 1))
}
