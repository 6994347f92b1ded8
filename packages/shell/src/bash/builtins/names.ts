/** What names mean: alias, type, command, hash, and the shell's limits. */
import type { Builtin } from "../define-builtin.ts"
import { matchPattern } from "../pattern.ts"
import { printFunction } from "../print-function.ts"
import { external, runBuiltin } from "../simple-command.ts"
import { isSpecialBuiltin, usage, usageOf } from "./usage.ts"
import type { Shell, ShellFunction } from "../shell.ts"

/** As alias prints values: always in quotes. */
const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`

const kindOf = (shell: Shell, name: string, withoutFunctions = false): string | undefined => {
  if (shell.options.expand_aliases && shell.aliases.has(name)) return "alias"
  if (/^(if|then|else|elif|fi|case|esac|for|select|while|until|do|done|in|function|time|\{|\}|!|\[\[|\]\])$/.test(name)) return "keyword"
  if (!withoutFunctions && shell.functions.has(name)) return "function"
  if (shell.builtins.has(name) && !shell.disabled.has(name)) return "builtin"
  return shell.findCommand(name) && shell.process.files.exists(shell.findCommand(name) as string) ? "file" : undefined
}

/** type -a: what else the word could be, in the order in which bash looks. */
const everyMeaning = (shell: Shell, word: string): string => {
  const lines: string[] = []
  if (shell.options.expand_aliases && shell.aliases.has(word)) lines.push(`${word} is aliased to \`${shell.aliases.get(word)}'`)
  const called = shell.functions.get(word)
  if (called) lines.push(`${word} is a function\n${printFunction(word, called).trimEnd()}`)
  if (shell.builtins.has(word)) lines.push(`${word} is a shell builtin`)
  for (const directory of (shell.variables.get("PATH") ?? "").split(":")) {
    const path = `${directory}/${word}`
    if (shell.process.files.access(path, { execute: true }) && shell.process.files.stat(path).type === "file")
      lines.push(`${word} is ${path}`)
  }
  return lines.map((line) => `${line}\n`).join("")
}

const meaning = (shell: Shell, word: string, kind: string): string => {
  switch (kind) {
    case "alias":
      return `${word} is aliased to \`${shell.aliases.get(word)}'\n`
    case "keyword":
      return `${word} is a shell keyword\n`
    case "function":
      return `${word} is a function\n${printFunction(word, shell.functions.get(word) as ShellFunction)}`
    case "builtin":
      return `${word} is a shell builtin\n`
    default:
      return `${word} is ${shell.hashed.has(word) ? `hashed (${shell.findCommand(word)})` : shell.findCommand(word)}\n`
  }
}

const NO_VARIABLES: ReadonlyMap<string, string> = new Map()

