/** Command-line flags with pflag's syntax and texts. */
import { KubectlError } from "./errors.ts"

export interface Flag {
  /** One letter. */
  readonly short?: string
  /** "list": comma-separated, repeatable. "array": repeatable, commas belong to the value. */
  readonly type: "bool" | "string" | "int" | "list" | "array" | "duration"
  /** The value when it is not given; "" or "false" without. */
  readonly default?: string
  /** The value of a flag given without one ("--dry-run" is "unchanged"). */
  readonly bare?: string
  readonly help?: string
  /** The default as help prints it, where its Go type prints itself otherwise. */
  readonly shown?: string
  readonly required?: boolean
  /** What is said when it is given. */
  readonly deprecated?: string
  /** Left out of help and completion. */
  readonly hidden?: boolean
  /** What is said of a value that is none, where it is not pflag that reads it. */
  readonly fault?: string
  /** What a string must look like; `fault` says so. */
  readonly pattern?: RegExp
}

export type Flags = Readonly<Record<string, Flag>>

/** A command line, understood. */
export interface Input {
  readonly words: readonly string[]
  /** What stands behind "--"; also the last of `words`. */
  readonly rest: readonly string[]
  /** Whether there was a "--". */
  readonly dashed: boolean
  /** The flags that were given, in their order, each with its value. */
  readonly order: readonly (readonly [name: string, value: string])[]
  /** Given on the command line. */
  has(name: string): boolean
  /** Its value or its default; "" when it has none. */
  text(name: string): string
  given(name: string): string | undefined
  bool(name: string): boolean
  int(name: string): number
  /** ms */
  duration(name: string): number
  list(name: string): readonly string[]
}

export const GLOBAL: Flags = {
  as: { type: "string", help: "Act as this user: a user name, or a service account as system:serviceaccount:<namespace>:<name>." },
  "as-group": { type: "array", help: "Act as a member of this group; may be repeated." },
  "as-uid": { type: "string", help: "Act as the user with this UID." },
  "as-user-extra": { type: "array", help: "Extra attributes of the user to act as; may be repeated." },
  "cache-dir": { type: "string", default: "/root/.kube/cache", help: "Directory for what discovery found" },
  "certificate-authority": { type: "string", help: "File with the certificate of the authority that the server's must come from" },
  "client-certificate": { type: "string", help: "File with the client's TLS certificate" },
  "client-key": { type: "string", help: "File with the client's TLS key" },
  cluster: { type: "string", help: "Name of the kubeconfig's cluster to use" },
  context: { type: "string", help: "Name of the kubeconfig's context to use" },
  "disable-compression": { type: "bool", help: "Ask for answers that are not compressed" },
  "insecure-skip-tls-verify": { type: "bool", help: "Believe any server certificate. The connection is then open to impostors" },
  kubeconfig: { type: "string", help: "The kubeconfig file to use for this request." },
  kuberc: { type: "string", help: "File with preferences (aliases and defaults)." },
  "log-flush-frequency": { type: "duration", default: "5s", fault: "parse error", help: "Longest time between log flushes" },
  "match-server-version": { type: "bool", help: "Insist on a server of the client's version" },
  namespace: { short: "n", type: "string", help: "The namespace that this request is about" },
  password: { type: "string", help: "Password for basic authentication" },
  profile: { type: "string", default: "none", help: "Profile to record: none, cpu, heap, goroutine, threadcreate, block, mutex, trace" },
  "profile-output": { type: "string", default: "profile.pprof", help: "File for the profile" },
  "request-timeout": {
    type: "string",
    default: "0",
    help: "How long a single request may take, with a unit (1s, 2m, 3h). Zero: as long as it wants.",
  },
  server: { short: "s", type: "string", help: "Address and port of the API server" },
  "tls-server-name": { type: "string", help: "Name that the server's certificate is checked against; default: its host name" },
  token: { type: "string", help: "Bearer token to authenticate with" },
  user: { type: "string", help: "Name of the kubeconfig's user to use" },
  username: { type: "string", help: "User name for basic authentication" },
  v: { short: "v", type: "int", default: "0", help: "How much is logged" },
  vmodule: {
    type: "string",
    shown: "",
    pattern: /^(?:[^,=]+=-?\d+(?:,|$))*$/,
    fault: "syntax error: expect comma-separated list of filename=N",
    help: "Levels for single source files: pattern=N, comma-separated",
  },
  "warnings-as-errors": { type: "bool", help: "Fail when the server sent a warning" },
}

