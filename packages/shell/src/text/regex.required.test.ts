/** The text that a pattern cannot match without. */
import { expect, test } from "vitest"
import { compileRegex, requiredText } from "./regex.ts"

test.each([
  ["error: f[a-z]*", "error: f"],
  ["ab*c", "a"],
  ["a+b", "a"],
  ["(abc)?de", "de"],
  ["a|bcd", ""],
  ["[]x]yz", "yz"],
  ["[^]x]yz{2}w", "y"],
  ["\\.conf$", ".conf"],
  ["\\bweb", "web"],
  ["[[:alpha:]]+end", "end"],
  ["x(a(b)c)yy", "yy"],
  [".*", ""],
])("%s needs %s", (source, required) => {
  expect(requiredText(source)).toBe(required)
})

test("what is required changes no answer", () => {
  const pieces = ["a", "b", "ab", "[ab]", "a*", "b+", "(ab)", "(a|b)", ".", "^", "$", "b?", "a{2}"]
  const texts = ["", "a", "b", "ab", "ba", "aab", "abb", "bab", "aaab", "abab"]
  for (const one of pieces)
    for (const two of pieces)
      for (const three of pieces) {
        const source = one + two + three
        // An empty alternative keeps the shortcut out.
        const plain = compileRegex(`(${source}|${source})`, { extended: true })
        const quick = compileRegex(source, { extended: true })
        for (const text of texts) expect({ source, text, found: quick.test(text) }).toEqual({ source, text, found: plain.test(text) })
      }
})
