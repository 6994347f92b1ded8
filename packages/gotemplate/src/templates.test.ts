import { expect, test } from "vitest"
import { goTemplate, jsonPath } from "./index.ts"

const list = {
  items: [
    { metadata: { name: "a", labels: { "x.y/z": "1" } }, n: 2 },
    { metadata: { name: "b" }, n: 3 },
  ],
}

test.each([
  ['{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}', "a\nb\n"],
  ["{{len .items}} {{(index .items 0).metadata.name}}", "2 a"],
  ["{{range $i, $e := .items}}{{$i}}={{$e.n}} {{end}}", "0=2 1=3 "],
  ["{{if eq (len .items) 2}}two{{else}}other{{end}}", "two"],
  ["{{if .none}}x{{else if .items}}y{{else}}z{{end}}", "y"],
  ["{{.none}}|{{with .items}}{{len .}}{{end}}", "<no value>|2"],
  ['{{printf "%-4s|%03d" "ab" 7 | printf "%s!"}}', "ab  |007!"],
  ["{{- range .items -}} {{.n}} {{- end -}}", "23"],
])("go-template %s", (template, text) => {
  expect(goTemplate(template, list)).toBe(text)
})

test.each([
  ["{.items[*].metadata.name}", "a b"],
  ['{range .items[*]}{.metadata.name}{"\\t"}{.n}{"\\n"}{end}', "a\t2\nb\t3\n"],
  ["{.items[0].metadata.labels.x\\.y/z}", "1"],
  ["{.items[?(@.n==3)].metadata.name}", "b"],
  ["{.items[-1:].n}", "3"],
  ["{..name}", "a b"],
  ["{.items[0]['n','metadata']}", '2 {"labels":{"x.y/z":"1"},"name":"a"}'],
  ["{.items[*].none}", ""],
])("jsonpath %s", (template, text) => {
  expect(jsonPath(template, list)).toBe(text)
})
