/** Flags as helm's commands take them. As github.com/spf13/cobra and pflag. */
import { parseGoDuration } from "@drydock/gotemplate"
import { HelmError } from "./errors.ts"

/** "list": each time one more; "slice": commas separate too; "pairs": k=v,k2=v2. A text beginning with "?" is what the flag means without a value. */
export type FlagKind = "bool" | "string" | "int" | "duration" | "list" | "slice" | "pairs" | `?${string}`

export interface FlagSpec {
  readonly [name: string]: {
    readonly kind: FlagKind
    readonly short?: string
    readonly deprecated?: string
    readonly check?: (value: string) => string | undefined
  }
}

export const bool = (short?: string) => ({ kind: "bool", ...(short && { short }) }) as const
export const string = (short?: string) => ({ kind: "string", ...(short && { short }) }) as const
export const int = (short?: string) => ({ kind: "int", ...(short && { short }) }) as const
export const list = (short?: string) => ({ kind: "list", ...(short && { short }) }) as const
export const slice = (short?: string) => ({ kind: "slice", ...(short && { short }) }) as const
export const duration = { kind: "duration" } as const

export class Flags {
  readonly words: readonly string[]
  readonly #values: ReadonlyMap<string, readonly string[]>

  constructor(words: readonly string[], values: ReadonlyMap<string, readonly string[]>) {
    this.words = words
    this.#values = values
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  text(name: string): string | undefined
  text(name: string, otherwise: string): string
  text(name: string, otherwise?: string): string | undefined {
    return this.#values.get(name)?.at(-1) ?? otherwise
  }

  on(name: string): boolean {
    return ["true", "1", "t", "T", "TRUE", "True"].includes(this.text(name) ?? "false")
  }

  number(name: string, otherwise: number): number {
    const given = this.text(name)
    return given === undefined ? otherwise : Number(given)
  }

  /** ms */
  duration(name: string, otherwise: number): number {
    const given = this.text(name)
    return given === undefined ? otherwise : (parseGoDuration(given) ?? otherwise)
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  pairs(name: string): Record<string, string> {
    return Object.fromEntries(
      this.all(name)
        .flatMap((one) => one.split(","))
        .filter(Boolean)
        .map((pair) => [pair.split("=")[0], pair.slice(pair.indexOf("=") + 1)]),
    )
  }
}

const checked = (name: string, { kind, short, check }: FlagSpec[string], value: string): void => {
  const shown = `${short ? `-${short}, ` : ""}--${name}`
  const bad = (why: string): never => {
    throw new HelmError(`invalid argument ${JSON.stringify(value)} for ${JSON.stringify(shown)} flag: ${why}`)
  }
  if (kind === "int" && !/^[-+]?\d+$/.test(value)) bad(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
  if (kind === "bool" && !/^(1|0|t|f|T|F|true|false|TRUE|FALSE|True|False)$/.test(value))
    bad(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`)
  if (kind === "duration" && parseGoDuration(value) === undefined)
    bad(
      /^[-+]?[\d.]+$/.test(value)
        ? `time: missing unit in duration ${JSON.stringify(value)}`
        : `time: invalid duration ${JSON.stringify(value)}`,
    )
  const fault = check?.(value)
  if (fault) bad(fault)
}

/** Throws HelmError. `said` gets what is deprecated. */
export const parseFlags = (args: readonly string[], spec: FlagSpec, said: (text: string) => void = () => {}): Flags => {
  const words: string[] = []
  const values = new Map<string, string[]>()
  const shorts = new Map(Object.entries(spec).flatMap(([name, { short }]) => (short ? [[short, name] as const] : [])))
  const put = (name: string, value: string) => {
    const flag = spec[name]
    checked(name, flag, value)
    if (flag.deprecated) said(`Flag --${name} has been deprecated, ${flag.deprecated}\n`)
    const more = flag.kind === "slice" ? value.split(",") : [value]
    values.set(name, [...(values.get(name) ?? []), ...more])
  }
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (word === "--") {
      words.push(...args.slice(at + 1))
      break
    }
    if (word.startsWith("--")) {
      const equals = word.indexOf("=")
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals)
      const flag = Object.hasOwn(spec, name) ? spec[name] : undefined
      if (!flag) throw new HelmError(`unknown flag: --${name}`)
      if (equals >= 0) put(name, word.slice(equals + 1))
      else if (flag.kind === "bool") put(name, "true")
      else if (flag.kind.startsWith("?")) put(name, flag.kind.slice(1))
      else if (at + 1 >= args.length) throw new HelmError(`flag needs an argument: --${name}`)
      else put(name, args[++at])
      continue
    }
    if (!word.startsWith("-") || word === "-") {
      words.push(word)
      continue
    }
    for (let letter = 1; letter < word.length; letter++) {
      const name = shorts.get(word[letter])
      if (name === undefined) throw new HelmError(`unknown shorthand flag: '${word[letter]}' in -${word.slice(letter)}`)
      const rest = word.slice(letter + 1)
      if (spec[name].kind === "bool" && !rest.startsWith("=")) {
        put(name, "true")
        continue
      }
      if (rest) put(name, rest.replace(/^=/, ""))
      else if (spec[name].kind.startsWith("?")) put(name, spec[name].kind.slice(1))
      else if (at + 1 >= args.length) throw new HelmError(`flag needs an argument: '${word[letter]}' in -${word.slice(letter)}`)
      else put(name, args[++at])
      break
    }
  }
  return new Flags(words, values)
}
