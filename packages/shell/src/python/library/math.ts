/** math. */
import { type Int, integer, isInt, plainNumber, toFloat, toIndex } from "../objects/numbers.ts"
import { raised, typeError, valueError } from "../objects/raise.ts"
import { ownMethod } from "../objects/text.ts"
import { PyFloat, PyObject, type Task, Tuple, typeOf, type Value } from "../objects/values.ts"
import type { MethodTable } from "../objects/define.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { binary } from "../run/operators.ts"
import { truncated } from "../run/rounding.ts"
import { defineModule } from "./define-module.ts"

/** Where a result is no number although the argument was one. */
const checked = (result: number, ...from: number[]): PyFloat => {
  if (Number.isNaN(result) && !from.some(Number.isNaN)) throw valueError("math domain error")
  if (!Number.isFinite(result) && from.every(Number.isFinite)) throw raised("OverflowError", "math range error")
  return new PyFloat(result)
}

const plain = (
  names: readonly (
    | "sqrt"
    | "sin"
    | "cos"
    | "tan"
    | "asin"
    | "acos"
    | "atan"
    | "sinh"
    | "cosh"
    | "tanh"
    | "exp"
    | "cbrt"
    | "expm1"
    | "log1p"
    | "asinh"
    | "acosh"
    | "atanh"
  )[],
): MethodTable =>
  Object.fromEntries(
    names.map((name) => [name, ["x", (_: Interpreter, [x]: Value[]) => checked(Math[name](toFloat(x)), toFloat(x))] as const]),
  )

const rounded = (name: "floor" | "ceil" | "trunc") =>
  function* (python: Interpreter, [x]: Value[]): Task {
    if (x instanceof PyObject && ownMethod(x.cls, `__${name}__`) !== undefined) return yield* python.callMethod(x, `__${name}__`, [])
    const number = plainNumber(x)
    if (number !== undefined && !(number instanceof PyFloat)) return number
    return truncated(Number.isFinite(toFloat(x)) ? Math[name](toFloat(x)) : toFloat(x))
  }

const logarithm = (value: Value, base: (x: number) => number): number => {
  const number = plainNumber(value)
  if (number === undefined) throw typeError(`must be real number, not ${typeOf(value).name}`)
  if (typeof number === "bigint") {
    const text = number.toString(2)
    if (number <= 0n) throw valueError("math domain error")
    return base(Number(`0b${text.slice(0, 53)}`)) + base(2) * (text.length - 53)
  }
  const x = number instanceof PyFloat ? number.value : number
  if (x <= 0) throw valueError("math domain error")
  return base(x)
}

const greatest = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

const factorial = (python: Interpreter, value: Value): Int => {
  if (!isInt(value)) throw typeError(`'${typeOf(value).name}' object cannot be interpreted as an integer`)
  const number = Number(value)
  if (number < 0) throw valueError("factorial() not defined for negative values")
  if (number > 20_000) throw raised("MemoryError")
  let result = 1n
  for (let n = 2n; n <= BigInt(number); n++) result *= n
  python.budget -= number
  return integer(result)
}

