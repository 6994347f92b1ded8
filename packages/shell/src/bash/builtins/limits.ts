/** umask and ulimit. */
import type { Builtin } from "../define-builtin.ts"
import type { Shell } from "../shell.ts"

const CLASSES = [
  ["u", 6],
  ["g", 3],
  ["o", 0],
] as const

const symbolic = (mask: number): string =>
  CLASSES.map(([letter, shift]) => {
    const allowed = ~(mask >> shift) & 7
    return `${letter}=${allowed & 4 ? "r" : ""}${allowed & 2 ? "w" : ""}${allowed & 1 ? "x" : ""}`
  }).join(",")

/** A mask after `u=rwx,g-w` and the like, which speak of what is allowed; undefined when they say nothing. */
const changed = (mask: number, text: string): number | undefined => {
  let allowed = ~mask & 0o777
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause)
    if (!match) return undefined
    const bits = (match[3].includes("r") ? 4 : 0) | (match[3].includes("w") ? 2 : 0) | (match[3].includes("x") ? 1 : 0)
    for (const [letter, shift] of CLASSES) {
      if (match[1] !== "" && !match[1].includes("a") && !match[1].includes(letter)) continue
      if (match[2] === "=") allowed = (allowed & ~(7 << shift)) | (bits << shift)
      else if (match[2] === "+") allowed |= bits << shift
      else allowed &= ~(bits << shift)
    }
  }
  return ~allowed & 0o777
}

interface Limit {
  readonly letter: string
  readonly text: string
  /** As a fresh login has it. */
  readonly value: string
}

const LIMITS: readonly Limit[] = [
  { letter: "R", text: "real-time non-blocking time  (microseconds, -R) ", value: "unlimited" },
  { letter: "c", text: "core file size              (blocks, -c) ", value: "0" },
  { letter: "d", text: "data seg size               (kbytes, -d) ", value: "unlimited" },
  { letter: "e", text: "scheduling priority                 (-e) ", value: "0" },
  { letter: "f", text: "file size                   (blocks, -f) ", value: "unlimited" },
  { letter: "i", text: "pending signals                     (-i) ", value: "7795" },
  { letter: "l", text: "max locked memory           (kbytes, -l) ", value: "255040" },
  { letter: "m", text: "max memory size             (kbytes, -m) ", value: "unlimited" },
  { letter: "n", text: "open files                          (-n) ", value: "1024" },
  { letter: "p", text: "pipe size                (512 bytes, -p) ", value: "8" },
  { letter: "q", text: "POSIX message queues         (bytes, -q) ", value: "819200" },
  { letter: "r", text: "real-time priority                  (-r) ", value: "0" },
  { letter: "s", text: "stack size                  (kbytes, -s) ", value: "8192" },
  { letter: "t", text: "cpu time                   (seconds, -t) ", value: "unlimited" },
  { letter: "u", text: "max user processes                  (-u) ", value: "7795" },
  { letter: "v", text: "virtual memory              (kbytes, -v) ", value: "unlimited" },
  { letter: "x", text: "file locks                          (-x) ", value: "unlimited" },
]

const current = (shell: Shell, { letter, value }: Limit): string => shell.limits.get(letter) ?? value

export const limits: readonly Builtin[] = [
  {
    name: "umask",
    *run(shell, args) {
      const shown = args.filter((word) => /^-[Sp]+$/.test(word)).join("")
      const mode = args.find((word) => !/^-[Sp]+$/.test(word) && word !== "--")
      const { process } = shell
      if (mode === undefined) {
        const text = shown.includes("S") ? symbolic(process.umask) : process.umask.toString(8).padStart(4, "0")
        yield* process.print(shown.includes("p") ? `umask ${shown.includes("S") ? "-S " : ""}${text}\n` : `${text}\n`)
        return 0
      }
      if (/^\d/.test(mode)) {
        const value = Number.parseInt(mode, 8)
        if (!/^[0-7]+$/.test(mode) || value > 0o777) {
          yield* shell.complain(`umask: ${mode}: octal number out of range`)
          return 1
        }
        process.umask = value
        return 0
      }
      const value = changed(process.umask, mode)
      if (value === undefined) {
        const [, operator, wrong] =
          /^[ugoa]*([-+=])?[rwx]*(.)?/.exec(mode.split(",").find((one) => !/^[ugoa]*[-+=][rwx]*$/.test(one)) ?? "") ?? []
        yield* shell.complain(
          operator === undefined
            ? `umask: \`${/[^ugoa]/.exec(mode)?.[0] ?? mode}': invalid symbolic mode operator`
            : `umask: \`${wrong ?? ""}': invalid symbolic mode character`,
        )
        return 1
      }
      process.umask = value
      if (shown.includes("S")) yield* process.print(`${symbolic(value)}\n`)
      return 0
    },
  },
  {
    name: "ulimit",
    *run(shell, args) {
      let wanted: string[] = []
      let value: string | undefined
      const flags = args.filter((word) => /^-./.test(word)).join("")
      const [soft, hard] = [flags.includes("S"), flags.includes("H")]
      for (const word of args) {
        if (word.startsWith("-") && word.length > 1) wanted.push(...[...word.slice(1)].filter((letter) => letter !== "S" && letter !== "H"))
        else value = word
      }
      if (wanted.includes("a")) {
        yield* shell.process.print(LIMITS.map((limit) => `${limit.text}${current(shell, limit)}\n`).join(""))
        return 0
      }
      if (wanted.length === 0) wanted = ["f"]
      for (const letter of wanted) {
        const limit = LIMITS.find((one) => one.letter === letter)
        if (!limit) continue
        if (value === undefined) {
          const shown = hard ? (shell.limits.get(`H${letter}`) ?? current(shell, limit)) : current(shell, limit)
          yield* shell.process.print(`${wanted.length > 1 ? limit.text : ""}${shown}\n`)
          continue
        }
        if (value !== "unlimited" && value !== "hard" && value !== "soft" && !/^\d+$/.test(value)) {
          yield* shell.complain(`ulimit: ${value}: invalid number`)
          return 1
        }
        if (value === "hard" || value === "soft") continue
        // Without -S the hard limit is lowered too, and nothing goes above it any more.
        const before = shell.limits.get(`H${letter}`) ?? current(shell, limit)
        const more = value === "unlimited" ? Number.POSITIVE_INFINITY : Number(value)
        // What was lowered stays so: both limits were.
        if (
          (shell.process.credentials.uid !== 0 || hard) &&
          shell.limits.has(`H${letter}`) &&
          more > (before === "unlimited" ? Number.POSITIVE_INFINITY : Number(before))
        ) {
          yield* shell.complain(`ulimit: ${limit.text.replace(/ {2,}.*$/, "").trim()}: cannot modify limit: Operation not permitted`)
          return 1
        }
        if (!soft) shell.limits.set(`H${letter}`, value)
        if (hard && !soft) continue
        shell.limits.set(letter, value)
        const name = { n: "openFiles", u: "processes" }[letter]
        if (name) shell.process.limits = { ...shell.process.limits, [name]: Number.isFinite(more) ? more : undefined }
      }
      return 0
    },
  },
]
