/** ServiceCIDR: the range that Services get their addresses from. */
import type { IServiceCIDR } from "kubernetes-models/networking.k8s.io/v1/ServiceCIDR"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { immutable } from "../core/validation-texts.ts"
import { schemaOf } from "../schema/definitions.ts"

export type ServiceCIDR = Stored<IServiceCIDR>

const isRange = (text: string): boolean => {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)?.slice(1).map(Number)
  if (parts) return parts.slice(0, 4).every((part) => part <= 255) && parts[4] <= 32
  return /^[0-9a-fA-F:]+\/\d{1,3}$/.test(text) && text.includes(":")
}

export const serviceCIDR = defineKind<IServiceCIDR>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "ServiceCIDR",
  plural: "servicecidrs",
  namespaced: false,
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiNetworkingV1ServiceCIDR"),
  generation: false,
  // As ValidateServiceCIDR: one range a family, which never changes.
  validate(object) {
    const cidrs = object.spec?.cidrs ?? []
    if (cidrs.length === 0) return [{ type: "Required", field: "spec.cidrs", detail: "at least one CIDR required" }]
    if (cidrs.length > 2) return [{ type: "Invalid", field: "spec", value: object.spec, detail: "may only hold up to 2 values" }]
    return cidrs.flatMap((cidr, index): FieldError[] =>
      isRange(cidr)
        ? []
        : [
            {
              type: "Invalid",
              field: `spec.cidrs[${index}]`,
              value: cidr,
              detail: "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
            },
          ],
    )
  },
  validateUpdate: (object, old) => (deepEqual(object.spec, old.spec) ? [] : [immutable("spec.cidrs", object.spec?.cidrs)]),
  columns: [name, { name: "CIDRs", cell: (object) => (object.spec?.cidrs ?? []).join(",") }, age],
})
