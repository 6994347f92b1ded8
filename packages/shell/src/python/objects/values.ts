/** The values of a Python program: what JavaScript has is used as it is, the rest are objects with a class. */
import type { Wait, Wake } from "@drydock/machine"
import type { Frame } from "../run/frame.ts"
import type { Interpreter } from "../run/interpreter.ts"

/** None is null; an int is a number while that is exact, a bigint beyond; a float is a PyFloat; a str is UTF-16 text. */
export type Value = null | boolean | number | bigint | string | PyObject

/** A call of a Python function: the interpreter runs `task` on its own stack, so that recursion takes none of the host's. */
export class Invoke {
  readonly task: Task

  constructor(task: Task) {
    this.task = task
  }
}

/** What a generator gives to whoever advances it. */
export class Yielded {
  readonly value: Value

  constructor(value: Value) {
    this.value = value
  }
}

export type Request = Wait | Invoke | Yielded

/** Work that may call Python functions or wait: `const value = yield* task`. */
export type Task<T = Value> = Generator<Request, T, Wake>

export type Soon<T = Value> = T | Task<T>

export abstract class PyObject {
  abstract readonly cls: PyClass
  /** What was set on it; undefined for objects without a __dict__. */
  attrs: Dict | undefined
}

/** Whether a result is still to be computed. */
export const isTask = <T>(value: T | Task<T>): value is Task<T> =>
  typeof value === "object" && value !== null && !(value instanceof PyObject) && "next" in value

export class PyClass extends PyObject {
  name: string
  readonly bases: readonly PyClass[]
  readonly mro: readonly PyClass[]
  readonly dict: Dict
  /** Made by a class statement: has a __dict__ that may be changed. */
  readonly custom: boolean
  readonly meta: PyClass | undefined
  module = "builtins"

  constructor(name: string, bases: readonly PyClass[], options: { custom?: boolean; meta?: PyClass | undefined; dict?: Dict } = {}) {
    super()
    this.name = name
    this.bases = bases
    this.custom = options.custom ?? false
    this.meta = options.meta ?? bases.find((base) => base.meta)?.meta
    this.dict = options.dict ?? new Dict()
    this.mro = [this, ...linearized(bases)]
  }

  get cls(): PyClass {
    return this.meta ?? TYPE
  }

  /** An attribute of it or of those it inherits from. */
  lookup(name: string): Value | undefined {
    for (const one of this.mro) {
      const found = one.dict.map.get(name)
      if (found !== undefined) return found
    }
    return undefined
  }

  isSubclass(of: PyClass): boolean {
    return this.mro.includes(of)
  }
}

export class MroError extends Error {}

/** C3, as type.mro. Throws MroError. */
const linearized = (bases: readonly PyClass[]): PyClass[] => {
  const lists = [...bases.map((base) => [...base.mro]), [...bases]]
  const result: PyClass[] = []
  for (;;) {
    const rest = lists.filter((list) => list.length > 0)
    if (rest.length === 0) return result
    const next = rest.map((list) => list[0]).find((first) => !rest.some((list) => list.indexOf(first) > 0))
    if (!next)
      throw new MroError(
        `Cannot create a consistent method resolution order (MRO) for bases ${[...new Set(rest.map(([first]) => first.name))].join(", ")}`,
      )
    result.push(next)
    for (const list of rest) if (list[0] === next) list.shift()
  }
}

/** What a dict finds an entry by: values that are equal have the same one. */
export type Key = string | number | bigint | null | PyObject

/** An insertion-ordered mapping; keys are canonical (see keys.ts), `originals` has those that are not their own. */
export class Dict extends PyObject {
  readonly map = new Map<Key, Value>()
  originals: Map<Key, Value> | undefined
  #cls: PyClass | undefined
  /** defaultdict's. */
  factory: Value = null

  constructor(cls?: PyClass) {
    super()
    this.#cls = cls
  }

  get cls(): PyClass {
    return this.#cls ?? DICT
  }

  put(key: Key, original: Value, value: Value): void {
    if (key !== original && !this.map.has(key)) (this.originals ??= new Map()).set(key, original)
    this.map.set(key, value)
  }

  original(key: Key): Value {
    return this.originals?.get(key) ?? key
  }

  remove(key: Key): void {
    this.map.delete(key)
    this.originals?.delete(key)
  }

  clear(): void {
    this.map.clear()
    this.originals = undefined
  }

  *entries(): Generator<[Value, Value]> {
    for (const [key, value] of this.map) yield [this.original(key), value]
  }
}

const native = (name: string, base?: PyClass): PyClass => new PyClass(name, base ? [base] : OBJECT_BASES)
const OBJECT_BASES: PyClass[] = []

