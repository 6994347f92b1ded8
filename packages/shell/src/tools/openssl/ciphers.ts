/** Ciphers by OpenSSL's names. */
import { cbc, ctr, ecb } from "@noble/ciphers/aes.js"

export interface Cipher {
  readonly name: string
  readonly keyLength: number
  readonly ivLength: number
  encrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array, padding: boolean): Uint8Array
  /** Undefined when it was another key. */
  decrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array, padding: boolean): Uint8Array | undefined
}

const made = (bits: number, mode: "cbc" | "ctr" | "ecb"): Cipher => {
  const cipher = (key: Uint8Array, iv: Uint8Array, padding: boolean) =>
    mode === "cbc" ? cbc(key, iv, { disablePadding: !padding }) : mode === "ecb" ? ecb(key, { disablePadding: !padding }) : ctr(key, iv)
  return {
    name: `aes-${bits}-${mode}`,
    keyLength: bits / 8,
    ivLength: mode === "ecb" ? 0 : 16,
    encrypt: (key, iv, data, padding) => cipher(key, iv, padding).encrypt(data),
    decrypt: (key, iv, data, padding) => {
      try {
        return cipher(key, iv, padding).decrypt(data)
      } catch (error) {
        if (error instanceof Error) return undefined
        throw error
      }
    },
  }
}

export const CIPHERS: readonly Cipher[] = [128, 192, 256].flatMap((bits) =>
  (["cbc", "ctr", "ecb"] as const).map((mode) => made(bits, mode)),
)

export const cipherNamed = (name: string): Cipher | undefined => {
  const short = /^aes-?(128|192|256)$/.exec(name.toLowerCase())
  return CIPHERS.find((one) => one.name === (short ? `aes-${short[1]}-cbc` : name.toLowerCase()))
}
