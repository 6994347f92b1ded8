/** ControllerRevision: a past state of a DaemonSet or StatefulSet. */
import type { IControllerRevision } from "kubernetes-models/apps/v1/ControllerRevision"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind, type Schema } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type ControllerRevision = Stored<IControllerRevision>

let made: Schema | undefined

/** The data is some other object, in the form in which it came (RawExtension): one field, whatever is in it. */
const revisionSchema = (): Schema => {
  if (made) return made
  const schema = schemaOf("IoK8sApiAppsV1ControllerRevision")
  const { properties = {} } = schema
  made = { ...schema, properties: { ...properties, data: { ...properties.data, "x-kubernetes-map-type": "atomic" } } }
  return made
}

export const controllerRevision = defineKind<IControllerRevision>({
  group: "apps",
  version: "v1",
  kind: "ControllerRevision",
  plural: "controllerrevisions",
  namespaced: true,
  schema: revisionSchema,
  columns: [
    name,
    {
      name: "Controller",
      cell: (object) => {
        const owner = object.metadata.ownerReferences?.find(({ controller }) => controller)
        return owner ? `${owner.kind.toLowerCase()}.apps/${owner.name}` : "<none>"
      },
    },
    { name: "Revision", cell: (object) => object.revision },
    age,
  ],
})
