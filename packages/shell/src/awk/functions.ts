/** awk's functions of plain values. */
import type { Process } from "@drydock/machine"
import { formatDate } from "../text/date.ts"
import { AwkError } from "./syntax.ts"
import { formatted, gensub, regexOf, toNumber, UNSET, type Value } from "./values.ts"

export interface Random {
  seed: number
  state: number
}

/** Numbers that follow from a seed, as srand promises. */
const nextRandom = (random: Random): number => {
  random.state = (Math.imul(random.state, 1_664_525) + 1_013_904_223) >>> 0
  return random.state / 4_294_967_296
}

const whole = (value: number): bigint => BigInt(Number.isFinite(value) ? Math.trunc(value) : 0)

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
      const subject = values.length === 0 ? context.text(context.record()) : text(0)
      return /[\ud800-\udfff]/.test(subject) ? [...subject].length : subject.length
    }
    case "substr": {
      const source = text(0)
      const characters = /[\ud800-\udfff]/.test(source) ? [...source] : source
      const start = Math.round(number(1))
      const end = values[2] === undefined ? characters.length + 1 : start + Math.round(number(2))
      const part = characters.slice(Math.max(0, start - 1), Math.max(0, end - 1))
      return typeof part === "string" ? part : part.join("")
    }
    case "index":
      return text(0).indexOf(text(1)) + 1
    case "toupper":
      return text(0).toUpperCase()
    case "tolower":
      return text(0).toLowerCase()
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
    case "gensub":
      return gensub(regexOf(text(0)), text(1), text(2), context.text(values[3] ?? context.record()))
    case "and":
      return Number(whole(number(0)) & whole(number(1)))
    case "or":
      return Number(whole(number(0)) | whole(number(1)))
    case "xor":
      return Number(whole(number(0)) ^ whole(number(1)))
    case "lshift":
      return Number(BigInt.asUintN(53, whole(number(0)) << BigInt(Math.min(64, Math.max(0, Math.trunc(number(1)))))))
    case "rshift":
      return Number(whole(number(0)) >> BigInt(Math.min(64, Math.max(0, Math.trunc(number(1))))))
    case "compl":
      return Number(BigInt.asUintN(53, ~whole(number(0))))
    case "strtonum":
      return /^0[xX]/.test(text(0))
        ? Number.parseInt(text(0), 16) || 0
        : /^0[0-7]/.test(text(0))
          ? Number.parseInt(text(0), 8)
          : toNumber(values[0] ?? UNSET)
    default:
      throw new AwkError(`function ${name} never defined`)
  }
}
