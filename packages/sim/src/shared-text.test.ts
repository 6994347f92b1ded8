/** Sharing texts changes none of them. */
import { describe, expect, it } from "vitest"
import { sharedText } from "./shared-text.ts"

describe("sharedText", () => {
  it("is the text that it was asked for, whatever was asked before", () => {
    for (let round = 0; round < 3; round++) for (let at = 0; at < 10_000; at++) expect(sharedText(`text ${at}`)).toBe(`text ${at}`)
  })

  it("leaves empty, prototype and very long names as they are", () => {
    for (const text of ["", "__proto__", "constructor", "x".repeat(100_000)]) {
      sharedText(text)
      sharedText(text)
      expect(sharedText(text)).toBe(text)
    }
  })
})
