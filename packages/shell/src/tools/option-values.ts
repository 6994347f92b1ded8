/** What GNU tools take as values of options: whole numbers within bounds (gnulib's xdectoint.c) and words of a list (argmatch.c). */
import type { Process } from "@drydock/machine"
import { quote } from "./reading.ts"

/** "n" as a number from `least` to `most`, or the text that says what is wrong with it: `what` and the value, and why where it is out of range. */
export const wholeNumber = (process: Process, text: string, what: string, least = 0, most = Number.MAX_SAFE_INTEGER): number | string => {
  const problem = `${what}: ${quote(process, text)}`
  if (!/^\s*[-+]?\d+$/.test(text)) return problem
  const value = Number(text)
  if (value >= least && value <= most) return value
  return `${problem}: ${value > Number.MAX_SAFE_INTEGER ? "Value too large for defined data type" : "Numerical result out of range"}`
}

/** The word of `valid` that `given` is or begins alone, or the text that lists them all. */
export const oneOf = <T extends string>(
  process: Process,
  option: string,
  given: string,
  valid: readonly T[],
): { readonly word: T } | { readonly problem: string } => {
  const near = valid.filter((word) => word.startsWith(given))
  const word = valid.find((one) => one === given) ?? (near.length === 1 ? near[0] : undefined)
  if (word !== undefined) return { word }
  const list = valid.map((one) => `\n  - ${quote(process, one)}`).join("")
  return {
    problem: `${near.length > 1 ? "ambiguous" : "invalid"} argument ${quote(process, given)} for ${quote(process, option)}\nValid arguments are:${list}`,
  }
}

const SUFFIXES = "kMGTPEZY"

/** "4K", "2MB", "512b" in bytes, as gnulib's xstrtol.c with "bEGKkMmPTYZ0"; undefined when it is no size. */
export const sizeOf = (text: string): number | undefined => {
  const match = /^(\d+)(?:(b)|([kKmMGTPEZY])(iB|B|D)?)?$/.exec(text)
  if (!match) return undefined
  const [, digits, block, letter, decimal] = match
  if (block) return Number(digits) * 512
  if (!letter) return Number(digits)
  const power = SUFFIXES.toUpperCase().indexOf(letter.toUpperCase()) + 1
  return Number(digits) * (decimal === "B" || decimal === "D" ? 1000 : 1024) ** power
}
