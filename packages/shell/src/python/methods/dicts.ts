/** Methods of dict, set and frozenset. */
import { classMethods, maker, methods } from "../objects/define.ts"
import { dictIterator, NativeIterator } from "../objects/iterators.ts"
import { missingKey } from "../objects/keys.ts"
import { raised, typeError, valueError } from "../objects/raise.ts"
import { combineSets } from "../objects/sets.ts"
import {
  Dict,
  DICT,
  FROZENSET,
  type Key,
  type Keywords,
  List,
  OBJECT,
  PyClass,
  PyObject,
  PySet,
  SET,
  type Task,
  Tuple,
  typeOf,
  type Value,
} from "../objects/values.ts"
import { attributeOr } from "../run/attributes.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { getItem, setItem } from "../run/subscripts.ts"

const dict = (value: Value): Dict => {
  if (value instanceof Dict) return value
  throw typeError(`descriptor requires a 'dict' object but received a '${typeOf(value).name}'`)
}

/** What dict(…) and update(…) take: a mapping, or pairs; then names. */
export function* fill(python: Interpreter, target: Dict, source: Value | undefined, keywords: Keywords): Task<void> {
  if (source instanceof Dict) for (const [key, value] of [...source.map]) target.put(key, source.original(key), value)
  else if (source !== undefined) {
    const keys = yield* attributeOr(python, source, "keys")
    if (keys !== undefined) {
      for (const key of yield* python.collect(yield* python.call(keys, [])))
        target.put(yield* python.key(target, key), key, yield* python.settle(getItem(python, source, key)))
    } else
      for (const [index, pair] of (yield* python.collect(source)).entries()) {
        let items: Value[]
        try {
          items = yield* python.collect(pair)
        } catch {
          throw typeError(`cannot convert dictionary update sequence element #${index} to a sequence`)
        }
        if (items.length !== 2) throw valueError(`dictionary update sequence element #${index} has length ${items.length}; 2 is required`)
        target.put(yield* python.key(target, items[0]), items[0], items[1])
        if (--python.budget < 0) yield* python.rest()
      }
  }
  for (const [name, value] of keywords) target.put(name, name, value)
}

/** keys(), values() and items(): they show the dict as it is. */
class DictView extends PyObject {
  readonly cls: PyClass
  readonly target: Dict
  readonly pick: (key: Value, value: Value) => Value

  constructor(cls: PyClass, target: Dict, pick: (key: Value, value: Value) => Value) {
    super()
    this.cls = cls
    this.target = target
    this.pick = pick
  }

  values(): Value[] {
    return [...this.target.entries()].map(([key, value]) => this.pick(key, value))
  }
}

const KEYS = new PyClass("dict_keys", [OBJECT])
const VALUES = new PyClass("dict_values", [OBJECT])
const ITEMS = new PyClass("dict_items", [OBJECT])

const setOf = function* (python: Interpreter, values: readonly Value[], frozen = false): Task<PySet> {
  const made = new Dict()
  for (const value of values) {
    made.put(yield* python.key(made, value), value, null)
    if (--python.budget < 0) yield* python.rest()
  }
  return new PySet(made, frozen)
}

const view = (cls: PyClass): void => {
  methods(cls, {
    __iter__: [
      "self",
      (_, [self]) => dictIterator(`${cls.name.replace(/s$/, "")}iterator`, (self as DictView).target, (self as DictView).pick),
    ],
    __len__: ["self", (_, [self]) => (self as DictView).target.map.size],
    __repr__: [
      "self",
      function* (python, [self]) {
        return `${cls.name}(${yield* python.repr(new List((self as DictView).values()))})`
      },
    ],
  })
  if (cls === VALUES) return
  const operation = (operator: "&" | "|" | "-" | "^", swapped = false) =>
    function* (python: Interpreter, [self, other]: Value[]): Task {
      const own = yield* setOf(python, (self as DictView).values())
      const given = yield* setOf(python, yield* python.collect(other))
      return swapped ? combineSets(operator, given, own) : combineSets(operator, own, given)
    }
  methods(cls, {
    __contains__: [
      "self, item",
      function* (python, [self, item]) {
        const { target } = self as DictView
        if (cls === KEYS) return target.map.has(yield* python.key(target, item))
        if (!(item instanceof Tuple) || item.items.length !== 2) return false
        const held = target.map.get(yield* python.key(target, item.items[0]))
        return held !== undefined && (yield* python.settle(python.equals(held, item.items[1])))
      },
    ],
    __and__: ["self, other", operation("&")],
    __or__: ["self, other", operation("|")],
    __sub__: ["self, other", operation("-")],
    __rsub__: ["self, other", operation("-", true)],
    __xor__: ["self, other", operation("^")],
    __eq__: [
      "self, other",
      function* (python, [self, other]) {
        const own = yield* setOf(python, (self as DictView).values())
        if (!(other instanceof DictView) && !(other instanceof PySet)) return false
        const given = yield* setOf(python, yield* python.collect(other))
        return yield* python.settle(python.equals(own, given))
      },
    ],
  })
}

