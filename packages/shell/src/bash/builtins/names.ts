/** What names mean: alias, type, command, hash, and the shell's limits. */
import type { Builtin } from "../define-builtin.ts"
import { printFunction } from "../print-function.ts"
import { external } from "../simple-command.ts"
import type { Shell, ShellFunction } from "../shell.ts"

/** As alias prints values: always in quotes. */
const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`

const kindOf = (shell: Shell, name: string): string | undefined => {
  if (shell.aliases.has(name)) return "alias"
  if (/^(if|then|else|elif|fi|case|esac|for|select|while|until|do|done|in|function|time|\{|\}|!|\[\[|\]\])$/.test(name)) return "keyword"
  if (shell.functions.has(name)) return "function"
  if (shell.builtins.has(name)) return "builtin"
  return shell.findCommand(name) && shell.process.files.exists(shell.findCommand(name) as string) ? "file" : undefined
}

/** type -a: what else the word could be, in the order in which bash looks. */
const everyMeaning = (shell: Shell, word: string): string => {
  const lines: string[] = []
  if (shell.aliases.has(word)) lines.push(`${word} is aliased to \`${shell.aliases.get(word)}'`)
  const called = shell.functions.get(word)
  if (called) lines.push(`${word} is a function\n${printFunction(word, called.node).trimEnd()}`)
  if (shell.builtins.has(word)) lines.push(`${word} is a shell builtin`)
  for (const directory of (shell.variables.get("PATH") ?? "").split(":")) {
    const path = `${directory}/${word}`
    if (shell.process.files.access(path, { execute: true }) && shell.process.files.stat(path).type === "file")
      lines.push(`${word} is ${path}`)
  }
  return lines.map((line) => `${line}\n`).join("")
}

const NO_VARIABLES: ReadonlyMap<string, string> = new Map()

export const names: readonly Builtin[] = [
  {
    name: "alias",
    *run(shell, args) {
      let status = 0
      if (args.length === 0)
        for (const [name, value] of [...shell.aliases].sort()) yield* shell.process.print(`alias ${name}=${quoted(value)}\n`)
      for (const word of args.filter((one) => one !== "-p")) {
        const equals = word.indexOf("=")
        if (equals > 0) {
          shell.aliases.set(word.slice(0, equals), word.slice(equals + 1))
          shell.aliasVersion++
        } else if (shell.aliases.has(word)) yield* shell.process.print(`alias ${word}=${quoted(shell.aliases.get(word) ?? "")}\n`)
        else {
          yield* shell.complain(`alias: ${word}: not found`)
          status = 1
        }
      }
      return status
    },
  },
  {
    name: "unalias",
    *run(shell, args) {
      shell.aliasVersion++
      if (args[0] === "-a") shell.aliases.clear()
      for (const word of args)
        if (word !== "-a" && !shell.aliases.delete(word)) {
          yield* shell.complain(`unalias: ${word}: not found`)
          return 1
        }
      return 0
    },
  },
  {
    name: "type",
    *run(shell, args) {
      const brief = args.includes("-t")
      let status = 0
      for (const word of args.filter((one) => !one.startsWith("-"))) {
        const kind = kindOf(shell, word)
        if (args.includes("-a")) {
          const all = everyMeaning(shell, word)
          if (all === "") yield* shell.complain(`type: ${word}: not found`)
          yield* shell.process.print(all)
          if (all === "") status = 1
          continue
        }
        if (!kind) {
          if (!brief && !args.includes("-p")) yield* shell.complain(`type: ${word}: not found`)
          status = 1
        } else if (args.includes("-p") || args.includes("-P"))
          yield* shell.process.print(kind === "file" ? `${shell.findCommand(word)}\n` : "")
        else if (brief) yield* shell.process.print(`${kind}\n`)
        else
          yield* shell.process.print(
            kind === "alias"
              ? `${word} is aliased to \`${shell.aliases.get(word)}'\n`
              : kind === "keyword"
                ? `${word} is a shell keyword\n`
                : kind === "function"
                  ? `${word} is a function\n${printFunction(word, (shell.functions.get(word) as ShellFunction).node)}`
                  : kind === "builtin"
                    ? `${word} is a shell builtin\n`
                    : `${word} is ${shell.findCommand(word)}\n`,
          )
      }
      return status
    },
  },
  {
    name: "command",
    *run(shell, args) {
      const words = [...args]
      let describe = ""
      while (words[0]?.startsWith("-")) describe += words.shift()
      if (/[vV]/.test(describe)) {
        const kind = kindOf(shell, words[0] ?? "")
        if (!kind) return 1
        yield* shell.process.print(
          `${kind === "file" ? shell.findCommand(words[0]) : kind === "alias" ? `alias ${words[0]}=${quoted(shell.aliases.get(words[0]) ?? "")}` : words[0]}\n`,
        )
        return 0
      }
      if (words.length === 0) return 0
      const builtin = shell.builtins.get(words[0])
      if (builtin) return yield* builtin.run(shell, words.slice(1), words[0])
      return yield* external(shell, words, NO_VARIABLES)
    },
  },
  {
    name: "builtin",
    *run(shell, [name, ...args]) {
      const builtin = shell.builtins.get(name)
      if (builtin) return yield* builtin.run(shell, args, name)
      yield* shell.complain(`builtin: ${name}: not a shell builtin`)
      return 1
    },
  },
  {
    name: "umask",
    *run(shell, [mode]) {
      if (mode === undefined) yield* shell.process.print(`${shell.process.umask.toString(8).padStart(4, "0")}\n`)
      else shell.process.umask = Number.parseInt(mode, 8)
      return 0
    },
  },
  {
    name: "ulimit",
    *run(shell, args) {
      if (args.length <= 1) yield* shell.process.print(args[0] === "-n" ? "1024\n" : "unlimited\n")
      return 0
    },
  },
  {
    name: "hash",
    *run(shell, args) {
      for (const name of args.filter((word) => !word.startsWith("-")))
        if (!shell.builtins.has(name) && shell.findCommand(name) === undefined) {
          yield* shell.complain(`hash: ${name}: not found`)
          return 1
        }
      if (args.length === 0) yield* shell.process.print("hash: hash table empty\n")
      return 0
    },
  },
  {
    name: "caller",
    *run(shell, [level]) {
      const frame = shell.frames.at(-1 - Number(level ?? 0))
      if (!frame) return 1
      const outer = shell.frames.at(-2 - Number(level ?? 0))
      yield* shell.process.print(
        level === undefined ? `${frame.line} ${shell.name}\n` : `${frame.line} ${outer?.name ?? "main"} ${shell.name}\n`,
      )
      return 0
    },
  },
  {
    name: "help",
    *run(shell, [name]) {
      if (name !== undefined && !shell.builtins.has(name)) {
        yield* shell.complain(`help: no help topics match \`${name}'.  Try \`help help' or \`man -k ${name}' or \`info ${name}'.`)
        return 1
      }
      yield* shell.process.print(
        name === undefined
          ? `GNU bash, version 5.2.21(1)-release (x86_64-pc-linux-gnu)\nThese shell commands are defined internally.\n\n${[...shell.builtins.keys()].sort().join("\n")}\n`
          : `${name}: ${name} [arguments]\n    A shell builtin.\n`,
      )
      return 0
    },
  },
]
