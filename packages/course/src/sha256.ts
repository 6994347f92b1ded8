/** SHA-256 (FIPS 180-4) without a platform: versions of lessons are reckoned in browsers too. */

const WORDS = 64

const fraction = (root: number): number => ((root - Math.floor(root)) * 0x1_0000_0000) | 0

const [START, ROUNDS] = ((): [readonly number[], readonly number[]] => {
  const primes: number[] = []
  for (let candidate = 2; primes.length < WORDS; candidate++) if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate)
  return [primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))), primes.map((prime) => fraction(Math.cbrt(prime)))]
})()

const turned = (value: number, by: number): number => (value >>> by) | (value << (32 - by))

/** @returns 64 hexadecimal digits */
export const sha256 = (text: string): string => {
  const given = new TextEncoder().encode(text)
  const bytes = new Uint8Array(((given.length + 8) >> 6) * 64 + 64)
  bytes.set(given)
  bytes[given.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setUint32(bytes.length - 8, Math.floor(given.length / 0x2000_0000))
  view.setUint32(bytes.length - 4, (given.length << 3) >>> 0)
  const state = Int32Array.from(START)
  const schedule = new Int32Array(WORDS)
  for (let block = 0; block < bytes.length; block += 64) {
    for (let at = 0; at < 16; at++) schedule[at] = view.getInt32(block + at * 4)
    for (let at = 16; at < WORDS; at++) {
      const [early, late] = [schedule[at - 15], schedule[at - 2]]
      const first = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3)
      const second = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10)
      schedule[at] = (schedule[at - 16] + first + schedule[at - 7] + second) | 0
    }
    let [a, b, c, d, e, f, g, h] = state
    for (let at = 0; at < WORDS; at++) {
      const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[at] + schedule[at]) | 0
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
      ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0]
    }
    for (const [at, value] of [a, b, c, d, e, f, g, h].entries()) state[at] = (state[at] + value) | 0
  }
  return [...state].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("")
}
