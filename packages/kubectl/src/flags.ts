/** Command-line flags with pflag's syntax and texts. */
import { KubectlError } from "./api.ts"

export interface Flag {
  /** One letter. */
  short?: string
  type: "bool" | "string" | "list"
  /** The value of a flag given without one ("--dry-run" is "unchanged"). */
  bare?: string
}

export type Flags = Readonly<Record<string, Flag>>

export interface Parsed {
  readonly words: readonly string[]
  /** What stands behind "--". */
  readonly rest: readonly string[]
  has(name: string): boolean
  text(name: string): string | undefined
  bool(name: string): boolean
  list(name: string): readonly string[]
}

export const GLOBAL: Flags = {
  namespace: { short: "n", type: "string" },
  kubeconfig: { type: "string" },
  context: { type: "string" },
  server: { short: "s", type: "string" },
  "request-timeout": { type: "string" },
  v: { short: "v", type: "string" },
  as: { type: "string" },
  token: { type: "string" },
  user: { type: "string" },
  cluster: { type: "string" },
  help: { short: "h", type: "bool" },
  "insecure-skip-tls-verify": { type: "bool" },
  "warnings-as-errors": { type: "bool" },
}

export const parseFlags = (args: readonly string[], own: Flags, command: string, stopAtWord = 0): Parsed => {
  const flags: Flags = { ...GLOBAL, ...own }
  const values = new Map<string, string[]>()
  const words: string[] = []
  let rest: readonly string[] = []
  const help = `See 'kubectl${command ? ` ${command}` : ""} --help' for usage.`
  const put = (name: string, value: string) => values.set(name, [...(values.get(name) ?? []), value])
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (word === "--") {
      rest = args.slice(at + 1)
      break
    }
    if (word.startsWith("--")) {
      const equals = word.indexOf("=")
      const name = word.slice(2, equals < 0 ? undefined : equals)
      const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
      if (!flag) throw new KubectlError(`error: unknown flag: --${name}\n${help}`)
      if (equals >= 0) put(name, word.slice(equals + 1))
      else if (flag.type === "bool") put(name, "true")
      else if (flag.bare !== undefined) put(name, flag.bare)
      else {
        if (args[at + 1] === undefined) throw new KubectlError(`error: flag needs an argument: --${name}\n${help}`)
        put(name, args[++at])
      }
    } else if (word.startsWith("-") && word.length > 1) {
      for (let letter = 1; letter < word.length; letter++) {
        const entry = Object.entries(flags).find(([, { short }]) => short === word[letter])
        if (!entry) throw new KubectlError(`error: unknown shorthand flag: '${word[letter]}' in ${word}\n${help}`)
        const [name, flag] = entry
        if (flag.type === "bool") {
          put(name, "true")
          continue
        }
        const value = word.slice(letter + 1).replace(/^=/, "") || args[++at]
        if (value === undefined) throw new KubectlError(`error: flag needs an argument: '${word[letter]}' in -${word[letter]}\n${help}`)
        put(name, value)
        break
      }
    } else {
      words.push(word)
      if (stopAtWord > 0 && words.length >= stopAtWord) {
        rest = args.slice(at + 1)
        break
      }
    }
  }
  return {
    words,
    rest,
    has: (name) => values.has(name),
    text: (name) => values.get(name)?.at(-1),
    bool: (name) => values.get(name)?.at(-1) === "true",
    list: (name) => (values.get(name) ?? []).flatMap((value) => value.split(",")),
  }
}
