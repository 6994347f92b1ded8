/** A list and a watch from its version on give what the store holds; versions never go back. */
import fc from "fast-check"
import { expect, test } from "vitest"
import type { WatchFrame } from "./contract.ts"
import { ADMINISTRATOR, bareServer } from "../testing/bare-server.ts"

interface ConfigMap {
  metadata: { name: string; resourceVersion: string; labels?: Record<string, string> }
  data?: Record<string, string>
}

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"

const serve = () => {
  const server = bareServer("watch")
  const user = ADMINISTRATOR
  const call = (method: string, path: string, body?: unknown, query: Record<string, string> = {}) =>
    server.handle({
      method,
      path,
      query,
      user,
      headers: { "user-agent": "test/1", "content-type": "application/merge-patch+json" },
      ...(body !== undefined && { body }),
    })
  const create = (body: unknown) =>
    server.handle({ method: "POST", path: CONFIG_MAPS, user, headers: { "user-agent": "test/1" }, body: JSON.stringify(body) })
  return { sim: server.sim, call, create }
}

const step = fc.record({
  name: fc.constantFrom("a", "b", "c", "d"),
  action: fc.constantFrom("create", "patch", "label", "unlabel", "delete", "wait"),
  value: fc.string({ maxLength: 3 }),
})

const follow =
  (options: { selector?: string; initial: boolean }) =>
  (steps: readonly { name: string; action: string; value: string }[], from: number) => {
    const { sim, call, create } = serve()
    const query: Record<string, string> = options.selector ? { labelSelector: options.selector } : {}
    const seen = new Map<string, ConfigMap>()
    const versions: number[] = []
    const start = () => {
      let since: Record<string, string> = { sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan" }
      if (!options.initial) {
        const { items, metadata } = call("GET", CONFIG_MAPS, undefined, query).body as {
          items: ConfigMap[]
          metadata: { resourceVersion: string }
        }
        for (const item of items) seen.set(item.metadata.name, item)
        since = { resourceVersion: metadata.resourceVersion }
      }
      call("GET", CONFIG_MAPS, undefined, { ...query, ...since, watch: "true" }).stream?.start(
        (frame) => {
          const { type, object } = frame as WatchFrame & { object: ConfigMap }
          if (type === "BOOKMARK") return
          if (!(options.initial && type === "ADDED")) versions.push(Number(object.metadata.resourceVersion))
          if (type === "DELETED") seen.delete(object.metadata.name)
          else seen.set(object.metadata.name, object)
        },
        () => {},
      )
    }
    for (const [index, { name, action, value }] of steps.entries()) {
      if (index === from % steps.length) start()
      if (action === "create") create({ metadata: { name }, data: { value } })
      else if (action === "patch") call("PATCH", `${CONFIG_MAPS}/${name}`, JSON.stringify({ data: { value } }))
      else if (action === "label") call("PATCH", `${CONFIG_MAPS}/${name}`, JSON.stringify({ metadata: { labels: { on: "yes" } } }))
      else if (action === "unlabel") call("PATCH", `${CONFIG_MAPS}/${name}`, JSON.stringify({ metadata: { labels: { on: null } } }))
      else if (action === "delete") call("DELETE", `${CONFIG_MAPS}/${name}`)
      else sim.run({ until: sim.now() + 10 })
    }
    sim.run({ until: sim.now() + 10 })
    const { items } = call("GET", CONFIG_MAPS, undefined, query).body as { items: ConfigMap[] }
    const plain = (one: ConfigMap) => [one.metadata.name, one.metadata.resourceVersion, one.metadata.labels, one.data]
    expect([...seen.values()].map(plain).sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))).toEqual(items.map(plain))
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
  }

test.each([
  ["a list and a watch", { initial: false }],
  ["a watch that begins with what is there", { initial: true }],
  ["a selector, whose objects come and go by their labels", { initial: false, selector: "on=yes" }],
])("%s give the state", (_, options) => {
  fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.nat(), follow(options)), { numRuns: 150, seed: 35 })
})
