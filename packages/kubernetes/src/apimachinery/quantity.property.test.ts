/** Quantities: what holds of all of them. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { canonicalQuantity, formatQuantity, milliValue, parseQuantity, QuantityError } from "./quantity.ts"

const suffix = fc.constantFrom("", "n", "u", "m", "k", "M", "G", "T", "Ki", "Mi", "Gi", "e3", "E-2")
const quantity = fc
  .tuple(fc.integer({ min: 0, max: 99_999 }), fc.option(fc.integer({ min: 0, max: 999 })), suffix)
  .map(([whole, part, unit]) => `${whole}${part === null ? "" : `.${part}`}${unit}`)

test("the canonical text means the same, and is its own canonical text", () => {
  fc.assert(
    fc.property(quantity, (text) => {
      const canonical = canonicalQuantity(text)
      expect(parseQuantity(canonical)).toBe(parseQuantity(text))
      expect(canonicalQuantity(canonical)).toBe(canonical)
    }),
    { numRuns: 1_000, seed: 9 },
  )
})

test("amounts add up in nanos, in either format", () => {
  fc.assert(
    fc.property(quantity, quantity, fc.constantFrom("decimal" as const, "binary" as const), (a, b, format) => {
      const sum = parseQuantity(a) + parseQuantity(b)
      expect(parseQuantity(formatQuantity(sum, format))).toBe(sum)
      expect(milliValue(a) * (1 + 1e-12)).toBeGreaterThanOrEqual(Number(parseQuantity(a)) / 1e6)
    }),
    { numRuns: 500, seed: 9 },
  )
})

test("other texts are refused, whatever they are", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseQuantity(text)
        expect(text).toMatch(/^[+-]?[\d.]+([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/)
      } catch (error) {
        expect(error).toBeInstanceOf(QuantityError)
      }
    }),
    { numRuns: 1_000, seed: 9 },
  )
})
