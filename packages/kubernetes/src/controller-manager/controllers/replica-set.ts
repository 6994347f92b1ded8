/** replicaset-controller: as many Pods as the ReplicaSet says. */
import { pod, replicaSet } from "../../api/index.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { defineController } from "../define-controller.ts"
import { keepReplicas } from "../replicas.ts"

export const replicaSetController = defineController({
  name: "replicaset-controller",
  for: replicaSet,
  owns: [pod as never],
  reconcile(object, context) {
    if (object)
      return keepReplicas(replicaSet, object, (labels) => selectorMatches(object.spec.selector as never, labels as never), context)
  },
})
