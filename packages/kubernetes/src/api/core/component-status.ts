/** ComponentStatus: what the API server once said of the control plane's health. Deprecated, never stored. */
import type { KubernetesObject } from "../../apimachinery/object.ts"
import { name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

interface ComponentStatus extends KubernetesObject {
  conditions: { type: string; status: string; message: string; error?: string }[]
}

const healthy = (component: string, message: string): ComponentStatus => ({
  apiVersion: "v1",
  kind: "ComponentStatus",
  metadata: { name: component },
  conditions: [{ type: "Healthy", status: "True", message }],
})

/** As printComponentStatus. */
const cell = (read: (condition: ComponentStatus["conditions"][number]) => string) => (object: unknown) => {
  const condition = (object as ComponentStatus).conditions.find(({ type }) => type === "Healthy")
  return condition ? read(condition) : ""
}

export const componentStatus = defineKind<KubernetesObject>({
  group: "",
  version: "v1",
  kind: "ComponentStatus",
  plural: "componentstatuses",
  singular: "componentstatus",
  shortNames: ["cs"],
  namespaced: false,
  verbs: ["get", "list"],
  schema: () => schemaOf("IoK8sApiCoreV1ComponentStatus"),
  deprecation: "v1 ComponentStatus is deprecated in v1.19+",
  computed: () => [healthy("etcd-0", "ok"), healthy("controller-manager", "ok"), healthy("scheduler", "ok")],
  columns: [
    name as never,
    { name: "Status", cell: cell(({ status }) => (status === "True" ? "Healthy" : "Unhealthy")) },
    { name: "Message", cell: cell(({ message }) => message) },
    { name: "Error", cell: cell(({ error }) => error ?? "") },
  ],
})
