/** The built-in functions. */
import { compileEvaluation, compileProgram } from "../compile/program.ts"
import { functions, type MethodTable } from "../objects/define.ts"
import { ordered } from "../objects/equality.ts"
import { openFile, TextFile } from "../objects/files.ts"
import { arrayIterator, NativeIterator, nextOf } from "../objects/iterators.ts"
import { hashOf, hashesItself } from "../objects/keys.ts"
import { isInt, plainNumber, powerModulo, subtract, toIndex } from "../objects/numbers.ts"
import { raised, typeError, valueError } from "../objects/raise.ts"
import { addressOf, asciiOnly, lengthOf, ownMethod } from "../objects/text.ts"
import {
  Bytes,
  Dict,
  Instance,
  isTask,
  type Keywords,
  List,
  Module,
  Native,
  PyClass,
  PyException,
  PyFloat,
  PyFunction,
  PyIterator,
  PyObject,
  PySet,
  Range,
  type Task,
  Tuple,
  typeOf,
  type Value,
} from "../objects/values.ts"
import { attributeOr, deleteAttribute, getAttribute, setAttribute } from "../run/attributes.ts"
import { isInstance } from "../run/classes.ts"
import { formatValue } from "../run/formatting.ts"
import { importModule } from "../run/importing.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { binary } from "../run/operators.ts"
import { quotientAndRest, round } from "../run/rounding.ts"
import { syntaxException } from "../run/syntax-exception.ts"
import { sortedBy } from "../methods/containers.ts"
import { PythonSyntaxError } from "../syntax/syntax-error.ts"

function* print(python: Interpreter, args: readonly Value[], keywords: Keywords): Task {
  for (const name of keywords.keys())
    if (!["sep", "end", "file", "flush"].includes(name)) throw typeError(`print() got an unexpected keyword argument '${name}'`)
  const separator = keywords.get("sep") ?? null
  const end = keywords.get("end") ?? null
  if (separator !== null && typeof separator !== "string") throw typeError(`sep must be None or a string, not ${typeOf(separator).name}`)
  if (end !== null && typeof end !== "string") throw typeError(`end must be None or a string, not ${typeOf(end).name}`)
  const texts: string[] = []
  for (const value of args) texts.push(typeof value === "string" ? value : yield* python.str(value))
  const text = texts.join(separator ?? " ") + (end ?? "\n")
  const system = python.modules.get("sys")
  const given = keywords.get("file") ?? null
  const target = given ?? system?.attrs.map.get("stdout") ?? python.stdout ?? null
  const flush = keywords.get("flush")
  if (target instanceof TextFile && !target.binary) {
    yield* target.write(python, text)
    if (flush !== undefined && (yield* python.truth(flush))) yield* target.flush(python)
    return null
  }
  if (target === null) return null
  const write = yield* python.settle(getAttribute(python, target, "write"))
  yield* python.call(write, [text])
  if (flush !== undefined && (yield* python.truth(flush)))
    yield* python.call(yield* python.settle(getAttribute(python, target, "flush")), [])
  return null
}

function* input(python: Interpreter, prompt: Value | undefined): Task {
  if (prompt !== undefined) {
    const target = python.stdout
    if (target) yield* target.write(python, yield* python.str(prompt))
  }
  if (python.stdout) yield* python.stdout.flush(python)
  const line = yield* (python.stdin as TextFile).readLine(python)
  if (line === "") throw raised("EOFError", "EOF when reading a line")
  return String(line).replace(/\n$/, "")
}

function* length(python: Interpreter, value: Value): Task {
  if (typeof value === "string") return lengthOf(value)
  if (value instanceof PyObject && !value.cls.custom) {
    if (value instanceof List || value instanceof Tuple) return value.items.length
    if (value instanceof Dict) return value.map.size
    if (value instanceof PySet) return value.dict.map.size
    if (value instanceof Bytes) return value.data.length
    if (value instanceof Range) return value.length
  }
  if (value instanceof PyObject && ownMethod(value.cls, "__len__") !== undefined) {
    const result = yield* python.callMethod(value, "__len__", [])
    if (!isInt(result)) throw typeError(`'${typeOf(result).name}' object cannot be interpreted as an integer`)
    if (Number(result) < 0) throw valueError("__len__() should return >= 0")
    return toIndex(result)
  }
  if (value instanceof PyClass && value.meta && ownMethod(value.meta, "__len__") !== undefined)
    return yield* python.callMethod(value, "__len__", [])
  if (value instanceof Instance && typeof value.value === "string") return lengthOf(value.value)
  throw typeError(`object of type '${typeOf(value).name}' has no len()`)
}

