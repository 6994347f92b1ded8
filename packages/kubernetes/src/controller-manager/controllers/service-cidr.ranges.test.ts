/** Ranges of Service addresses: who has which, and a range that is added when the first is full. */
import { expect, test } from "vitest"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const SERVICES = "/api/v1/namespaces/default/services"
const NETWORKING = "/apis/networking.k8s.io/v1"

const service = (name: string, clusterIP?: string) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default" },
  spec: { ports: [{ port: 80 }], ...(clusterIP && { clusterIP }) },
})

test("every Service's address is an IPAddress of its own, and goes with it", () => {
  const { run, apply, request, items } = hollowCluster([])
  run(1_000)
  apply(service("web", "10.96.0.77"))
  const taken = () =>
    items<{ metadata: { name: string }; spec: { parentRef: { name: string } } }>(`${NETWORKING}/ipaddresses`).map(
      ({ metadata, spec }) => `${metadata.name} ${spec.parentRef.name}`,
    )
  expect(taken()).toEqual(["10.96.0.1 kubernetes", "10.96.0.77 web"])
  request("DELETE", `${SERVICES}/web`)
  expect(taken()).toEqual(["10.96.0.1 kubernetes"])
})

test("the cluster's own range is ready, and stays while its addresses are used", () => {
  const { run, request, get } = hollowCluster([])
  run(1_000)
  const own = () =>
    get<{ metadata: { deletionTimestamp?: string; finalizers?: string[] }; status: { conditions: { status: string; reason: string }[] } }>(
      `${NETWORKING}/servicecidrs/kubernetes`,
    )
  expect(own()).toMatchObject({
    metadata: { finalizers: ["networking.k8s.io/service-cidr-finalizer"] },
    status: { conditions: [{ type: "Ready", status: "True" }] },
  })
  request("DELETE", `${NETWORKING}/servicecidrs/kubernetes`)
  run(1_000)
  expect(own().status.conditions).toMatchObject([{ status: "False", reason: "Terminating" }])
})
