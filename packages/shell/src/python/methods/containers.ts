/** Methods of list, tuple and range. */
import { maker, methods, getters } from "../objects/define.ts"
import { MOST_ITEMS } from "../objects/iterators.ts"
import { toCount } from "../objects/numbers.ts"
import { raised, valueError } from "../objects/raise.ts"
import { type PyClass, isTask, List, LIST, Range, RANGE, type Task, Tuple, TUPLE, type Value, SLICE, Slice } from "../objects/values.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { deleteItem, getItem, setItem, sliceBounds } from "../run/subscripts.ts"

const list = (value: Value): List => {
  if (value instanceof List) return value
  throw raised("TypeError", "descriptor requires a 'list' object")
}

const itemsOf = (value: Value): readonly Value[] => (value instanceof Tuple ? value.items : list(value).items)

function* indexOf(python: Interpreter, items: readonly Value[], value: Value, from = 0): Task<number> {
  for (let index = from; index < items.length; index++) {
    const same = python.equals(items[index], value)
    if (isTask(same) ? yield* same : same) return index
    if (--python.budget < 0) yield* python.rest()
  }
  return -1
}

/** A stable merge sort, which may call the program's __lt__. */
export function* sortedBy(python: Interpreter, items: readonly Value[], key: Value, reverse: boolean): Task<Value[]> {
  let pairs: { key: Value; value: Value }[] = []
  for (const value of items) {
    pairs.push({ key: key === null || key === undefined ? value : yield* python.call(key, [value]), value })
    if (--python.budget < 0) yield* python.rest()
  }
  if (reverse) pairs.reverse()
  const texts = pairs.every((pair) => typeof pair.key === "number")
  if (texts) {
    python.budget -= pairs.length >> 2
    pairs.sort((a, b) => (a.key as number) - (b.key as number))
  } else
    for (let width = 1; width < pairs.length; width *= 2) {
      const merged: typeof pairs = []
      for (let start = 0; start < pairs.length; start += 2 * width) {
        let [left, right] = [start, start + width]
        const [middle, end] = [Math.min(right, pairs.length), Math.min(start + 2 * width, pairs.length)]
        while (left < middle || right < end) {
          const takeRight = right < end && (left >= middle || (yield* python.less(pairs[right].key, pairs[left].key)))
          merged.push(pairs[takeRight ? right++ : left++])
          if (--python.budget < 0) yield* python.rest()
        }
      }
      pairs = merged
    }
  if (reverse) pairs.reverse()
  return pairs.map(({ value }) => value)
}

const position = (items: readonly Value[], index: Value): number => {
  const at = index === undefined ? items.length - 1 : toCount(index)
  return at < 0 && index !== undefined ? at + items.length : at
}

const COMMON = {
  __len__: ["self", (_: Interpreter, [self]: Value[]) => itemsOf(self).length],
  __getitem__: [
    "self, index",
    (python: Interpreter, [self, index]: Value[]) =>
      getItem(python, self instanceof List ? new List(self.items) : new Tuple(itemsOf(self)), index),
  ],
  count: [
    "self, value",
    function* (python: Interpreter, [self, value]: Value[]): Task {
      let count = 0
      const items = itemsOf(self)
      for (let at = yield* indexOf(python, items, value); at >= 0; at = yield* indexOf(python, items, value, at + 1)) count++
      return count
    },
  ],
  __contains__: [
    "self, value",
    function* (python: Interpreter, [self, value]: Value[]): Task {
      return (yield* indexOf(python, itemsOf(self), value)) >= 0
    },
  ],
} as const

const finder = (message: (shown: string) => string) =>
  function* (python: Interpreter, [self, value, start, stop]: Value[]): Task {
    const items = itemsOf(self)
    const bounds = sliceBounds(new Slice(start ?? null, stop ?? null, null), items.length)
    const at = yield* indexOf(python, items.slice(0, bounds.stop), value, bounds.start)
    if (at < 0) throw valueError(message(yield* python.repr(value)))
    return at
  }