function* extreme(python: Interpreter, name: "min" | "max", args: readonly Value[], keywords: Keywords): Task {
  const items = args.length === 1 ? yield* python.collect(args[0]) : args
  if (args.length === 0) throw typeError(`${name} expected at least 1 argument, got 0`)
  const fallback = keywords.get("default")
  const key = keywords.get("key") ?? null
  if (items.length === 0) {
    if (fallback !== undefined) return fallback
    throw valueError(`${name}() iterable argument is empty`)
  }
  let best = items[0]
  let bestKey = key === null ? best : yield* python.call(key, [best])
  for (const item of items.slice(1)) {
    const own = key === null ? item : yield* python.call(key, [item])
    // The comparison is told as the operator that each of them uses.
    const better = name === "min" ? yield* python.less(own, bestKey) : yield* greater(python, own, bestKey)
    if (better) {
      best = item
      bestKey = own
    }
    if (--python.budget < 0) yield* python.rest()
  }
  return best
}

function* greater(python: Interpreter, a: Value, b: Value): Task<boolean> {
  const answer = ordered(python, ">", a, b)
  return yield* python.truth(isTask(answer) ? yield* answer : answer)
}

function* anyOf(python: Interpreter, iterable: Value, wanted: boolean): Task {
  const iterator = yield* python.settle(python.iterator(iterable))
  for (;;) {
    const next = iterator.advance(python)
    const item = isTask(next) ? yield* next : next
    if (item === undefined) return !wanted
    if ((yield* python.truth(item)) === wanted) return wanted
    if (--python.budget < 0) yield* python.rest()
  }
}

function* sum(python: Interpreter, iterable: Value, start: Value | undefined): Task {
  if (typeof start === "string") throw typeError("sum() can't sum strings [use ''.join(seq) instead]")
  let total: Value = start ?? 0
  const iterator = yield* python.settle(python.iterator(iterable))
  let compensation = 0
  for (;;) {
    const next = iterator.advance(python)
    const item = isTask(next) ? yield* next : next
    if (item === undefined) return total instanceof PyFloat && compensation !== 0 ? new PyFloat(total.value + compensation) : total
    if (total instanceof PyFloat && python.release.minor >= 12 && (item instanceof PyFloat || isInt(item))) {
      // Since 3.12 floats are summed with compensation (Neumaier).
      const value = item instanceof PyFloat ? item.value : Number(item)
      const result = total.value + value
      compensation += Math.abs(total.value) >= Math.abs(value) ? total.value - result + value : value - result + total.value
      total = new PyFloat(result)
    } else {
      const result = binary(python, "+", total, item)
      total = isTask(result) ? yield* result : result
    }
    if (--python.budget < 0) yield* python.rest()
  }
}

const mapped = (callee: Value, sources: readonly PyIterator[]): PyIterator =>
  new NativeIterator("map", function* (python) {
    const args: Value[] = []
    for (const source of sources) {
      const next = source.advance(python)
      const item = isTask(next) ? yield* next : next
      if (item === undefined) return undefined
      args.push(item)
    }
    return yield* python.call(callee, args)
  })

const filtered = (callee: Value, source: PyIterator): PyIterator =>
  new NativeIterator("filter", function* (python) {
    for (;;) {
      const next = source.advance(python)
      const item = isTask(next) ? yield* next : next
      if (item === undefined) return undefined
      if (yield* python.truth(callee === null ? item : yield* python.call(callee, [item]))) return item
      if (--python.budget < 0) yield* python.rest()
    }
  })

