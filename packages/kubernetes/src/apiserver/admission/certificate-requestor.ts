/** A certificate signing request says who asks, whatever its author wrote. As pkg/registry/certificates/certificates/strategy.go PrepareForCreate. */
import type { AdmissionPlugin } from "../context.ts"

export const certificateRequestor: AdmissionPlugin = {
  name: "CertificateRequestor",
  concerns: ({ kind }) => kind === "CertificateSigningRequest",
  admit({ operation, kind, object, user, subresource }) {
    if (operation !== "create" || kind.kind !== "CertificateSigningRequest" || subresource) return
    object.spec = {
      ...(object.spec as object),
      username: user.name,
      groups: user.groups,
      ...(user.uid && { uid: user.uid }),
      ...(user.extra && { extra: user.extra }),
    }
  },
}
