/** awk's functions of plain values. */
import type { Process } from "@drydock/machine"
import { formatDate } from "../text/date.ts"
import { asciiCase, byteIndex, byteLength, byteSlice } from "./bytes.ts"
import { AwkError } from "./syntax.ts"
import { formatted, toNumber, type Value } from "./values.ts"

export interface Random {
  seed: number
  state: number
}

/** Numbers that follow from a seed, as srand promises. */
const nextRandom = (random: Random): number => {
  random.state = (Math.imul(random.state, 1_664_525) + 1_013_904_223) >>> 0
  return random.state / 4_294_967_296
}

/** Undefined for what is no function of this kind. */
export const callBuiltin = (
  name: string,
  values: readonly Value[],
  context: { process: Process; random: Random; record: () => Value; text: (value: Value) => string },
): Value | undefined => {
  const text = (at: number) => context.text(values[at] ?? "")
  const number = (at: number) => toNumber(values[at] ?? 0)
  switch (name) {
    case "length": {
      return byteLength(values.length === 0 ? context.text(context.record()) : text(0))
    }
    case "substr": {
      const source = text(0)
      const start = Math.round(number(1))
      const end = values[2] === undefined ? Number.POSITIVE_INFINITY : start + Math.round(number(2))
      return byteSlice(source, Math.max(0, start - 1), Math.max(0, end - 1))
    }
    case "index":
      return byteIndex(text(0), text(1))
    case "toupper":
      return asciiCase(text(0), true)
    case "tolower":
      return asciiCase(text(0), false)
    case "sprintf":
      return formatted(text(0), values.slice(1), context.text)
    case "int":
      return Math.trunc(number(0))
    case "sqrt":
      return Math.sqrt(number(0))
    case "exp":
      return Math.exp(number(0))
    case "log":
      return Math.log(number(0))
    case "sin":
      return Math.sin(number(0))
    case "cos":
      return Math.cos(number(0))
    case "atan2":
      return Math.atan2(number(0), number(1))
    case "rand":
      return nextRandom(context.random)
    case "srand": {
      const before = context.random.seed
      context.random.seed = values.length > 0 ? number(0) : Math.floor(context.process.now() / 1_000)
      context.random.state = (Math.trunc(context.random.seed) ^ 0x5bd1e995) >>> 0
      nextRandom(context.random)
      return before
    }
    case "systime":
      return Math.floor(context.process.now() / 1_000)
    case "mktime": {
      const [year, month, day, hour, minute, second] = text(0).trim().split(/\s+/).map(Number)
      const at = Date.UTC(year, month - 1, day, hour, minute, second)
      return Number.isNaN(at) ? -1 : at / 1_000
    }
    case "strftime":
      return formatDate(values.length > 0 ? text(0) : "%c", values.length > 1 ? number(1) * 1_000 : context.process.now())
    default:
      throw new AwkError(`function ${name} never defined`)
  }
}
