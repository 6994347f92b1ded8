/** What every program finds without an import. */
import { methods, maker } from "../objects/define.ts"
import { EXCEPTIONS } from "../objects/exceptions.ts"
import {
  BOOL,
  BYTEARRAY,
  BYTES,
  ClassMethod,
  CLASSMETHOD,
  DICT,
  ELLIPSIS,
  FLOAT,
  FROZENSET,
  INT,
  LIST,
  type Native,
  NOT_IMPLEMENTED,
  OBJECT,
  Property,
  PROPERTY,
  type PyClass,
  RANGE,
  SET,
  SLICE,
  StaticMethod,
  STATICMETHOD,
  STR,
  SUPER,
  SuperObject,
  TUPLE,
  TYPE,
  type Value,
} from "../objects/values.ts"
import { installBytes } from "../methods/bytes.ts"
import { installSequences } from "../methods/containers.ts"
import { installMappings } from "../methods/dicts.ts"
import { installNumbers } from "../methods/numbers.ts"
import { installObjects } from "../methods/objects.ts"
import { installStr } from "../methods/str.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { builtinFunctions } from "./functions.ts"

const CLASSES = [
  BOOL,
  BYTEARRAY,
  BYTES,
  CLASSMETHOD,
  DICT,
  FLOAT,
  FROZENSET,
  INT,
  LIST,
  OBJECT,
  PROPERTY,
  RANGE,
  SET,
  SLICE,
  STATICMETHOD,
  STR,
  SUPER,
  TUPLE,
  TYPE,
]

/** The classes are one for all interpreters; their methods are put in with the first. */
let installed: readonly (readonly [string, Native])[] | undefined

const install = (): readonly (readonly [string, Native])[] => {
  installObjects()
  installNumbers()
  installStr()
  installBytes()
  installSequences()
  installMappings()
  maker(PROPERTY, "fget=, fset=, fdel=, doc=", (_, [, get, set, remove]) => new Property(get ?? null, set ?? null, remove ?? null))
  maker(STATICMETHOD, "function", (_, [, callee]) => new StaticMethod(callee))
  maker(CLASSMETHOD, "function", (_, [, callee]) => new ClassMethod(callee))
  maker(SUPER, "type, object=", (_, [, owner, self]) => new SuperObject(owner as PyClass, self))
  methods(PROPERTY, {})
  return builtinFunctions()
}

const CONSTANTS: readonly (readonly [string, Value])[] = [
  ["NotImplemented", NOT_IMPLEMENTED],
  ["Ellipsis", ELLIPSIS],
  ["__debug__", true],
  ["__name__", "builtins"],
]

export const installBuiltins = (python: Interpreter): void => {
  installed ??= install()
  const { map } = python.builtins
  for (const [name, value] of installed) map.set(name, value)
  for (const cls of CLASSES) map.set(cls.name, cls)
  for (const [name, cls] of EXCEPTIONS) map.set(name, cls)
  map.set("IOError", EXCEPTIONS.get("OSError") as PyClass).set("EnvironmentError", EXCEPTIONS.get("OSError") as PyClass)
  for (const [name, value] of CONSTANTS) map.set(name, value)
}
