/** Rendered files as hooks and manifests, in the order in which they are made. As helm/pkg/release/v1/util. */
import { HelmError, reasonOf } from "../errors.ts"
import { baseName } from "../paths.ts"
import { readDocument } from "../chart/load.ts"
import type { Hook } from "../release/release.ts"

export const INSTALL_ORDER =
  "PriorityClass Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget ServiceAccount Secret SecretList ConfigMap StorageClass PersistentVolume PersistentVolumeClaim CustomResourceDefinition ClusterRole ClusterRoleList ClusterRoleBinding ClusterRoleBindingList Role RoleList RoleBinding RoleBindingList Service DaemonSet Pod ReplicationController ReplicaSet Deployment HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress APIService MutatingWebhookConfiguration ValidatingWebhookConfiguration".split(
    " ",
  )

export const UNINSTALL_ORDER =
  "ValidatingWebhookConfiguration MutatingWebhookConfiguration APIService Ingress IngressClass Service CronJob Job StatefulSet HorizontalPodAutoscaler Deployment ReplicaSet ReplicationController Pod DaemonSet RoleBindingList RoleBinding RoleList Role ClusterRoleBindingList ClusterRoleBinding ClusterRoleList ClusterRole CustomResourceDefinition PersistentVolumeClaim PersistentVolume StorageClass ConfigMap SecretList Secret ServiceAccount PodDisruptionBudget PodSecurityPolicy LimitRange ResourceQuota NetworkPolicy Namespace PriorityClass".split(
    " ",
  )

export interface Head {
  apiVersion?: string
  kind?: string
  metadata?: { name?: string; namespace?: string; annotations?: Record<string, string> }
}

export interface Manifest {
  readonly name: string
  readonly content: string
  readonly head: Head
}

/** Documents of a stream, without their separators. */
export const splitManifests = (text: string): string[] =>
  text
    .trim()
    .split(/(?:^|\s*\n)---\s*/)
    .filter((part) => part !== "")
    .map((part) => part.trim())

export const byKind =
  <Item>(order: readonly string[], kindOf: (item: Item) => string) =>
  (a: Item, b: Item): number => {
    const [left, right] = [kindOf(a), kindOf(b)]
    const [first, second] = [order.indexOf(left), order.indexOf(right)]
    if (first < 0 && second < 0) return left < right ? -1 : left > right ? 1 : 0
    if (first < 0) return 1
    return second < 0 ? -1 : first - second
  }

const EVENTS: Readonly<Record<string, string>> = {
  "pre-install": "pre-install",
  "post-install": "post-install",
  "pre-delete": "pre-delete",
  "post-delete": "post-delete",
  "pre-upgrade": "pre-upgrade",
  "post-upgrade": "post-upgrade",
  "pre-rollback": "pre-rollback",
  "post-rollback": "post-rollback",
  test: "test",
  "test-success": "test",
}

const list = (text: string | undefined): string[] => (text === undefined ? [] : text.split(",").map((one) => one.trim().toLowerCase()))

/** Throws HelmError for what is no YAML. `files`: texts by path. */
export const sortManifests = (
  files: ReadonlyMap<string, string>,
  order: readonly string[] = INSTALL_ORDER,
): { hooks: Hook[]; manifests: Manifest[] } => {
  const hooks: Hook[] = []
  const manifests: Manifest[] = []
  for (const path of [...files.keys()].sort()) {
    const text = files.get(path) ?? ""
    if (baseName(path).startsWith("_") || text.trim() === "") continue
    for (const content of splitManifests(text)) {
      let head: Head
      try {
        const value = readDocument(content)
        if (value !== null && (typeof value !== "object" || Array.isArray(value)))
          throw new HelmError(
            `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value} into Go value of type util.SimpleHead`,
          )
        head = (value ?? {}) as Head
        if (head.kind !== undefined) head.kind = String(head.kind)
      } catch (error) {
        throw new HelmError(`YAML parse error on ${path}: ${reasonOf(error)}`)
      }
      const annotations = head.metadata?.annotations ?? {}
      const said = annotations["helm.sh/hook"]
      if (said === undefined) {
        manifests.push({ name: path, content, head })
        continue
      }
      const events = list(said).map((one) => EVENTS[one])
      if (events.includes(undefined as unknown as string)) continue
      const weight = String(annotations["helm.sh/hook-weight"] ?? "")
      hooks.push({
        name: head.metadata?.name ?? "",
        kind: head.kind ?? "",
        path,
        manifest: content,
        events,
        weight: /^[-+]?\d+$/.test(weight) ? Number(weight) : 0,
        deletePolicies: list(annotations["helm.sh/hook-delete-policy"]),
        logPolicies: list(annotations["helm.sh/hook-output-log-policy"]),
      })
    }
  }
  return {
    hooks: hooks.sort(byKind(order, ({ kind }) => kind)),
    manifests: manifests.sort(byKind(order, ({ head }) => head.kind ?? "")),
  }
}
