/** The functions of bc -l, by the series of its library (libmath.b): every digit asked for is right but for the last. */
import { add, type Decimal, divide, fromInteger, multiply, negate, ONE, order, squareRoot, withScale, ZERO } from "./decimal.ts"

/** Gives way now and then: series of thousands of digits take long. */
export type Breath = () => boolean

const half = (value: Decimal, by: bigint): Decimal => ({ digits: value.digits / by, scale: value.scale })

function* series(first: Decimal, next: (term: Decimal, at: number) => Decimal): Generator<undefined, Decimal> {
  let sum = first
  let term = first
  for (let at = 1; ; at++) {
    term = next(term, at)
    if (term.digits === 0n) return sum
    sum = add(sum, term)
    if (at % 16 === 0) yield
  }
}

export function* exponential(value: Decimal, scale: number): Generator<undefined, Decimal> {
  if (value.digits < 0n) {
    const inverse = yield* exponential(negate(value), scale + 4)
    return withScale(divide(ONE, inverse, scale + 2), scale)
  }
  const whole = Number(withScale(value, 0).digits)
  const places = scale + 10 + Math.ceil(whole * 0.45)
  let halved = 0
  let x = withScale(value, places)
  while (order(x, ONE) > 0) {
    x = half(x, 2n)
    halved++
  }
  let sum = yield* series(withScale(ONE, places), (term, at) => half(multiply(term, x, places), BigInt(at)))
  sum = withScale(sum, places)
  for (; halved > 0; halved--) sum = withScale(multiply(sum, sum, places), places)
  return withScale(sum, scale)
}

export function* logarithm(value: Decimal, scale: number): Generator<undefined, Decimal> {
  if (value.digits <= 0n) return { digits: 1n - 10n ** BigInt(scale), scale: 0 }
  const places = scale + 12
  let x = withScale(value, Math.max(places, value.scale))
  let factor = 2n
  // Roots bring it near to one.
  const [low, high] = [fromText("0.5"), fromInteger(2)]
  while (order(x, high) >= 0 || order(x, low) <= 0) {
    x = squareRoot(x, places)
    factor *= 2n
    yield
  }
  const ratio = divide(add(x, negate(ONE)), add(x, ONE), places)
  const square = withScale(multiply(ratio, ratio, places), places)
  let power = ratio
  const sum = yield* sumOf(ratio, (at) => {
    power = withScale(multiply(power, square, places), places)
    return half(power, BigInt(2 * at + 1))
  })
  return withScale({ digits: sum.digits * factor, scale: sum.scale }, scale)
}

const fromText = (text: string): Decimal => ({ digits: BigInt(text.replace(".", "")), scale: text.split(".")[1]?.length ?? 0 })

function* sumOf(first: Decimal, term: (at: number) => Decimal): Generator<undefined, Decimal> {
  let sum = first
  for (let at = 1; ; at++) {
    const next = term(at)
    if (next.digits === 0n) return sum
    sum = add(sum, next)
    if (at % 16 === 0) yield
  }
}

export function* arctangent(value: Decimal, scale: number): Generator<undefined, Decimal> {
  if (value.digits < 0n) return negate(yield* arctangent(negate(value), scale))
  const places = scale + 10
  let x = withScale(value, places)
  let factor = 1n
  // atan(x) = 2 atan(x / (1 + sqrt(1 + x²))).
  while (order(x, fromText("0.2")) > 0) {
    x = divide(x, add(ONE, squareRoot(add(ONE, multiply(x, x, places)), places)), places)
    factor *= 2n
    yield
  }
  const square = withScale(multiply(x, x, places), places)
  let power = x
  const sum = yield* sumOf(x, (at) => {
    power = negate(withScale(multiply(power, square, places), places))
    return half(power, BigInt(2 * at + 1))
  })
  return withScale({ digits: sum.digits * factor, scale: sum.scale }, scale)
}

export function* sine(value: Decimal, scale: number): Generator<undefined, Decimal> {
  const places = scale + 10 + withScale(value, 0).digits.toString().length
  const quarter = yield* arctangent(ONE, places)
  const circle = { digits: quarter.digits * 8n, scale: quarter.scale }
  const turns = withScale(divide(value, circle, 0), 0).digits
  const x = withScale(add(value, negate({ digits: circle.digits * turns, scale: circle.scale })), places)
  const square = withScale(multiply(x, x, places), places)
  let power = x
  const sum = yield* sumOf(x, (at) => {
    power = negate(half(withScale(multiply(power, square, places), places), BigInt(2 * at * (2 * at + 1))))
    return power
  })
  return withScale(sum, scale)
}

export function* cosine(value: Decimal, scale: number): Generator<undefined, Decimal> {
  const quarter = yield* arctangent(ONE, scale + 10)
  return withScale(yield* sine(add(value, { digits: quarter.digits * 2n, scale: quarter.scale }), scale + 2), scale)
}

/** Bessel's function of whole order. */
export function* bessel(orderOf: Decimal, value: Decimal, scale: number): Generator<undefined, Decimal> {
  const n = Number(withScale(orderOf, 0).digits)
  const count = Math.min(1_000, Math.abs(n))
  const places = scale + 10 + count
  const x = withScale(value, places)
  let first: Decimal = withScale(ONE, places)
  for (let at = 1; at <= count; at++) first = half(withScale(multiply(first, x, places), places), BigInt(2 * at))
  const square = withScale(multiply(x, x, places), places)
  let power = first
  const sum = yield* sumOf(first, (at) => {
    power = negate(half(withScale(multiply(power, square, places), places), BigInt(4 * at * (count + at))))
    return power
  })
  const signed = n < 0 && count % 2 === 1 ? negate(sum) : sum
  return value.digits === 0n && count > 0 ? ZERO : withScale(signed, scale)
}
