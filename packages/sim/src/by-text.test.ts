/** What was made of a text is made once, and forgotten when there is too much of it. */
import { describe, expect, it } from "vitest"
import { ByText } from "./by-text.ts"

describe("ByText", () => {
  it("makes once, undefined too", () => {
    let made = 0
    const table = new ByText<undefined | string>(10)
    const make = (text: string) => {
      made++
      return text === "none" ? undefined : text.toUpperCase()
    }
    expect([table.of("a", make), table.of("a", make), table.of("none", make), table.of("none", make)]).toEqual([
      "A",
      "A",
      undefined,
      undefined,
    ])
    expect(made).toBe(2)
  })

  it("forgets all at one too many, and never remembers what is too long", () => {
    const asked: string[] = []
    const table = new ByText<number>(2, 3)
    const make = (text: string) => asked.push(text)
    for (const text of ["a", "b", "a", "long", "long", "c", "a"]) table.of(text, make)
    expect(asked).toEqual(["a", "b", "long", "long", "c", "a"])
  })

  it("throws each time what making throws", () => {
    const table = new ByText<never>(2)
    const fail = () => {
      throw new RangeError("no")
    }
    expect(() => table.of("a", fail)).toThrow("no")
    expect(() => table.of("a", fail)).toThrow("no")
  })

  it("knows prototype names as any other", () => {
    const table = new ByText<string>(4)
    expect(table.of("__proto__", () => "mine")).toBe("mine")
    expect(table.of("constructor", () => "mine")).toBe("mine")
  })
})
