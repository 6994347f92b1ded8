/** Against Node's own, over every length around the block's edges. */
import { createHash } from "node:crypto"
import { expect, test } from "vitest"
import { sha256 } from "./sha256.ts"

test("equals Node's", () => {
  const texts = [...Array.from({ length: 140 }, (_, length) => "ä0b".repeat(60).slice(0, length)), "x".repeat(100_000)]
  const wrong = texts.filter((text) => sha256(text) !== createHash("sha256").update(text).digest("hex"))
  expect(wrong).toEqual([])
})
