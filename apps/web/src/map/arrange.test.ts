/** Where objects stand on the map. */
import type { MapItem } from "@drydock/protocol"
import { expect, test } from "vitest"
import { arrange, changesBetween } from "./arrange.ts"

const item = (id: string, part: Partial<MapItem> = {}): MapItem => {
  const [kind, ...rest] = id.split("/")
  return {
    id,
    kind,
    ...(rest.length === 2 && { namespace: rest[0] }),
    name: rest.at(-1) ?? "",
    level: "ready",
    status: "Running",
    line: {},
    ...part,
  }
}
const mapOf = (...items: MapItem[]) => new Map(items.map((one) => [one.id, one]))

const cluster = mapOf(
  item("Node/node01", { line: { Roles: "<none>" } }),
  item("Node/controlplane", { line: { Roles: "control-plane" } }),
  item("Pod/kube-system/etcd-controlplane", { node: "controlplane" }),
  item("Pod/kube-system/kube-apiserver-controlplane", { node: "controlplane" }),
  item("Pod/kube-system/kube-controller-manager-controlplane", { node: "controlplane" }),
  item("Pod/kube-system/coredns-1", { node: "controlplane" }),
  item("Deployment/default/web"),
  item("ReplicaSet/default/web-1", { owner: "Deployment/default/web" }),
  item("Pod/default/web-1-b", { owner: "ReplicaSet/default/web-1", node: "node01" }),
  item("Pod/default/web-1-a", { owner: "ReplicaSet/default/web-1", node: "node01" }),
  item("Pod/default/alone", { level: "pending", status: "Pending" }),
  item("Deployment/default/idle", { status: "0/0 ready" }),
  item("Service/default/web", { targets: ["Pod/default/web-1-a"] }),
)

test("components in the row, pods with their topmost owner on their node, the rest where it belongs", () => {
  const shown = arrange(cluster, false)
  expect(shown.components.map(({ id, pod }) => [id, pod?.status])).toEqual([
    ["kube-apiserver", "Running"],
    ["etcd", "Running"],
    ["kube-scheduler", undefined],
    ["kube-controller-manager", "Running"],
  ])
  expect(shown.selfHosted).toBe(true)
  expect(
    shown.nodes.map(({ node, groups }) => [node.name, groups.map((group) => [group.owner?.name, group.pods.map((pod) => pod.name)])]),
  ).toEqual([
    ["controlplane", []],
    ["node01", [["web", ["web-1-a", "web-1-b"]]]],
  ])
  expect(shown.waiting.map((group) => group.id)).toEqual(["Pod/default/alone"])
  expect(shown.empty.map(({ name }) => name)).toEqual(["idle"])
  expect(shown.services.map(({ name }) => name)).toEqual(["web"])
  expect(shown.hidden).toBe(1)
  expect(arrange(cluster, true).nodes[0].groups.map((group) => group.id)).toEqual(["Pod/kube-system/coredns-1"])
})

test("owners in a circle end", () => {
  const circle = mapOf(
    item("Node/n"),
    item("Job/default/a", { owner: "Job/default/b" }),
    item("Job/default/b", { owner: "Job/default/a" }),
    item("Pod/default/p", { owner: "Job/default/a", node: "n" }),
  )
  expect(arrange(circle, false).nodes[0].groups.length).toBe(1)
})

test("changes are said in words", () => {
  const later = new Map(cluster)
  later.set("Pod/default/alone", item("Pod/default/alone", { node: "node01", status: "ContainerCreating", level: "pending" }))
  later.set("Pod/default/new", item("Pod/default/new", { status: "Pending" }))
  later.set("Node/node01", item("Node/node01", { status: "NotReady", level: "failing" }))
  later.delete("Service/default/web")
  expect(changesBetween(cluster, later).toSorted()).toEqual([
    "Node node01 is NotReady",
    "Pod alone goes to node01: ContainerCreating",
    "Pod new is new: Pending",
    "Service web is gone",
  ])
})
