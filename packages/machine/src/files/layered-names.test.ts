/** Names over a layer answer as a copy of the layer would, whatever is done to them. */
import fc from "fast-check"
import { expect, test } from "vitest"
import type { Inode } from "./inode.ts"
import { LayeredNames } from "./layered-names.ts"

const inode = (id: number) => ({ id }) as Inode
const name: fc.Arbitrary<string> = fc.constantFrom("a", "b", "c", "d", "__proto__", "x")

test("as a Map, step by step", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, fc.integer({ min: 1, max: 99 }))),
      fc.array(
        fc.oneof(
          fc.tuple(fc.constant("set"), name, fc.integer({ min: 100, max: 200 })),
          fc.tuple(fc.constant("delete"), name),
          fc.tuple(fc.constant("clear")),
        ),
      ),
      (layer, steps) => {
        const below = new Map(layer.map(([key, id]) => [key, inode(id)]))
        const before = [...below]
        const plain = new Map(below)
        const layered = new LayeredNames(below)
        for (const [step, key = "", id = 0] of steps as [string, string?, number?][]) {
          if (step === "set") {
            plain.set(key, inode(id))
            layered.set(key, inode(id))
          } else if (step === "delete") expect(layered.delete(key)).toBe(plain.delete(key))
          else {
            plain.clear()
            layered.clear()
          }
          const sorted = (map: Map<string, Inode>) => [...map].map(([key, { id }]) => [key, id]).sort()
          expect(sorted(layered)).toEqual(sorted(plain))
          expect(layered.size).toBe(plain.size)
          expect([...layered.keys()].sort()).toEqual([...plain.keys()].sort())
          expect([...layered.values()].length).toBe(plain.size)
          for (const one of ["a", "b", "c", "d", "__proto__", "x", "y"]) {
            expect(layered.has(one)).toBe(plain.has(one))
            expect(layered.get(one)?.id).toBe(plain.get(one)?.id)
          }
        }
        expect([...below]).toEqual(before)
      },
    ),
    { numRuns: 500, seed: 5 },
  )
})
