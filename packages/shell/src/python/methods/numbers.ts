/** int, bool and float: their makers and methods. */
import { classMethods, getters, maker, methods } from "../objects/define.ts"
import {
  bitsOf,
  type Int,
  integer,
  isInt,
  parseFloatText,
  parseIntText,
  plainNumber,
  toCount,
  toFloat,
  toIndex,
} from "../objects/numbers.ts"
import { raised, typeError, valueError } from "../objects/raise.ts"
import { ownMethod, quoted } from "../objects/text.ts"
import {
  BOOL,
  Bytes,
  FLOAT,
  Instance,
  INT,
  type PyClass,
  PyFloat,
  PyObject,
  type Task,
  Tuple,
  typeOf,
  type Value,
} from "../objects/values.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { truncated } from "../run/rounding.ts"

/** int(value, base). */
export function* toInt(python: Interpreter, value: Value, base: Value | undefined): Task<Int> {
  if (base !== undefined && typeof value !== "string" && !(value instanceof Bytes))
    throw typeError("int() can't convert non-string with explicit base")
  const text =
    value instanceof Instance && typeof value.value === "string"
      ? value.value
      : value instanceof Bytes
        ? new TextDecoder().decode(value.data)
        : value
  if (typeof text === "string") {
    const radix = base === undefined ? 10 : toCount(base)
    if (radix !== 0 && (radix < 2 || radix > 36)) throw valueError("int() base must be >= 2 and <= 36, or 0")
    const parsed = parseIntText(text, radix)
    if (parsed === undefined) throw valueError(`invalid literal for int() with base ${radix}: ${yield* python.repr(value)}`)
    return parsed
  }
  if (value instanceof Instance) {
    for (const name of ["__int__", "__index__", "__trunc__"])
      if (ownMethod(value.cls, name) !== undefined) {
        const result = yield* python.callMethod(value, name, [])
        if (isInt(result)) return toIndex(result)
      }
  }
  const number = plainNumber(value)
  if (number instanceof PyFloat) return truncated(number.value)
  if (number !== undefined) return number
  throw typeError(`int() argument must be a string, a bytes-like object or a real number, not '${typeOf(value).name}'`)
}

export function* toPyFloat(python: Interpreter, value: Value): Task<number> {
  if (typeof value === "string") {
    const parsed = parseFloatText(value)
    if (parsed === undefined) throw valueError(`could not convert string to float: ${quoted(value)}`)
    return parsed
  }
  if (value instanceof PyObject && !(value instanceof PyFloat) && ownMethod(value.cls, "__float__") !== undefined) {
    const result = yield* python.callMethod(value, "__float__", [])
    return toFloat(result)
  }
  return toFloat(value, `float() argument must be a string or a real number, not '${typeOf(value).name}'`)
}

const bytesOf = (value: Int, length: number, order: string, signed: boolean): Uint8Array => {
  let rest = BigInt(value)
  const limit = 1n << BigInt(length * 8)
  if (rest < 0n) {
    if (!signed) throw raised("OverflowError", "can't convert negative int to unsigned")
    rest += limit
  }
  if (rest >= limit || rest < 0n) throw raised("OverflowError", "int too big to convert")
  const data = new Uint8Array(length)
  for (let index = 0; index < length; index++) {
    data[order === "little" ? index : length - 1 - index] = Number(rest & 255n)
    rest >>= 8n
  }
  return data
}

/** A double as a fraction. */
const fraction = (value: number): readonly [bigint, bigint] => {
  let denominator = 1n
  let numerator = value
  while (!Number.isInteger(numerator)) {
    numerator *= 2
    denominator *= 2n
  }
  return [BigInt(numerator), denominator]
}

export const installNumbers = (): void => {
  maker(INT, "value=, base=", function* (python, [cls, value, base]) {
    const made = value === undefined ? 0 : yield* toInt(python, value, base)
    return cls === INT ? made : new Instance(cls as PyClass, made)
  })
  maker(BOOL, "value=", function* (python, [, value]) {
    return value !== undefined && (yield* python.truth(value))
  })
  maker(FLOAT, "value=", function* (python, [cls, value]) {
    const made = new PyFloat(value === undefined ? 0 : yield* toPyFloat(python, value))
    return cls === FLOAT ? made : new Instance(cls as PyClass, made)
  })
  const int = (value: Value) => toIndex(value)
  methods(INT, {
    bit_length: [
      "self",
      (_, [self]) =>
        typeof int(self) === "number" ? bitsOf(int(self)) : BigInt(int(self) < 0 ? -int(self) : int(self)).toString(2).length,
    ],
    bit_count: [
      "self",
      (_, [self]) =>
        BigInt(int(self) < 0 ? -int(self) : int(self))
          .toString(2)
          .replaceAll("0", "").length,
    ],
    to_bytes: [
      "self, length=, byteorder=, signed=",
      (_, [self, length, order, signed]) =>
        new Bytes(bytesOf(int(self), length === undefined ? 1 : toCount(length), String(order ?? "big"), signed === true)),
    ],
    is_integer: ["self", () => true],
    conjugate: ["self", (_, [self]) => int(self)],
    as_integer_ratio: ["self", (_, [self]) => new Tuple([int(self), 1])],
    __index__: ["self", (_, [self]) => int(self)],
  })
  classMethods(INT, {
    from_bytes: [
      "cls, bytes, byteorder=, signed=",
      (_, [, bytes, order, signed]) => {
        const data = bytes instanceof Bytes ? [...bytes.data] : []
        if (order === "little") data.reverse()
        let value = 0n
        for (const byte of data) value = (value << 8n) | BigInt(byte)
        if (signed === true && data.length > 0 && data[0] & 128) value -= 1n << BigInt(data.length * 8)
        return integer(value)
      },
    ],
  })
  getters(INT, { real: (_, self) => int(self), imag: () => 0, numerator: (_, self) => int(self), denominator: () => 1 })
  const float = (value: Value) => toFloat(value)
  methods(FLOAT, {
    is_integer: ["self", (_, [self]) => Number.isInteger(float(self))],
    as_integer_ratio: ["self", (_, [self]) => new Tuple(fraction(float(self)).map(integer))],
    hex: ["self", (_, [self]) => float(self).toString(16)],
    conjugate: ["self", (_, [self]) => new PyFloat(float(self))],
  })
  getters(FLOAT, { real: (_, self) => new PyFloat(float(self)), imag: () => new PyFloat(0) })
}
