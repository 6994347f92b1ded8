/** endpointslice-mirroring-controller: Endpoints that somebody wrote by hand, as slices. As pkg/controller/endpointslicemirroring. */
import { type Endpoints, type EndpointSlice, endpoints, endpointSlice, service } from "../../api/index.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { editable } from "../../client/client.ts"
import { defineController, trigger } from "../define-controller.ts"

const SERVICE_NAME = "kubernetes.io/service-name"
const MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
const SELF = "endpointslicemirroring-controller.k8s.io"
const SKIP = "endpointslice.kubernetes.io/skip-mirror"
const LEADER = "control-plane.alpha.kubernetes.io/leader"

type Slice = Pick<EndpointSlice, "addressType" | "endpoints" | "ports">
type Subset = NonNullable<Endpoints["subsets"]>[number]
type Address = NonNullable<Subset["addresses"]>[number]

const labelsOf = ({ metadata }: { metadata: { labels?: unknown } }): Record<string, string> =>
  (metadata.labels ?? {}) as Record<string, string>

const mirrored = (object: Endpoints): boolean =>
  labelsOf(object)[SKIP] !== "true" && (object.metadata.annotations as Record<string, string> | undefined)?.[LEADER] === undefined

const endpointOf = ({ ip, hostname, nodeName, targetRef }: Address, ready: boolean) => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname && { hostname }),
  ...(nodeName && { nodeName }),
  ...(targetRef && { targetRef }),
})

/** One slice for each set of ports and kind of addresses. */
const slicesOf = (object: Endpoints): Slice[] => {
  const groups = new Map<string, Slice & { endpoints: ReturnType<typeof endpointOf>[] }>()
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of object.subsets ?? [])
    for (const [of, ready] of [
      [addresses, true],
      [notReadyAddresses, false],
    ] as const)
      for (const address of of) {
        const addressType = address.ip.includes(":") ? "IPv6" : "IPv4"
        const own = ports.map(({ name = "", port, protocol, appProtocol }) => ({
          name,
          port,
          protocol,
          ...(appProtocol && { appProtocol }),
        }))
        const key = `${addressType} ${JSON.stringify(own)}`
        const group = groups.get(key) ?? { addressType, endpoints: [], ports: own as never }
        groups.set(key, group)
        group.endpoints.push(endpointOf(address, ready))
      }
  return [...groups.values()] as never
}

export const endpointSliceMirroringController = defineController({
  name: "endpointslice-mirroring-controller",
  for: endpoints,
  when: ({ object }) => labelsOf(object)[SKIP] !== "true",
  triggers: [
    trigger(service, ({ object: { metadata, spec }, old }) =>
      spec.selector && (!old || old.spec.selector) ? [] : [{ namespace: metadata.namespace as string, name: metadata.name }],
    ),
  ],
  reconcile(object, { client, informers }, { namespace, name }) {
    const owner = informers.for(service).get(namespace, name)
    const wanted = object && owner && !owner.spec.selector && mirrored(object) ? slicesOf(object) : []
    const mine = informers
      .for(endpointSlice)
      .byIndex("service", `${namespace}/${name}`)
      .filter((slice) => labelsOf(slice)[MANAGED_BY] === SELF)
    const left = [...mine]
    for (const slice of wanted) {
      const at = left.findIndex(({ addressType, ports }) => addressType === slice.addressType && deepEqual(ports ?? [], slice.ports ?? []))
      const [existing] = at < 0 ? [undefined] : left.splice(at, 1)
      if (existing && deepEqual(existing.endpoints, slice.endpoints)) continue
      if (existing) client.update(endpointSlice, { ...editable(existing), ...(slice as object) } as never)
      else
        client.create(endpointSlice, {
          apiVersion: "discovery.k8s.io/v1",
          kind: "EndpointSlice",
          metadata: {
            generateName: `${name}-`,
            namespace,
            labels: { ...labelsOf(object as Endpoints), [MANAGED_BY]: SELF, [SERVICE_NAME]: name },
            ownerReferences: [
              {
                apiVersion: "v1",
                kind: "Endpoints",
                name,
                uid: (object as Endpoints).metadata.uid,
                controller: true,
                blockOwnerDeletion: true,
              },
            ],
          },
          ...slice,
        } as never)
    }
    for (const { metadata } of left) client.delete(endpointSlice, metadata as never)
  },
})