const installDict = (): void => {
  for (const cls of [KEYS, VALUES, ITEMS]) view(cls)
  DICT.dict.map.set("__hash__", null)
  maker(DICT, "*args, **keywords", (_, [cls]) => new Dict(cls === DICT ? undefined : (cls as PyClass)))
  methods(DICT, {
    __init__: [
      undefined,
      function* (python, [self, source, extra], keywords) {
        if (extra !== undefined) throw typeError("dict expected at most 1 argument, got 2")
        yield* fill(python, dict(self), source, keywords)
        return null
      },
    ],
    update: [
      undefined,
      function* (python, [self, source], keywords) {
        yield* fill(python, dict(self), source, keywords)
        return null
      },
    ],
    get: [
      "self, key, default=",
      function* (python, [self, key, fallback]) {
        const found = dict(self).map.get(yield* python.key(dict(self), key))
        return found === undefined ? (fallback ?? null) : found
      },
    ],
    setdefault: [
      "self, key, default=",
      function* (python, [self, key, fallback]) {
        const place = yield* python.key(dict(self), key)
        const found = dict(self).map.get(place)
        if (found !== undefined) return found
        dict(self).put(place, key, fallback ?? null)
        return fallback ?? null
      },
    ],
    pop: [
      "self, key, default=",
      function* (python, [self, key, fallback]) {
        const place = yield* python.key(dict(self), key)
        const found = dict(self).map.get(place)
        if (found === undefined) {
          if (fallback === undefined) throw missingKey(key)
          return fallback
        }
        dict(self).remove(place)
        return found
      },
    ],
    popitem: [
      "self, last=",
      (_, [self, last]) => {
        const keys = [...dict(self).map.keys()]
        const key = last === false ? keys[0] : keys.at(-1)
        if (key === undefined) throw raised("KeyError", "popitem(): dictionary is empty")
        const pair = new Tuple([dict(self).original(key), dict(self).map.get(key) as Value])
        dict(self).remove(key)
        return pair
      },
    ],
    keys: ["self", (_, [self]) => new DictView(KEYS, dict(self), (key) => key)],
    values: ["self", (_, [self]) => new DictView(VALUES, dict(self), (__, value) => value)],
    items: ["self", (_, [self]) => new DictView(ITEMS, dict(self), (key, value) => new Tuple([key, value]))],
    clear: [
      "self",
      (_, [self]) => {
        dict(self).clear()
        return null
      },
    ],
    copy: [
      "self",
      (_, [self]) => {
        const source = dict(self)
        const made = new Dict(source.cls === DICT ? undefined : source.cls)
        made.factory = source.factory
        for (const [key, value] of source.map) made.put(key, source.original(key), value)
        return made
      },
    ],
    __len__: ["self", (_, [self]) => dict(self).map.size],
    __contains__: [
      "self, key",
      function* (python, [self, key]) {
        return dict(self).map.has(yield* python.key(dict(self), key))
      },
    ],
    __getitem__: [
      "self, key",
      function* (python, [self, key]) {
        const found = dict(self).map.get(yield* python.key(dict(self), key))
        return found === undefined ? yield* python.settle(getItem(python, dict(self), key)) : found
      },
    ],
    __setitem__: [
      "self, key, value",
      function* (python, [self, key, value]) {
        dict(self).put(yield* python.key(dict(self), key), key, value)
        return null
      },
    ],
    __delitem__: [
      "self, key",
      function* (python, [self, key]) {
        const place = yield* python.key(dict(self), key)
        if (!dict(self).map.has(place)) throw missingKey(key)
        dict(self).remove(place)
        return null
      },
    ],
    __iter__: ["self", (_, [self]) => dictIterator("dict_keyiterator", dict(self), (key) => key)],
    __reversed__: [
      "self",
      (_, [self]) => {
        const keys = [...dict(self).entries()].map(([key]) => key).reverse()
        let at = 0
        return new NativeIterator("dict_reversekeyiterator", () => keys[at++])
      },
    ],
  })
  classMethods(DICT, {
    fromkeys: [
      "cls, iterable, value=",
      function* (python, [cls, iterable, value]) {
        const made = yield* python.call(cls, [])
        for (const key of yield* python.collect(iterable)) yield* python.settle(setItem(python, made, key, value ?? null))
        return made
      },
    ],
  })
}

