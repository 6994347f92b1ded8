/** Against a model: all the text, of which the ring keeps the end. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { OutputRing } from "./output-ring.ts"

test("what is read from anywhere, in any portions, is the text that was written", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), fc.nat(400), fc.integer({ min: 4, max: 100 }), (chunks, from, limit) => {
      const ring = new OutputRing()
      const decoder = new TextDecoder()
      let text = ""
      for (const chunk of chunks) {
        ring.push(chunk)
        text += decoder.decode(chunk, { stream: true })
      }
      const all = Buffer.from(text)
      expect(ring.written).toBe(all.length)
      const begin = Math.min(from, all.length)
      // Readers stand where a message ended: never inside a character.
      if (begin < all.length && (all[begin] & 0xc0) === 0x80) return
      let at = begin
      let read = ""
      while (at < ring.written) {
        const part = ring.from(at, limit)
        expect(part.offset).toBe(at)
        expect(part.end).toBe(at + Buffer.byteLength(part.data))
        expect(part.end).toBeGreaterThan(at)
        read += part.data
        at = part.end
      }
      expect(read).toBe(all.subarray(begin).toString())
    }),
  )
})

test("a character that arrives in two pieces is shown once it is whole", () => {
  const ring = new OutputRing()
  const [first, second] = [Uint8Array.of(0xc3), Uint8Array.of(0xa9, 0x21)]
  ring.push(first)
  expect(ring.written).toBe(0)
  ring.push(second)
  expect(ring.from(0, 100)).toEqual({ offset: 0, data: "é!", end: 3 })
})

test("only the newest 256 KiB are kept, from a character's beginning", () => {
  const ring = new OutputRing()
  for (let index = 0; index < 100_000; index++) ring.push(Buffer.from("äöü\n"))
  expect(ring.written).toBe(700_000)
  expect(ring.written - ring.start).toBeLessThanOrEqual(256 * 1024)
  expect(ring.written - ring.start).toBeGreaterThan(256 * 1024 - 20 * 1024)
  const { offset, data } = ring.from(0, 100)
  expect(offset).toBe(ring.start)
  expect(data).not.toContain("�")
})
