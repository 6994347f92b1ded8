/** Go's order of what is equal, and that everything is sorted whatever it looked like. */
import { expect, test } from "vitest"
import { goSort } from "./go-sort.ts"

const byValue = (a: number, b: number): boolean => a < b

test.each([0, 1, 12, 13, 49, 50, 51, 400])("%i items in any shape", (count) => {
  const shapes = [
    Array.from({ length: count }, (_, at) => at),
    Array.from({ length: count }, (_, at) => count - at),
    Array.from({ length: count }, (_, at) => (at * 7919) % 101),
    Array.from({ length: count }, (_, at) => at % 3),
    Array.from({ length: count }, () => 1),
  ]
  for (const shape of shapes) expect(goSort(shape, byValue)).toEqual([...shape].sort((a, b) => a - b))
})

test("up to twelve equal items stay as they were, more do not", () => {
  const items = (count: number) => Array.from({ length: count }, (_, at) => ({ key: at % 2, at }))
  const sorted = (count: number) => goSort(items(count), (a, b) => a.key < b.key).map(({ at }) => at)
  expect(sorted(12)).toEqual([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11])
  expect(sorted(13)).not.toEqual([0, 2, 4, 6, 8, 10, 12, 1, 3, 5, 7, 9, 11])
})

test("an order that contradicts itself ends too", () => {
  expect(
    goSort(
      Array.from({ length: 200 }, (_, at) => at),
      () => true,
    ),
  ).toHaveLength(200)
})
