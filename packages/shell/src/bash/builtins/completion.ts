/** complete, compgen and compopt. */
import type { Steps } from "@drydock/machine"
import type { Builtin } from "../define-builtin.ts"
import { candidatesFor, type CompletionSpec } from "../programmable-completion.ts"
import { quoteWord } from "../quoting.ts"

/** Options of complete and compgen, and the words after them. */
const parse = (args: readonly string[]): { spec: CompletionSpec; words: string[]; flags: string } => {
  const spec: { -readonly [Key in keyof CompletionSpec]: CompletionSpec[Key] } = { actions: [], options: [] }
  const words: string[] = []
  let flags = ""
  const letters: Readonly<Record<string, string>> = {
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
        break
      }
      if (Object.hasOwn(letters, option)) spec.actions = [...spec.actions, letters[option]]
      else flags += option
    }
  }
  return { spec, words, flags }
}

const shown = (name: string, spec: CompletionSpec): string =>
  `complete ${[
    ...spec.options.map((option) => `-o ${option}`),
    ...spec.actions.map((action) => `-A ${action}`),
    ...(spec.words === undefined ? [] : [`-W ${quoteWord(spec.words)}`]),
    ...(spec.function === undefined ? [] : [`-F ${spec.function}`]),
    name,
  ].join(" ")}\n`

function* nothing(): Steps<number> {
  return 0
}

export const completions: readonly Builtin[] = [
  {
    name: "complete",
    *run(shell, args) {
      const { spec, words, flags } = parse(args)
      yield* shell.tick()
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
      const found = yield* candidatesFor(shell, spec, ["compgen"], words[0] ?? "")
      yield* shell.process.print(found.map((one) => `${one}\n`).join(""))
      return found.length > 0 ? 0 : 1
    },
  },
  { name: "compopt", run: nothing },
  { name: "bind", run: nothing },
  { name: "enable", run: nothing },
]
