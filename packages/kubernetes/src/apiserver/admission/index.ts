/** Admission plugins in the order in which they run. */
import type { AdmissionPlugin } from "../context.ts"
import { defaultTolerationSeconds } from "./default-tolerations.ts"
import { namespaceLifecycle } from "./namespace-lifecycle.ts"
import { priority } from "./priority.ts"
import { serviceAccountAdmission } from "./service-account.ts"

export const admissionPlugins: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  serviceAccountAdmission,
  priority,
  defaultTolerationSeconds,
]
