/** sprig's arithmetic. As Masterminds/sprig/numeric.go: add and its like are of whole numbers, addf of floats. */
import { type Functions, typed } from "../functions.ts"
import { goFloat } from "../go-values.ts"
import { strval, toFloat, toInt } from "./values.ts"

const MOST = 100_000

const untilStep = (start: number, stop: number, step: number): number[] => {
  const list: number[] = []
  if ((stop < start && step >= 0) || (stop >= start && step <= 0)) return list
  for (let at = start; stop < start ? at > stop : at < stop; at += step) {
    if (list.length >= MOST) throw new Error("the list is too long")
    list.push(at)
  }
  return list
}

const seq = (...given: number[]): string => {
  const [start, step, end] = given.length === 1 ? [1, undefined, given[0]] : given.length === 2 ? [given[0], undefined, given[1]] : given
  if (given.length === 0 || given.length > 3) return ""
  const down = end < start ? -1 : 1
  if (step !== undefined && down < 0 && step > 0) return ""
  return untilStep(start, end + down, step ?? down).join(" ")
}

const ints = (first: unknown, rest: readonly unknown[], combine: (a: number, b: number) => number): number =>
  rest.reduce<number>((sum, next) => combine(sum, toInt(next)), toInt(first))

/** As a decimal: 0.1 and 0.2 are 0.3. */
const exact = (value: number): number => Number(value.toPrecision(15))
const floats = (first: unknown, rest: readonly unknown[], combine: (a: number, b: number) => number): unknown =>
  goFloat(exact(rest.reduce<number>((sum, next) => combine(sum, toFloat(next)), toFloat(first))))

const nonZero = (value: unknown): number => {
  const number = toInt(value)
  if (number === 0) throw new Error("runtime error: integer divide by zero")
  return number
}

const round = (value: unknown, places: unknown, on: unknown = 0.5): unknown => {
  const power = 10 ** toFloat(places)
  const digit = power * toFloat(value)
  const part = digit - Math.trunc(digit)
  return goFloat((part >= toFloat(on) ? Math.ceil(digit) : Math.floor(digit)) / power)
}

export const numbers = (random: () => number): Functions => ({
  int: typed("any", toInt),
  int64: typed("any", toInt),
  float64: typed("any", (value: unknown) => goFloat(toFloat(value))),
  atoi: typed("string", (text: string) => (/^[-+]?\d+$/.test(text) ? Number(text) : 0)),
  toDecimal: typed("any", (value: unknown) => (/^[0-7]+$/.test(strval(value)) ? Number.parseInt(strval(value), 8) : 0)),
  seq: typed("int...", seq),
  until: typed("int", (count: number) => untilStep(0, count, count < 0 ? -1 : 1)),
  untilStep: typed("int, int, int", untilStep),
  add1: typed("any", (value: unknown) => toInt(value) + 1),
  add: typed("any...", (...all: unknown[]) => ints(0, all, (a, b) => a + b)),
  sub: typed("any, any", (a: unknown, b: unknown) => toInt(a) - toInt(b)),
  mul: typed("any, any...", (first: unknown, ...rest: unknown[]) => ints(first, rest, (a, b) => a * b)),
  div: typed("any, any", (a: unknown, b: unknown) => Math.trunc(toInt(a) / nonZero(b))),
  mod: typed("any, any", (a: unknown, b: unknown) => toInt(a) % nonZero(b)),
  randInt: typed("int, int", (least: number, most: number) => least + Math.floor(random() * (most - least))),
  add1f: typed("any", (value: unknown) => floats(value, [1], (a, b) => a + b)),
  addf: typed("any...", (...all: unknown[]) => floats(0, all, (a, b) => a + b)),
  subf: typed("any, any...", (first: unknown, ...rest: unknown[]) => floats(first, rest, (a, b) => a - b)),
  mulf: typed("any, any...", (first: unknown, ...rest: unknown[]) => floats(first, rest, (a, b) => a * b)),
  divf: typed("any, any...", (first: unknown, ...rest: unknown[]) =>
    // The decimal library keeps sixteen places.
    goFloat(rest.reduce<number>((sum, next) => Number((sum / toFloat(next)).toFixed(16)), toFloat(first))),
  ),
  max: typed("any, any...", (first: unknown, ...rest: unknown[]) => ints(first, rest, Math.max)),
  biggest: typed("any, any...", (first: unknown, ...rest: unknown[]) => ints(first, rest, Math.max)),
  min: typed("any, any...", (first: unknown, ...rest: unknown[]) => ints(first, rest, Math.min)),
  maxf: typed("any, any...", (first: unknown, ...rest: unknown[]) => floats(first, rest, Math.max)),
  minf: typed("any, any...", (first: unknown, ...rest: unknown[]) => floats(first, rest, Math.min)),
  ceil: typed("any", (value: unknown) => goFloat(Math.ceil(toFloat(value)))),
  floor: typed("any", (value: unknown) => goFloat(Math.floor(toFloat(value)))),
  round: typed("any, int, float...", round),
})
