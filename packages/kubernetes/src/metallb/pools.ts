/** Addresses that MetalLB may give away. As internal/allocator of metallb. */

export interface Pool {
  name: string
  addresses: readonly string[]
  autoAssign: boolean
  /** Namespaces that may ask; empty: all. */
  namespaces: readonly string[]
}

const numberOf = (address: string): number | undefined => {
  const parts = address.trim().split(".").map(Number)
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}

const addressOf = (number: number): string => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".")

/** First and last of "a.b.c.d-e.f.g.h" or "a.b.c.d/n"; undefined: neither. */
export const rangeOf = (text: string): readonly [number, number] | undefined => {
  const [from, to] = text.split("-").map(numberOf)
  if (from !== undefined && to !== undefined) return from <= to ? [from, to] : undefined
  const [base, bits] = text.split("/")
  const start = numberOf(base)
  const length = Number(bits)
  if (start === undefined || bits === undefined || !Number.isInteger(length) || length < 0 || length > 32) return undefined
  const size = 2 ** (32 - length)
  const first = Math.floor(start / size) * size
  return [first, first + size - 1]
}

export const holds = ({ addresses }: Pool, address: string): boolean => {
  const number = numberOf(address)
  return (
    number !== undefined &&
    addresses.some((text) => {
      const range = rangeOf(text)
      return range !== undefined && range[0] <= number && number <= range[1]
    })
  )
}

/** As many addresses of a pool are looked at. */
const MOST = 4_096

/** The first free address of a pool; undefined: all are taken. */
export const freeIn = ({ addresses }: Pool, taken: ReadonlySet<string>): string | undefined => {
  for (const text of addresses) {
    const range = rangeOf(text)
    if (!range) continue
    for (let number = range[0]; number <= Math.min(range[1], range[0] + MOST); number++) {
      const address = addressOf(number)
      if (!taken.has(address)) return address
    }
  }
  return undefined
}
