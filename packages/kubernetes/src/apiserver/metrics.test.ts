/** /metrics is what a scraper reads: each family with its help and type, histograms that add up. */
import { expect, test } from "vitest"
import { hollowCluster } from "../testing/hollow-cluster.ts"

test("requests are counted and timed, objects counted", () => {
  const { cluster, run } = hollowCluster(["a"])
  const get = (path: string) =>
    cluster.handle({ method: "GET", path, user: { name: "admin", groups: ["system:masters"] }, headers: { "user-agent": "test/1" } })
  run(1_000)
  for (let i = 0; i < 3; i++) get("/api/v1/namespaces/default/pods")
  get("/api/v1/namespaces/default/pods/none")
  const text = String(get("/metrics").body)
  const lines = text.split("\n")
  const families = lines.filter((line) => line.startsWith("# TYPE ")).map((line) => line.split(" ")[2])
  expect(families).toEqual([...families].sort())
  expect(families).toContain("kubernetes_build_info")
  for (const line of lines) {
    if (line === "") continue
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z_]+="[^"\n]*",?)*\})? -?[0-9.e+-]+)$/)
  }
  const list = 'component="apiserver",dry_run="",group="",resource="pods",scope="namespace",subresource="",verb="LIST",version="v1"'
  expect(lines).toContain(`apiserver_request_duration_seconds_bucket{${list},le="0.005"} 3`)
  expect(lines).toContain(`apiserver_request_duration_seconds_bucket{${list},le="+Inf"} 3`)
  expect(lines).toContain(`apiserver_request_duration_seconds_count{${list}} 3`)
  expect(lines.filter((line) => /^apiserver_request_total\{code="404".*resource="pods"/.test(line))).toHaveLength(1)
  expect(lines).toContain('apiserver_storage_objects{resource="nodes"} 1')
  expect(lines).toContain('apiserver_resource_objects{group="",resource="nodes"} 1')
})
