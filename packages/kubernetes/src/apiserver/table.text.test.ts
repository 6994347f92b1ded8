/** Lists and large tables are written by parts: the same text as written at once. */
import { expect, test } from "vitest"
import { escapeHtml, jsonBody } from "../apimachinery/index.ts"
import { hollowCluster } from "../testing/hollow-cluster.ts"

test("a table of many objects reads the same by parts and at once, whoever manages them", () => {
  const { apply, cluster, run } = hollowCluster(["a"])
  for (let i = 0; i < 60; i++)
    apply({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: `one-${i}`, namespace: "default", labels: { i: String(i % 7) }, annotations: { "a/b": `<${"\u2028"}&"${i}>` } },
      data: { [`key-${i % 5}`]: "value" },
    })
  run(1_000)
  const { body } = cluster.handle({
    method: "GET",
    path: "/api/v1/namespaces/default/configmaps",
    headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io", "user-agent": "test" },
    user: { name: "admin", groups: ["system:masters"] },
  })
  const text = jsonBody(body)
  expect(text).toBe(`${escapeHtml(JSON.stringify(body))}\n`)
  expect((JSON.parse(text) as { rows: unknown[] }).rows.length).toBeGreaterThanOrEqual(60)
})

test("ages grow and objects change between two tables of the same objects", () => {
  const { apply, cluster, run } = hollowCluster(["a"])
  for (let i = 0; i < 60; i++)
    apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: `one-${i}`, namespace: "default" }, data: { a: "1" } })
  const table = () => {
    const { body } = cluster.handle({
      method: "GET",
      path: "/api/v1/namespaces/default/configmaps",
      headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io", "user-agent": "test" },
      user: { name: "admin", groups: ["system:masters"] },
    })
    const text = jsonBody(body)
    expect(text).toBe(`${escapeHtml(JSON.stringify(body))}\n`)
    return (JSON.parse(text) as { rows: { cells: unknown[] }[] }).rows.map(({ cells }) => cells).filter(([name]) => name === "one-7")
  }
  const begun = table()
  run(60_000)
  const [[, , later]] = table()
  expect(begun).not.toEqual([["one-7", 1, later]])
  cluster.handle({
    method: "PATCH",
    path: "/api/v1/namespaces/default/configmaps/one-7",
    headers: { "content-type": "application/merge-patch+json", "user-agent": "test" },
    body: '{"data":{"b":"2"}}',
    user: { name: "admin", groups: ["system:masters"] },
  })
  expect(table()).toEqual([["one-7", 2, later]])
})

test("what has no age in its table has none", () => {
  const { apply, cluster, run } = hollowCluster(["a"])
  const metadata = { labels: { app: "web" } }
  const containers = [
    { name: "a", image: "nginx" },
    { name: "b", image: "redis" },
  ]
  apply({
    apiVersion: "v1",
    kind: "PodTemplate",
    metadata: { name: "kept", namespace: "default" },
    template: { metadata, spec: { containers } },
  })
  run(1_000)
  const table = (path: string) => {
    const { body } = cluster.handle({
      method: "GET",
      path,
      headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io", "user-agent": "test" },
      user: { name: "admin", groups: ["system:masters"] },
    })
    const { columnDefinitions, rows } = JSON.parse(jsonBody(body)) as {
      columnDefinitions: { name: string }[]
      rows: { cells: unknown[] }[]
    }
    return [columnDefinitions.map(({ name }) => name), ...rows.map(({ cells }) => cells)]
  }
  expect(table("/apis/networking.k8s.io/v1/ipaddresses/10.96.0.1")).toEqual([
    ["Name", "ParentRef"],
    ["10.96.0.1", "services/default/kubernetes"],
  ])
  expect(table("/api/v1/namespaces/default/podtemplates")).toEqual([
    ["Name", "Containers", "Images", "Pod Labels"],
    ["kept", "a,b", "nginx,redis", "app=web"],
  ])
})

test.each([
  ["application/json", "curl/8"],
  ["application/json", "test"],
  ["application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", "curl/8"],
  ["application/json;as=Table;v=v1;g=meta.k8s.io", "curl/8"],
])("a list is the same text by parts and at once: %s for %s", (accept, agent) => {
  const { apply, cluster } = hollowCluster(["a"])
  const ask = (path: string) =>
    cluster.handle({
      method: "GET",
      path,
      headers: { accept, "user-agent": agent },
      user: { name: "admin", groups: ["system:masters"] },
    })
  for (let i = 0; i < 3; i++)
    apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: `one-${i}`, namespace: "default" }, data: { a: "<1>\n" } })
  for (const plural of ["configmaps", "limitranges"]) {
    const { body, parts } = ask(`/api/v1/namespaces/default/${plural}`)
    const text = parts ? [...parts()].join("") : jsonBody(body)
    const value: unknown = JSON.parse(text)
    expect(text).toBe(`${escapeHtml(JSON.stringify(value, null, agent === "test" ? undefined : 2))}\n`)
    if (parts) expect(body).toBe(text)
  }
})
