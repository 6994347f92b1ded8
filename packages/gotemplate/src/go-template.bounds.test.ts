/** What a template may not do: run for ever, or hide what it printed before it failed. */
import { expect, test } from "vitest"
import { TemplateSet } from "./index.ts"

const data = { list: ["a"] }

const failure = (template: string): string => {
  try {
    new TemplateSet().parse("output", template).execute("output", data)
  } catch (error) {
    return (error as Error).message
  }
  return "no failure"
}

test("templates that never end do end", () => {
  expect(failure('{{define "t"}}{{template "t"}}{{end}}{{template "t"}}')).toContain("exceeded maximum template depth")
  expect(failure("{{range 2000}}{{range 2000}}{{range 2000}}{{end}}{{end}}{{end}}")).toContain("too many steps")
})

test("what a failing template printed before comes first", () => {
  let written = ""
  expect(() =>
    new TemplateSet().parse("t", "before {{index .list 9}}").execute("t", data, (text) => {
      written += text
    }),
  ).toThrow()
  expect(written).toBe("before ")
})
