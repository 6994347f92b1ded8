/** endpoints-controller: one Endpoints object a Service. As pkg/controller/endpoint. */
import { type Endpoints, endpoints, type Pod, pod, service } from "../../api/index.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { editable } from "../../client/client.ts"
import { defineController } from "../define-controller.ts"
import { type Backend, backendsOf, servicesOf } from "../service-endpoints.ts"

const subsets = (backends: readonly Backend[]): Endpoints["subsets"] => {
  const groups = new Map<string, { ports: Backend["ports"]; ready: Backend[]; notReady: Backend[] }>()
  for (const backend of backends) {
    if (backend.terminating) continue
    const key = JSON.stringify(backend.ports)
    const group = groups.get(key) ?? { ports: backend.ports, ready: [], notReady: [] }
    groups.set(key, group)
    ;(backend.ready ? group.ready : group.notReady).push(backend)
  }
  const address = ({ pod: one }: Backend) => ({
    ip: one.status.podIP as string,
    nodeName: one.spec.nodeName,
    targetRef: { kind: "Pod", namespace: one.metadata.namespace, name: one.metadata.name, uid: one.metadata.uid },
  })
  const byIp = (a: { ip: string }, b: { ip: string }) => (a.ip < b.ip ? -1 : 1)
  return [...groups.values()].map(({ ports, ready, notReady }) => ({
    ...(ready.length > 0 && { addresses: ready.map(address).sort(byIp) }),
    ...(notReady.length > 0 && { notReadyAddresses: notReady.map(address).sort(byIp) }),
    ...(ports.length > 0 && {
      ports: ports.map(({ name, port, protocol }) => ({ ...(name && { name }), port, protocol: protocol as "TCP" })),
    }),
  }))
}

export const endpointsController = defineController({
  name: "endpoints-controller",
  for: service,
  start({ informers }) {
    informers.index(pod, "namespace", (one: Pod) => [one.metadata.namespace ?? ""])
    informers.for(endpoints)
  },
  triggers: [{ kind: pod as never, keys: (change, { informers }) => servicesOf(change as never, informers.for(service).list()) }],
  reconcile(object, { client, informers }, key) {
    const existing = informers.for(endpoints).get(key.namespace, key.name)
    if (!object) {
      if (existing && existing.metadata.name !== "kubernetes") client.delete(endpoints, key)
      return
    }
    if (!object.spec.selector) return
    const wanted = subsets(backendsOf(object, informers))
    if (!existing) {
      client.create(endpoints, {
        apiVersion: "v1",
        kind: "Endpoints",
        metadata: {
          ...key,
          labels: { ...(object.metadata.labels as object), "endpoints.kubernetes.io/managed-by": "endpoint-controller" } as never,
        },
        ...(wanted?.length && { subsets: wanted }),
      })
      return
    }
    if (deepEqual(existing.subsets ?? [], wanted)) return
    const next = editable(existing)
    if (wanted?.length) next.subsets = wanted
    else delete next.subsets
    client.update(endpoints, next)
  },
})
