/** text % values. */
import type { Interpreter } from "../run/interpreter.ts"
import { formatPercent } from "./format.ts"
import { toCount } from "./numbers.ts"
import { missingKey, keyOf } from "./keys.ts"
import { typeError, valueError } from "./raise.ts"
import { repr, str } from "./text.ts"
import { Bytes, Dict, isTask, type Task, Tuple, type Value } from "./values.ts"

const CONVERSION = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?[hlL]?([\s\S])?/g

export function* percentFormat(python: Interpreter, format: string, values: Value): Task {
  const items = values instanceof Tuple ? values.items : [values]
  let next = 0
  let named = false
  const take = (): Value => {
    if (next >= items.length) throw typeError("not enough arguments for format string")
    return items[next++]
  }
  let result = ""
  let last = 0
  for (const match of format.matchAll(CONVERSION)) {
    const [whole, name, flags, width, precision, type] = match
    result += format.slice(last, match.index)
    last = match.index + whole.length
    if (type === "%") {
      result += "%"
      continue
    }
    if (type === undefined) throw valueError("incomplete format")
    if (!"diouxXeEfFgGcrsa".includes(type))
      throw valueError(`unsupported format character '${type}' (0x${type.charCodeAt(0).toString(16)}) at index ${last - 1}`)
    const wide = width === "*" ? toCount(take(), "* wants int") : Number(width ?? 0)
    const places = whole.includes(".") ? (precision === "*" ? toCount(take(), "* wants int") : Number(precision ?? 0)) : undefined
    let value: Value
    if (name !== undefined) {
      if (!(values instanceof Dict)) throw typeError("format requires a mapping")
      named = true
      const found = values.map.get(keyOf(name))
      if (found === undefined) throw missingKey(name)
      value = found
    } else value = take()
    const shown =
      type === "s"
        ? value instanceof Bytes
          ? repr(python, value)
          : str(python, value)
        : type === "r" || type === "a"
          ? repr(python, value)
          : ""
    const text = isTask(shown) ? yield* shown : shown
    result += formatPercent(type, wide < 0 ? `${flags}-` : flags, Math.abs(wide), places, value, text)
  }
  if (next < items.length && !named && !(values instanceof Dict)) throw typeError("not all arguments converted during string formatting")
  return result + format.slice(last)
}
