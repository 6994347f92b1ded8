/** endpointslice-controller: a Service's addresses in slices. As pkg/controller/endpointslice. */
import { type EndpointSlice, endpointSlice, pod, service } from "../../api/index.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { editable } from "../../client/client.ts"
import { defineController } from "../define-controller.ts"
import { controllerReference } from "../owners.ts"
import { backendsOf, servicesOf } from "../service-endpoints.ts"

const SERVICE_NAME = "kubernetes.io/service-name"
const HEADLESS = "service.kubernetes.io/headless"

export const endpointSliceController = defineController({
  name: "endpointslice-controller",
  for: service,
  start({ informers }) {
    informers.index(endpointSlice, "service", (slice: EndpointSlice) => [
      `${slice.metadata.namespace}/${(slice.metadata.labels as Record<string, string> | undefined)?.[SERVICE_NAME] ?? ""}`,
    ])
  },
  triggers: [{ kind: pod as never, keys: (change, { informers }) => servicesOf(change as never, informers.for(service).list()) }],
  reconcile(object, { client, informers }, key) {
    const [existing] = informers.for(endpointSlice).byIndex("service", `${key.namespace}/${key.name}`)
    if (!object?.spec.selector) return
    const backends = backendsOf(object, informers)
    const ports = backends[0]?.ports ?? []
    const wanted = {
      addressType: "IPv4" as const,
      endpoints: backends.map(({ pod: one, ready, serving, terminating }) => ({
        addresses: [one.status.podIP as string],
        conditions: { ready, serving, terminating },
        ...(one.spec.hostname && one.spec.subdomain === key.name && { hostname: one.spec.hostname }),
        nodeName: one.spec.nodeName,
        targetRef: { kind: "Pod", namespace: one.metadata.namespace, name: one.metadata.name, uid: one.metadata.uid },
      })),
      ports: ports.map(({ name, port, protocol }) => ({ name, port, protocol })),
    }
    const labels = {
      ...(object.metadata.labels as object),
      ...(object.spec.clusterIP === "None" && { [HEADLESS]: "" }),
      [SERVICE_NAME]: key.name,
      "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
    } as never
    if (!existing) {
      client.create(endpointSlice, {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: {
          generateName: `${key.name}-`,
          namespace: key.namespace,
          labels,
          ownerReferences: [controllerReference(service, object)],
        },
        ...wanted,
      } as never)
      return
    }
    const { endpoints, ports: known } = existing
    if (deepEqual({ endpoints, ports: known }, { endpoints: wanted.endpoints, ports }) && deepEqual(existing.metadata.labels, labels))
      return
    const next = editable(existing)
    client.update(endpointSlice, { ...next, metadata: { ...next.metadata, labels }, ...(wanted as object) } as never)
  },
})
