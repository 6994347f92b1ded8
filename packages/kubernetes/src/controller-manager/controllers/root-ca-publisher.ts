/** root-ca-certificate-publisher-controller: every namespace has the cluster's authority as a ConfigMap. As pkg/controller/certificates/rootcacertpublisher. */
import { configMap, namespace } from "../../api/index.ts"
import { defineController, trigger } from "../define-controller.ts"

const NAME = "kube-root-ca.crt"

export const rootCaPublisherController = defineController({
  name: "root-ca-certificate-publisher-controller",
  for: namespace,
  triggers: [
    trigger(configMap, (change) =>
      change.type === "deleted" && change.object.metadata.name === NAME ? [{ name: change.object.metadata.namespace as string }] : [],
    ),
  ],
  reconcile(object, { client, informers, memory }) {
    if (!object || object.metadata.deletionTimestamp || informers.for(configMap).get(object.metadata.name, NAME)) return
    client.create(configMap, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: NAME,
        namespace: object.metadata.name,
        annotations: {
          "kubernetes.io/description":
            "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
        } as never,
      },
      data: { "ca.crt": String(memory.get("authority") ?? "") } as never,
    })
  },
})
