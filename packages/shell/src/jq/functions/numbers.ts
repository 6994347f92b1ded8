/** Functions of mathematics, by the names of the C library (libm.h). */
import type { Json } from "../json.ts"
import type { Native } from "../native.ts"
import { number } from "./arguments.ts"

const math =
  (work: (x: number) => number): Native =>
  (input) =>
    work(number(input))
const math2 =
  (work: (x: number, y: number) => number): Native =>
  (_, [x, y]) =>
    work(number(x), number(y))

/** Mantissa in [0.5, 1) and exponent of 2. */
const frexp = (x: number): [number, number] => {
  if (x === 0 || !Number.isFinite(x)) return [x, 0]
  let exponent = Math.max(-1_023, Math.floor(Math.log2(Math.abs(x))) + 1)
  let mantissa = x * 2 ** -exponent
  while (Math.abs(mantissa) < 0.5) {
    mantissa *= 2
    exponent--
  }
  while (Math.abs(mantissa) >= 1) {
    mantissa /= 2
    exponent++
  }
  return [mantissa, exponent]
}

/** Half goes to the even neighbour. */
const nearest = (x: number): number => {
  const floor = Math.floor(x)
  if (x - floor === 0.5) return floor % 2 === 0 ? floor : floor + 1
  return Math.round(x)
}

/** Lanczos' approximation, g = 7. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

const logGamma = (x: number): number => {
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x)
  const t = x + 6.5
  const series = LANCZOS.reduce((sum, coefficient, at) => sum + (at === 0 ? coefficient : coefficient / (x - 1 + at)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series)
}

const gamma = (x: number): number => {
  if (Number.isInteger(x) && x > 0 && x < 24) {
    let product = 1
    for (let factor = 2; factor < x; factor++) product *= factor
    return product
  }
  return x < 0.5 ? Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x)) : Math.exp(logGamma(x))
}

const isNormal = (input: Json): boolean => {
  const x = Math.abs(number(input))
  return Number.isFinite(x) && x >= 2.2250738585072014e-308
}

const OF_ONE = {
  floor: Math.floor,
  ceil: Math.ceil,
  sqrt: Math.sqrt,
  round: (x: number) => Math.sign(x) * Math.round(Math.abs(x)),
  trunc: Math.trunc,
  rint: nearest,
  nearbyint: nearest,
  fabs: Math.abs,
  abs: Math.abs,
  exp: Math.exp,
  exp2: (x: number) => 2 ** x,
  exp10: (x: number) => 10 ** x,
  pow10: (x: number) => 10 ** x,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  logb: (x: number) => (x === 0 ? Number.NEGATIVE_INFINITY : frexp(x)[1] - 1),
  gamma: logGamma,
  lgamma: logGamma,
  tgamma: gamma,
  significand: (x: number) => (x === 0 || !Number.isFinite(x) ? x : frexp(x)[0] * 2),
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  cbrt: Math.cbrt,
} as const

const OF_TWO = {
  pow: (x: number, y: number) => x ** y,
  atan2: Math.atan2,
  fmin: (x: number, y: number) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.min(x, y)),
  fmax: (x: number, y: number) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.max(x, y)),
  fmod: (x: number, y: number) => x % y,
  hypot: Math.hypot,
  copysign: (x: number, y: number) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x)),
  drem: (x: number, y: number) => x - y * nearest(x / y),
  ldexp: (x: number, y: number) => x * 2 ** y,
  scalb: (x: number, y: number) => x * 2 ** y,
  scalbln: (x: number, y: number) => x * 2 ** y,
} as const

export const numbers: Readonly<Record<string, Native>> = {
  ...Object.fromEntries(Object.entries(OF_ONE).map(([name, work]) => [`${name}/0`, math(work)])),
  ...Object.fromEntries(Object.entries(OF_TWO).map(([name, work]) => [`${name}/2`, math2(work)])),
  "fma/3": (_, [x, y, z]) => number(x) * number(y) + number(z),
  "infinite/0": () => Number.POSITIVE_INFINITY,
  "nan/0": () => Number.NaN,
  "isinfinite/0": (input) => Math.abs(number(input)) === Number.POSITIVE_INFINITY,
  "isnan/0": (input) => Number.isNaN(number(input)),
  "isnormal/0": isNormal,
  "frexp/0": (input) => frexp(number(input)),
  "modf/0": (input) => {
    const x = number(input)
    return Number.isFinite(x) ? [x - Math.trunc(x), Math.trunc(x)] : [0, x]
  },
}
