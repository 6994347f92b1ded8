/** complete, compgen and compopt. */
import type { Steps } from "@drydock/machine"
import type { Builtin } from "../define-builtin.ts"
import type { Shell } from "../shell.ts"
import { ACTIONS, candidatesFor, COMPLETION_OPTIONS, type CompletionSpec } from "../programmable-completion.ts"

const LETTERS: Readonly<Record<string, string>> = {
  a: "alias",
  b: "builtin",
  c: "command",
  d: "directory",
  e: "export",
  f: "file",
  g: "group",
  j: "job",
  k: "keyword",
  s: "service",
  u: "user",
  v: "variable",
}

/** Options of complete and compgen, and the words after them. */
const parse = (args: readonly string[]): { spec: CompletionSpec; words: string[]; flags: string } => {
  const spec: { -readonly [Key in keyof CompletionSpec]: CompletionSpec[Key] } = { actions: [], options: [] }
  const words: string[] = []
  let flags = ""
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (word === "--") {
      words.push(...args.slice(at + 1))
      break
    }
    if (!/^-./.test(word)) {
      words.push(word)
      continue
    }
    for (let letter = 1; letter < word.length; letter++) {
      const option = word[letter]
      if ("AGWPSXFCo".includes(option)) {
        const value = word.slice(letter + 1) || args[++at] || ""
        if (option === "A") spec.actions = [...spec.actions, value]
        else if (option === "W") spec.words = value
        else if (option === "F") spec.function = value
        else if (option === "o") spec.options = [...spec.options, value]
        else if (option === "P") spec.prefix = value
        else if (option === "S") spec.suffix = value
        else if (option === "G") spec.glob = value
        else if (option === "X") spec.filter = value
        else if (option === "C") spec.command = value
        break
      }
      if (Object.hasOwn(LETTERS, option)) spec.actions = [...spec.actions, LETTERS[option]]
      else flags += option
    }
  }
  return { spec, words, flags }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const shown = (name: string, spec: CompletionSpec): string =>
  `complete ${[
    ...spec.options.map((option) => `-o ${option}`),
    ...spec.actions.map((action) => {
      const letter = Object.keys(LETTERS).find((one) => LETTERS[one] === action)
      return letter ? `-${letter}` : `-A ${action}`
    }),
    ...(spec.glob === undefined ? [] : [`-G ${quoted(spec.glob)}`]),
    ...(spec.words === undefined ? [] : [`-W ${quoted(spec.words)}`]),
    ...(spec.prefix === undefined ? [] : [`-P ${quoted(spec.prefix)}`]),
    ...(spec.suffix === undefined ? [] : [`-S ${quoted(spec.suffix)}`]),
    ...(spec.filter === undefined ? [] : [`-X ${quoted(spec.filter)}`]),
    ...(spec.function === undefined ? [] : [`-F ${spec.function}`]),
    ...(spec.command === undefined ? [] : [`-C ${quoted(spec.command)}`]),
    name,
  ].join(" ")}\n`

/** Complains about an action or an option that there is not. */
function* refused(shell: Shell, name: string, spec: CompletionSpec): Steps<boolean> {
  const action = spec.actions.find((one) => !ACTIONS.has(one))
  const option = spec.options.find((one) => !(COMPLETION_OPTIONS as readonly string[]).includes(one))
  if (option !== undefined) yield* shell.complain(`${name}: ${option}: invalid option name`)
  else if (action !== undefined) yield* shell.complain(`${name}: ${action}: invalid action name`)
  return option !== undefined || action !== undefined
}

/** `compopt NAME`: every option of its specification, as commands that set them. */
const optionsLine = (name: string, spec: CompletionSpec): string =>
  `compopt ${COMPLETION_OPTIONS.map((option) => `${spec.options.includes(option) ? "-" : "+"}o ${option}`).join(" ")} ${name}\n`

export const completions: readonly Builtin[] = [
  {
    name: "complete",
    *run(shell, args) {
      const { spec, words, flags } = parse(args)
      yield* shell.tick()
      if (yield* refused(shell, "complete", spec)) return 2
      if (/[DEI]/.test(flags)) words.push(flags.includes("D") ? "-D" : flags.includes("E") ? "-E" : "-I")
      if (flags.includes("r")) {
        if (words.length === 0) shell.completions.clear()
        for (const word of words) shell.completions.delete(word)
        return 0
      }
      if (flags.includes("p") || args.length === 0) {
        let status = 0
        for (const name of words.length > 0 ? words : [...shell.completions.keys()].sort()) {
          const found = shell.completions.get(name)
          if (found) yield* shell.process.print(shown(name, found))
          else {
            yield* shell.complain(`complete: ${name}: no completion specification`)
            status = 1
          }
        }
        return status
      }
      for (const word of words) shell.completions.set(word, spec)
      return 0
    },
  },
  {
    name: "compgen",
    *run(shell, args) {
      const { spec, words } = parse(args)
      if (yield* refused(shell, "compgen", spec)) return 2
      if (spec.function !== undefined) yield* shell.complain("compgen: warning: -F option may not work as you expect")
      const found = yield* candidatesFor(shell, spec, words[0] ?? "", words[0] ?? "")
      yield* shell.process.print(found.map((one) => `${one}\n`).join(""))
      return found.length > 0 ? 0 : 1
    },
  },
  {
    name: "compopt",
    *run(shell, args) {
      yield* shell.tick()
      const { completing } = shell
      const named = args.filter((word, at) => !/^[-+]/.test(word) && !/^[-+]o$/.test(args[at - 1] ?? ""))
      if (named.length === 0 && !completing) {
        yield* shell.complain("compopt: not currently executing completion function")
        return 1
      }
      if (!args.some((word) => /^[-+]o$/.test(word)))
        for (const name of named) {
          const spec = shell.completions.get(name)
          if (spec) yield* shell.process.print(optionsLine(name, spec))
        }
      for (const [at, word] of args.entries()) {
        if (word !== "-o" && word !== "+o") continue
        const option = args[at + 1] ?? ""
        if (named.length === 0) {
          if (word === "-o") completing?.options.add(option)
          else completing?.options.delete(option)
        }
        for (const name of named) {
          const spec = shell.completions.get(name)
          if (!spec) continue
          const options = spec.options.filter((one) => one !== option)
          shell.completions.set(name, { ...spec, options: word === "-o" ? [...options, option] : options })
        }
      }
      return 0
    },
  },
]
