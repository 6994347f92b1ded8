/** The store against a plain list of snapshots: any sequence of writes, any revision that is still kept, any range. */
import { Simulation } from "@drydock/sim"
import fc from "fast-check"
import { expect, test } from "vitest"
import { CompactedError, FutureRevisionError, MvccStore } from "./mvcc.ts"

const KEYS = ["/a/1", "/a/2", "/a/10", "/b/1", "/b/1/x", "/c"]

const writes = fc.array(
  fc.oneof(
    fc.record({ op: fc.constant("put" as const), key: fc.constantFrom(...KEYS), value: fc.integer() }),
    fc.record({ op: fc.constant("delete" as const), key: fc.constantFrom(...KEYS) }),
    fc.record({ op: fc.constant("compact" as const), back: fc.integer({ min: 0, max: 5 }) }),
  ),
  { maxLength: 40 },
)

test("every kept revision reads as it was, in order, in pages", () => {
  fc.assert(
    fc.property(writes, fc.constantFrom("/", "/a/", "/b/", "/c", "/d"), fc.integer({ min: 1, max: 3 }), (steps, prefix, limit) => {
      const store = new MvccStore(new Simulation("etcd", 0))
      const past = new Map<number, Map<string, unknown>>([[store.revision, new Map()]])
      const now = new Map<string, unknown>()
      let compacted = store.compactRevision
      for (const step of steps) {
        if (step.op === "compact") {
          const to = store.revision - step.back
          if (to <= compacted) expect(() => store.compact(to)).toThrow(CompactedError)
          else store.compact((compacted = to))
          continue
        }
        // Half of what is stored is like an API object, which tells the revision that wrote it.
        const value =
          step.op === "put" && step.value % 2 === 0
            ? { metadata: { resourceVersion: String(store.revision + 1) }, value: step.value }
            : step.op === "put" && step.value
        if (step.op === "put") now.set(step.key, value)
        else if (!now.delete(step.key)) {
          store.txn([], [step])
          continue
        }
        store.txn([], [step.op === "put" ? { ...step, value } : step])
        past.set(store.revision, new Map(now))
      }
      for (const [revision, snapshot] of past) {
        if (revision < compacted) {
          expect(() => store.range(prefix, { revision })).toThrow(CompactedError)
          continue
        }
        const wanted = [...snapshot].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))
        expect(store.range(prefix, { revision }).items.map(({ key, value }) => [key, value])).toEqual(wanted)
        const paged: unknown[] = []
        for (let start: string = prefix, more = true; more; ) {
          const page = store.range(prefix, { revision, limit, start })
          paged.push(...page.items.map(({ key, value }) => [key, value]))
          more = page.more
          start = `${page.items.at(-1)?.key}\0`
        }
        expect(paged).toEqual(wanted)
      }
      expect(() => store.range(prefix, { revision: store.revision + 1 })).toThrow(FutureRevisionError)
      const copy = new MvccStore(new Simulation("etcd", 0))
      copy.restore(store.snapshot())
      expect(copy.range("/").items.map(({ key, value }) => [key, value])).toEqual(
        store.range("/").items.map(({ key, value }) => [key, value]),
      )
    }),
    { numRuns: 300, seed: 11 },
  )
})

test("a watch tells every change once, in order, from the revision asked for", () => {
  fc.assert(
    fc.property(writes, fc.integer({ min: 0, max: 20 }), (steps, from) => {
      const sim = new Simulation("etcd", 0)
      const store = new MvccStore(sim)
      const told: unknown[] = []
      const wanted: unknown[] = []
      const seen = new Set<string>()
      let count = 0
      for (const step of steps) {
        if (step.op === "compact") continue
        if (count++ === from)
          store.watch("/a/", {
            onEvents: (events) => {
              for (const { type, key, value } of events) told.push([type, key, value])
            },
          })
        const changes = step.op === "put" || seen.has(step.key)
        if (step.op === "put") seen.add(step.key)
        else seen.delete(step.key)
        store.txn([], [step])
        if (changes && count > from && step.key.startsWith("/a/"))
          wanted.push([step.op, step.key, step.op === "put" ? step.value : undefined])
      }
      sim.run({ until: 1 })
      expect(told).toEqual(wanted)
    }),
    { numRuns: 300, seed: 12 },
  )
})
