/** IPAddress: an address that is taken, and by whom. */
import type { IIPAddress } from "kubernetes-models/networking.k8s.io/v1/IPAddress"
import type { Stored } from "../../apimachinery/object.ts"
import { name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type IPAddress = Stored<IIPAddress>

export const ipAddress = defineKind<IIPAddress>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "IPAddress",
  plural: "ipaddresses",
  shortNames: ["ip"],
  namespaced: false,
  schema: () => schemaOf("IoK8sApiNetworkingV1IPAddress"),
  generation: false,
  // No age: as printers.go has it.
  columns: [
    name,
    {
      name: "ParentRef",
      cell: (object) => {
        const { group, resource, namespace, name: parent } = object.spec?.parentRef ?? { group: "", resource: "", namespace: "", name: "" }
        return [[resource, group].filter(Boolean).join("."), namespace, parent].filter(Boolean).join("/")
      },
    },
  ],
})