export const installSequences = (): void => {
  LIST.dict.map.set("__hash__", null)
  maker(LIST, "*args", (_, [cls]) => new List([], cls === LIST ? undefined : (cls as PyClass)))
  methods(LIST, {
    ...COMMON,
    __init__: [
      "self, iterable=",
      function* (python, [self, iterable]) {
        if (iterable !== undefined) list(self).items = yield* python.collect(iterable)
        return null
      },
    ],
    __setitem__: ["self, index, value", (python, [self, index, value]) => setPlain(python, list(self), index, value)],
    __delitem__: [
      "self, index",
      (python, [self, index]) => {
        const plain = new List(list(self).items)
        const result = deleteItem(python, plain, index)
        list(self).items = plain.items
        return result
      },
    ],
    index: ["self, value, start=, stop=", finder((shown) => `${shown} is not in list`)],
    append: [
      "self, object",
      (python, [self, value]) => {
        const { items } = list(self)
        python.allocate(1)
        if (items.length >= MOST_ITEMS) throw raised("MemoryError")
        items.push(value)
        return null
      },
    ],
    extend: [
      "self, iterable",
      function* (python, [self, iterable]) {
        const { items } = list(self)
        const added = yield* python.collect(iterable)
        if (items.length + added.length > MOST_ITEMS) throw raised("MemoryError")
        for (const item of added) items.push(item)
        return null
      },
    ],
    insert: [
      "self, index, object",
      (python, [self, index, value]) => {
        const { items } = list(self)
        python.budget -= items.length >> 10
        python.allocate(1)
        if (items.length >= MOST_ITEMS) throw raised("MemoryError")
        const at = toCount(index)
        items.splice(at < 0 ? Math.max(0, at + items.length) : at, 0, value)
        return null
      },
    ],
    pop: [
      "self, index=",
      (python, [self, index]) => {
        const { items } = list(self)
        if (items.length === 0) throw raised("IndexError", "pop from empty list")
        const at = position(items, index)
        if (at < 0 || at >= items.length) throw raised("IndexError", "pop index out of range")
        python.budget -= (items.length - at) >> 10
        return at === items.length - 1 ? (items.pop() as Value) : items.splice(at, 1)[0]
      },
    ],
    remove: [
      "self, value",
      function* (python, [self, value]) {
        const at = yield* indexOf(python, list(self).items, value)
        if (at < 0) throw valueError("list.remove(x): x not in list")
        list(self).items.splice(at, 1)
        return null
      },
    ],
    clear: [
      "self",
      (_, [self]) => {
        list(self).items.length = 0
        return null
      },
    ],
    copy: ["self", (_, [self]) => new List([...list(self).items])],
    reverse: [
      "self",
      (_, [self]) => {
        list(self).items.reverse()
        return null
      },
    ],
    sort: [
      "self, *, key=, reverse=",
      function* (python, [self, key, reverse]) {
        const sorted = yield* sortedBy(python, [...list(self).items], key ?? null, reverse !== undefined && (yield* python.truth(reverse)))
        list(self).items = sorted
        return null
      },
    ],
  })
  maker(TUPLE, "iterable=", function* (python, [cls, iterable]) {
    const items = iterable === undefined ? [] : yield* python.collect(iterable)
    return new Tuple(items, cls === TUPLE ? undefined : (cls as PyClass))
  })
  methods(TUPLE, { ...COMMON, index: ["self, value, start=, stop=", finder(() => "tuple.index(x): x not in tuple")] })
  maker(RANGE, "start, stop=, step=", (_, [, start, stop, step]) => {
    const words = (value: Value) =>
      `'${value === null ? "NoneType" : typeof value === "string" ? "str" : typeof value === "object" ? value.cls.name : "?"}' object cannot be interpreted as an integer`
    const [first, second, third] = [
      toCount(start, words(start)),
      stop === undefined ? undefined : toCount(stop, words(stop)),
      step === undefined ? 1 : toCount(step, words(step)),
    ]
    if (third === 0) throw valueError("range() arg 3 must not be zero")
    return second === undefined ? new Range(0, first, 1) : new Range(first, second, third)
  })
  const range = (value: Value): Range => value as Range
  methods(RANGE, {
    __len__: ["self", (_, [self]) => range(self).length],
    index: [
      "self, value",
      (_, [self, value]) => {
        const offset = (Number(value) - range(self).start) / range(self).step
        if (!Number.isInteger(offset) || offset < 0 || offset >= range(self).length) throw valueError(`${Number(value)} is not in range`)
        return offset
      },
    ],
    count: [
      "self, value",
      (_, [self, value]) => {
        const offset = (Number(value) - range(self).start) / range(self).step
        return Number.isInteger(offset) && offset >= 0 && offset < range(self).length ? 1 : 0
      },
    ],
  })
  getters(RANGE, { start: (_, self) => range(self).start, stop: (_, self) => range(self).stop, step: (_, self) => range(self).step })
  maker(SLICE, "start, stop=, step=", (_, [, start, stop, step]) =>
    stop === undefined ? new Slice(null, start, null) : new Slice(start, stop, step ?? null),
  )
  getters(SLICE, {
    start: (_, self) => (self as Slice).start,
    stop: (_, self) => (self as Slice).stop,
    step: (_, self) => (self as Slice).step,
  })
  methods(SLICE, {
    indices: [
      "self, length",
      (_, [self, length]) => {
        const { start, stop, step } = sliceBounds(self as Slice, toCount(length))
        return new Tuple([start, stop, step])
      },
    ],
  })
}

/** list.__setitem__ on what may be of a class of the program. */
const setPlain = (python: Interpreter, target: List, index: Value, value: Value) => {
  const plain = new List(target.items)
  return setItem(python, plain, index, value)
}
