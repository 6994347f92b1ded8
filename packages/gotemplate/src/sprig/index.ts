/** The functions that Helm's templates have beside Go's own. As Masterminds/sprig; clock and chance are given. */
import { type Functions, typed } from "../functions.ts"
import { COLLECTIONS } from "./collections.ts"
import { dates } from "./dates.ts"
import { ENCODINGS } from "./encodings.ts"
import { numbers } from "./numbers.ts"
import { PATTERNS } from "./patterns.ts"
import { STRINGS } from "./strings.ts"

const DIGITS = "0123456789"
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const ASCII = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at)).join("")
const MOST = 1 << 16

/** `now`: ms since the epoch. `random`: in [0, 1). */
export const sprig = ({ now, random }: { now: () => number; random: () => number }): Functions => {
  const text = (alphabet: string) =>
    typed("int", (count: number) =>
      Array.from({ length: Math.min(MOST, Math.max(0, count)) }, () => alphabet[Math.floor(random() * alphabet.length)]).join(""),
    )
  const uuid = () =>
    "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g, (letter) =>
      (letter === "x" ? Math.floor(random() * 16) : 8 + Math.floor(random() * 4)).toString(16),
    )
  return {
    ...STRINGS,
    ...numbers(random),
    ...COLLECTIONS,
    ...ENCODINGS,
    ...PATTERNS,
    ...dates(now),
    randAlphaNum: text(DIGITS + LETTERS),
    randAlpha: text(LETTERS),
    randNumeric: text(DIGITS),
    randAscii: text(ASCII),
    shuffle: typed("string", (given: string) => {
      const letters = [...given]
      for (let at = letters.length - 1; at > 0; at--) {
        const other = Math.floor(random() * (at + 1))
        ;[letters[at], letters[other]] = [letters[other], letters[at]]
      }
      return letters.join("")
    }),
    uuidv4: typed("", uuid),
    fail: typed("string", (message: string) => {
      throw new Error(message)
    }),
  }
}
