/** str.format: fields by position, name, attribute and index. */
import { asciiOnly } from "../objects/text.ts"
import { raised, valueError } from "../objects/raise.ts"
import type { Keywords, Task, Value } from "../objects/values.ts"
import { getAttribute } from "./attributes.ts"
import { formatValue } from "./formatting.ts"
import type { Interpreter } from "./interpreter.ts"
import { getItem } from "./subscripts.ts"

interface Arguments {
  readonly args: readonly Value[]
  readonly keywords: Keywords
  readonly mapping: Value | undefined
  next: number
}

function* fieldValue(python: Interpreter, name: string, given: Arguments): Task {
  const [, first = "", rest = ""] = /^([^.[]*)(.*)$/s.exec(name) ?? []
  let value: Value | undefined
  if (first === "" || /^\d+$/.test(first)) {
    const index = first === "" ? given.next++ : Number(first)
    value = given.args[index]
    if (value === undefined) throw raised("IndexError", `Replacement index ${index} out of range for positional args tuple`)
  } else if (given.mapping !== undefined) value = yield* python.settle(getItem(python, given.mapping, first))
  else {
    value = given.keywords.get(first)
    if (value === undefined) throw raised("KeyError", first)
  }
  for (const [, attribute, index] of rest.matchAll(/\.([^.[]+)|\[([^\]]*)\]/g)) {
    if (attribute !== undefined) value = yield* python.settle(getAttribute(python, value, attribute))
    else value = yield* python.settle(getItem(python, value, /^\d+$/.test(index) ? Number(index) : index))
  }
  return value
}

/** Where a field that begins before `start` ends. */
const fieldEnd = (text: string, start: number): number => {
  let depth = 1
  for (let at = start; at < text.length; at++) {
    if (text[at] === "{") depth++
    else if (text[at] === "}" && --depth === 0) return at
  }
  throw valueError(start >= text.length ? "Single '{' encountered in format string" : "expected '}' before end of string")
}

function* expand(python: Interpreter, text: string, given: Arguments, depth: number): Task<string> {
  let result = ""
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if ((character === "{" || character === "}") && text[at + 1] === character && depth === 0) {
      result += character
      at++
    } else if (character === "}") throw valueError("Single '}' encountered in format string")
    else if (character !== "{") result += character
    else {
      if (depth > 1) throw valueError("Max string recursion exceeded")
      const end = fieldEnd(text, at + 1)
      const [, name, conversion, specification = ""] = /^([^!:[]*(?:\[[^\]]*\][^!:[]*)*)(?:!(.))?(?::([\s\S]*))?$/.exec(
        text.slice(at + 1, end),
      ) ?? ["", "", undefined, undefined]
      let value = yield* fieldValue(python, name, given)
      if (conversion === "r") value = yield* python.repr(value)
      else if (conversion === "s") value = yield* python.str(value)
      else if (conversion === "a") value = asciiOnly(yield* python.repr(value))
      const wanted = specification.includes("{") ? yield* expand(python, specification, given, depth + 1) : specification
      result += yield* formatValue(python, value, wanted)
      at = end
    }
  }
  return result
}

export function* formatFields(python: Interpreter, text: string, args: readonly Value[], keywords: Keywords, mapping?: Value): Task {
  return yield* expand(python, text, { args, keywords, mapping, next: 0 }, 0)
}
