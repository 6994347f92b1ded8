/** serviceaccount-controller: every namespace has a default ServiceAccount. As pkg/controller/serviceaccount. */
import { namespace, serviceAccount } from "../../api/index.ts"
import { defineController, trigger } from "../define-controller.ts"

export const serviceAccountController = defineController({
  name: "serviceaccount-controller",
  for: namespace,
  triggers: [
    trigger(serviceAccount, (change) =>
      change.type === "deleted" && change.object.metadata.name === "default" ? [{ name: change.object.metadata.namespace as string }] : [],
    ),
  ],
  reconcile(object, { client, informers }) {
    if (!object || object.metadata.deletionTimestamp || informers.for(serviceAccount).get(object.metadata.name, "default")) return
    client.create(serviceAccount, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default", namespace: object.metadata.name },
    })
  },
})