const HELP: Flag = { short: "h", type: "bool", hidden: true }

export const NO_FLAGS: Flags = {}

/** Whether a flag's value is the next word when it has none of its own. */
export const wantsValue = ({ type, bare }: Flag): boolean => type !== "bool" && bare === undefined

const allFlags = new WeakMap<Flags, Flags>()

/** All that a command with flags of its own takes. */
export const withGlobal = (own: Flags): Flags => {
  let all = allFlags.get(own)
  if (!all) allFlags.set(own, (all = { help: HELP, ...GLOBAL, ...own }))
  return all
}

const shorthands = new WeakMap<Flags, ReadonlyMap<string, string>>()

/** Flags' names by their letters. */
export const byShorthand = (flags: Flags): ReadonlyMap<string, string> => {
  let names = shorthands.get(flags)
  if (!names) {
    const found = new Map<string, string>()
    for (const [name, { short }] of Object.entries(flags)) if (short && !found.has(short)) found.set(short, name)
    shorthands.set(flags, (names = found))
  }
  return names
}

/** Milliseconds of a Go duration ("1h15m30.5s", "300ms"); undefined when it is none. */
export const parseDuration = (text: string): number | undefined => {
  if (text === "0") return 0
  const sign = text.startsWith("-") ? -1 : 1
  const body = text.replace(/^[-+]/, "")
  const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
  let total = 0
  let at = 0
  const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/y
  while (at < body.length) {
    part.lastIndex = at
    const match = part.exec(body)
    if (!match) return undefined
    total += Number(match[1]) * units[match[2]]
    at = part.lastIndex
  }
  return at === 0 ? undefined : sign * total
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  TRUE: true,
  t: true,
  T: true,
  1: true,
  false: false,
  False: false,
  FALSE: false,
  f: false,
  F: false,
  0: false,
}

/** Why a value does not fit its flag, in strconv's words. */
const complaint = (flag: Flag, value: string): string | undefined => {
  const { type, fault, pattern } = flag
  if (fault !== undefined && !(pattern?.test(value) ?? complaint({ type }, value) === undefined)) return fault
  if (type === "bool" && !Object.hasOwn(BOOLEANS, value)) return `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`
  if (type === "int" && !/^[-+]?\d+$/.test(value)) return `strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`
  if (type === "duration" && parseDuration(value) === undefined)
    return /^[-+]?[\d.]+$/.test(value)
      ? `time: missing unit in duration ${JSON.stringify(value)}`
      : `time: invalid duration ${JSON.stringify(value)}`
  return undefined
}

/** Comma-separated values as encoding/csv reads one line: quotes protect commas. */
const csv = (text: string): string[] => {
  if (text === "") return []
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (text[at] === '"') {
      let field = ""
      at++
      while (at < text.length && !(text[at] === '"' && text[at + 1] !== '"')) {
        if (text[at] === '"') at++
        field += text[at++]
      }
      fields.push(field)
      at++
    } else {
      const end = text.indexOf(",", at)
      fields.push(text.slice(at, end < 0 ? undefined : end))
      at = end < 0 ? text.length : end
    }
    if (at >= text.length) return fields
    at++
  }
}

/** What of a subcommand says how its command line is read. */
interface Command {
  readonly path: readonly string[]
  /** From that word on everything is left alone. */
  readonly stopAtWord?: number
  readonly misused?: { readonly code: number; readonly hint: string }
}

