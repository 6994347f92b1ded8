/** Every controller of the controller manager. */
import type { Controller } from "../define-controller.ts"
import { certificateSigningController } from "./certificate-signing.ts"
import { clusterRoleAggregationController } from "./cluster-role-aggregation.ts"
import { cronJobController } from "./cron-job.ts"
import { daemonSetController } from "./daemon-set.ts"
import { deploymentController } from "./deployment.ts"
import { disruptionController } from "./disruption.ts"
import { endpointSliceController } from "./endpoint-slice.ts"
import { endpointSliceMirroringController } from "./endpoint-slice-mirroring.ts"
import { endpointsController } from "./endpoints.ts"
import { ephemeralVolumeController } from "./ephemeral-volume.ts"
import { garbageCollectorController } from "./garbage-collector.ts"
import { horizontalPodAutoscalerController } from "./horizontal-pod-autoscaler.ts"
import { jobController } from "./job.ts"
import { namespaceController } from "./namespace.ts"
import { nodeIpamController } from "./node-ipam.ts"
import { nodeLifecycleController } from "./node-lifecycle.ts"
import { claimBinderController, volumeBinderController } from "./persistent-volume-binder.ts"
import { podGarbageCollectorController } from "./pod-garbage-collector.ts"
import { policyStatusController } from "./policy-status.ts"
import { replicaSetController } from "./replica-set.ts"
import { replicationControllerController } from "./replication-controller.ts"
import { resourceQuotaController } from "./resource-quota.ts"
import { rootCaPublisherController } from "./root-ca-publisher.ts"
import { serviceCidrController } from "./service-cidr.ts"
import { serviceAccountController } from "./service-account.ts"
import { serviceAccountTokenController } from "./service-account-tokens.ts"
import { statefulSetController } from "./stateful-set.ts"
import { claimProtectionController, volumeProtectionController } from "./storage-protection.ts"
import { taintEvictionController } from "./taint-eviction.ts"
import { ttlController } from "./ttl.ts"
import { ttlAfterFinishedController } from "./ttl-after-finished.ts"

export const controllers: readonly Controller[] = [
  endpointsController,
  clusterRoleAggregationController,
  endpointSliceController,
  endpointSliceMirroringController,
  replicationControllerController,
  podGarbageCollectorController,
  namespaceController,
  serviceAccountController,
  serviceAccountTokenController,
  garbageCollectorController,
  daemonSetController,
  jobController,
  deploymentController,
  replicaSetController,
  nodeLifecycleController,
  taintEvictionController,
  rootCaPublisherController,
  resourceQuotaController,
  horizontalPodAutoscalerController,
  disruptionController,
  statefulSetController,
  cronJobController,
  ttlAfterFinishedController,
  nodeIpamController,
  ttlController,
  claimBinderController,
  volumeBinderController,
  claimProtectionController,
  volumeProtectionController,
  ephemeralVolumeController,
  certificateSigningController,
  serviceCidrController,
  policyStatusController,
]
