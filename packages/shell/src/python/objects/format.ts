/** The format mini-language (format(), f-strings, str.format) and the % operator's. */
import { asciiOnly, characters, lengthOf } from "./text.ts"
import { fixed, floatText, type Int, intText, plainNumber } from "./numbers.ts"
import { raised, typeError, valueError } from "./raise.ts"
import { PyFloat, typeOf, type Value } from "./values.ts"

export interface Specification {
  fill: string
  align: string | undefined
  sign: string
  alternate: boolean
  zero: boolean
  width: number
  grouping: string
  precision: number | undefined
  type: string
}

const PATTERN = /^(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su
/** Characters that one field may fill. */
const MOST_WIDTH = 1_000_000

export const parseSpecification = (text: string, value: Value): Specification => {
  const match = PATTERN.exec(text)
  if (!match) throw valueError(`Invalid format specifier '${text}' for object of type '${typeOf(value).name}'`)
  const [, fill, align, sign, , alternate, zero, width, grouping, precision, type] = match
  if (Number(width ?? 0) > MOST_WIDTH || Number(precision ?? 0) > MOST_WIDTH) throw raised("MemoryError")
  return {
    fill: fill ?? (zero && !align ? "0" : " "),
    align: align ?? (zero ? "=" : undefined),
    sign: sign ?? "-",
    alternate: alternate !== undefined,
    zero: zero !== undefined,
    width: Number(width ?? 0),
    grouping: grouping ?? "",
    precision: precision === undefined ? undefined : Number(precision),
    type: type ?? "",
  }
}

export const padded = (text: string, { fill, align, width }: Specification, fallback: string): string => {
  const missing = width - lengthOf(text)
  if (missing <= 0) return text
  const how = align ?? fallback
  if (how === "<") return text + fill.repeat(missing)
  if (how === "^") return fill.repeat(missing >> 1) + text + fill.repeat(missing - (missing >> 1))
  if (how === "=") {
    const sign = /^[-+ ]?(?:0[xXobB])?/.exec(text)?.[0] ?? ""
    return sign + fill.repeat(missing) + text.slice(sign.length)
  }
  return fill.repeat(missing) + text
}

const grouped = (digits: string, mark: string, size: number): string => {
  if (mark === "") return digits
  let result = ""
  for (let end = digits.length; end > 0; end -= size)
    result = digits.slice(Math.max(0, end - size), end) + (result === "" ? "" : mark + result)
  return result
}

/** The sign, digits with groups, and what follows them; zeros fill the groups as well. */
const laidOut = (sign: string, prefix: string, digits: string, rest: string, spec: Specification, size = 3): string => {
  let body = grouped(digits, spec.grouping, size)
  if (spec.grouping !== "" && spec.fill === "0" && spec.align === "=") {
    const room = spec.width - sign.length - prefix.length - rest.length
    let padded = digits
    while (body.length < room) {
      padded = `0${padded}`
      body = grouped(padded, spec.grouping, size)
    }
    if (body.length > room && body.startsWith("0,")) body = body.slice(1)
  }
  return padded(sign + prefix + body + rest, spec, ">")
}

const signOf = (negative: boolean, mode: string): string => (negative ? "-" : mode === "-" ? "" : mode)

const formatInt = (value: Int, spec: Specification, typeName: string): string => {
  const negative = value < 0
  const size = negative ? -BigInt(value) : BigInt(value)
  const sign = signOf(negative, spec.sign)
  if (spec.precision !== undefined && !"eEfFgG%".includes(spec.type || "?"))
    throw valueError("Precision not allowed in integer format specifier")
  switch (spec.type) {
    case "":
    case "d":
    case "n":
      return laidOut(sign, "", intText(size), "", spec)
    case "x":
      return laidOut(sign, spec.alternate ? "0x" : "", size.toString(16), "", spec, 4)
    case "X":
      return laidOut(sign, spec.alternate ? "0X" : "", size.toString(16).toUpperCase(), "", spec, 4)
    case "o":
      return laidOut(sign, spec.alternate ? "0o" : "", size.toString(8), "", spec, 4)
    case "b":
      return laidOut(sign, spec.alternate ? "0b" : "", size.toString(2), "", spec, 4)
    case "c":
      return padded(String.fromCodePoint(Number(value)), spec, "<")
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
    case "%":
      return formatFloat(Number(value), spec, typeName)
  }
  throw valueError(`Unknown format code '${spec.type}' for object of type '${typeName}'`)
}

const exponential = (value: number, precision: number): string => {
  const [mantissa, exponent] = value.toExponential(Math.min(precision, 100)).split("e")
  const number = Number(exponent)
  return `${mantissa}e${number < 0 ? "-" : "+"}${String(Math.abs(number)).padStart(2, "0")}`
}

const general = (value: number, precision: number, alternate: boolean): string => {
  const places = Math.max(1, Math.min(precision, 100))
  const exponent = value === 0 ? 0 : Number(value.toExponential(places - 1).split("e")[1])
  let text = exponent < -4 || exponent >= places ? exponential(value, places - 1) : fixed(value, Math.max(0, places - 1 - exponent))
  if (!alternate && text.includes(".")) text = text.replace(/\.?0+(?=e|$)/, "")
  return text
}

const formatFloat = (value: number, spec: Specification, typeName: string): string => {
  const negative = value < 0 || Object.is(value, -0)
  const size = Math.abs(value)
  const sign = signOf(negative && !Number.isNaN(value), spec.sign)
  const upper = /[A-Z]/.test(spec.type)
  let text: string
  if (!Number.isFinite(size)) text = Number.isNaN(size) ? "nan" : "inf"
  else
    switch (spec.type.toLowerCase()) {
      case "":
        text = spec.precision === undefined ? floatText(size) : general(size, spec.precision, false)
        if (spec.precision !== undefined && !/[.e]/.test(text)) text += ".0"
        break
      case "e":
        text = exponential(size, spec.precision ?? 6)
        break
      case "f":
        text = fixed(size, spec.precision ?? 6)
        break
      case "g":
      case "n":
        text = general(size, spec.precision ?? 6, spec.alternate)
        break
      case "%":
        text = `${fixed(size * 100, spec.precision ?? 6)}%`
        break
      default:
        throw valueError(`Unknown format code '${spec.type}' for object of type '${typeName}'`)
    }
  if (upper) text = text.toUpperCase()
  const [, digits, rest] = /^(\d*)(.*)$/s.exec(text) as unknown as [string, string, string]
  return digits === "" ? padded(sign + text, spec, ">") : laidOut(sign, "", digits, rest, spec)
}

export const formatText = (text: string, spec: Specification): string => {
  if (spec.type !== "" && spec.type !== "s") throw valueError(`Unknown format code '${spec.type}' for object of type 'str'`)
  if (spec.align === "=" && !spec.zero) throw valueError("'=' alignment not allowed in string format specifier")
  const cut = spec.precision === undefined ? text : characters(text).slice(0, spec.precision).join("")
  return padded(cut, spec.align === "=" ? { ...spec, align: "<" } : spec, "<")
}

/** format(value, spec) of native values; undefined: the value's own __format__ or str decides. */
export const formatNative = (value: Value, text: string): string | undefined => {
  if (typeof value === "string") return text === "" ? value : formatText(value, parseSpecification(text, value))
  if (typeof value === "boolean" && text === "") return value ? "True" : "False"
  const number = plainNumber(value)
  if (number === undefined) return undefined
  const spec = parseSpecification(text, value)
  const { name } = typeOf(value)
  if (number instanceof PyFloat) return formatFloat(number.value, spec, name)
  return formatInt(number, spec, name)
}

/** One conversion of the % operator; `text` is str or repr of the value where the type asks for it. */
export const formatPercent = (
  type: string,
  flags: string,
  width: number,
  precision: number | undefined,
  value: Value,
  text: string,
): string => {
  const spec: Specification = {
    fill: flags.includes("0") && !flags.includes("-") && !"sra".includes(type) ? "0" : " ",
    align: flags.includes("-") ? "<" : flags.includes("0") && !"sra".includes(type) ? "=" : ">",
    sign: flags.includes("+") ? "+" : flags.includes(" ") ? " " : "-",
    alternate: flags.includes("#"),
    zero: flags.includes("0"),
    width: Math.min(width, MOST_WIDTH),
    grouping: "",
    precision,
    type,
  }
  if (type === "s" || type === "r" || type === "a") {
    const shown = type === "a" ? asciiOnly(text) : text
    return padded(precision === undefined ? shown : characters(shown).slice(0, precision).join(""), spec, ">")
  }
  const number = plainNumber(value)
  if (type === "c") {
    if (typeof value === "string" && lengthOf(value) === 1) return padded(value, spec, ">")
    if (number !== undefined && !(number instanceof PyFloat)) return padded(String.fromCodePoint(Number(number)), spec, ">")
    throw typeError("%c requires int or char")
  }
  if ("diuxXo".includes(type)) {
    if (number === undefined)
      throw typeError(
        "diu".includes(type)
          ? `%${type} format: a real number is required, not ${typeOf(value).name}`
          : `%${type} format: an integer is required, not ${typeOf(value).name}`,
      )
    if (number instanceof PyFloat && !"diu".includes(type)) throw typeError(`%${type} format: an integer is required, not float`)
    const whole: Int = number instanceof PyFloat ? Math.trunc(number.value) : number
    const plain = formatInt(whole, { ...spec, precision: undefined, width: 0, type: "diu".includes(type) ? "d" : type }, "int")
    const sign = /^[-+ ]/.exec(plain)?.[0] ?? ""
    const digits = precision === undefined ? plain : sign + plain.slice(sign.length).padStart(precision, "0")
    return padded(digits, spec, ">")
  }
  if (number === undefined) throw typeError(`must be real number, not ${typeOf(value).name}`)
  return formatFloat(number instanceof PyFloat ? number.value : Number(number), spec, "float")
}