/** Understands `args`; errors end with where the help is. */
export const parseFlags = (args: readonly string[], own: Flags, { path, stopAtWord = 0, misused }: Command): Input => {
  const flags = withGlobal(own)
  const values = new Map<string, string[]>()
  const order: [string, string][] = []
  const words: string[] = []
  let rest: readonly string[] = []
  let dashed = false
  const fail = (text: string): never => {
    const { code, hint } = misused ?? { code: 1, hint: `See '${["kubectl", ...path].join(" ")} --help' for usage.` }
    throw new KubectlError(`error: ${text}\n${hint}`, { raw: true, code })
  }
  const named = (name: string): [string, Flag] | undefined => {
    const normal = name.replaceAll("_", "-")
    return Object.hasOwn(flags, normal) ? [normal, flags[normal]] : undefined
  }
  const put = (name: string, value: string) => {
    const flag = flags[name]
    const wrong = complaint(flag, value)
    if (wrong)
      fail(
        `invalid argument ${JSON.stringify(value)} for ${JSON.stringify(`${flag.short ? `-${flag.short}, ` : ""}--${name}`)} flag: ${wrong}`,
      )
    values.set(name, [...(values.get(name) ?? []), value])
    order.push([name, value])
  }
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (word === "--") {
      rest = args.slice(at + 1)
      dashed = true
      break
    }
    if (word.startsWith("--")) {
      const equals = word.indexOf("=")
      const name = word.slice(2, equals < 0 ? undefined : equals)
      if (name === "" || name.startsWith("-")) fail(`bad flag syntax: ${word}`)
      const found = named(name)
      if (!found) return fail(`unknown flag: --${name}`)
      const [key, flag] = found
      if (equals >= 0) put(key, word.slice(equals + 1))
      else if (flag.type === "bool") put(key, "true")
      else if (flag.bare !== undefined) put(key, flag.bare)
      else if (args[at + 1] === undefined) fail(`flag needs an argument: --${name}`)
      else put(key, args[++at])
    } else if (word.startsWith("-") && word.length > 1) {
      for (let letter = 1; letter < word.length; letter++) {
        const name = byShorthand(flags).get(word[letter])
        if (name === undefined) return fail(`unknown shorthand flag: ${`'${word[letter]}'`} in -${word.slice(letter)}`)
        const flag = flags[name]
        if (word[letter + 1] === "=") {
          put(name, word.slice(letter + 2))
          break
        }
        if (flag.type === "bool") {
          put(name, "true")
          continue
        }
        if (flag.bare !== undefined) {
          put(name, flag.bare)
          continue
        }
        const value = word.slice(letter + 1) || args[++at]
        if (value === undefined) return fail(`flag needs an argument: '${word[letter]}' in -${word.slice(letter)}`)
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
  if (dashed) words.push(...rest)
  const given = (name: string) => values.get(name)?.at(-1)
  const text = (name: string) => given(name) ?? flags[name]?.default ?? ""
  return {
    words,
    rest,
    dashed,
    order,
    has: (name) => values.has(name),
    given,
    text,
    bool: (name) => BOOLEANS[text(name)] ?? false,
    int: (name) => Number.parseInt(text(name), 10) || 0,
    duration: (name) => parseDuration(text(name)) ?? 0,
    list: (name) => {
      const all = values.get(name) ?? (flags[name]?.default ? [flags[name].default] : [])
      return flags[name]?.type === "array" ? all : all.flatMap(csv)
    },
  }
}

/** The same command line but for `own` flags: a command's own --user or --token is not the global one that it hides. */
export const withoutFlags = (input: Input, own: Flags): Input => {
  const hidden = (name: string) => Object.hasOwn(own, name)
  return {
    ...input,
    has: (name) => !hidden(name) && input.has(name),
    given: (name) => (hidden(name) ? undefined : input.given(name)),
    text: (name) => (hidden(name) ? (GLOBAL[name]?.default ?? "") : input.text(name)),
    bool: (name) => !hidden(name) && input.bool(name),
    list: (name) => (hidden(name) ? [] : input.list(name)),
  }
}

/** Throws when a flag that must be there is not. As cobra's ValidateRequiredFlags. */
export const requireFlags = (input: Input, own: Flags): void => {
  const missing = Object.keys(own).filter((name) => own[name].required && !input.has(name))
  if (missing.length > 0)
    throw new KubectlError(
      `required flag(s) ${missing
        .sort()
        .map((name) => JSON.stringify(name))
        .join(", ")} not set`,
    )
}
