/** Binding: a Pod's way to its node, as the scheduler asks for it. */
import type { KubernetesObject } from "../../apimachinery/object.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export const binding = defineKind<KubernetesObject>({
  group: "",
  version: "v1",
  kind: "Binding",
  plural: "bindings",
  namespaced: true,
  virtual: true,
  schema: () => schemaOf("IoK8sApiCoreV1Binding"),
  columns: [],
})