export const names: readonly Builtin[] = [
  {
    name: "alias",
    *run(shell, args) {
      let status = 0
      if (args.length === 0)
        for (const [name, value] of [...shell.aliases].sort())
          yield* shell.process.print(`${shell.dialect ? "" : "alias "}${name}=${quoted(value)}\n`)
      for (const word of args.filter((one) => one !== "-p")) {
        const equals = word.indexOf("=")
        if (equals > 0) {
          shell.aliases.set(word.slice(0, equals), word.slice(equals + 1))
          shell.aliasVersion++
        } else if (shell.aliases.has(word))
          yield* shell.process.print(`${shell.dialect ? "" : "alias "}${word}=${quoted(shell.aliases.get(word) ?? "")}\n`)
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
      if (args.length === 0) return yield* usage(shell, "unalias")
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
      const flags = args.filter((one) => one.startsWith("-")).join("")
      const brief = flags.includes("t")
      let status = 0
      for (const word of args.filter((one) => !one.startsWith("-"))) {
        const kind = kindOf(shell, word, flags.includes("f"))
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
        else yield* shell.process.print(meaning(shell, word, kind))
      }
      return status
    },
  },
  {
    name: "command",
    *run(shell, args) {
      const words = [...args]
      let describe = ""
      while (/^-[pvV]+$/.test(words[0] ?? "")) describe += words.shift()
      if (words[0] === "--") words.shift()
      if (/[vV]/.test(describe)) {
        let status = words.length > 0 ? (shell.dialect ? 127 : 1) : 0
        for (const word of words) {
          const kind = kindOf(shell, word)
          if (kind) status = 0
          if (kind && describe.includes("V")) yield* shell.process.print(meaning(shell, word, kind))
          else if (kind)
            yield* shell.process.print(
              `${kind === "file" ? shell.findCommand(word) : kind === "alias" ? `alias ${word}=${quoted(shell.aliases.get(word) ?? "")}` : word}\n`,
            )
          else if (describe.includes("V")) yield* shell.complain(`command: ${word}: not found`)
        }
        return status
      }
      if (words.length === 0) return 0
      const builtin = shell.disabled.has(words[0]) ? undefined : shell.builtins.get(words[0])
      if (builtin) return yield* runBuiltin(shell, builtin, words)
      return yield* external(shell, words, NO_VARIABLES)
    },
  },
  {
    name: "builtin",
    *run(shell, args) {
      const words = args[0] === "--" ? args.slice(1) : args
      if (words.length === 0) return 0
      const builtin = shell.builtins.get(words[0])
      if (builtin) return yield* runBuiltin(shell, builtin, words)
      yield* shell.complain(`builtin: ${words[0]}: not a shell builtin`)
      return 1
    },
  },
  {
    name: "enable",
    *run(shell, args) {
      const flags = args.filter((word) => /^-[a-z]+$/.test(word)).join("")
      const words = args.filter((word) => !/^-[a-z]+$/.test(word))
      if (words.length === 0) {
        const shown = [...shell.builtins.keys()]
          .sort()
          .filter((name) => flags.includes("a") || shell.disabled.has(name) === flags.includes("n"))
          .filter((name) => !flags.includes("s") || isSpecialBuiltin(name))
        yield* shell.process.print(shown.map((name) => `enable ${shell.disabled.has(name) ? "-n " : ""}${name}\n`).join(""))
        return 0
      }
      let status = 0
      // A copy: a subshell's own affair.
      shell.disabled = new Set(shell.disabled)
      for (const name of words) {
        if (!shell.builtins.has(name)) {
          yield* shell.complain(`enable: ${name}: not a shell builtin`)
          status = 1
        } else if (flags.includes("n")) shell.disabled.add(name)
        else shell.disabled.delete(name)
      }
      return status
    },
  },
  {
    name: "hash",
    *run(shell, args) {
      const flags = args.filter((word) => /^-[a-z]+$/.test(word)).join("")
      const words = args.filter((word) => !/^-[a-z]+$/.test(word))
      if (flags.includes("r")) shell.hashed.clear()
      if (flags.includes("p") && words.length > 1) {
        const [path, ...names] = words
        for (const name of names) shell.hashed.set(name, { path, hits: 0 })
        return 0
      }
      if (words.length === 0) {
        if (flags.includes("r")) return 0
        yield* shell.process.print(
          shell.hashed.size === 0
            ? "hash: hash table empty\n"
            : flags.includes("l")
              ? [...shell.hashed].map(([name, { path }]) => `builtin hash -p ${path} ${name}\n`).join("")
              : `hits\tcommand\n${[...shell.hashed.values()].map(({ path, hits }) => `${String(hits).padStart(4)}\t${path}\n`).join("")}`,
        )
        return 0
      }
      let status = 0
      for (const name of words) {
        if (flags.includes("d") && shell.hashed.delete(name)) continue
        if (shell.builtins.has(name) || shell.functions.has(name)) continue
        const path = flags.includes("t") ? shell.hashed.get(name)?.path : shell.findCommand(name)
        if (path === undefined || flags.includes("d")) {
          yield* shell.complain(`hash: ${name}: not found`)
          status = 1
        } else if (flags.includes("t")) yield* shell.process.print(`${words.length > 1 ? `${name}\t` : ""}${path}\n`)
        else shell.hashed.set(name, { path, hits: 0 })
      }
      return status
    },
  },
  {
    name: "caller",
    *run(shell, [level]) {
      if (level !== undefined && !/^-?\d+$/.test(level)) {
        yield* shell.complain(`caller: ${level.startsWith("-") ? `${level.slice(0, 2)}: invalid option` : `${level}: invalid number`}`)
        yield* usage(shell, "caller")
        return 1
      }
      const place = shell.frames.length - 1 - Number(level ?? 0)
      const frame = shell.frames[place]
      if (!frame) return 1
      const outer = shell.frames[place - 1]
      if (level === undefined) {
        yield* shell.process.print(`${frame.line} ${outer?.file ?? (shell.file || "NULL")}\n`)
        return 0
      }
      if (!outer && !shell.runsFile) return 1
      yield* shell.process.print(`${frame.line} ${outer?.name ?? "main"} ${outer?.file ?? shell.file}\n`)
      return 0
    },
  },
  {
    name: "help",
    *run(shell, args) {
      const short = args.filter((word) => /^-[dms]+$/.test(word)).join("")
      const [name, ...more] = args.filter((word) => !/^-[dms]+$/.test(word) && word !== "--")
      if (short !== "" && name !== undefined) {
        const found = [...shell.builtins.keys()]
          .sort()
          .filter((one) => [name, ...more].some((pattern) => one === pattern || matchPattern(pattern, one)))
        yield* shell.process.print(found.map((one) => `${one}: ${usageOf(one) ?? one}\n`).join(""))
        return found.length > 0 ? 0 : 1
      }
      if (name !== undefined && !shell.builtins.has(name)) {
        yield* shell.complain(`help: no help topics match \`${name}'.  Try \`help help' or \`man -k ${name}' or \`info ${name}'.`)
        return 1
      }
      yield* shell.process.print(
        name === undefined
          ? `GNU bash, version 5.2.21(1)-release (x86_64-pc-linux-gnu)\nThese shell commands are defined internally.\n\n${[...shell.builtins.keys()].sort().join("\n")}\n`
          : `${name}: ${usageOf(name) ?? name}\n    A shell builtin.\n`,
      )
      return 0
    },
  },
]