const set = (value: Value): PySet => {
  if (value instanceof PySet) return value
  throw typeError(`descriptor requires a 'set' object but received a '${typeOf(value).name}'`)
}

const installSet = (cls: PyClass, frozen: boolean): void => {
  if (!frozen) cls.dict.map.set("__hash__", null)
  maker(cls, "iterable=", function* (python, [given, iterable]) {
    const made = yield* setOf(python, iterable === undefined ? [] : yield* python.collect(iterable), frozen)
    return given === cls ? made : new PySet(made.dict, frozen, given as PyClass)
  })
  const others = function* (python: Interpreter, values: readonly Value[]): Task<PySet[]> {
    const result: PySet[] = []
    for (const value of values) result.push(value instanceof PySet ? value : yield* setOf(python, yield* python.collect(value)))
    return result
  }
  const combined = (operator: "&" | "|" | "-" | "^") =>
    function* (python: Interpreter, [self, ...rest]: Value[]): Task {
      let result = new PySet(combineSets("|", set(self), new PySet()).dict, frozen)
      for (const other of yield* others(python, rest)) result = combineSets(operator, result, other)
      return result
    }
  const changed = (operator: "&" | "|" | "-" | "^") =>
    function* (python: Interpreter, [self, ...rest]: Value[]): Task {
      for (const other of yield* others(python, rest)) set(self).dict = combineSets(operator, set(self), other).dict
      return null
    }
  const has = (one: PySet, other: PySet) => [...one.dict.map.keys()].every((key: Key) => other.dict.map.has(key))
  methods(cls, {
    union: [undefined, combined("|")],
    intersection: [undefined, combined("&")],
    difference: [undefined, combined("-")],
    symmetric_difference: [undefined, combined("^")],
    issubset: [
      "self, other",
      function* (python, [self, other]) {
        return has(set(self), (yield* others(python, [other]))[0])
      },
    ],
    issuperset: [
      "self, other",
      function* (python, [self, other]) {
        return has((yield* others(python, [other]))[0], set(self))
      },
    ],
    isdisjoint: [
      "self, other",
      function* (python, [self, other]) {
        return combineSets("&", set(self), (yield* others(python, [other]))[0]).dict.map.size === 0
      },
    ],
    copy: ["self", (_, [self]) => combineSets("|", set(self), new PySet())],
    __len__: ["self", (_, [self]) => set(self).dict.map.size],
    __contains__: [
      "self, item",
      function* (python, [self, item]) {
        return set(self).dict.map.has(yield* python.key(set(self).dict, item))
      },
    ],
  })
  if (frozen) return
  methods(cls, {
    add: [
      "self, item",
      function* (python, [self, item]) {
        const { dict: members } = set(self)
        members.put(yield* python.key(members, item), item, null)
        return null
      },
    ],
    discard: [
      "self, item",
      function* (python, [self, item]) {
        set(self).dict.remove(yield* python.key(set(self).dict, item))
        return null
      },
    ],
    remove: [
      "self, item",
      function* (python, [self, item]) {
        const key = yield* python.key(set(self).dict, item)
        if (!set(self).dict.map.has(key)) throw missingKey(item)
        set(self).dict.remove(key)
        return null
      },
    ],
    pop: [
      "self",
      (_, [self]) => {
        const { dict: members } = set(self)
        for (const key of members.map.keys()) {
          const value = members.original(key)
          members.remove(key)
          return value
        }
        throw raised("KeyError", "pop from an empty set")
      },
    ],
    clear: [
      "self",
      (_, [self]) => {
        set(self).dict.clear()
        return null
      },
    ],
    update: [undefined, changed("|")],
    intersection_update: [undefined, changed("&")],
    difference_update: [undefined, changed("-")],
    symmetric_difference_update: [undefined, changed("^")],
  })
}

export const installMappings = (): void => {
  installDict()
  installSet(SET, false)
  installSet(FROZENSET, true)
}
