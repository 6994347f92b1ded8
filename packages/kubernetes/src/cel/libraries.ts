/** Functions that Kubernetes adds to CEL: quantities, addresses, URLs, lists, sets, texts, patterns. As k8s.io/apiserver/pkg/cel/library and cel-go/ext. */
import type { Environment } from "@marcbachmann/cel-js"
import { RE2JS } from "re2js"
import { formatQuantity, parseQuantity, QuantityError } from "../apimachinery/quantity.ts"
import { deepEqual } from "../apimachinery/frozen.ts"

export class CelQuantity {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

export class CelUrl {
  readonly parts: { scheme: string; host: string; path: string; query: string }
  constructor(parts: CelUrl["parts"]) {
    this.parts = parts
  }
}

/** An IPv4 address, or a network when `bits` is given. */
export class CelAddress {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

export class CelNetwork {
  readonly address: number
  readonly bits: number
  constructor(address: number, bits: number) {
    this.address = address
    this.bits = bits
  }
}

/** Bearer of the functions that are called as math.greatest(…), sets.contains(…), jsonpatch.escapeKey(…). */
class MathLibrary {}
class SetsLibrary {}
class JsonPatchLibrary {}

const compiled = new Map<string, RE2JS>()

const pattern = (source: string): RE2JS => {
  let found = compiled.get(source)
  if (!found) {
    if (source.length > 1_000) throw new Error("regular expression is too long")
    found = RE2JS.compile(source)
    if (compiled.size > 200) compiled.clear()
    compiled.set(source, found)
  }
  return found
}

/** Characters of a text that a pattern looks at. */
const LOOKED_AT = 16_384

const quantityOf = (text: string): CelQuantity => {
  try {
    return new CelQuantity(parseQuantity(text))
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error
    throw new Error("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
  }
}

const isGood = (work: () => unknown): boolean => {
  try {
    work()
    return true
  } catch {
    return false
  }
}

const addressOf = (text: string): CelAddress => {
  const parts = text.split(".")
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    throw new Error(
      `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`,
    )
  return new CelAddress(parts.reduce((sum, part) => sum * 256 + Number(part), 0))
}

const networkOf = (text: string): CelNetwork => {
  const [address, bits, more] = text.split("/")
  if (bits === undefined || more !== undefined || !/^\d{1,2}$/.test(bits) || Number(bits) > 32)
    throw new Error(`network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): no '/'`)
  return new CelNetwork(addressOf(address).value, Number(bits))
}

const masked = (address: number, bits: number): number => address - (address % 2 ** (32 - bits))

const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".")

const urlOf = (text: string): CelUrl => {
  const match =
    /^([A-Za-z][\w+.-]*):\/\/([^/?#\s]*)([^?#\s]*)(?:\?([^#\s]*))?$/.exec(text) ?? /^()()(\/[^?#\s]*)(?:\?([^#\s]*))?$/.exec(text)
  if (!match) throw new Error(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`)
  return new CelUrl({ scheme: match[1], host: match[2], path: match[3], query: match[4] ?? "" })
}

const hostname = (host: string): string => host.replace(/:\d*$/, "").replace(/^\[|\]$/g, "")

type Comparable = bigint | number | string

const sorted = (list: readonly Comparable[]): boolean => list.every((item, index) => index === 0 || list[index - 1] <= item)

const least = (list: readonly Comparable[], sign: 1 | -1): Comparable => {
  if (list.length === 0) throw new Error(sign === 1 ? "min called on empty list" : "max called on empty list")
  return list.reduce((best, item) => ((sign === 1 ? item < best : item > best) ? item : best))
}

const sumOf = (list: readonly unknown[]): unknown =>
  list.length === 0
    ? 0n
    : list.reduce((sum, item) =>
        typeof sum === "bigint" && typeof item === "bigint" ? sum + item : Number(sum as bigint) + Number(item as bigint),
      )

const indexOf = (list: readonly unknown[], wanted: unknown, last: boolean): bigint =>
  BigInt(last ? list.findLastIndex((item) => deepEqual(item, wanted)) : list.findIndex((item) => deepEqual(item, wanted)))

const shown = (value: unknown): string =>
  typeof value === "string" ? value : Array.isArray(value) ? `[${value.map(shown).join(", ")}]` : value === null ? "null" : String(value)

/** As cel-go's ext.Strings format(): %s %d %f %e %b %x %X %o. */
const format = (text: string, values: readonly unknown[]): string => {
  let next = 0
  return text.replace(/%(?:\.(\d{1,2}))?([sdfebxXo%])/g, (_, digits: string | undefined, verb: string) => {
    if (verb === "%") return "%"
    if (next >= values.length) throw new Error(`index ${next} out of range`)
    const value = values[next++]
    const places = digits === undefined ? 6 : Number(digits)
    switch (verb) {
      case "f":
        return Number(value).toFixed(places)
      case "e":
        return Number(value).toExponential(places)
      case "b":
        return typeof value === "boolean" ? (value ? "1" : "0") : BigInt(value as bigint).toString(2)
      case "o":
        return BigInt(value as bigint).toString(8)
      case "x":
      case "X": {
        const hex =
          typeof value === "string"
            ? [...new TextEncoder().encode(value)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
            : BigInt(value as bigint).toString(16)
        return verb === "X" ? hex.toUpperCase() : hex
      }
      default:
        return shown(value)
    }
  })
}

/** Texts beyond this length are cut off when a function makes them larger. */
const LONGEST = 1_000_000

const replace = (text: string, from: string, to: string, times = Number.POSITIVE_INFINITY): string => {
  let result = ""
  let at = 0
  for (let done = 0; done < times; done++) {
    const found = text.indexOf(from, from === "" && done > 0 ? at + 1 : at)
    if (found < 0 || (from === "" && found > text.length) || result.length > LONGEST) break
    result += text.slice(at, found) + to
    at = found + from.length
    if (from === "" && at >= text.length) break
  }
  return result + text.slice(at)
}

const cut = (text: string, from: bigint, to: bigint): string => {
  const letters = [...text]
  if (from < 0n || to > BigInt(letters.length) || from > to) throw new Error(`index out of range: ${from < 0n || from > to ? from : to}`)
  return letters.slice(Number(from), Number(to)).join("")
}

export const registerLibraries = (environment: Environment): void => {
  const register = (signature: string, handler: (...values: never[]) => unknown) =>
    environment.registerFunction(signature, handler as never)
  const registerMissing = (signature: string, handler: (...values: never[]) => unknown) => {
    try {
      register(signature, handler)
    } catch (error) {
      // The library has it already.
      if (!/already|exist|overlap/i.test((error as Error).message)) throw error
    }
  }
  for (const [name, type] of Object.entries({ Quantity: CelQuantity, Url: CelUrl, Ip: CelAddress, Cidr: CelNetwork }))
    environment.registerType(name, { ctor: type, fields: {} } as never)
  for (const [name, type] of [
    ["MathLibrary", MathLibrary],
    ["SetsLibrary", SetsLibrary],
    ["JsonPatchLibrary", JsonPatchLibrary],
  ] as const)
    environment.registerType(name, { ctor: type, fields: {} } as never)
  environment.registerConstant("math", "MathLibrary", new MathLibrary() as never)
  environment.registerConstant("sets", "SetsLibrary", new SetsLibrary() as never)
  environment.registerConstant("jsonpatch", "JsonPatchLibrary", new JsonPatchLibrary() as never)

  register("quantity(string): Quantity", quantityOf)
  register("isQuantity(string): bool", (text: string) => isGood(() => quantityOf(text)))
  register("Quantity.isInteger(): bool", ({ nanos }: CelQuantity) => nanos % 1_000_000_000n === 0n)
  register("Quantity.asInteger(): int", ({ nanos }: CelQuantity) => {
    if (nanos % 1_000_000_000n !== 0n) throw new Error("cannot convert value to integer")
    return nanos / 1_000_000_000n
  })
  register("Quantity.asApproximateFloat(): double", ({ nanos }: CelQuantity) => Number(nanos) / 1e9)
  register("Quantity.sign(): int", ({ nanos }: CelQuantity) => (nanos > 0n ? 1n : nanos < 0n ? -1n : 0n))
  register("Quantity.isGreaterThan(Quantity): bool", (a: CelQuantity, b: CelQuantity) => a.nanos > b.nanos)
  register("Quantity.isLessThan(Quantity): bool", (a: CelQuantity, b: CelQuantity) => a.nanos < b.nanos)
  register("Quantity.compareTo(Quantity): int", (a: CelQuantity, b: CelQuantity) => (a.nanos > b.nanos ? 1n : a.nanos < b.nanos ? -1n : 0n))
  register("Quantity.add(Quantity): Quantity", (a: CelQuantity, b: CelQuantity) => new CelQuantity(a.nanos + b.nanos))
  register("Quantity.add(int): Quantity", (a: CelQuantity, b: bigint) => new CelQuantity(a.nanos + b * 1_000_000_000n))
  register("Quantity.sub(Quantity): Quantity", (a: CelQuantity, b: CelQuantity) => new CelQuantity(a.nanos - b.nanos))
  register("Quantity.sub(int): Quantity", (a: CelQuantity, b: bigint) => new CelQuantity(a.nanos - b * 1_000_000_000n))
  register("string(Quantity): string", ({ nanos }: CelQuantity) => formatQuantity(nanos, "decimal"))

  register("url(string): Url", urlOf)
  register("isURL(string): bool", (text: string) => isGood(() => urlOf(text)))
  register("Url.getScheme(): string", ({ parts }: CelUrl) => parts.scheme)
  register("Url.getHost(): string", ({ parts }: CelUrl) => parts.host)
  register("Url.getHostname(): string", ({ parts }: CelUrl) => hostname(parts.host))
  register("Url.getPort(): string", ({ parts }: CelUrl) => /:(\d+)$/.exec(parts.host)?.[1] ?? "")
  register("Url.getEscapedPath(): string", ({ parts }: CelUrl) => parts.path)

  register("ip(string): Ip", addressOf)
  register("isIP(string): bool", (text: string) => isGood(() => addressOf(text)) || /^[0-9a-fA-F:]*:[0-9a-fA-F:]+$/.test(text))
  register("Ip.family(): int", () => 4n)
  register("Ip.isLoopback(): bool", ({ value }: CelAddress) => Math.floor(value / 2 ** 24) === 127)
  register("Ip.isUnspecified(): bool", ({ value }: CelAddress) => value === 0)
  register("cidr(string): Cidr", networkOf)
  register("isCIDR(string): bool", (text: string) => isGood(() => networkOf(text)))
  register(
    "Cidr.containsIP(Ip): bool",
    (net: CelNetwork, { value }: CelAddress) => masked(value, net.bits) === masked(net.address, net.bits),
  )
  register(
    "Cidr.containsIP(string): bool",
    (net: CelNetwork, text: string) => masked(addressOf(text).value, net.bits) === masked(net.address, net.bits),
  )
  register(
    "Cidr.containsCIDR(string): bool",
    (net: CelNetwork, text: string) =>
      networkOf(text).bits >= net.bits && masked(networkOf(text).address, net.bits) === masked(net.address, net.bits),
  )
  register("Cidr.prefixLength(): int", ({ bits }: CelNetwork) => BigInt(bits))
  register("Cidr.masked(): Cidr", ({ address, bits }: CelNetwork) => new CelNetwork(masked(address, bits), bits))
  register("Cidr.ip(): Ip", ({ address }: CelNetwork) => new CelAddress(address))
  register("string(Ip): string", ({ value }: CelAddress) => dotted(value))
  register("string(Cidr): string", ({ address, bits }: CelNetwork) => `${dotted(address)}/${bits}`)

  register("string.matchesRe2(string): bool", (text: string, source: string) => pattern(source).matcher(text.slice(0, LOOKED_AT)).find())
  register("string.find(string): string", (text: string, source: string) => {
    const matcher = pattern(source).matcher(text.slice(0, LOOKED_AT))
    return matcher.find() ? (matcher.group() ?? "") : ""
  })
  const findAll = (text: string, source: string, limit: bigint) => {
    const matcher = pattern(source).matcher(text.slice(0, LOOKED_AT))
    const found: string[] = []
    while ((limit < 0n || found.length < Number(limit)) && found.length < 1_000 && matcher.find()) found.push(matcher.group() ?? "")
    return found
  }
  register("string.findAll(string): list<string>", (text: string, source: string) => findAll(text, source, -1n))
  register("string.findAll(string, int): list<string>", findAll)

  register("list.isSorted(): bool", sorted)
  register("list.sum(): dyn", sumOf)
  register("list.min(): dyn", (list: readonly Comparable[]) => least(list, 1))
  register("list.max(): dyn", (list: readonly Comparable[]) => least(list, -1))
  registerMissing("list.indexOf(dyn): int", (list: readonly unknown[], wanted: unknown) => indexOf(list, wanted, false))
  registerMissing("list.lastIndexOf(dyn): int", (list: readonly unknown[], wanted: unknown) => indexOf(list, wanted, true))
  registerMissing("list.distinct(): list", (list: readonly unknown[]) =>
    list.filter((item, index) => list.findIndex((other) => deepEqual(other, item)) === index),
  )
  registerMissing("list.reverse(): list", (list: readonly unknown[]) => list.toReversed())
  registerMissing("list.sort(): list", (list: readonly Comparable[]) => list.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
  registerMissing("list.flatten(): list", (list: readonly unknown[]) => list.flat())
  registerMissing("list.slice(int, int): list", (list: readonly unknown[], from: bigint, to: bigint) =>
    list.slice(Number(from), Number(to)),
  )

  registerMissing("string.charAt(int): string", (text: string, at: bigint) => [...text][Number(at)] ?? "")
  registerMissing("string.replace(string, string): string", (text: string, from: string, to: string) => replace(text, from, to))
  registerMissing("string.replace(string, string, int): string", (text: string, from: string, to: string, times: bigint) =>
    replace(text, from, to, times < 0n ? undefined : Number(times)),
  )
  registerMissing("string.substring(int): string", (text: string, from: bigint) => cut(text, from, BigInt([...text].length)))
  registerMissing("string.substring(int, int): string", cut)
  registerMissing("string.upperAscii(): string", (text: string) => text.replace(/[a-z]+/g, (part) => part.toUpperCase()))
  registerMissing("string.lastIndexOf(string): int", (text: string, part: string) => BigInt(text.lastIndexOf(part)))
  registerMissing("string.reverse(): string", (text: string) => [...text].toReversed().join(""))
  register("string.format(list): string", format)

  for (const type of ["dyn, dyn", "dyn, dyn, dyn"]) {
    register(`MathLibrary.greatest(${type}): dyn`, (_: unknown, ...values: Comparable[]) => least(values, -1))
    register(`MathLibrary.least(${type}): dyn`, (_: unknown, ...values: Comparable[]) => least(values, 1))
  }
  register("MathLibrary.greatest(list): dyn", (_: unknown, values: readonly Comparable[]) => least(values, -1))
  register("MathLibrary.least(list): dyn", (_: unknown, values: readonly Comparable[]) => least(values, 1))
  const holds = (list: readonly unknown[], wanted: unknown) => list.some((item) => deepEqual(item, wanted))
  register("SetsLibrary.contains(list, list): bool", (_: unknown, a: readonly unknown[], b: readonly unknown[]) =>
    b.every((item) => holds(a, item)),
  )
  register("SetsLibrary.intersects(list, list): bool", (_: unknown, a: readonly unknown[], b: readonly unknown[]) =>
    b.some((item) => holds(a, item)),
  )
  register(
    "SetsLibrary.equivalent(list, list): bool",
    (_: unknown, a: readonly unknown[], b: readonly unknown[]) => a.every((item) => holds(b, item)) && b.every((item) => holds(a, item)),
  )
  register("JsonPatchLibrary.escapeKey(string): string", (_: unknown, key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1"))
}
