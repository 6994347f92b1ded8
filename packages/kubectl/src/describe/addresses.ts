/** Ranges of service addresses and the addresses taken out of them. As describe.go's ServiceCIDRDescriber and IPAddressDescriber. */
import { defineDescriber, type Describer } from "./define-describer.ts"
import type { ConditionShape } from "./shapes.ts"
import { rfc1123 } from "./writer.ts"

const serviceCidr = defineDescriber<{ cidrs?: string[] }, { conditions?: (ConditionShape & { lastTransitionTime?: string })[] }>(
  "networking.k8s.io",
  "ServiceCIDR",
  {
    *describe(w, { metadata, spec, status }) {
      w.field(0, "Name", metadata.name)
      w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
      w.field(0, "CIDRs", (spec.cidrs ?? []).join(", "))
      if (!status.conditions?.length) return
      w.line(0, "Status:")
      w.line(0, "Conditions:").cells(1, "Type", "Status", "LastTransitionTime", "Reason", "Message")
      w.cells(1, "----", "------", "------------------", "------", "-------")
      for (const { type, status: value, lastTransitionTime, reason = "", message = "" } of status.conditions)
        w.cells(1, type, value, lastTransitionTime ? rfc1123(lastTransitionTime) : "", reason, message)
    },
  },
)

const ipAddress = defineDescriber<{ parentRef?: { group?: string; resource?: string; namespace?: string; name?: string } }>(
  "networking.k8s.io",
  "IPAddress",
  {
    *describe(w, { metadata, spec: { parentRef } }) {
      w.field(0, "Name", metadata.name)
      w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
      if (!parentRef) return
      w.line(0, "Parent Reference:")
      w.field(1, "Group", parentRef.group ?? "")
      w.field(1, "Resource", parentRef.resource ?? "")
      w.field(1, "Namespace", parentRef.namespace ?? "")
      w.field(1, "Name", parentRef.name ?? "")
    },
  },
)

export const addressDescribers: readonly Describer[] = [serviceCidr, ipAddress]
