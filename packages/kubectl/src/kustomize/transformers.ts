/** What a kustomization does to every object: namespace, names, labels, annotations, images, replicas. As kustomize/api/internal/konfig/builtinpluginconsts. */
import { isObject, type Json } from "@drydock/kubernetes/apimachinery"
import { KubectlError } from "../errors.ts"
import { setField } from "./field-paths.ts"
import type { FieldSpec, ImageChange, LabelChange } from "./kustomization.ts"
import { type Building, groupVersion, isNamespaced } from "./resources.ts"

type Pairs = Readonly<Record<string, string>>

const specs = (kinds: string, ...paths: readonly string[]): FieldSpec[] =>
  kinds.split(" ").flatMap((kind) => paths.map((path) => ({ path: path.replace(/\?$/, ""), kind, create: !path.endsWith("?") })))

const TEMPLATED = "ReplicationController Deployment ReplicaSet DaemonSet StatefulSet Job"

/** Labels of pods that are yet to be. */
const TEMPLATE_LABELS: readonly FieldSpec[] = [
  ...specs(TEMPLATED, "spec/template/metadata/labels"),
  ...specs("StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels"),
  ...specs("CronJob", "spec/jobTemplate/metadata/labels", "spec/jobTemplate/spec/template/metadata/labels"),
]

const affinity = ["podAffinity", "podAntiAffinity"].flatMap((one) => [
  `spec/template/spec/affinity/${one}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels?`,
  `spec/template/spec/affinity/${one}/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels?`,
])

const SELECTORS: readonly FieldSpec[] = [
  ...specs("Service ReplicationController", "spec/selector"),
  ...specs("Deployment ReplicaSet DaemonSet StatefulSet", "spec/selector/matchLabels"),
  ...specs("Deployment StatefulSet", ...affinity, "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels?"),
  ...specs("Job PodDisruptionBudget", "spec/selector/matchLabels?"),
  ...specs("CronJob", "spec/jobTemplate/spec/selector/matchLabels?"),
  ...specs(
    "NetworkPolicy",
    "spec/podSelector/matchLabels?",
    "spec/ingress/from/podSelector/matchLabels?",
    "spec/egress/to/podSelector/matchLabels?",
  ),
]

const ANNOTATIONS: readonly FieldSpec[] = [
  { path: "metadata/annotations", create: true },
  ...specs(TEMPLATED, "spec/template/metadata/annotations"),
  ...specs("CronJob", "spec/jobTemplate/metadata/annotations", "spec/jobTemplate/spec/template/metadata/annotations"),
]

const METADATA_LABELS: readonly FieldSpec[] = [{ path: "metadata/labels", create: true }]

/** Does to `set` what every field spec that means the object leads to. */
export const applySpecs = ({ object }: Building, fields: readonly FieldSpec[], set: (old: unknown) => unknown): void => {
  const [group, version] = groupVersion(object.apiVersion)
  for (const spec of fields)
    if ((!spec.kind || spec.kind === object.kind) && (!spec.group || spec.group === group) && (!spec.version || spec.version === version))
      setField(object, spec.path, spec.create === true, set)
}

const withPairs = (pairs: Pairs) => (old: unknown) => ({ ...(isObject(old) ? old : {}), ...pairs })

export const addLabels = (all: readonly Building[], { pairs, includeSelectors, includeTemplates, fields = [] }: LabelChange): void => {
  const wanted = [
    ...METADATA_LABELS,
    ...(includeSelectors || includeTemplates ? TEMPLATE_LABELS : []),
    ...(includeSelectors ? SELECTORS : []),
    ...fields,
  ]
  for (const one of all) applySpecs(one, wanted, withPairs(pairs))
}

export const addAnnotations = (all: readonly Building[], pairs: Pairs, fields: readonly FieldSpec[] = ANNOTATIONS): void => {
  for (const one of all) applySpecs(one, fields, withPairs(pairs))
}

export const setPairs = (all: readonly Building[], pairs: Pairs, fields: readonly FieldSpec[]): void => {
  for (const one of all) applySpecs(one, fields, withPairs(pairs))
}

/** Kinds whose names are left as they are. */
export const UNNAMED = new Set(["Namespace", "CustomResourceDefinition", "APIService"])

export const rename = (all: readonly Building[], prefix: string, suffix: string): void => {
  if (prefix === "" && suffix === "") return
  for (const { object } of all)
    if (!UNNAMED.has(object.kind)) object.metadata = { ...object.metadata, name: `${prefix}${object.metadata.name}${suffix}` }
}

export const setNamespace = (all: readonly Building[], namespace: string): void => {
  for (const { object } of all) {
    if (object.kind === "Namespace") object.metadata = { ...object.metadata, name: namespace }
    else if (isNamespaced(object)) object.metadata = { ...object.metadata, namespace }
    if (object.kind === "APIService") setField(object, "spec/service/namespace", true, () => namespace)
    if (object.kind === "CustomResourceDefinition")
      setField(object, "spec/conversion/webhook/clientConfig/service/namespace", false, () => namespace)
    if (object.kind.endsWith("WebhookConfiguration")) setField(object, "webhooks/clientConfig/service/namespace", false, () => namespace)
    if (object.kind.endsWith("RoleBinding"))
      for (const subject of (object.subjects as Json[] | undefined) ?? [])
        if (
          subject.kind === "ServiceAccount" &&
          (subject.name === "default" ||
            all.some((other) => other.object.kind === "ServiceAccount" && other.object.metadata.name === subject.name))
        )
          subject.namespace = namespace
  }
}

/** "r.io:5000/a/b:1@sha256:…" in parts. */
const splitImage = (image: string): { name: string; tag: string; digest: string } => {
  const at = image.indexOf("@")
  const plain = at < 0 ? image : image.slice(0, at)
  const digest = at < 0 ? "" : image.slice(at + 1)
  const colon = plain.lastIndexOf(":")
  return colon > plain.lastIndexOf("/")
    ? { name: plain.slice(0, colon), tag: plain.slice(colon + 1), digest }
    : { name: plain, tag: "", digest }
}

const changedImage = (image: string, { name, newName, newTag, tagSuffix, digest }: ImageChange): string => {
  const old = splitImage(image)
  if (old.name !== name) return image
  const [tag, hash] = newTag || digest ? [newTag ?? "", digest ?? ""] : tagSuffix ? [old.tag + tagSuffix, ""] : [old.tag, old.digest]
  return (newName || old.name) + (tag && `:${tag}`) + (hash && `@${hash}`)
}

export const setImages = (all: readonly Building[], changes: readonly ImageChange[]): void => {
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value as unknown[]) visit(item)
    else if (isObject(value))
      for (const [key, member] of Object.entries(value)) {
        if ((key === "containers" || key === "initContainers") && Array.isArray(member))
          for (const container of member as Json[])
            if (isObject(container) && typeof container.image === "string")
              for (const change of changes) container.image = changedImage(container.image as string, change)
        visit(member)
      }
  }
  if (changes.length > 0) for (const { object } of all) visit(object.spec)
}

const SCALED = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"]

export const setReplicas = (all: readonly Building[], { name, count }: { name: string; count: number }): void => {
  const meant = all.filter(({ object, names }) => SCALED.includes(object.kind) && [...names, object.metadata.name].includes(name))
  if (meant.length === 0)
    throw new KubectlError(
      `resource with name ${name} does not match a config with the following GVK [${SCALED.map((kind) => `${kind}.[noVer].[noGrp]`).join(" ")}]`,
    )
  for (const { object } of meant) object.spec = { ...(object.spec as Json), replicas: count }
}
