/** NodeMetrics and PodMetrics: served by metrics-server, stored nowhere. */
import type { KubernetesObject } from "../apimachinery/object.ts"
import { age, name } from "../api/columns.ts"
import { defineKind } from "../api/define-kind.ts"

const schema = () => ({ type: "object" as const })

export const nodeMetrics = defineKind<KubernetesObject>({
  group: "metrics.k8s.io",
  version: "v1beta1",
  kind: "NodeMetrics",
  plural: "nodes",
  singular: "",
  namespaced: false,
  verbs: ["get", "list"],
  schema,
  columns: [name, age],
})

export const podMetrics = defineKind<KubernetesObject>({
  group: "metrics.k8s.io",
  version: "v1beta1",
  kind: "PodMetrics",
  plural: "pods",
  singular: "",
  namespaced: true,
  verbs: ["get", "list"],
  schema,
  columns: [name, age],
})
