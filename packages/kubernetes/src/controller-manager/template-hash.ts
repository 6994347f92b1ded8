/** The hash in a ReplicaSet's name. As pkg/controller/controller_utils.go ComputeHash and apimachinery's SafeEncodeString. */
import { ByText } from "@drydock/sim"
import { podTemplateText } from "./go-text.ts"

const ALPHABET = "bcdfghjklmnpqrstvwxz2456789"

/** As apimachinery's rand.SafeEncodeString: no letters that could form words. */
export const safeEncode = (text: string): string =>
  [...text].map((character) => ALPHABET[character.charCodeAt(0) % ALPHABET.length]).join("")

const fnv1a = (bytes: Uint8Array, from = 0x811c9dc5): number => {
  let hash = from
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

/** Stored templates are frozen: each is looked at once. Equal ones, such as every world's addons, are written out once. */
const known = new WeakMap<object, number>()
const byText = new ByText<number>(256)

const hashOf = (template: unknown): number =>
  byText.of(JSON.stringify(template), () => fnv1a(new TextEncoder().encode(podTemplateText(template))))

/** FNV-1a, 32 bits, over the template as Go writes it, and the collision count when there is one. */
export const templateHash = (template: unknown, collisionCount?: number): string => {
  const key = Object.isFrozen(template) ? (template as object) : undefined
  let hash = key && known.get(key)
  if (hash === undefined) {
    hash = hashOf(template)
    if (key) known.set(key, hash)
  }
  if (collisionCount !== undefined) {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setUint32(0, collisionCount, true)
    hash = fnv1a(bytes, hash)
  }
  return safeEncode(String(hash))
}
