/** PodTemplate: a template kept on its own. */
import type { IPodTemplate } from "kubernetes-models/v1/PodTemplate"
import type { Stored } from "../../apimachinery/object.ts"
import { labelsCell, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { containerImages, containerNames } from "./pod-template.ts"

export type PodTemplate = Stored<IPodTemplate>

export const podTemplate = defineKind<IPodTemplate>({
  group: "",
  version: "v1",
  kind: "PodTemplate",
  plural: "podtemplates",
  namespaced: true,
  schema: () => schemaOf("IoK8sApiCoreV1PodTemplate"),
  columns: [
    name,
    { name: "Containers", cell: (object) => containerNames(object.template?.spec) },
    { name: "Images", cell: (object) => containerImages(object.template?.spec) },
    { name: "Pod Labels", cell: (object) => labelsCell(object.template?.metadata?.labels as Record<string, string> | undefined) },
  ],
})
