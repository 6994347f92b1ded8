/** Every controller of the controller manager. */
import type { Controller } from "../define-controller.ts"
import { daemonSetController } from "./daemon-set.ts"
import { deploymentController } from "./deployment.ts"
import { endpointSliceController } from "./endpoint-slice.ts"
import { endpointsController } from "./endpoints.ts"
import { garbageCollectorController } from "./garbage-collector.ts"
import { jobController } from "./job.ts"
import { namespaceController } from "./namespace.ts"
import { nodeLifecycleController } from "./node-lifecycle.ts"
import { podGarbageCollectorController } from "./pod-garbage-collector.ts"
import { replicaSetController } from "./replica-set.ts"
import { replicationControllerController } from "./replication-controller.ts"
import { rootCaPublisherController } from "./root-ca-publisher.ts"
import { serviceAccountController } from "./service-account.ts"
import { taintEvictionController } from "./taint-eviction.ts"

export const controllers: readonly Controller[] = [
  endpointsController,
  endpointSliceController,
  replicationControllerController,
  podGarbageCollectorController,
  namespaceController,
  serviceAccountController,
  garbageCollectorController,
  daemonSetController,
  jobController,
  deploymentController,
  replicaSetController,
  nodeLifecycleController,
  taintEvictionController,
  rootCaPublisherController,
]
