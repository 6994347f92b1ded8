/** ResourceQuota: how much a namespace may hold. */
import type { IResourceQuota } from "kubernetes-models/v1/ResourceQuota"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { schemaOf } from "../schema/definitions.ts"
import { quotaErrors } from "./limit-validation.ts"

export type ResourceQuota = Stored<IResourceQuota>

/** As printResourceQuota: "pods: 1/5, requests.cpu: 0/1". */
const used = (object: ResourceQuota, limits: boolean): string =>
  Object.entries((object.status.hard ?? {}) as Record<string, string>)
    .filter(([resource]) => resource.startsWith("limits.") === limits)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, hard]) => `${resource}: ${((object.status.used ?? {}) as Record<string, string>)[resource] ?? 0}/${hard}`)
    .join(", ")

export const resourceQuota = defineKind<IResourceQuota>({
  group: "",
  version: "v1",
  kind: "ResourceQuota",
  plural: "resourcequotas",
  shortNames: ["quota"],
  namespaced: true,
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiCoreV1ResourceQuota"),
  generation: false,
  prepareForCreate(object) {
    object.status = {}
  },
  validate: (object) => quotaErrors((object.spec ?? {}) as Parameters<typeof quotaErrors>[0]),
  validateUpdate: (object, old) =>
    deepEqual(object.spec?.scopes ?? [], old.spec.scopes ?? [])
      ? []
      : [{ type: "Invalid", field: "spec.scopes", value: object.spec?.scopes, detail: "field is immutable" }],
  columns: [name, { name: "Request", cell: (object) => used(object, false) }, { name: "Limit", cell: (object) => used(object, true) }, age],
})
