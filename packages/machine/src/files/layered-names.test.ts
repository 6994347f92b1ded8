/** Names of directories, of their own and over a layer, answer as a Map would, whatever is done to them. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { FewEntries } from "@drydock/sim"
import type { Inode } from "./inode.ts"
import { LayeredNames } from "./layered-names.ts"
import type { Names } from "./names.ts"

const inode = (id: number) => ({ id }) as Inode
const name: fc.Arbitrary<string> = fc.constantFrom("a", "b", "c", "d", "__proto__", "x", "1", "2", "3", "4", "5", "6")

test("as a Map, step by step", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, fc.integer({ min: 1, max: 99 }))),
      fc.array(fc.oneof(fc.tuple(fc.constant("set"), name, fc.integer({ min: 100, max: 200 })), fc.tuple(fc.constant("delete"), name))),
      (layer, steps) => {
        const below = new Map(layer.map(([key, id]) => [key, inode(id)]))
        const before = [...below]
        const plain = new Map(below)
        const layered = new LayeredNames(below)
        const own = new FewEntries<Inode>()
        for (const [key, one] of below) own.set(key, one)
        for (const [step, key, id = 0] of steps as [string, string, number?][]) {
          if (step === "set") {
            plain.set(key, inode(id))
            layered.set(key, inode(id))
            own.set(key, inode(id))
          } else {
            const had = plain.delete(key)
            expect([layered.delete(key), own.delete(key)]).toEqual([had, had])
          }
          const sorted = (names: Iterable<[string, Inode]>) => [...names].map(([key, { id }]) => [key, id]).sort()
          for (const names of [layered, own] as Names<Inode>[]) {
            expect(sorted(names)).toEqual(sorted(plain))
            expect(names.size).toBe(plain.size)
            expect([...names.keys()].sort()).toEqual([...plain.keys()].sort())
            expect([...names.values()].length).toBe(plain.size)
            for (const one of ["a", "b", "c", "d", "__proto__", "x", "y", "3"]) {
              expect(names.has(one)).toBe(plain.has(one))
              expect(names.get(one)?.id).toBe(plain.get(one)?.id)
            }
          }
        }
        expect([...below]).toEqual(before)
      },
    ),
    { numRuns: 200, seed: 5 },
  )
})
