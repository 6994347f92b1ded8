/** All built-in kinds, in the order of discovery. */
import type { KubernetesObject } from "../apimachinery/object.ts"
import { customResourceDefinition } from "./apiextensions/custom-resource-definition.ts"
import { controllerRevision } from "./apps/controller-revision.ts"
import { daemonSet } from "./apps/daemon-set.ts"
import { deployment } from "./apps/deployment.ts"
import { replicaSet } from "./apps/replica-set.ts"
import { statefulSet } from "./apps/stateful-set.ts"
import { horizontalPodAutoscaler } from "./autoscaling/horizontal-pod-autoscaler.ts"
import { cronJob } from "./batch/cron-job.ts"
import { job } from "./batch/job.ts"
import { lease } from "./coordination/lease.ts"
import { configMap } from "./core/config-map.ts"
import { endpoints } from "./core/endpoints.ts"
import { event } from "./core/event.ts"
import { limitRange } from "./core/limit-range.ts"
import { namespace } from "./core/namespace.ts"
import { node } from "./core/node.ts"
import { persistentVolumeClaim } from "./core/persistent-volume-claim.ts"
import { persistentVolume } from "./core/persistent-volume.ts"
import { podTemplate } from "./core/pod-template-object.ts"
import { pod } from "./core/pod.ts"
import { replicationController } from "./core/replication-controller.ts"
import { resourceQuota } from "./core/resource-quota.ts"
import { secret } from "./core/secret.ts"
import { serviceAccount } from "./core/service-account.ts"
import { service } from "./core/service.ts"
import { endpointSlice } from "./discovery/endpoint-slice.ts"
import { ingressClass } from "./networking/ingress-class.ts"
import { ingress } from "./networking/ingress.ts"
import { networkPolicy } from "./networking/network-policy.ts"
import { podDisruptionBudget } from "./policy/pod-disruption-budget.ts"
import { clusterRoleBinding } from "./rbac/cluster-role-binding.ts"
import { clusterRole } from "./rbac/cluster-role.ts"
import { roleBinding } from "./rbac/role-binding.ts"
import { role } from "./rbac/role.ts"
import { priorityClass } from "./scheduling/priority-class.ts"
import { storageClass } from "./storage/storage-class.ts"
import { mutatingWebhookConfiguration } from "./admissionregistration/mutating-webhook-configuration.ts"
import { validatingWebhookConfiguration } from "./admissionregistration/validating-webhook-configuration.ts"
import { validatingAdmissionPolicy } from "./admissionregistration/validating-admission-policy.ts"
import { validatingAdmissionPolicyBinding } from "./admissionregistration/validating-admission-policy-binding.ts"
import { apiService } from "./apiregistration/api-service.ts"
import { certificateSigningRequest } from "./certificates/certificate-signing-request.ts"
import { flowSchema } from "./flowcontrol/flow-schema.ts"
import { priorityLevelConfiguration } from "./flowcontrol/priority-level-configuration.ts"
import { ipAddress } from "./networking/ip-address.ts"
import { serviceCIDR } from "./networking/service-cidr.ts"
import { runtimeClass } from "./node/runtime-class.ts"
import { deviceClass } from "./resource/device-class.ts"
import { resourceClaim } from "./resource/resource-claim.ts"
import { resourceClaimTemplate } from "./resource/resource-claim-template.ts"
import { resourceSlice } from "./resource/resource-slice.ts"
import { csiDriver } from "./storage/csi-driver.ts"
import { csiNode } from "./storage/csi-node.ts"
import { csiStorageCapacity } from "./storage/csi-storage-capacity.ts"
import { volumeAttachment } from "./storage/volume-attachment.ts"
import { volumeAttributesClass } from "./storage/volume-attributes-class.ts"
import { horizontalPodAutoscalerV1 } from "./autoscaling/horizontal-pod-autoscaler-v1.ts"
import { binding } from "./core/binding.ts"
import { componentStatus } from "./core/component-status.ts"
import { groupedEvent } from "./events/event.ts"
import { reviews } from "./authorization/reviews.ts"
import type { Kind } from "./define-kind.ts"

/** Groups in the order of a real server's discovery; within a version by name. */
export const kinds: readonly Kind<KubernetesObject>[] = [
  binding,
  componentStatus,
  configMap,
  endpoints,
  event,
  limitRange,
  namespace,
  node,
  persistentVolumeClaim,
  persistentVolume,
  pod,
  podTemplate,
  replicationController,
  resourceQuota,
  secret,
  serviceAccount,
  service,
  apiService,
  controllerRevision,
  daemonSet,
  deployment,
  replicaSet,
  statefulSet,
  groupedEvent,
  ...reviews,
  horizontalPodAutoscaler,
  horizontalPodAutoscalerV1,
  cronJob,
  job,
  certificateSigningRequest,
  ingressClass,
  ingress,
  ipAddress,
  networkPolicy,
  serviceCIDR,
  podDisruptionBudget,
  clusterRoleBinding,
  clusterRole,
  roleBinding,
  role,
  csiDriver,
  csiNode,
  csiStorageCapacity,
  storageClass,
  volumeAttachment,
  volumeAttributesClass,
  mutatingWebhookConfiguration,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
  validatingWebhookConfiguration,
  customResourceDefinition,
  priorityClass,
  lease,
  runtimeClass,
  endpointSlice,
  deviceClass,
  resourceClaim,
  resourceClaimTemplate,
  resourceSlice,
  flowSchema,
  priorityLevelConfiguration,
] as unknown as Kind<KubernetesObject>[]
