/** Passwords as shadow(5) keeps them. */
import { sha512 } from "@noble/hashes/sha2.js"
import type { Process } from "@drydock/machine"

/** Of crypt(5)'s form; what stands behind the salt is this machine's own and no other's. */
export const encrypted = (process: Process, password: string): string => {
  const letters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  const salt = Array.from({ length: 16 }, () => letters[Math.floor(process.random() * 64)]).join("")
  return `$6$${salt}$${hashOf(salt, password)}`
}

const hashOf = (salt: string, password: string): string => {
  const letters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  const hash = sha512(new TextEncoder().encode(`${salt}$${password}`))
  return Array.from({ length: 86 }, (_, at) => letters[hash[at % 64] & 63]).join("")
}

/** Whether `password` is what shadow(5) keeps of it. */
export const passwordFits = (kept: string, password: string): boolean => {
  const [, , salt, hash] = kept.split("$")
  // What a lock put in front of it keeps anything from fitting.
  return kept.startsWith("$") && hash !== undefined && hashOf(salt, password) === hash
}
