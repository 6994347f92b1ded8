/** round(), int() and divmod() of numbers. */
import { floorDivide, type Int, integer, plainNumber, remainder, roundHalfEven, roundTo, toCount, floatModulo } from "../objects/numbers.ts"
import { raised, typeError, valueError } from "../objects/raise.ts"
import { ownMethod } from "../objects/text.ts"
import { PyFloat, PyObject, type Soon, Tuple, typeOf, type Value } from "../objects/values.ts"
import type { Interpreter } from "./interpreter.ts"

/** A float's whole part. Throws OverflowError, ValueError. */
export const truncated = (value: number): Int => {
  if (Number.isNaN(value)) throw valueError("cannot convert float NaN to integer")
  if (!Number.isFinite(value)) throw raised("OverflowError", "cannot convert float infinity to integer")
  const whole = Math.trunc(value)
  return Number.isSafeInteger(whole) ? whole || 0 : integer(BigInt(whole))
}

export const round = (python: Interpreter, value: Value, digits: Value | undefined): Soon => {
  if (value instanceof PyObject && ownMethod(value.cls, "__round__") !== undefined)
    return python.callMethod(value, "__round__", digits === undefined ? [] : [digits])
  const number = plainNumber(value)
  if (number === undefined) throw typeError(`type ${typeOf(value).name} doesn't define __round__ method`)
  const places = digits === undefined || digits === null ? undefined : toCount(digits)
  if (number instanceof PyFloat) {
    if (places !== undefined) return new PyFloat(roundTo(number.value, places))
    return truncated(Number.isFinite(number.value) ? roundHalfEven(number.value) : number.value)
  }
  if (places === undefined || places >= 0) return number
  const unit = 10n ** BigInt(Math.min(-places, 5_000))
  const whole = BigInt(number)
  const low = BigInt(floorDivide(integer(whole), integer(unit))) * unit
  const rest = (whole - low) * 2n
  return integer(rest > unit || (rest === unit && (low / unit) % 2n !== 0n) ? low + unit : low)
}

/** divmod(a, b). */
export const quotientAndRest = (a: Value, b: Value): Value => {
  const [x, y] = [plainNumber(a), plainNumber(b)]
  if (x === undefined || y === undefined)
    throw typeError(`unsupported operand type(s) for divmod(): '${typeOf(a).name}' and '${typeOf(b).name}'`)
  if (x instanceof PyFloat || y instanceof PyFloat) {
    const [left, right] = [x instanceof PyFloat ? x.value : Number(x), y instanceof PyFloat ? y.value : Number(y)]
    if (right === 0) throw raised("ZeroDivisionError", "float divmod()")
    return new Tuple([new PyFloat(Math.floor(left / right)), new PyFloat(floatModulo(left, right))])
  }
  return new Tuple([floorDivide(x, y), remainder(x, y)])
}
