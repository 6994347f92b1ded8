/** What the contract's templates are run over: every kind of value that JSON has, and what is odd about some. */
export const data = {
  apiVersion: "example.com/v1",
  kind: "Thing",
  metadata: { name: "web", labels: { app: "web", tier: "front", x: "y" } },
  name: "web",
  empty: "",
  zero: 0,
  count: 3,
  big: 12345678901,
  neg: -7,
  ratio: 1.5,
  half: 25000000000,
  tiny: 0.00000123,
  good: true,
  bad: false,
  nothing: null,
  list: ["a", "b", "c"],
  none: [],
  nomap: {},
  map: { b: 2, a: 1 },
  mixed: [1, "two", 3.5, true, null, ["x"], { k: "v" }],
  numbers: [1, 2, 3, 4, 5],
  "odd.key": "dots",
  "dash-key": "dashed",
  unicode: "héllo ☃ 😀",
  escapes: "a\tb\"c'd\\e<f>&g\x01\x7f",
  nested: {
    deep: { deeper: "here" },
    list: [[1, 2], [3]],
  },
  things: [{ name: "x", n: 1 }, { name: "y" }],
  users: [
    { name: "myself", user: {}, age: 30, on: true, f: 1.5 },
    { name: "e2e", user: { username: "admin", password: "secret" }, age: 20 },
    { name: "quo'te", age: 25 },
  ],
}

/** A template, what it prints, and how it then fails. */
export type Case = readonly [template: string, text: string, fault?: string]
