/** pod-garbage-collector-controller: removes Pods whose node is gone. As pkg/controller/podgc. */
import { node, pod } from "../../api/index.ts"
import { defineController } from "../define-controller.ts"

export const podGarbageCollectorController = defineController({
  name: "pod-garbage-collector-controller",
  for: pod,
  when: () => false,
  every: {
    interval: 20_000,
    run({ client, informers }) {
      for (const one of informers.for(pod).list())
        if (one.spec.nodeName && !informers.for(node).get(undefined, one.spec.nodeName))
          client.delete(pod, one.metadata as never, { gracePeriodSeconds: 0 })
    },
  },
  reconcile() {},
})
