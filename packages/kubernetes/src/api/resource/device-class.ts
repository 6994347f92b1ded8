/** DeviceClass: devices of one sort. */
import type { IDeviceClass } from "kubernetes-models/resource.k8s.io/v1/DeviceClass"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { classErrors, type ClassSpec } from "./device-validation.ts"

export type DeviceClass = Stored<IDeviceClass>

export const deviceClass = defineKind<IDeviceClass>({
  group: "resource.k8s.io",
  version: "v1",
  kind: "DeviceClass",
  plural: "deviceclasses",
  namespaced: false,
  schema: () => schemaOf("IoK8sApiResourceV1DeviceClass"),
  generation: true,
  validate: (object) => classErrors((object.spec ?? {}) as ClassSpec),
  columns: [name, age],
})
