/** Kinds of beta APIs, which a v1.35 server serves only when --runtime-config names their version. */
import type { KubernetesObject } from "../apimachinery/object.ts"
import { mutatingAdmissionPolicy, mutatingAdmissionPolicyBinding } from "./admissionregistration/mutating-admission-policy.ts"
import type { Kind } from "./define-kind.ts"

/** By group and version. */
export const optionalKinds: Readonly<Record<string, readonly Kind<KubernetesObject>[]>> = {
  "admissionregistration.k8s.io/v1beta1": [
    mutatingAdmissionPolicy,
    mutatingAdmissionPolicyBinding,
  ] as unknown as readonly Kind<KubernetesObject>[],
}
