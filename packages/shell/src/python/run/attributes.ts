/** object.name: descriptors, the object's own attributes, its class's, and __getattr__. */
import { raised, typeError } from "../objects/raise.ts"
import { ownMethod } from "../objects/text.ts"
import {
  BoundMethod,
  ClassMethod,
  Dict,
  Instance,
  isTask,
  Module,
  Native,
  NativeProperty,
  OBJECT,
  Property,
  PyClass,
  PyException,
  PyFunction,
  PyObject,
  type Soon,
  StaticMethod,
  SuperObject,
  type Task,
  Tuple,
  typeOf,
  type Value,
} from "../objects/values.ts"
import type { Interpreter } from "./interpreter.ts"

export const noAttribute = (owner: string, name: string, object: Value): PyException => {
  const error = raised("AttributeError", `${owner} has no attribute '${name}'`)
  error.attrs?.map.set("name", name).set("obj", object)
  return error
}

/** What a class attribute is when it is reached through an object. */
const bound = (python: Interpreter, found: Value, object: Value, cls: PyClass): Soon => {
  if (found instanceof PyFunction) return new BoundMethod(object, found)
  if (found instanceof Native) return found.owner ? new BoundMethod(object, found) : found
  if (found instanceof ClassMethod) return new BoundMethod(cls, found.callee)
  if (found instanceof StaticMethod) return found.callee
  if (found instanceof Instance && found.cls.lookup("__get__") !== undefined) return python.callMethod(found, "__get__", [object, cls])
  return found
}

const classAttribute = (python: Interpreter, cls: PyClass, name: string): Soon | undefined => {
  switch (name) {
    case "__name__":
      return cls.name.slice(cls.name.lastIndexOf(".") + 1)
    case "__qualname__":
      return cls.dict.map.get("__qualname__") ?? cls.name
    case "__module__":
      return cls.module
    case "__mro__":
      return new Tuple(cls.mro)
    case "__bases__":
      return new Tuple(cls.bases)
    case "__base__":
      return cls.bases[0] ?? null
    case "__dict__":
      return cls.dict
    case "__doc__":
      return cls.dict.map.get("__doc__") ?? null
    case "__class__":
      return cls.cls
  }
  const found = cls.lookup(name)
  if (found !== undefined) {
    if (found instanceof ClassMethod) return new BoundMethod(cls, found.callee)
    if (found instanceof StaticMethod) return found.callee
    if (found instanceof Instance && found.cls.lookup("__get__") !== undefined) return python.callMethod(found, "__get__", [null, cls])
    return found
  }
  const meta = cls.cls.lookup(name)
  if (meta === undefined) return undefined
  if (meta instanceof Property) return python.call(meta.get, [cls])
  if (meta instanceof NativeProperty) return meta.get(python, cls)
  return bound(python, meta, cls, cls.cls)
}

const superAttribute = (python: Interpreter, { owner, self }: SuperObject, name: string): Soon => {
  const onClass = self instanceof PyClass && self.mro.includes(owner)
  const start = onClass ? self : typeOf(self)
  const mro = start.mro
  for (const cls of mro.slice(mro.indexOf(owner) + 1)) {
    const found = cls.dict.map.get(name)
    if (found === undefined) continue
    if (found instanceof Property) return python.call(found.get, [self])
    if (found instanceof NativeProperty) return found.get(python, self)
    if (onClass && !(found instanceof ClassMethod)) return found instanceof StaticMethod ? found.callee : found
    return bound(python, found, self, start)
  }
  throw noAttribute("'super' object", name, self)
}

/** Attributes that every object has, and those of functions. */
const special = (object: PyObject, name: string): Value | undefined => {
  if (name === "__class__") return object.cls
  if (name === "__dict__" && object.attrs) return object.attrs
  if (name === "__doc__") return object instanceof PyFunction ? (object.code.documentation ?? null) : (object.cls.lookup("__doc__") ?? null)
  if (object instanceof PyFunction)
    switch (name) {
      case "__name__":
        return object.name
      case "__qualname__":
        return object.qualifiedName
      case "__module__":
        return object.scope.globals.map.get("__name__") ?? null
      case "__annotations__":
        return (object.annotations ??= new Dict())
      case "__defaults__":
        return object.defaults.size === 0 ? null : new Tuple([...object.defaults.values()])
    }
  if (object instanceof Native && (name === "__name__" || name === "__qualname__")) return object.name
  if (object instanceof BoundMethod) {
    if (name === "__self__") return object.self
    if (name === "__func__") return object.callee
    if (object.callee instanceof PyFunction) return special(object.callee, name)
    if (object.callee instanceof Native && (name === "__name__" || name === "__qualname__")) return object.callee.name
  }
  if (object instanceof Property) {
    if (name === "setter" || name === "getter" || name === "deleter")
      return new Native(name, "function", (_, [callee]) =>
        name === "setter"
          ? new Property(object.get, callee, object.remove)
          : name === "getter"
            ? new Property(callee, object.set, object.remove)
            : new Property(object.get, object.set, callee),
      )
    if (name === "fget") return object.get
  }
  if (object instanceof ClassMethod || object instanceof StaticMethod) if (name === "__func__") return object.callee
  return undefined
}

function* viaHook(python: Interpreter, object: Value, name: string, hook: string): Task {
  return yield* python.callMethod(object, hook, [name])
}

