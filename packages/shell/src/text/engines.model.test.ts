import { gunzipSync, gzipSync } from "node:zlib"
import fc from "fast-check"
import { expect, test } from "vitest"
import { gunzip, gzip } from "./deflate.ts"
import { changesBetween } from "./line-diff.ts"
import { MatchLimitError, PerlRegex } from "./perl-regex.ts"
import { parseDate } from "./parse-date.ts"

test("gzip: what Node packs is unpacked here, and the other way round", () => {
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 3_000 }),
    fc
      .array(fc.constantFrom("abc", "xyz", "\n", "kubectl get pods "), { maxLength: 400 })
      .map((words) => new TextEncoder().encode(words.join(""))),
  )
  fc.assert(
    fc.property(data, (bytes) => {
      expect(new Uint8Array(gunzipSync(gzip(bytes, "f", 0)))).toEqual(bytes)
      expect(gunzip(new Uint8Array(gzipSync(bytes)))).toEqual(bytes)
    }),
  )
})

test("a difference, applied, gives the other text; no shorter than the fewest changes", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 })
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const changes = changesBetween(a, b)
      const result: string[] = []
      let at = 0
      for (const { aFrom, aTo, bFrom, bTo } of changes) {
        result.push(...a.slice(at, aFrom), ...b.slice(bFrom, bTo))
        at = aTo
      }
      expect([...result, ...a.slice(at)]).toEqual(b)
      // As many lines are kept as the longest common subsequence has.
      const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
      for (let i = a.length - 1; i >= 0; i--)
        for (let j = b.length - 1; j >= 0; j--)
          table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1])
      expect(a.length - changes.reduce((sum, { aFrom, aTo }) => sum + aTo - aFrom, 0)).toBe(table[0][0])
    }),
  )
})

test("patterns match as JavaScript's own do", () => {
  const atom = fc.constantFrom(
    "a",
    "b",
    ".",
    "[ab]",
    "[^a]",
    "\\w",
    "\\b",
    "(a)",
    "(b|ab)",
    "(?:a)",
    "(?=b)",
    "(?!a)",
    "(?<=a)",
    "(?<!b)",
    "\\1",
    "^",
    "$",
    "a*?",
    "a+",
    "b?",
    "(ab){1,2}",
    "a{2}",
  )
  fc.assert(
    fc.property(fc.array(atom, { maxLength: 6 }), fc.stringMatching(/^[ab]{0,8}$/), (atoms, text) => {
      const source = `(a?)${atoms.join("")}`
      const own = new PerlRegex(source).find(text)
      const native = new RegExp(source).exec(text)
      expect(own?.groups[0]).toBe(native?.[0])
      expect(own?.index).toBe(native?.index)
    }),
    { numRuns: 600 },
  )
})

test("a pattern that would take for ever is given up", () => {
  expect(() => new PerlRegex("(a*)*(a*)*(a*)*b").find("a".repeat(60))).toThrow(MatchLimitError)
})

test.each([
  ["2024-05-01", "2024-05-01T00:00:00.000Z"],
  ["2024-01-31 +1 day", "2024-02-01T00:00:00.000Z"],
  ["2024-02-28 12:30:15 +0200", "2024-02-28T10:30:15.000Z"],
  ["@86400", "1970-01-02T00:00:00.000Z"],
  ["now - 2 hours", "2024-03-10T10:00:00.000Z"],
  ["yesterday", "2024-03-09T12:00:00.000Z"],
  ["next month", "2024-04-10T12:00:00.000Z"],
  ["3 days ago", "2024-03-07T12:00:00.000Z"],
  ["1 May 2024 10:00", "2024-05-01T10:00:00.000Z"],
  ["next friday", "2024-03-15T00:00:00.000Z"],
  ["10:30 tomorrow", "2024-03-11T10:30:00.000Z"],
  ["nonsense", undefined],
])("date -d %j", (text, expected) => {
  const at = parseDate(text, Date.UTC(2024, 2, 10, 12))
  expect(at === undefined ? undefined : new Date(at).toISOString()).toBe(expected)
})
