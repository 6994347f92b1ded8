/** Selectors: what holds of all of them. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { matches, parseSelector, SelectorError, selectorMatches } from "./selectors.ts"

const key = fc.constantFrom("a", "b", "app.kubernetes.io/name")
const value = fc.constantFrom("x", "y", "z")
const labels = fc.dictionary(key, value)

test("a requirement and its opposite share out all objects", () => {
  fc.assert(
    fc.property(key, fc.uniqueArray(value, { minLength: 1 }), labels, (name, values, given) => {
      const one = (text: string) => matches(parseSelector(text), given)
      expect(one(`${name} in (${values.join(",")})`)).toBe(!one(`${name} notin (${values.join(",")})`))
      expect(one(`${name}=${values[0]}`)).toBe(!one(`${name}!=${values[0]}`))
      expect(one(name)).toBe(!one(`!${name}`))
    }),
    { numRuns: 300, seed: 9 },
  )
})

test("requirements are all met or none is said to match; matchLabels are equalities", () => {
  fc.assert(
    fc.property(labels, labels, (wanted, given) => {
      const text = Object.entries(wanted)
        .map(([name, one]) => `${name}=${one}`)
        .join(",")
      const each = Object.entries(wanted).every(([name, one]) => given[name] === one)
      expect(text === "" || matches(parseSelector(text), given)).toBe(each)
      expect(selectorMatches({ matchLabels: wanted }, given)).toBe(each)
    }),
    { numRuns: 300, seed: 9 },
  )
})

test("any text is a selector or an error that says so", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(fc.constantFrom("a", "in", "notin", "(", ")", ",", "=", "!=", "!", ">", "1", " ")).map((parts) => parts.join("")),
      ),
      (text) => {
        try {
          expect(Array.isArray(parseSelector(text))).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(SelectorError)
        }
      },
    ),
    { numRuns: 1_500, seed: 9 },
  )
})
