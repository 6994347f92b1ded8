/** Kubernetes' additions to CEL, the rewriting of object literals, and the budget. */
import { describe, expect, test } from "vitest"
import { CelError, celValue, CostExceeded, evaluateCel, jsonValue } from "./evaluate.ts"
import { withoutObjectLiterals } from "./object-literals.ts"

const self = celValue({ a: 1, l: ["b", "a", "a"], n: [3, 1], m: { x: "1" }, q: "5Gi" })

test.each<[string, unknown]>([
  ["quantity(self.q).isGreaterThan(quantity('1Gi'))", true],
  ["quantity('1500m').asInteger() == 1", new CelError("cannot convert value to integer")],
  ["isQuantity('5x')", false],
  ["self.l.isSorted()", false],
  ["self.n.sum()", 4n],
  ["self.n.min() + self.n.max()", 4n],
  ["self.l.indexOf('a')", 1n],
  ["'abc'.matches('^a.c$')", true],
  ["'a1b22'.findAll('[0-9]+')", ["1", "22"]],
  ["'%s has %d, %.2f'.format([self.q, self.a, 1.5])", "5Gi has 1, 1.50"],
  ["'a-b-c'.replace('-', '')", "abc"],
  ["ip('10.0.0.5').family()", 4n],
  ["cidr('10.0.0.0/8').containsIP('10.1.2.3')", true],
  ["url('https://example.com:80/path?a=b').getHostname()", "example.com"],
  ["sets.contains(self.l, ['a'])", true],
  ["math.greatest(self.a, 5)", 5n],
  ["self.?missing.orValue('none')", "none"],
  ["self.missing", new CelError("no such key: missing")],
  ["jsonpatch.escapeKey('a/b~c')", "a~1b~0c"],
  ["nope", new CelError("undeclared reference to 'nope' (in container '')")],
])("%s", (source, wanted) => {
  if (wanted instanceof Error) expect(() => evaluateCel(source, { self })).toThrow(wanted)
  else expect(evaluateCel(source, { self })).toEqual(wanted)
})

describe("object literals", () => {
  test("become maps, whatever they hold", () => {
    expect(withoutObjectLiterals("Object{spec: Object.spec{replicas: self.a + 1, note: 'Object{a: b}', m: {'k': [1]}}}")).toBe(
      `dyn({"spec": dyn({"replicas": self.a + 1, "note": 'Object{a: b}', "m": {'k': [1]}})})`,
    )
    expect(
      jsonValue(evaluateCel('[JSONPatch{op: "add", path: "/spec/x", value: self.a > 0 ? Object.spec{y: 1} : null}]', { self })),
    ).toEqual([{ op: "add", path: "/spec/x", value: { y: 1 } }])
  })

  test("leave other expressions alone", () => {
    expect(withoutObjectLiterals("object.spec{x}")).toBe("object.spec{x}")
  })
})

test("an expression that would never end is stopped", () => {
  const many = Array.from({ length: 400 }, (_, index) => BigInt(index))
  expect(() => evaluateCel("l.all(a, l.all(b, l.all(c, a + b + c >= 0)))", { l: many })).toThrow(CostExceeded)
})

test.each<[string, unknown]>([
  ["[1, 2, 3].all(i, v, v == i + 1)", true],
  ["[1, 2, 4].all(i, v, v == i + 1)", false],
  ["[].all(i, v, false)", true],
  ['{"a": 1, "b": 2}.exists(k, v, k == "b" && v == 2)', true],
  ['{"a": 1, "b": 2}.existsOne(k, v, v > 0)', false],
  ["[5, 6].exists_one(i, v, i == 1)", true],
  ["[1, 2, 3].transformList(i, v, v * 2 + i)", [2n, 5n, 8n]],
  ["[1, 2, 3].transformList(i, v, i > 0, v)", [2n, 3n]],
  ['{"a": 1, "b": 2}.transformMap(k, v, v + 1)', { a: 2n, b: 3n }],
  ['{"a": 1, "b": 2}.transformMap(k, v, k != "a", k + "!")', { b: "b!" }],
  ['["x", "y"].transformMapEntry(i, v, {v: i})', { x: 0n, y: 1n }],
  ["[[1, 2], [3]].transformList(i, row, row.exists(j, v, v == 3 && i == 1))", [false, true]],
])("two variables: %s", (source, expected) => {
  expect(evaluateCel(source, {})).toEqual(expected)
})

test("two variables see what is around them, and pay for what they do", () => {
  expect(evaluateCel("self.spec.all(k, v, v < most)", { self: { spec: { a: 1n } }, most: 2n })).toBe(true)
  expect(() => evaluateCel('["x", "x"].transformMapEntry(i, v, {v: i})', {})).toThrow("insert failed: key x already exists")
  expect(() => evaluateCel("[1].all(v, v, true)", {})).toThrow("two variables of different names")
  const many = Array.from({ length: 700 }, (_, i) => BigInt(i))
  expect(() => evaluateCel("many.all(i, a, many.all(j, b, a + b >= 0))", { many })).toThrow("actual cost limit exceeded")
})
