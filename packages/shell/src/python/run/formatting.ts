/** format(value, specification). */
import { formatNative, formatText, parseSpecification } from "../objects/format.ts"
import { typeError } from "../objects/raise.ts"
import { ownMethod } from "../objects/text.ts"
import { PyObject, type Task, typeOf, type Value } from "../objects/values.ts"
import type { Interpreter } from "./interpreter.ts"

export function* formatValue(python: Interpreter, value: Value, specification: string): Task<string> {
  if (value instanceof PyObject && ownMethod(value.cls, "__format__") !== undefined) {
    const text = yield* python.callMethod(value, "__format__", [specification])
    if (typeof text !== "string") throw typeError(`__format__ must return a str, not ${typeOf(text).name}`)
    return text
  }
  const own = value instanceof PyObject && value.cls.custom && ownMethod(value.cls, "__str__") !== undefined
  const native = own ? undefined : formatNative(value, specification)
  if (native !== undefined) return native
  const text = yield* python.str(value)
  if (specification === "") return text
  if (!own && !(value instanceof PyObject && "value" in value && typeof value.value === "string"))
    throw typeError(`unsupported format string passed to ${typeOf(value).name}.__format__`)
  return formatText(text, parseSpecification(specification, text))
}