const squareRoot = (value: bigint): bigint => {
  if (value < 0n) throw valueError("isqrt() argument must be nonnegative")
  if (value < 2n) return value
  let x = 1n << BigInt((value.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (x + value / x) >> 1n
    if (next >= x) return x
    x = next
  }
}

/** An exact sum (Shewchuk's partials). */
const exactSum = (values: readonly number[]): number => {
  const partials: number[] = []
  for (let value of values) {
    let count = 0
    for (let other of partials) {
      if (Math.abs(value) < Math.abs(other)) [value, other] = [other, value]
      const high = value + other
      const low = other - (high - value)
      if (low !== 0) partials[count++] = low
      value = high
    }
    partials.length = count
    partials.push(value)
  }
  return partials.reduce((sum, one) => sum + one, 0)
}

const choose = (n: bigint, k: bigint): bigint => {
  if (k > n) return 0n
  if (k > 50_000n) throw raised("MemoryError")
  let result = 1n
  for (let index = 1n; index <= (k < n - k ? k : n - k); index++) result = (result * (n - index + 1n)) / index
  return result
}

export const math = defineModule({
  name: "math",
  functions: {
    ...plain([
      "sqrt",
      "sin",
      "cos",
      "tan",
      "asin",
      "acos",
      "atan",
      "sinh",
      "cosh",
      "tanh",
      "exp",
      "cbrt",
      "expm1",
      "log1p",
      "asinh",
      "acosh",
      "atanh",
    ]),
    floor: ["x", rounded("floor")],
    ceil: ["x", rounded("ceil")],
    trunc: ["x", rounded("trunc")],
    fabs: ["x", (_, [x]) => new PyFloat(Math.abs(toFloat(x)))],
    pow: ["x, y", (_, [x, y]) => checked(toFloat(x) ** toFloat(y), toFloat(x), toFloat(y))],
    atan2: ["y, x", (_, [y, x]) => new PyFloat(Math.atan2(toFloat(y), toFloat(x)))],
    hypot: ["*coordinates", (_, values) => new PyFloat(Math.hypot(...values.map((value) => toFloat(value))))],
    dist: [
      "p, q",
      function* (python, [p, q]) {
        const [a, b] = [yield* python.collect(p), yield* python.collect(q)]
        return new PyFloat(Math.hypot(...a.map((value, index) => toFloat(value) - toFloat(b[index]))))
      },
    ],
    fmod: ["x, y", (_, [x, y]) => checked(toFloat(x) % toFloat(y), toFloat(x), toFloat(y))],
    modf: ["x", (_, [x]) => new Tuple([new PyFloat(toFloat(x) % 1), new PyFloat(Math.trunc(toFloat(x)))])],
    copysign: ["x, y", (_, [x, y]) => new PyFloat(Math.abs(toFloat(x)) * (toFloat(y) < 0 || Object.is(toFloat(y), -0) ? -1 : 1))],
    log: [
      "x, base=",
      (_, [x, base]) => {
        const top = logarithm(x, Math.log)
        if (base === undefined) return new PyFloat(top)
        const bottom = logarithm(base, Math.log)
        if (bottom === 0) throw raised("ZeroDivisionError", "float division by zero")
        return new PyFloat(top / bottom)
      },
    ],
    log2: ["x", (_, [x]) => new PyFloat(logarithm(x, Math.log2))],
    log10: ["x", (_, [x]) => new PyFloat(logarithm(x, Math.log10))],
    degrees: ["x", (_, [x]) => new PyFloat((toFloat(x) * 180) / Math.PI)],
    radians: ["x", (_, [x]) => new PyFloat((toFloat(x) * Math.PI) / 180)],
    isnan: ["x", (_, [x]) => Number.isNaN(toFloat(x))],
    isinf: ["x", (_, [x]) => Math.abs(toFloat(x)) === Infinity],
    isfinite: ["x", (_, [x]) => Number.isFinite(toFloat(x))],
    isclose: [
      "a, b, *-, rel_tol=, abs_tol=",
      (_, [a, b, relative, absolute]) => {
        const [x, y] = [toFloat(a), toFloat(b)]
        if (x === y) return true
        return (
          Math.abs(x - y) <=
          Math.max(
            (relative === undefined ? 1e-9 : toFloat(relative)) * Math.max(Math.abs(x), Math.abs(y)),
            absolute === undefined ? 0 : toFloat(absolute),
          )
        )
      },
    ],
    factorial: ["n", (python, [n]) => factorial(python, n)],
    gcd: ["*integers", (_, values) => integer(values.reduce<bigint>((sum, value) => greatest(sum, BigInt(toIndex(value))), 0n))],
    lcm: [
      "*integers",
      (_, values) =>
        integer(
          values.reduce<bigint>((sum, value) => {
            const next = BigInt(toIndex(value))
            if (next === 0n || sum === 0n) return 0n
            const product = (sum * next) / greatest(sum, next)
            return product < 0n ? -product : product
          }, 1n),
        ),
    ],
    comb: ["n, k", (_, [n, k]) => integer(choose(BigInt(toIndex(n)), BigInt(toIndex(k))))],
    perm: [
      "n, k=",
      (python, [n, k]) => {
        if (k === undefined) return factorial(python, n)
        let result = 1n
        const count = Number(toIndex(k))
        if (count > 20_000) throw raised("MemoryError")
        for (let index = 0; index < count; index++) result *= BigInt(toIndex(n)) - BigInt(index)
        return integer(result)
      },
    ],
    isqrt: ["n", (_, [n]) => integer(squareRoot(BigInt(toIndex(n))))],
    fsum: [
      "values",
      function* (python, [values]) {
        return new PyFloat(exactSum((yield* python.collect(values)).map((value) => toFloat(value))))
      },
    ],
    prod: [
      "iterable, *-, start=",
      function* (python, [values, start]) {
        let result: Value = start ?? 1
        for (const value of yield* python.collect(values)) result = yield* python.settle(binary(python, "*", result, value))
        return result
      },
    ],
  },
  values: () => ({
    pi: new PyFloat(Math.PI),
    e: new PyFloat(Math.E),
    tau: new PyFloat(2 * Math.PI),
    inf: new PyFloat(Infinity),
    nan: new PyFloat(Number.NaN),
  }),
})
