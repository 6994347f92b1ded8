/** Admission plugins in the order in which they run. As pkg/kubeapiserver/options/plugins.go. */
import type { AdmissionPlugin } from "../context.ts"
import { certificateRequestor } from "./certificate-requestor.ts"
import { defaultIngressClass } from "./default-ingress-class.ts"
import { defaultStorageClass } from "./default-storage-class.ts"
import { defaultTolerationSeconds } from "./default-tolerations.ts"
import { limitRanger } from "./limit-ranger.ts"
import { namespaceLifecycle } from "./namespace-lifecycle.ts"
import { nodeRestriction } from "./node-restriction.ts"
import { persistentVolumeClaimResize } from "./persistent-volume-claim-resize.ts"
import { podSecurity } from "./pod-security.ts"
import { mutatingAdmissionPolicy } from "./mutating-admission-policy.ts"
import { priority } from "./priority.ts"
import { resourceQuota } from "./resource-quota.ts"
import { runtimeClassAdmission } from "./runtime-class.ts"
import { serviceAccountAdmission } from "./service-account.ts"
import { storageObjectInUseProtection } from "./storage-in-use.ts"
import { validatingAdmissionPolicy } from "./validating-admission-policy.ts"
import { mutatingAdmissionWebhook, validatingAdmissionWebhook } from "./webhooks.ts"

export const admissionPlugins: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  nodeRestriction,
  limitRanger,
  serviceAccountAdmission,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  defaultIngressClass,
  runtimeClassAdmission,
  certificateRequestor,
  mutatingAdmissionPolicy,
  mutatingAdmissionWebhook,
  validatingAdmissionPolicy,
  validatingAdmissionWebhook,
  persistentVolumeClaimResize,
  resourceQuota,
]
