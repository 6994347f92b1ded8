/** How native classes get their methods. */
import { Native, NativeProperty, type NativeRun, PyClass, StaticMethod, ClassMethod, type Value } from "./values.ts"
import type { Interpreter } from "../run/interpreter.ts"
import type { Soon } from "./values.ts"

export type MethodTable = Readonly<Record<string, readonly [parameters: string | undefined, run: NativeRun]>>

/** Adds methods; each takes the object first. */
export const methods = (cls: PyClass, table: MethodTable): void => {
  for (const [name, [parameters, run]] of Object.entries(table)) {
    const made = new Native(name, parameters, run)
    made.owner = cls
    cls.dict.map.set(name, made)
  }
}

/** Called on the class, without an object. */
export const statics = (cls: PyClass, table: MethodTable): void => {
  for (const [name, [parameters, run]] of Object.entries(table)) cls.dict.map.set(name, new StaticMethod(new Native(name, parameters, run)))
}

/** Called on the class, which they take first. */
export const classMethods = (cls: PyClass, table: MethodTable): void => {
  for (const [name, [parameters, run]] of Object.entries(table)) cls.dict.map.set(name, new ClassMethod(new Native(name, parameters, run)))
}

export const getters = (cls: PyClass, table: Readonly<Record<string, (python: Interpreter, self: Value) => Soon>>): void => {
  for (const [name, get] of Object.entries(table)) cls.dict.map.set(name, new NativeProperty(get))
}

/** __new__ of a native class: takes the class first. */
export const maker = (cls: PyClass, parameters: string | undefined, run: NativeRun): void => {
  cls.dict.map.set("__new__", new Native(cls.name, parameters === undefined ? undefined : `cls, ${parameters}`, run))
}

/** Functions of a module. */
export const functions = (table: MethodTable): [string, Native][] =>
  Object.entries(table).map(([name, [parameters, run]]) => [name, new Native(name, parameters, run)])

/** A class of a library module. */
export const nativeClass = (module: string, name: string, bases: readonly PyClass[]): PyClass => {
  const made = new PyClass(name, bases)
  made.module = module
  return made
}
