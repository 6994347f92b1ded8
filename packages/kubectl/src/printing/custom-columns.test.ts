/** Columns of one's own: headers, values with tabs and escapes in them, and what is printed before a fault. */
import { expect, test } from "vitest"
import { columnsOfFile, customColumns, parseColumns } from "./custom-columns.ts"

const objects = [
  { kind: "A", list: [1, 2], text: "a\tb", none: null },
  { kind: "LONGER", text: "\x1b[31mred\r" },
]

test.each([
  ["K:.kind,L:.list[*]", true, "K        L\nA        1,2\nLONGER   <none>\n"],
  ["K:.kind,L:.list[*]", false, "A        1,2\nLONGER   <none>\n"],
  ["T:{.text}", true, "T\na     b\n^[[31mred\\r\n"],
  ["N:none,L:.list", true, "N        L\n<nil>    [1 2]\n<none>   <none>\n"],
])("%s", (spec, headers, text) => {
  expect(customColumns(parseColumns(spec), objects, headers)).toEqual({ text })
})

test.each([
  ["A:.kind,B:.list[9]", { text: "A     B\n", fault: "array index out of bounds: index 9, length 2" }],
  ["A:.kind,B:.x[", { text: "A     B\n", fault: "unterminated array" }],
])("%s fails after its headers", (spec, printed) => {
  expect(customColumns(parseColumns(spec), objects, true)).toEqual(printed)
})

test("a file has two lines of as many words", () => {
  expect(columnsOfFile("NAME  KIND\n.metadata.name kind\nmore\n")).toEqual([
    { header: "NAME", path: "{.metadata.name}" },
    { header: "KIND", path: "{.kind}" },
  ])
  expect(() => columnsOfFile("")).toThrow("missing header line")
  expect(() => columnsOfFile("A B\n")).toThrow("missing spec line")
  expect(() => columnsOfFile("A B\n.a\n")).toThrow("number of headers (2) and field specifications (1) don't match")
})