const zipped = (sources: readonly PyIterator[], strict: boolean): PyIterator =>
  new NativeIterator("zip", function* (python) {
    if (sources.length === 0) return undefined
    const items: Value[] = []
    for (const [index, source] of sources.entries()) {
      const next = source.advance(python)
      const item = isTask(next) ? yield* next : next
      if (item === undefined) {
        if (strict && index > 0)
          throw valueError(`zip() argument ${index + 1} is shorter than argument${index === 1 ? " 1" : `s 1-${index}`}`)
        if (strict)
          for (const [other, one] of sources.slice(1).entries()) {
            const more = one.advance(python)
            if ((isTask(more) ? yield* more : more) !== undefined)
              throw valueError(`zip() argument ${other + 2} is longer than argument${other === 0 ? " 1" : `s 1-${other + 1}`}`)
          }
        return undefined
      }
      items.push(item)
    }
    return new Tuple(items)
  })

function* iterators(python: Interpreter, values: readonly Value[]): Task<PyIterator[]> {
  const result: PyIterator[] = []
  for (const value of values) {
    const made = python.iterator(value)
    result.push(isTask(made) ? yield* made : made)
  }
  return result
}

function* reversed(python: Interpreter, value: Value): Task {
  if (value instanceof PyObject && ownMethod(value.cls, "__reversed__") !== undefined)
    return yield* python.callMethod(value, "__reversed__", [])
  if (value instanceof PySet || (value instanceof PyIterator && !(value instanceof List)))
    throw typeError(`'${typeOf(value).name}' object is not reversible`)
  if (value instanceof Range) return arrayIterator("range_iterator", [...(yield* python.collect(value))].reverse())
  if (value instanceof List || value instanceof Tuple || typeof value === "string" || value instanceof Bytes)
    return arrayIterator(value instanceof List ? "list_reverseiterator" : "reversed", (yield* python.collect(value)).reverse())
  if (value instanceof PyObject && ownMethod(value.cls, "__getitem__") !== undefined && ownMethod(value.cls, "__len__") !== undefined) {
    const items: Value[] = []
    for (let at = Number(yield* length(python, value)) - 1; at >= 0; at--) items.push(yield* python.callMethod(value, "__getitem__", [at]))
    return arrayIterator("reversed", items)
  }
  throw typeError(`'${typeOf(value).name}' object is not reversible`)
}

/** dir(): names of the object, its class and those it inherits from. */
const namesOf = (value: Value): string[] => {
  const names = new Set<string>()
  const add = (dict: Dict | undefined) => {
    for (const key of dict?.map.keys() ?? []) if (typeof key === "string") names.add(key)
  }
  if (value instanceof PyObject) add(value.attrs)
  if (value instanceof PyClass) for (const cls of value.mro) add(cls.dict)
  else if (!(value instanceof Module)) for (const cls of typeOf(value).mro) add(cls.dict)
  return [...names].sort()
}

const based = (value: Value, radix: 2 | 8 | 16, prefix: string): string => {
  const number = toIndex(value)
  return `${number < 0 ? "-" : ""}${prefix}${(number < 0 ? -BigInt(number) : BigInt(number)).toString(radix)}`
}

const withSyntax = <T>(compile: () => T, text: string, fileName: string): T => {
  try {
    return compile()
  } catch (error) {
    if (error instanceof PythonSyntaxError) throw syntaxException(error, fileName, text)
    throw error
  }
}

/** exec() and eval(): names given as dicts, or those of the module. */
function* evaluated(python: Interpreter, source: Value, globals: Value | undefined, locals: Value | undefined, expression: boolean): Task {
  const text = source instanceof Bytes ? new TextDecoder().decode(source.data) : source
  if (typeof text !== "string") throw typeError(`${expression ? "eval" : "exec"}() arg 1 must be a string, bytes or code object`)
  const program = withSyntax(() => (expression ? compileEvaluation(text, "<string>") : compileProgram(text, "<string>")), text, "<string>")
  const names = globals instanceof Dict ? globals : (python.modules.get("__main__") as Module).attrs
  const result = yield* program.run(python, names, locals instanceof Dict ? locals : undefined)
  return expression ? result : null
}

function* getAttr(python: Interpreter, object: Value, name: Value, fallback: Value | undefined): Task {
  if (typeof name !== "string") throw typeError(`attribute name must be string, not '${typeOf(name).name}'`)
  if (fallback === undefined) return yield* python.settle(getAttribute(python, object, name))
  return (yield* attributeOr(python, object, name)) ?? fallback
}