export const OBJECT = new PyClass("object", [])
OBJECT_BASES.push(OBJECT)
export const TYPE = native("type")
export const INT = native("int")
export const BOOL = native("bool", INT)
export const FLOAT = native("float")
export const COMPLEX = native("complex")
export const STR = native("str")
export const BYTES = native("bytes")
export const BYTEARRAY = native("bytearray")
export const LIST = native("list")
export const TUPLE = native("tuple")
export const DICT = native("dict")
export const SET = native("set")
export const FROZENSET = native("frozenset")
export const RANGE = native("range")
export const SLICE = native("slice")
export const NONE_TYPE = native("NoneType")
export const FUNCTION = native("function")
export const BUILTIN = native("builtin_function_or_method")
export const METHOD = native("method")
export const MODULE = native("module")
export const PROPERTY = native("property")
export const STATICMETHOD = native("staticmethod")
export const CLASSMETHOD = native("classmethod")
export const SUPER = native("super")
export const GENERATOR = native("generator")
export const ELLIPSIS_TYPE = native("ellipsis")
export const NOT_IMPLEMENTED_TYPE = native("NotImplementedType")
export const GENERIC_ALIAS = native("types.GenericAlias")

export class PyFloat extends PyObject {
  readonly value: number

  constructor(value: number) {
    super()
    this.value = value
  }

  get cls(): PyClass {
    return FLOAT
  }
}

export class Bytes extends PyObject {
  data: Uint8Array
  readonly mutable: boolean

  constructor(data: Uint8Array, mutable = false) {
    super()
    this.data = data
    this.mutable = mutable
  }

  get cls(): PyClass {
    return this.mutable ? BYTEARRAY : BYTES
  }
}

export class List extends PyObject {
  items: Value[]
  readonly #cls: PyClass | undefined

  constructor(items: Value[], cls?: PyClass) {
    super()
    this.items = items
    this.#cls = cls
  }

  get cls(): PyClass {
    return this.#cls ?? LIST
  }
}

export class Tuple extends PyObject {
  readonly items: readonly Value[]
  readonly #cls: PyClass | undefined

  constructor(items: readonly Value[], cls?: PyClass) {
    super()
    this.items = items
    this.#cls = cls
  }

  get cls(): PyClass {
    return this.#cls ?? TUPLE
  }
}

/** A set keeps its members as keys of a dict. */
export class PySet extends PyObject {
  dict: Dict
  readonly frozen: boolean
  readonly #cls: PyClass | undefined

  constructor(dict: Dict = new Dict(), frozen = false, cls?: PyClass) {
    super()
    this.dict = dict
    this.frozen = frozen
    this.#cls = cls
  }

  get cls(): PyClass {
    return this.#cls ?? (this.frozen ? FROZENSET : SET)
  }
}

export class Range extends PyObject {
  readonly start: number
  readonly stop: number
  readonly step: number

  constructor(start: number, stop: number, step: number) {
    super()
    this.start = start
    this.stop = stop
    this.step = step
  }

  get cls(): PyClass {
    return RANGE
  }

  get length(): number {
    return Math.max(0, Math.ceil((this.stop - this.start) / this.step))
  }
}

export class Slice extends PyObject {
  readonly start: Value
  readonly stop: Value
  readonly step: Value

  constructor(start: Value, stop: Value, step: Value) {
    super()
    this.start = start
    this.stop = stop
    this.step = step
  }

  get cls(): PyClass {
    return SLICE
  }
}

/** Keyword arguments of a call. */
export type Keywords = ReadonlyMap<string, Value>

export const NO_KEYWORDS: Keywords = new Map()

/** What a native function does: its arguments in the order of its parameters; those not given are undefined. */
export type NativeRun = (interpreter: Interpreter, values: Value[], keywords: Keywords) => Soon

export class Native extends PyObject {
  readonly name: string
  /** "self, sep=, *rest, /"; undefined: takes what comes. */
  readonly parameters: string | undefined
  readonly run: NativeRun
  owner: PyClass | undefined

  constructor(name: string, parameters: string | undefined, run: NativeRun) {
    super()
    this.name = name
    this.parameters = parameters
    this.run = run
  }

  get cls(): PyClass {
    return BUILTIN
  }
}

export interface Parameter {
  readonly name: string
  readonly kind: "plain" | "rest" | "keyword" | "keywords"
  /** May not be given by name. */
  readonly positional: boolean
}

/** What a def or lambda compiles to. */
export interface FunctionCode {
  readonly name: string
  readonly qualifiedName: string
  readonly fileName: string
  readonly line: number
  readonly parameters: readonly Parameter[]
  readonly slots: readonly string[]
  readonly kind: "function" | "generator" | "coroutine"
  readonly documentation: string | undefined
  readonly run: (frame: Frame) => Task
}

export class PyFunction extends PyObject {
  readonly code: FunctionCode
  readonly defaults: ReadonlyMap<string, Value>
  readonly scope: Frame
  /** The class whose body it stands in, for super(). */
  owner: PyClass | undefined
  annotations: Dict | undefined
  name: string
  qualifiedName: string

