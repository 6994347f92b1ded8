/** Work over much: in pieces, between which a program gives way to others. */
import type { Process, Steps } from "@drydock/machine"

/** Characters that are printed at a time. */
const BLOCK = 16_384

/** Does work that yields where it may stop, for `units` of fuel a piece; what it comes to. */
export function* drive<T>(process: Process, work: Generator<void, T, void>, units: number): Steps<T> {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    if (process.charge(units)) yield* process.yield()
  }
}

/** Prints what `show` makes of every item, as it is made. `units`: fuel for each. */
export function* printEach<T>(process: Process, items: Iterable<T>, show: (item: T, at: number) => string, units = 1): Steps<void> {
  let text = ""
  let at = 0
  for (const item of items) {
    text += show(item, at++)
    if (process.charge(units)) yield* process.yield()
    if (text.length < BLOCK) continue
    yield* process.print(text)
    text = ""
  }
  yield* process.print(text)
}

/** What `make` makes of every item. `units`: fuel for each. */
export function* mapEach<T, U>(process: Process, items: Iterable<T>, make: (item: T, at: number) => U, units = 1): Steps<U[]> {
  const made: U[] = []
  for (const item of items) {
    made.push(make(item, made.length))
    if (process.charge(units)) yield* process.yield()
  }
  return made
}

/** Hands bytes on in parts of `size`, for `units` of fuel each. */
export function* eachPart(process: Process, data: Uint8Array, work: (part: Uint8Array) => void, units: number, size = 4_096): Steps<void> {
  for (let at = 0; at < data.length; at += size) {
    work(data.subarray(at, at + size))
    if (process.charge(units)) yield* process.yield()
  }
}
