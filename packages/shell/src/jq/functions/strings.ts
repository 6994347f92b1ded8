/** Functions over text, without regular expressions. */
import type { Json } from "../json.ts"
import type { Job } from "../machine.ts"
import type { Native } from "../native.ts"
import { formatAs } from "../formats.ts"
import { clipped, repeatedText, splitText } from "../operators.ts"
import { JqError } from "../error.ts"
import { typeOf } from "../json.ts"
import { printed } from "../print-json.ts"
import { array, number, raise, text, wanted } from "./arguments.ts"

const bothText = (input: Json, other: Json | undefined, name: string, work: (text: string, other: string) => Json): Json =>
  typeof input === "string" && typeof other === "string" ? work(input, other) : raise(`${name} requires string inputs`)

const character = (code: Json): string => {
  if (typeof code !== "number") return wanted(code, "can't be imploded, unicode codepoint needs to be numeric")
  const whole = Math.trunc(code)
  return String.fromCodePoint(whole < 0 || whole > 0x10ffff || (whole >= 0xd800 && whole < 0xe000) ? 0xfffd : whole)
}

/** As the manual's definition adds them up: what is no text, number, boolean or null does not go together with it. */
function* join(items: readonly Json[], separator: Json): Job {
  let joined = ""
  for (const [at, item] of items.entries()) {
    if (at % 1_000 === 999) yield
    if (at > 0 && separator !== null)
      joined = typeof separator === "string" ? repeatedText(joined, separator) : wantedTogether(joined, separator)
    if (typeof item === "string") joined = repeatedText(joined, item)
    else if (typeof item === "number" || typeof item === "boolean") joined += yield* printed(item)
    else if (item !== null) wantedTogether(joined, item)
  }
  return joined
}

const wantedTogether = (front: string, item: Json): never => {
  throw new JqError(`string (${clipped(front)}) and ${typeOf(item)} (${clipped(item)}) cannot be added`)
}

export const strings: Readonly<Record<string, Native>> = {
  "startswith/1": (input, [other]) => bothText(input, other, "startswith()", (one, front) => one.startsWith(front)),
  "endswith/1": (input, [other]) => bothText(input, other, "endswith()", (one, end) => one.endsWith(end)),
  "ltrimstr/1": (input, [other]) =>
    typeof input === "string" && typeof other === "string" && input.startsWith(other) ? input.slice(other.length) : input,
  "rtrimstr/1": (input, [other]) =>
    typeof input === "string" && typeof other === "string" && other !== "" && input.endsWith(other) ? input.slice(0, -other.length) : input,
  "trim/0": (input) => text(input, "cannot be trimmed").trim(),
  "ltrim/0": (input) => text(input, "cannot be trimmed").trimStart(),
  "rtrim/0": (input) => text(input, "cannot be trimmed").trimEnd(),
  "explode/0": (input, _, machine) => {
    if (typeof input !== "string") return raise("explode input must be a string")
    machine.grow(input.length)
    machine.spend(input.length >> 2)
    return Array.from(input, (one) => one.codePointAt(0) ?? 0)
  },
  "implode/0": (input, _, machine) => {
    if (!Array.isArray(input)) return raise("implode input must be an array")
    machine.spend(input.length >> 2)
    return input.map(character).join("")
  },
  "split/1": (input, [separator], machine) => {
    if (typeof input !== "string" || typeof separator !== "string") return raise("split input and separator must be strings")
    const parts = splitText(input, separator)
    machine.grow(parts.length)
    machine.spend(parts.length >> 2)
    return parts
  },
  "join/1": (input, [separator]) => join(input instanceof Map ? [...input.values()] : array(input, "cannot be iterated over"), separator),
  "ascii_downcase/0": (input) =>
    typeof input === "string" ? input.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : raise("explode input must be a string"),
  "ascii_upcase/0": (input) =>
    typeof input === "string" ? input.replace(/[a-z]/g, (letter) => letter.toUpperCase()) : raise("explode input must be a string"),
  "ascii/0": (input) => String.fromCharCode(number(input)),
  "format/1": (input, [name]) => {
    if (typeof name !== "string") return wanted(name, "is not a valid format")
    if (name === "json" || (name === "text" && typeof input !== "string")) return printed(input)
    return formatAs(`@${name}`, input)
  },
}