  constructor(code: FunctionCode, defaults: ReadonlyMap<string, Value>, scope: Frame) {
    super()
    this.code = code
    this.defaults = defaults
    this.scope = scope
    this.name = code.name
    this.qualifiedName = code.qualifiedName
  }

  get cls(): PyClass {
    return FUNCTION
  }
}

export class BoundMethod extends PyObject {
  readonly self: Value
  readonly callee: Value

  constructor(self: Value, callee: Value) {
    super()
    this.self = self
    this.callee = callee
  }

  get cls(): PyClass {
    return this.callee instanceof Native ? BUILTIN : METHOD
  }
}

/** An object of a class of the program; `value`: the str or int that it is as well. */
export class Instance extends PyObject {
  cls: PyClass
  value: Value | undefined

  constructor(cls: PyClass, value?: Value) {
    super()
    this.cls = cls
    this.value = value
    this.attrs = new Dict()
  }
}

export interface TraceEntry {
  readonly fileName: string
  readonly line: number
  readonly name: string
  /** Columns from 0 of what failed, and the line on which it ends. */
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  /** Where it is not to be read from the file. */
  readonly source?: string | undefined
  /** What of the range is meant most: from … to, columns. */
  readonly anchor?: readonly [number, number] | undefined
}

export class PyException extends PyObject {
  cls: PyClass
  args: readonly Value[]
  cause: Value = null
  context: PyException | undefined
  suppressContext = false
  /** Outermost first. */
  trace: TraceEntry[] = []
  /** Names that could be seen where a NameError was raised. */
  visible: readonly string[] | undefined
  /** The frame that has already put itself into the trace on this flight. */
  seenBy: Frame | undefined

  constructor(cls: PyClass, args: readonly Value[]) {
    super()
    this.cls = cls
    this.args = args
    this.attrs = new Dict()
  }
}

export class Module extends PyObject {
  readonly name: string
  override attrs: Dict

  constructor(name: string, attrs: Dict = new Dict()) {
    super()
    this.name = name
    this.attrs = attrs
  }

  get cls(): PyClass {
    return MODULE
  }
}

/** Gives values one after another; undefined at the end. */
export abstract class PyIterator extends PyObject {
  abstract advance(interpreter: Interpreter): Soon<Value | undefined>
}

export class Property extends PyObject {
  readonly get: Value
  readonly set: Value
  readonly remove: Value

  constructor(get: Value, set: Value = null, remove: Value = null) {
    super()
    this.get = get
    this.set = set
    this.remove = remove
  }

  get cls(): PyClass {
    return PROPERTY
  }
}

/** A property of a native class: computed from the object. */
export class NativeProperty extends PyObject {
  readonly get: (interpreter: Interpreter, self: Value) => Soon
  readonly set: ((interpreter: Interpreter, self: Value, value: Value) => void) | undefined

  constructor(get: (interpreter: Interpreter, self: Value) => Soon, set?: (interpreter: Interpreter, self: Value, value: Value) => void) {
    super()
    this.get = get
    this.set = set
  }

  get cls(): PyClass {
    return PROPERTY
  }
}

export class StaticMethod extends PyObject {
  readonly callee: Value

  constructor(callee: Value) {
    super()
    this.callee = callee
  }

  get cls(): PyClass {
    return STATICMETHOD
  }
}

export class ClassMethod extends PyObject {
  readonly callee: Value

  constructor(callee: Value) {
    super()
    this.callee = callee
  }

  get cls(): PyClass {
    return CLASSMETHOD
  }
}

export class SuperObject extends PyObject {
  readonly owner: PyClass
  readonly self: Value

  constructor(owner: PyClass, self: Value) {
    super()
    this.owner = owner
    this.self = self
  }

  get cls(): PyClass {
    return SUPER
  }
}

/** list[int], Optional[str]: kept for its words alone. */
export class GenericAlias extends PyObject {
  readonly origin: Value
  readonly text: string

  constructor(origin: Value, text: string) {
    super()
    this.origin = origin
    this.text = text
  }

  get cls(): PyClass {
    return GENERIC_ALIAS
  }
}

class Singleton extends PyObject {
  readonly cls: PyClass

  constructor(cls: PyClass) {
    super()
    this.cls = cls
  }
}

export const ELLIPSIS = new Singleton(ELLIPSIS_TYPE)
export const NOT_IMPLEMENTED = new Singleton(NOT_IMPLEMENTED_TYPE)

export const typeOf = (value: Value): PyClass => {
  if (typeof value === "string") return STR
  if (typeof value === "number" || typeof value === "bigint") return INT
  if (typeof value === "boolean") return BOOL
  return value === null ? NONE_TYPE : value.cls
}
