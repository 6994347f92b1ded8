/** Making objects of classes, and classes of class statements. */
import { BASE_EXCEPTION } from "../objects/exceptions.ts"
import { raised, typeError } from "../objects/raise.ts"
import { ownMethod } from "../objects/text.ts"
import {
  ClassMethod,
  type Dict,
  Instance,
  isTask,
  type Keywords,
  MroError,
  Native,
  NO_KEYWORDS,
  OBJECT,
  PyClass,
  PyException,
  Property,
  PyFunction,
  type Soon,
  StaticMethod,
  type Task,
  Tuple,
  TYPE,
  typeOf,
  type Value,
} from "../objects/values.ts"
import type { Interpreter } from "./interpreter.ts"

/** Its __new__, unless that is object's own. */
const makerOf = (cls: PyClass): Value | undefined => {
  const found = cls.lookup("__new__")
  return found === OBJECT.dict.map.get("__new__") ? undefined : found
}

/** A call of a class: __new__, then __init__. */
export const instantiate = (python: Interpreter, cls: PyClass, args: readonly Value[], keywords: Keywords): Soon => {
  if (cls === TYPE && args.length === 1) return typeOf(args[0])
  const callMethod = cls.meta ? ownMethod(cls.meta, "__call__") : undefined
  if (callMethod !== undefined && callMethod instanceof PyFunction) return python.call(callMethod, [cls, ...args], keywords)
  if (!cls.custom && !cls.isSubclass(BASE_EXCEPTION) && cls.lookup("__init__") === undefined) {
    const maker = makerOf(cls)
    if (maker instanceof Native) return python.settleCall(maker, [cls, ...args], keywords)
    if (cls !== OBJECT) throw typeError(`cannot create '${cls.name}' instances`)
  }
  return construct(python, cls, args, keywords)
}

/** type.__call__. */
export function* construct(python: Interpreter, cls: PyClass, args: readonly Value[], keywords: Keywords): Task {
  const maker = makerOf(cls)
  const init = ownMethod(cls, "__init__")
  let made: Value
  if (maker === undefined) {
    const missing = cls.lookup("__abstractmethods__")
    if (missing instanceof Tuple && missing.items.length > 0) {
      const names = missing.items.map((name) => `'${String(name)}'`)
      throw typeError(
        `Can't instantiate abstract class ${cls.name} without an implementation for abstract method${names.length === 1 ? "" : "s"} ${names.join(", ")}`,
      )
    }
    if (init === undefined && (args.length > 0 || keywords.size > 0)) throw typeError(`${cls.name}() takes no arguments`)
    made = new Instance(cls)
  } else {
    const plain = maker instanceof StaticMethod ? maker.callee : maker
    made = yield* python.call(plain, [cls, ...args], keywords)
  }
  if (!typeOf(made).isSubclass(cls) || init === undefined) return made
  const result = yield* python.call(init instanceof StaticMethod ? init.callee : init, [made, ...args], keywords)
  if (result !== null) throw typeError(`__init__() should return None, not '${typeOf(result).name}'`)
  return made
}

/** Abstract methods that nobody has defined, for classes whose metaclass is ABCMeta. */
const abstractNames = (cls: PyClass): string[] => {
  const names = new Set<string>()
  for (const one of [...cls.mro].reverse())
    for (const [name, value] of one.dict.map)
      if (typeof name === "string") {
        const callee = value instanceof ClassMethod || value instanceof StaticMethod ? value.callee : value
        const own = callee instanceof Property ? callee.get : callee
        if (own instanceof PyFunction && own.attrs?.map.get("__isabstractmethod__") === true) names.add(name)
        else names.delete(name)
      }
  return [...names].sort()
}

/** type(name, bases, namespace): what a class statement ends with. */
export const makeClass = (name: string, bases: readonly PyClass[], dict: Dict, meta: PyClass | undefined, module: string): PyClass => {
  for (const base of bases)
    if (!base.custom && ["bool", "NoneType", "range", "slice", "function", "ellipsis"].includes(base.name))
      throw typeError(`type '${base.name}' is not an acceptable base type`)
  let cls: PyClass
  try {
    cls = new PyClass(name, bases.length > 0 ? bases : [OBJECT], { custom: true, meta, dict })
  } catch (error) {
    if (error instanceof MroError) throw typeError(error.message)
    throw error
  }
  cls.module = module
  for (const [key, value] of dict.map) {
    const callee = value instanceof ClassMethod || value instanceof StaticMethod ? value.callee : value
    if (callee instanceof PyFunction && callee.scope.names === dict) callee.owner = cls
    if (key === "__new__" && value instanceof PyFunction) dict.map.set(key, new StaticMethod(value))
    if ((key === "__init_subclass__" || key === "__class_getitem__") && value instanceof PyFunction)
      dict.map.set(key, new ClassMethod(value))
  }
  if (cls.meta?.name === "ABCMeta") dict.map.set("__abstractmethods__", new Tuple(abstractNames(cls)))
  return cls
}

/** What follows the making of a class: __set_name__ and __init_subclass__. */
export function* announceClass(python: Interpreter, cls: PyClass, keywords: Keywords = NO_KEYWORDS): Task<void> {
  for (const [name, value] of [...cls.dict.map])
    if (value instanceof Instance && typeof name === "string" && value.cls.lookup("__set_name__") !== undefined)
      yield* python.callMethod(value, "__set_name__", [cls, name])
  for (const base of cls.mro.slice(1)) {
    const hook = base.dict.map.get("__init_subclass__")
    if (hook instanceof ClassMethod) {
      yield* python.call(hook.callee, [cls], keywords)
      return
    }
  }
  if (keywords.size > 0) throw typeError(`${cls.name}.__init_subclass__() takes no keyword arguments`)
}

function* instanceOfMeta(python: Interpreter, value: Value, cls: PyClass): Task<boolean> {
  return yield* python.truth(yield* python.callMethod(cls, "__instancecheck__", [value]))
}

/** isinstance(value, of), where `of` may be a tuple or a union of classes. */
export const isInstance = (
  python: Interpreter,
  value: Value,
  of: Value,
  words = "isinstance() arg 2 must be a type, a tuple of types, or a union",
): Soon<boolean> => {
  if (of instanceof PyClass) {
    if (of.meta && ownMethod(of.meta, "__instancecheck__") !== undefined) return instanceOfMeta(python, value, of)
    return typeOf(value).isSubclass(of)
  }
  if (of instanceof Tuple) {
    for (const one of of.items) {
      const answer = isInstance(python, value, one, words)
      if (isTask(answer)) return eachInstance(python, value, of.items, words)
      if (answer) return true
    }
    return false
  }
  throw typeError(words)
}

function* eachInstance(python: Interpreter, value: Value, of: readonly Value[], words: string): Task<boolean> {
  for (const one of of) {
    const answer = isInstance(python, value, one, words)
    if (isTask(answer) ? yield* answer : answer) return true
  }
  return false
}

/** What `raise` throws for its operand. */
export function* exceptionFrom(python: Interpreter, value: Value): Task<PyException> {
  if (value instanceof PyException) return value
  if (value instanceof PyClass && value.isSubclass(BASE_EXCEPTION)) {
    const made = yield* python.call(value, [])
    if (made instanceof PyException) return made
  }
  throw raised("TypeError", "exceptions must derive from BaseException")
}
