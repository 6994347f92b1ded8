/** Whom a write concerns, against asking every watch about it. */
import fc from "fast-check"
import { expect, test } from "vitest"
import type { WatchEvent } from "./contract.ts"
import { type Subscription, Subscriptions } from "./subscriptions.ts"

const nodeOf = (value: unknown): string => (value as { node: string }).node
const sink = { onEvents: () => {} }

const prefix = fc.constantFrom("/registry/", "/registry/pods/", "/registry/pods/a/", "/registry/pods/b/", "/registry/leases/a/")
const node = fc.constantFrom("", "n1", "n2")
const watch = fc.record({ prefix, only: fc.option(node), cancelled: fc.boolean() })
const key = fc.constantFrom("/registry/pods/a/x", "/registry/pods/b/x", "/registry/leases/a/x", "/registry/nodes/n1")
const value = fc.option(fc.record({ node }))

test("those whose prefix and value it has, before or after, in the order in which they came", () => {
  fc.assert(
    fc.property(fc.array(watch, { maxLength: 12 }), key, value, value, (watches, key, now, before) => {
      const all = new Subscriptions()
      const made: Subscription[] = []
      for (const { prefix, only } of watches) made.push(all.add(prefix, sink, only === null ? undefined : { of: nodeOf, is: only }))
      for (const [index, { cancelled }] of watches.entries()) if (cancelled) made[index].cancel()
      const event = {
        type: now ? "put" : "delete",
        key,
        value: now ?? undefined,
        previous: before ? { key, value: before } : undefined,
        revision: 2,
        createRevision: 1,
      } as unknown as WatchEvent
      const concerned = made.filter((one) => one.sink && key.startsWith(one.prefix) && one.concerns(event))
      expect(all.interested(event).map(({ order }) => order)).toEqual(concerned.map(({ order }) => order))
    }),
    { numRuns: 500, seed: 5 },
  )
})
