/** Runs tables of templates: what each writes, and the fault with which it ends. */
import { expect, test } from "vitest"
import { TemplateSet } from "../go-template.ts"
import { type Case, data } from "./data.ts"

export const runsAsListed = (sections: Readonly<Record<string, readonly Case[]>>): void => {
  test.each(Object.entries(sections).flatMap(([section, cases]) => cases.map((one) => [section, ...one] as const)))(
    "%s: %s",
    (_, template = "", text, fault) => {
      let written = ""
      const run = () =>
        new TemplateSet().parse("output", template).execute("output", data, (before) => {
          written = before
        })
      if (fault === undefined) expect(run()).toBe(text)
      else {
        expect(run).toThrow(new Error(fault))
        expect(written).toBe(text)
      }
    },
  )
}
