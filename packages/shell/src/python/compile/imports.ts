/** import and from … import. */
import { raised } from "../objects/raise.ts"
import { List, type Module, Tuple, type Value } from "../objects/values.ts"
import { attributeOr } from "../run/attributes.ts"
import type { StatementOf } from "../syntax/nodes.ts"
import { PythonSyntaxError } from "../syntax/syntax-error.ts"
import { type Step, step } from "./code.ts"
import { storeName } from "./names.ts"
import type { Scope } from "./scope.ts"
import type { Interpreter } from "../run/interpreter.ts"

export const compileImport = (node: StatementOf<"import">, scope: Scope): Step => {
  const names = node.names.map(({ module, as }) => ({ module, as, store: storeName(scope, scope.mangled(as ?? module.split(".")[0])) }))
  return step(function* (frame) {
    for (const { module, as, store } of names) {
      frame.home.at = node
      const last = yield* frame.python.load(module)
      store(frame, as === undefined && module.includes(".") ? yield* frame.python.load(module.split(".")[0]) : last)
    }
    return undefined
  })
}

/** The module that a name of so many dots means, from `package`. */
const absolute = (module: string, level: number, own: Value | undefined): string => {
  if (level === 0) return module
  if (typeof own !== "string" || own === "") throw raised("ImportError", "attempted relative import with no known parent package")
  const parts = own.split(".")
  const base = parts.slice(0, parts.length - level + 1).join(".")
  return module === "" ? base : `${base}.${module}`
}

export const compileFrom = (node: StatementOf<"from">, scope: Scope): Step => {
  const names = node.names?.map(({ name, as }) => ({ name, store: storeName(scope, scope.mangled(as ?? name)) }))
  if (!names && scope.kind === "function") throw new PythonSyntaxError("import * only allowed at module level", node)
  return step(function* (frame) {
    const { python } = frame
    frame.home.at = node
    const path = absolute(node.module, node.level, frame.globals.map.get("__package__"))
    if (path === "__future__") return undefined
    const module = yield* python.load(path)
    if (!names) {
      const all = module.attrs.map.get("__all__")
      const listed = all instanceof List || all instanceof Tuple ? all.items : undefined
      for (const [key, value] of [...module.attrs.map])
        if (typeof key === "string" && (listed ? listed.includes(key) : !key.startsWith("_"))) storeName(scope, key)(frame, value)
      return undefined
    }
    for (const { name, store } of names) {
      let value: Value | undefined = yield* attributeOr(python, module, name)
      if (value === undefined) {
        const inner = yield* submodule(python, path, name)
        value = inner
      }
      if (value === undefined) {
        const file = module.attrs.map.get("__file__")
        const error = raised(
          "ImportError",
          `cannot import name '${name}' from '${module.name}' (${typeof file === "string" ? file : "unknown location"})`,
        )
        error.attrs?.map.set("name", module.name)
        throw error
      }
      store(frame, value)
    }
    return undefined
  })
}

function* submodule(python: Interpreter, path: string, name: string): import("../objects/values.ts").Task<Module | undefined> {
  try {
    return yield* python.load(`${path}.${name}`)
  } catch (error) {
    if (error instanceof Object && "cls" in error && (error.cls as { name: string }).name === "ModuleNotFoundError") return undefined
    throw error
  }
}
