/** Bytes of a terminal as keys: "a", "C-a", "M-b", "up", "paste-begin". */

/** Final byte of ESC [ and ESC O sequences. */
const FINALS: Readonly<Record<string, string>> = { A: "up", B: "down", C: "right", D: "left", H: "home", F: "end", Z: "S-tab" }
/** Number of ESC [ n ~ sequences. */
const NUMBERED: Readonly<Record<string, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "page-up",
  6: "page-down",
  7: "home",
  8: "end",
  200: "paste-begin",
  201: "paste-end",
}

const named = (byte: number): string => {
  if (byte === 9) return "tab"
  if (byte === 10 || byte === 13) return "enter"
  if (byte === 127 || byte === 8) return "backspace"
  if (byte >= 28) return `C-${"\\]^_"[byte - 28]}`
  if (byte === 0) return "C-@"
  return `C-${String.fromCharCode(byte + 96)}`
}

/** Bytes that a UTF-8 sequence has, by its first. */
const lengthOf = (byte: number): number => (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1)

const MAX_SEQUENCE = 32

export class KeyDecoder {
  #bytes: number[] = []
  readonly #decoder = new TextDecoder()

  /** Takes one byte; the key that it completes, if it does. */
  push(byte: number): string | undefined {
    this.#bytes.push(byte)
    const key = this.#key()
    if (key !== undefined || this.#bytes.length > MAX_SEQUENCE) this.#bytes = []
    return key
  }

  /** Bytes of a sequence that has not ended. */
  get pending(): number {
    return this.#bytes.length
  }

  /** Forgets a half-typed sequence. */
  reset(): void {
    this.#bytes = []
  }

  #key(): string | undefined {
    const bytes = this.#bytes
    const [first, second] = bytes
    if (first !== 27) {
      if (first < 32 || first === 127) return named(first)
      if (bytes.length < lengthOf(first)) return undefined
      return this.#decoder.decode(Uint8Array.from(bytes))
    }
    if (second === undefined) return undefined
    if (second !== 0x5b && second !== 0x4f) {
      if (second === 27) return undefined
      return `M-${second < 32 || second === 127 ? named(second) : String.fromCharCode(second)}`
    }
    const last = bytes[bytes.length - 1]
    if (bytes.length < 3 || last < 0x40 || last > 0x7e) return undefined
    const [number, modifier] = String.fromCharCode(...bytes.slice(2, -1)).split(";")
    const final = String.fromCharCode(last)
    const name = final === "~" ? NUMBERED[number] : FINALS[final]
    if (name === undefined) return "unknown"
    const bits = Number(modifier ?? 1) - 1
    return `${bits & 4 ? "C-" : ""}${bits & 2 ? "M-" : ""}${name}`
  }
}
