/** replicationcontroller-controller: as many Pods as the ReplicationController says. */
import { pod, replicationController } from "../../api/index.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { defineController } from "../define-controller.ts"
import { keepReplicas } from "../replicas.ts"

export const replicationControllerController = defineController({
  name: "replicationcontroller-controller",
  component: "replication-controller",
  for: replicationController,
  owns: [pod as never],
  reconcile(object, context) {
    if (object)
      return keepReplicas(
        replicationController,
        object,
        (labels) => selectorMatches({ matchLabels: object.spec.selector as never }, labels as never),
        context,
      )
  },
})
