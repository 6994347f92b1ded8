/** Functions over any value: its type, its length, its text, and what the program stands in. */
import { JqError } from "../error.ts"
import { type Json, typeOf } from "../json.ts"
import type { Job } from "../machine.ts"
import type { Native } from "../native.ts"
import { truth } from "../operators.ts"
import { printed } from "../print-json.ts"
import { JsonSyntaxError, parsed } from "../read-json.ts"
import { text, wanted } from "./arguments.ts"

const length = (input: Json): number => {
  if (input === null) return 0
  if (typeof input === "number") return Math.abs(input)
  if (typeof input === "string") {
    let count = input.length
    for (let at = 0; at < input.length; at++) if ((input.charCodeAt(at) & 0xfc00) === 0xdc00) count--
    return count
  }
  if (Array.isArray(input)) return input.length
  return input instanceof Map ? input.size : wanted(input, "has no length")
}

function* fromJson(input: Json): Job {
  const source = text(input, "only strings can be parsed")
  try {
    return yield* parsed(source)
  } catch (problem) {
    if (!(problem instanceof JsonSyntaxError)) throw problem
    throw new JqError(`${problem.message} (while parsing '${source}')`)
  }
}

const toNumber = (input: Json): Json => {
  if (typeof input === "number") return input
  const source = text(input, "cannot be parsed as a number").trim()
  if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(source)) return Number(source)
  if (source === "nan") return Number.NaN
  if (/^-?(true|false|null)$/.test(source)) return wanted(input, "cannot be parsed as a number")
  throw new JqError(
    `Invalid ${/^[tfn]/.test(source) ? "literal" : "numeric literal"} at EOF at line 1, column ${source.length} (while parsing '${String(input)}')`,
  )
}

const halt = (code: Json, value: Json, tell: boolean): never => {
  if (typeof code !== "number") throw new JqError("halt_error/1: number required")
  throw new JqError(value, { code: Math.trunc(code), tell })
}

export const values: Readonly<Record<string, Native>> = {
  "not/0": (input) => !truth(input),
  "type/0": typeOf,
  "length/0": (input, _, machine) => {
    if (typeof input === "string") machine.spend(input.length >> 6)
    return length(input)
  },
  "utf8bytelength/0": (input) => new TextEncoder().encode(text(input, "only strings have UTF-8 byte length")).length,
  "tostring/0": (input) => (typeof input === "string" ? input : printed(input)),
  "tojson/0": (input) => printed(input),
  "fromjson/0": fromJson,
  "tonumber/0": toNumber,
  "error/0": (input) => {
    throw new JqError(input)
  },
  "error/1": (_, [message]) => {
    throw new JqError(message)
  },
  "env/0": (_, __, machine) => new Map(machine.surroundings.environment),
  "now/0": (_, __, machine) => machine.surroundings.now() / 1_000,
  "input_line_number/0": (_, __, machine) => machine.surroundings.lines?.() ?? 0,
  "input_filename/0": (_, __, machine) => machine.surroundings.fileName?.() ?? null,
  "get_search_list/0": () => [],
  "halt/0": () => halt(0, null, false),
  "halt_error/0": (input) => halt(5, input, true),
  "halt_error/1": (input, [code]) => halt(code, input, true),
}
