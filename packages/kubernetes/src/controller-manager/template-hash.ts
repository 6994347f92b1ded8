/** The hash in a ReplicaSet's name. As pkg/controller/controller_utils.go ComputeHash and apimachinery's SafeEncodeString. */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789"

/** FNV-1a, 32 bits, over the template's JSON with sorted keys; upstream hashes Go's spew text, so values differ, forms do not. */
export const templateHash = (template: unknown, collisionCount = 0): string => {
  const text =
    JSON.stringify(template, (_, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    ) + (collisionCount || "")
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  return safeEncode(String(hash))
}

/** As apimachinery's rand.SafeEncodeString: no letters that could form words. */
export const safeEncode = (text: string): string =>
  [...text].map((character) => ALPHABET[character.charCodeAt(0) % ALPHABET.length]).join("")