/** Throws AttributeError. */
export const getAttribute = (python: Interpreter, object: Value, name: string): Soon => {
  if (object instanceof SuperObject) return superAttribute(python, object, name)
  if (object instanceof PyClass) {
    const found = classAttribute(python, object, name)
    if (found !== undefined) return found
    throw noAttribute(`type object '${object.name}'`, name, object)
  }
  const cls = typeOf(object)
  const found = cls.lookup(name)
  if (found instanceof Property) return found.get === null ? unreadable(cls, name, object) : propertyValue(python, found, object, cls, name)
  if (found instanceof NativeProperty) return found.get(python, object)
  if (object instanceof PyObject) {
    const own = object.attrs?.map.get(name)
    if (own !== undefined) return own
  }
  if (found !== undefined) return bound(python, found, object, cls)
  if (object instanceof PyObject) {
    const value = special(object, name)
    if (value !== undefined) return value
  } else if (name === "__class__") return cls
  else if (name === "__doc__") return null
  if (object instanceof Module) throw noAttribute(`module '${object.name}'`, name, object)
  if (cls.lookup("__getattr__") !== undefined) return viaHook(python, object, name, "__getattr__")
  if (object instanceof BoundMethod && object.callee instanceof PyFunction && object.callee.attrs) {
    const own = object.callee.attrs.map.get(name)
    if (own !== undefined) return own
  }
  throw noAttribute(`'${cls.name}' object`, name, object)
}

const unreadable = (cls: PyClass, name: string, object: Value): never => {
  throw noAttribute(`property '${name}' of '${cls.name}' object`, "getter", object)
}

/** A property whose getter raises AttributeError leaves the word to __getattr__. */
function* propertyValue(python: Interpreter, property: Property, object: Value, cls: PyClass, name: string): Task {
  try {
    return yield* python.call(property.get, [object])
  } catch (error) {
    if (!(error instanceof PyException) || error.cls.name !== "AttributeError" || cls.lookup("__getattr__") === undefined) throw error
    return yield* viaHook(python, object, name, "__getattr__")
  }
}

const frozen = (cls: PyClass, name: string): PyException =>
  cls.lookup(name) !== undefined
    ? raised("AttributeError", `'${cls.name}' object attribute '${name}' is read-only`)
    : noAttribute(`'${cls.name}' object`, name, null)

export const setAttribute = (python: Interpreter, object: Value, name: string, value: Value): Soon => {
  if (object instanceof PyClass) {
    if (!object.custom) throw typeError(`cannot set '${name}' attribute of immutable type '${object.name}'`)
    if (name === "__name__" && typeof value === "string") object.name = value
    else object.dict.map.set(name, value)
    return null
  }
  const cls = typeOf(object)
  const found = cls.lookup(name)
  if (found instanceof Property) {
    if (found.set === null) throw raised("AttributeError", `property '${name}' of '${cls.name}' object has no setter`)
    return python.call(found.set, [object, value])
  }
  if (found instanceof NativeProperty) {
    if (!found.set) throw raised("AttributeError", `attribute '${name}' of '${cls.name}' objects is not writable`)
    found.set(python, object, value)
    return null
  }
  if (found instanceof Instance && found.cls.lookup("__set__") !== undefined) return python.callMethod(found, "__set__", [object, value])
  if (object instanceof PyObject && cls.custom && ownMethod(cls, "__setattr__") !== undefined)
    return python.callMethod(object, "__setattr__", [name, value])
  return plainSet(object, name, value)
}

/** object.__setattr__. */
export const plainSet = (object: Value, name: string, value: Value): null => {
  const cls = typeOf(object)
  if (object instanceof PyFunction) {
    if (name === "__name__" && typeof value === "string") object.name = value
    else if (name === "__qualname__" && typeof value === "string") object.qualifiedName = value
    else if (name !== "__doc__" && name !== "__module__") (object.attrs ??= new Dict()).map.set(name, value)
    return null
  }
  if (!(object instanceof PyObject)) throw frozen(cls, name)
  if (name === "__class__" && object instanceof Instance && value instanceof PyClass) {
    object.cls = value
    return null
  }
  if (!object.attrs) {
    if (!cls.custom) throw frozen(cls, name)
    object.attrs = new Dict()
  }
  const slots = cls.custom && cls.bases.every((base) => base === OBJECT) ? cls.dict.map.get("__slots__") : undefined
  if (slots instanceof PyObject && "items" in slots && Array.isArray(slots.items) && !slots.items.includes(name)) throw frozen(cls, name)
  object.attrs.map.set(name, value)
  return null
}

export const deleteAttribute = (python: Interpreter, object: Value, name: string): Soon => {
  const found = typeOf(object).lookup(name)
  if (found instanceof Property && found.remove !== null) return python.call(found.remove, [object])
  const attrs = object instanceof PyClass && object.custom ? object.dict : object instanceof PyObject ? object.attrs : undefined
  if (!attrs?.map.has(name))
    throw noAttribute(object instanceof PyClass ? `type object '${object.name}'` : `'${typeOf(object).name}' object`, name, object)
  attrs.remove(name)
  return null
}

/** getattr with a fallback; undefined where the attribute is not there. */
export function* attributeOr(python: Interpreter, object: Value, name: string): Task<Value | undefined> {
  try {
    const found = getAttribute(python, object, name)
    return isTask(found) ? yield* found : found
  } catch (error) {
    if (error instanceof PyException && error.cls.isSubclass(raised("AttributeError").cls)) return undefined
    throw error
  }
}
