/** Every syntactic form of Kubernetes' JSONPath: what it finds, and how it fails. */
import { expect, test } from "vitest"
import { JsonPathError, jsonPath, jsonPathValues, relaxed } from "./index.ts"

const data = {
  kind: "List",
  "odd.key": "dots",
  numbers: [1, 2, 3, 4, 5],
  users: [
    { name: "myself", user: {}, age: 30, on: true },
    { name: "e2e", user: { username: "admin", password: "secret" }, age: 20 },
  ],
  nested: { list: [[1, 2], [3]] },
}

test.each([
  ["text", "kind is {.kind}", "kind is List"],
  ["the root", "{$.kind} {$['kind']}", "List List"],
  ["the current object", "{@.kind}", "List"],
  ["an escaped dot", "{.odd\\.key}", "dots"],
  ["a key in brackets, where a dot parts too", "{['kind']} {['odd\\.key']} {['odd.key']}", "List dots "],
  ["an index", "{.numbers[0]} {.numbers[-1]}", "1 5"],
  ["a slice", "{.numbers[1:3]}|{.numbers[:2]}|{.numbers[3:]}|{.numbers[-2:]}", "2 3|1 2|4 5|4 5"],
  ["a slice with a step", "{.numbers[0:5:2]}", "1 3 5"],
  ["several indexes", "{.numbers[0,2]}", "1 3"],
  ["several keys", "{.users[1]['name','age']}", "e2e 20"],
  ["a wildcard over a list", "{.users[*].name}", "myself e2e"],
  ["a wildcard over a map, in order", "{.users[1].user.*}", "secret admin"],
  ["descent", "{..name}", "myself e2e"],
  ["an equal filter", '{.users[?(@.name=="e2e")].user.password}', "secret"],
  ["other comparisons", "{.users[?(@.age>20)].name} {.users[?(@.age<=20)].name} {.users[?(@.age!=30)].name}", "myself e2e e2e"],
  ["a filter for what there is", "{.users[?(@.on)].name}", "myself"],
  ["a filter by a truth", "{.users[?(@.on==true)].name}", "myself"],
  ["a list as JSON", "{.nested.list}", "[[1,2],[3]]"],
  ["a map as JSON", "{.users[1].user}", '{"password":"secret","username":"admin"}'],
  ["a range", '{range .users[*]}{.name}{"\\t"}{.age}{"\\n"}{end}', "myself\t30\ne2e\t20\n"],
  ["a range in a range", '{range .nested.list[*]}{range @[*]}{@}{","}{end}{";"}{end}', "1,2,;3,;"],
  ["a quoted constant", "{'a'}{\"b\"}", "ab"],
  ["what is missing", "[{.nope}{.users[*].nope}]", "[]"],
])("%s", (_, template, text) => {
  expect(jsonPath(template, data)).toBe(text)
})

test.each([
  ["{.kind", "unclosed action"],
  ["{.numbers[", "unterminated array"],
  ["{.numbers[a]}", "invalid array index a"],
  ["{.users[?(@.name==]}", "unterminated filter"],
  ["{'a}", "unterminated quoted string"],
  ["{nosuch word}", "unrecognized identifier nosuch"],
  ["{end}", "not in range, nothing to end"],
  ["{.numbers[9]}", "array index out of bounds: index 9, length 5"],
  ["{.numbers[3:1]}", "starting index 3 is greater than ending index 1"],
  ["{.kind[0]}", "is not array or slice"],
])("%s fails", (template, message) => {
  expect(() => jsonPath(template, data)).toThrow(JsonPathError)
  expect(() => jsonPath(template, data)).toThrow(message)
})

test("a missing field is an error where that is asked for", () => {
  expect(() => jsonPath("{.nope}", data, false)).toThrow("nope is not found")
})

test.each([
  ["kind", "{.kind}"],
  [".kind", "{.kind}"],
  ["{kind}", "{.kind}"],
  ["{.kind}", "{.kind}"],
])("%s is taken for %s", (given, full) => {
  expect(relaxed(given)).toBe(full)
})

test("values are the objects themselves", () => {
  expect(jsonPathValues(".users[*].age", data)).toEqual([30, 20])
})