const TABLE: MethodTable = {
  print: [undefined, (python, args, keywords) => print(python, args, keywords)],
  input: ["prompt=", (python, [prompt]) => input(python, prompt)],
  len: ["obj", (python, [value]) => length(python, value)],
  repr: ["obj", (python, [value]) => python.repr(value)],
  ascii: [
    "obj",
    function* (python, [value]) {
      return asciiOnly(yield* python.repr(value))
    },
  ],
  abs: [
    "x",
    (python, [value]) => {
      if (value instanceof PyObject && ownMethod(value.cls, "__abs__") !== undefined) return python.callMethod(value, "__abs__", [])
      const number = plainNumber(value)
      if (number === undefined) throw typeError(`bad operand type for abs(): '${typeOf(value).name}'`)
      return number instanceof PyFloat ? new PyFloat(Math.abs(number.value)) : number < 0 ? subtract(0, number) : number
    },
  ],
  min: [undefined, (python, args, keywords) => extreme(python, "min", args, keywords)],
  max: [undefined, (python, args, keywords) => extreme(python, "max", args, keywords)],
  sum: ["iterable, start=", (python, [iterable, start]) => sum(python, iterable, start)],
  any: ["iterable", (python, [iterable]) => anyOf(python, iterable, true)],
  all: ["iterable", (python, [iterable]) => anyOf(python, iterable, false)],
  round: ["number, ndigits=", (python, [value, digits]) => round(python, value, digits)],
  divmod: ["a, b", (_, [a, b]) => quotientAndRest(a, b)],
  pow: [
    "base, exp, mod=",
    (python, [base, exponent, mod]) => {
      if (mod === undefined || mod === null) return binary(python, "**", base, exponent)
      return powerModulo(toIndex(base), toIndex(exponent), toIndex(mod))
    },
  ],
  sorted: [
    "iterable, *-, key=, reverse=",
    function* (python, [iterable, key, reverse]) {
      return new List(
        yield* sortedBy(python, yield* python.collect(iterable), key ?? null, reverse !== undefined && (yield* python.truth(reverse))),
      )
    },
  ],
  reversed: ["sequence", (python, [value]) => reversed(python, value)],
  enumerate: [
    "iterable, start=",
    function* (python, [iterable, start]) {
      const source = yield* python.settle(python.iterator(iterable))
      let index = start === undefined ? 0 : Number(toIndex(start))
      return new NativeIterator("enumerate", function* (own) {
        const next = source.advance(own)
        const item = isTask(next) ? yield* next : next
        return item === undefined ? undefined : new Tuple([index++, item])
      })
    },
  ],
  zip: [
    undefined,
    function* (python, sources, keywords) {
      return zipped(yield* iterators(python, sources), keywords.get("strict") === true)
    },
  ],
  map: [
    undefined,
    function* (python, [callee, ...sources]) {
      if (sources.length === 0) throw typeError("map() must have at least two arguments.")
      return mapped(callee, yield* iterators(python, sources))
    },
  ],
  filter: [
    "function, iterable",
    function* (python, [callee, source]) {
      return filtered(callee, yield* python.settle(python.iterator(source)))
    },
  ],
  iter: [
    "object, sentinel=",
    function* (python, [object, sentinel]) {
      if (sentinel === undefined) {
        if (object instanceof Instance && ownMethod(object.cls, "__iter__") !== undefined)
          return yield* python.callMethod(object, "__iter__", [])
        return yield* python.settle(python.iterator(object))
      }
      return new NativeIterator("callable_iterator", function* (own) {
        const value = yield* own.call(object, [])
        return (yield* own.settle(own.equals(value, sentinel))) ? undefined : value
      })
    },
  ],
  next: ["iterator, default=", (python, [iterator, fallback]) => nextOf(python, iterator, fallback)],
  isinstance: [
    "obj, class_or_tuple",
    function* (python, [value, of]) {
      return yield* python.settle(isInstance(python, value, of))
    },
  ],
  issubclass: [
    "cls, class_or_tuple",
    (_, [cls, of]) => {
      if (!(cls instanceof PyClass)) throw typeError("issubclass() arg 1 must be a class")
      const all = of instanceof Tuple ? of.items : [of]
      return all.some((one) => {
        if (!(one instanceof PyClass)) throw typeError("issubclass() arg 2 must be a class, a tuple of classes, or a union")
        return cls.isSubclass(one)
      })
    },
  ],
  callable: [
    "obj",
    (_, [value]) =>
      value instanceof PyFunction || value instanceof Native || value instanceof PyClass || typeOf(value).lookup("__call__") !== undefined,
  ],
  getattr: ["object, name, default=", (python, [object, name, fallback]) => getAttr(python, object, name, fallback)],
  setattr: ["object, name, value", (python, [object, name, value]) => setAttribute(python, object, String(name), value)],
  delattr: ["object, name", (python, [object, name]) => deleteAttribute(python, object, String(name))],
  hasattr: [
    "object, name",
    function* (python, [object, name]) {
      return (yield* attributeOr(python, object, String(name))) !== undefined
    },
  ],
  id: ["obj", (python, [value]) => addressOf(python, value)],
  hash: [
    "obj",
    function* (python, [value]) {
      const dict = new Dict()
      if (hashesItself(value)) {
        yield* python.key(dict, value)
        return yield* python.callMethod(value, "__hash__", [])
      }
      return hashOf(yield* python.key(dict, value))
    },
  ],
  chr: [
    "i",
    (_, [value]) => {
      const point = Number(toIndex(value))
      if (point < 0 || point > 0x10ffff) throw valueError("chr() arg not in range(0x110000)")
      return String.fromCodePoint(point)
    },
  ],
  ord: [
    "c",
    (_, [value]) => {
      if (value instanceof Bytes && value.data.length === 1) return value.data[0]
      if (typeof value !== "string") throw typeError(`ord() expected string of length 1, but ${typeOf(value).name} found`)
      if (lengthOf(value) !== 1) throw typeError(`ord() expected a character, but string of length ${lengthOf(value)} found`)
      return value.codePointAt(0) ?? 0
    },
  ],
  hex: ["number", (_, [value]) => based(value, 16, "0x")],
  oct: ["number", (_, [value]) => based(value, 8, "0o")],
  bin: ["number", (_, [value]) => based(value, 2, "0b")],
  format: [
    "value, format_spec=",
    function* (python, [value, specification]) {
      return yield* formatValue(python, value, specification === undefined ? "" : String(specification))
    },
  ],
  open: [
    "file, mode=, buffering=, encoding=, errors=, newline=, closefd=, opener=",
    function* (python, [path, mode, buffering]) {
      const plain = path instanceof Instance ? yield* python.callMethod(path, "__fspath__", []) : path
      if (typeof plain !== "string" && typeof plain !== "number" && !(plain instanceof Bytes))
        throw typeError(`expected str, bytes or os.PathLike object, not ${typeOf(path).name}`)
      const file = yield* openFile(python, plain, mode === undefined ? "r" : String(mode))
      if (buffering === 1) file.buffering = "line"
      else if (buffering === 0) file.buffering = "none"
      return file
    },
  ],
  vars: [
    "object=",
    (python, [object]) => {
      if (object === undefined) return (python.modules.get("__main__") as Module).attrs
      if (object instanceof PyClass) return object.dict
      if (object instanceof PyObject && object.attrs && !(object instanceof PyException && !object.cls.custom)) return object.attrs
      throw typeError("vars() argument must have __dict__ attribute")
    },
  ],
  dir: [
    "object=",
    (python, [object]) =>
      new List(
        object === undefined ? [...(python.modules.get("__main__") as Module).attrs.map.keys()].map(String).sort() : namesOf(object),
      ),
  ],
  exec: ["source, globals=, locals=", (python, [source, globals, locals]) => evaluated(python, source, globals, locals, false)],
  eval: ["source, globals=, locals=", (python, [source, globals, locals]) => evaluated(python, source, globals, locals, true)],
  globals: ["", (python) => (python.modules.get("__main__") as Module).attrs],
  locals: ["", (python) => (python.modules.get("__main__") as Module).attrs],
  __import__: ["name, *, **keywords", (python, [name]) => importModule(python, String(name))],
}

/** By name. */
export const builtinFunctions = (): [string, Native][] => functions(TABLE)
