/** File name patterns as -f takes them. */
import { expect, test } from "vitest"
import { wildcard } from "./glob.ts"

test.each([
  ["*.yaml", "a.yaml", true],
  ["*.yaml", "a.yml", false],
  ["a*b*c", "axxbyyc", true],
  ["a*b*c", "axxbyy", false],
  ["?.json", "x.json", true],
  ["?.json", "xy.json", false],
  ["[a-c]1", "b1", true],
  ["[^a-c]1", "b1", false],
  ["[^a-c]1", "d1", true],
  ["\\*", "*", true],
  ["\\*", "x", false],
  ["*", "", true],
  ["[", "[", true],
])("%s and %s", (pattern, name, fits) => {
  expect(wildcard(pattern)(name)).toBe(fits)
})

test("many stars cost no more than their product", () => {
  expect(wildcard("*a".repeat(200))("b".repeat(2_000))).toBe(false)
})
