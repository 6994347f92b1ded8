/** CertificateSigningRequest: asks the cluster for a certificate. */
import type { ICertificateSigningRequest } from "kubernetes-models/certificates.k8s.io/v1/CertificateSigningRequest"
import type { Stored } from "../../apimachinery/object.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { humanDuration } from "../columns.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type CertificateSigningRequest = Stored<ICertificateSigningRequest>

/** As extractCSRStatus in pkg/printers/internalversion/printers.go. */
const conditionOf = (object: CertificateSigningRequest): string => {
  const has = (type: string) => (object.status.conditions ?? []).some((one) => one.type === type)
  const parts = [has("Denied") ? "Denied" : has("Approved") ? "Approved" : "Pending"]
  if (has("Failed")) parts.push("Failed")
  if (object.status.certificate) parts.push("Issued")
  return parts.join(",")
}

export const certificateSigningRequest = defineKind<ICertificateSigningRequest>({
  group: "certificates.k8s.io",
  version: "v1",
  kind: "CertificateSigningRequest",
  plural: "certificatesigningrequests",
  shortNames: ["csr"],
  namespaced: false,
  subresources: ["approval", "status"],
  schema: () => schemaOf("IoK8sApiCertificatesV1CertificateSigningRequest"),
  generation: false,
  prepareForCreate(object) {
    object.status = {}
  },
  validate(object) {
    const errors: FieldError[] = []
    if (!object.spec?.request) errors.push({ type: "Required", field: "spec.request" })
    if (!object.spec?.signerName) errors.push({ type: "Required", field: "spec.signerName" })
    if (!object.spec?.usages?.length) errors.push({ type: "Required", field: "spec.usages" })
    return errors
  },
  columns: [
    name,
    age,
    { name: "SignerName", cell: (object) => object.spec.signerName },
    { name: "Requestor", cell: (object) => object.spec.username ?? "" },
    {
      name: "RequestedDuration",
      cell: (object) => (object.spec.expirationSeconds === undefined ? "<none>" : humanDuration(object.spec.expirationSeconds * 1_000)),
    },
    { name: "Condition", cell: conditionOf },
  ],
})
