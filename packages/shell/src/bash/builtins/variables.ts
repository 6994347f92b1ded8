/** Builtins about variables and names: export, declare, read, unset, alias, type … */
import type { Steps } from "@drydock/machine"
import { evaluateText } from "../arithmetic.ts"
import type { Builtin } from "../define-builtin.ts"
import { quoteWord, type Shell } from "../shell.ts"
import { arrayKeys, type Variable } from "../variables.ts"

const NAME = /^[A-Za-z_]\w*$/

const show = (name: string, variable: Variable): string => {
  const flags = `${variable.array ? (variable.associative ? "A" : "a") : ""}${variable.integer ? "i" : ""}${variable.readonly ? "r" : ""}${variable.exported ? "x" : ""}`
  const value = variable.array
    ? `=(${arrayKeys(variable)
        .map((key) => `[${variable.associative ? quoteWord(key) : key}]="${variable.array?.get(key)}" `)
        .join("")
        .trimEnd()}${variable.associative && variable.array.size > 0 ? " " : ""})`
    : variable.value === undefined
      ? ""
      : `="${variable.value.replace(/[\\"$`]/g, "\\$&")}"`
  return `declare -${flags || "-"} ${name}${value}\n`
}

function* declare(
  shell: Shell,
  args: readonly string[],
  options: { local: boolean; exported?: boolean; readonly?: boolean; name: string },
): Steps<number> {
  let flags = ""
  const words: string[] = []
  for (const word of args) {
    if (/^[-+][A-Za-z]+$/.test(word) && words.length === 0) flags += word.startsWith("+") ? word.slice(1).replace(/x/g, "X") : word.slice(1)
    else if (word !== "--") words.push(word)
  }
  if (flags.includes("f") || flags.includes("F")) {
    let status = 0
    for (const name of words.length > 0 ? words : [...shell.functions.keys()]) {
      if (!shell.functions.has(name)) status = 1
      else if (options.exported !== true)
        yield* shell.process.print(flags.includes("F") ? `${words.length > 0 ? "" : "declare -f "}${name}\n` : `${name} () \n{ \n}\n`)
    }
    return status
  }
  if (words.length === 0 || flags.includes("p")) {
    for (const name of words.length > 0 ? words : shell.variables.names()) {
      const variable = shell.variables.find(name)
      if (variable && (!options.exported || variable.exported) && (!options.readonly || variable.readonly))
        yield* shell.process.print(show(name, variable))
      else if (words.length > 0 && !variable) {
        yield* shell.complain(`${options.name}: ${name}: not found`)
        return 1
      }
    }
    return 0
  }
  const arrays = shell.pendingArrays.splice(0)
  let status = 0
  for (const word of words) {
    const match = /^([A-Za-z_]\w*)(\[.*\])?(\+?)=([\s\S]*)$/.exec(word)
    const name = match ? match[1] : word
    if (!NAME.test(name)) {
      yield* shell.complain(`${options.name}: \`${word}': not a valid identifier`)
      status = 1
      continue
    }
    const local = options.local && !flags.includes("g")
    const variable = shell.variables.declare(name, local)
    if (flags.includes("A")) {
      variable.array ??= new Map()
      variable.associative = true
    } else if (flags.includes("a")) variable.array ??= new Map(variable.value === undefined ? [] : [["0", variable.value]])
    if (flags.includes("i")) variable.integer = true
    if (flags.includes("l")) variable.lower = true
    if (flags.includes("u")) variable.upper = true
    const array = arrays.find((one) => one.name === name)
    if (array) yield* shell.assign(array)
    else if (match) {
      let value = match[4]
      if (variable.integer) value = String(yield* evaluateText(shell, value))
      if (match[2]) shell.variables.setElement(name, match[2].slice(1, -1), value)
      else {
        const next = match[3] ? (shell.variables.get(name) ?? "") + value : value
        if (variable.readonly) {
          yield* shell.complain(`${name}: readonly variable`)
          status = 1
          continue
        }
        const cased = variable.lower ? next.toLowerCase() : variable.upper ? next.toUpperCase() : next
        if (variable.array) variable.array.set("0", cased)
        else variable.value = cased
      }
    }
    if (options.exported || flags.includes("x")) variable.exported = !flags.includes("n")
    if (flags.includes("X")) variable.exported = false
    if (options.exported && flags.includes("n")) variable.exported = false
    if (options.readonly || flags.includes("r")) variable.readonly = true
  }
  return status
}

const kindOf = (shell: Shell, name: string): string | undefined => {
  if (shell.aliases.has(name)) return "alias"
  if (/^(if|then|else|elif|fi|case|esac|for|select|while|until|do|done|in|function|time|\{|\}|!|\[\[|\]\])$/.test(name)) return "keyword"
  if (shell.functions.has(name)) return "function"
  if (shell.builtins.has(name)) return "builtin"
  return shell.findCommand(name) && shell.process.files.exists(shell.findCommand(name) as string) ? "file" : undefined
}

export const variableBuiltins: readonly Builtin[] = [
  { name: "export", run: (shell, args) => declare(shell, args, { local: false, exported: true, name: "export" }) },
  { name: "readonly", run: (shell, args) => declare(shell, args, { local: false, readonly: true, name: "readonly" }) },
  { name: "declare", run: (shell, args) => declare(shell, args, { local: shell.depth > 0, name: "declare" }) },
  { name: "typeset", run: (shell, args) => declare(shell, args, { local: shell.depth > 0, name: "typeset" }) },
  {
    name: "local",
    *run(shell, args) {
      if (shell.depth === 0) {
        yield* shell.complain("local: can only be used in a function")
        return 1
      }
      return yield* declare(shell, args, { local: true, name: "local" })
    },
  },
  {
    name: "unset",
    *run(shell, args) {
      yield* shell.tick()
      const functions = args[0] === "-f"
      for (const name of args.filter((word) => word !== "-f" && word !== "-v")) {
        const element = /^(\w+)\[(.+)\]$/.exec(name)
        if (element) shell.variables.find(element[1])?.array?.delete(element[2])
        else if (functions) shell.functions.delete(name)
        else if (shell.variables.find(name)) shell.variables.unset(name)
        else shell.functions.delete(name)
      }
      return 0
    },
  },
  {
    name: "shift",
    *run(shell, [count = "1"]) {
      yield* shell.tick()
      if (Number(count) > shell.positional.length) return 1
      shell.positional = shell.positional.slice(Number(count))
      return 0
    },
  },
  {
    name: "let",
    *run(shell, args) {
      let value = 0n
      for (const expression of args) value = yield* evaluateText(shell, expression)
      return value === 0n ? 1 : 0
    },
  },
  {
    name: "read",
    *run(shell, args) {
      const names: string[] = []
      let raw = false
      let array: string | undefined
      let prompt = ""
      let delimiter = "\n"
      let count: number | undefined
      let timeout: number | undefined
      let fd = 0
      for (let at = 0; at < args.length; at++) {
        const word = args[at]
        if (!word.startsWith("-") || word === "-") {
          names.push(word)
          continue
        }
        for (let letter = 1; letter < word.length; letter++) {
          const option = word[letter]
          if (option === "r") raw = true
          else if (option === "s" || option === "e") continue
          else {
            const value = word.slice(letter + 1) || args[++at] || ""
            if (option === "a") array = value
            else if (option === "p") prompt = value
            else if (option === "d") delimiter = value === "" ? "\0" : value[0]
            else if (option === "n" || option === "N") count = Number(value)
            else if (option === "t") timeout = Number(value) * 1_000
            else if (option === "u") fd = Number(value)
            break
          }
        }
      }
      if (prompt && shell.process.fds.get(fd)?.kind === "tty") yield* shell.process.error(prompt)
      if (timeout !== undefined && (yield* shell.process.select([fd], timeout)).length === 0) return 142
      let line: string | undefined
      let ended = false
      if (delimiter === "\n" && count === undefined) {
        line = yield* shell.process.readLine(fd)
        while (!raw && line !== undefined && /(^|[^\\])(\\\\)*\\$/.test(line))
          line = line.slice(0, -1) + ((yield* shell.process.readLine(fd)) ?? "")
      } else {
        line = ""
        const decoder = new TextDecoder()
        for (;;) {
          const chunk = yield* shell.process.read(fd, 1)
          if (chunk.length === 0) {
            ended = true
            break
          }
          const character = decoder.decode(chunk, { stream: true })
          if (character === delimiter) break
          line += character
          if (count !== undefined && [...line].length >= count) break
        }
      }
      const status = line === undefined || (ended && line === "") ? 1 : ended ? 1 : 0
      let value = line ?? ""
      const separators = shell.variables.get("IFS") ?? " \t\n"
      const blank = [...separators].filter((character) => " \t\n".includes(character)).join("")
      const trim = (input: string, both: boolean) => {
        let [from, to] = [0, input.length]
        while (from < to && blank.includes(input[from])) from++
        while (both && to > from && blank.includes(input[to - 1])) to--
        return input.slice(from, to)
      }
      const plain = (input: string) => (raw ? input : input.replace(/\\([\s\S])/g, "$1"))
      const takeField = (): string => {
        value = trim(value, false)
        let at = 0
        while (at < value.length && !separators.includes(value[at])) at += !raw && value[at] === "\\" ? 2 : 1
        const field = value.slice(0, at)
        value = value.slice(at)
        const rest = trim(value, false)
        value = rest !== "" && separators.includes(rest[0]) && !blank.includes(rest[0]) ? trim(rest.slice(1), false) : rest
        return plain(field)
      }
      if (array !== undefined) {
        const items: [string, string][] = []
        value = trim(value, true)
        while (value !== "") items.push([String(items.length), takeField()])
        shell.variables.setArray(array, items, false)
      } else if (names.length === 0) shell.variables.set("REPLY", plain(value))
      else {
        for (const name of names.slice(0, -1)) shell.variables.set(name, takeField())
        shell.variables.set(names[names.length - 1], plain(trim(value, true)))
      }
      return status
    },
  },
  ...["mapfile", "readarray"].map(
    (name): Builtin => ({
      name,
      *run(shell, args) {
        const strip = args.includes("-t")
        const target = args.filter((word) => !word.startsWith("-")).at(-1) ?? "MAPFILE"
        const lines: [string, string][] = []
        for (let line = yield* shell.process.readLine(0); line !== undefined; line = yield* shell.process.readLine(0))
          lines.push([String(lines.length), strip ? line : `${line}\n`])
        shell.variables.setArray(target, lines, false)
        return 0
      },
    }),
  ),
  {
    name: "getopts",
    *run(shell, [spec, name, ...given]) {
      const args = given.length > 0 ? given : shell.positional
      let index = Number(shell.variables.get("OPTIND") ?? 1)
      if (index === 1 && shell.getoptsAt > 1 && !args[0]?.[shell.getoptsAt]) shell.getoptsAt = 1
      const word = args[index - 1]
      shell.variables.declare("OPTARG", false).value = undefined
      if (word === undefined || !/^-./.test(word) || word === "--") {
        if (word === "--") index++
        shell.variables.set("OPTIND", String(index))
        shell.variables.set(name, "?")
        shell.getoptsAt = 1
        return 1
      }
      const option = word[shell.getoptsAt]
      const at = spec.indexOf(option)
      const advance = () => {
        if (shell.getoptsAt + 1 < word.length) shell.getoptsAt++
        else {
          shell.getoptsAt = 1
          index++
        }
      }
      if (at < 0 || option === ":") {
        advance()
        if (spec.startsWith(":")) shell.variables.set("OPTARG", option)
        else yield* shell.process.error(`${shell.name}: illegal option -- ${option}\n`)
        shell.variables.set(name, "?")
      } else if (spec[at + 1] === ":") {
        const rest = word.slice(shell.getoptsAt + 1)
        shell.getoptsAt = 1
        if (rest !== "") shell.variables.set("OPTARG", rest)
        else if (args[index] !== undefined) shell.variables.set("OPTARG", args[index++])
        else {
          index++
          shell.variables.set("OPTIND", String(index))
          if (spec.startsWith(":")) {
            shell.variables.set("OPTARG", option)
            shell.variables.set(name, ":")
          } else {
            yield* shell.process.error(`${shell.name}: option requires an argument -- ${option}\n`)
            shell.variables.set(name, "?")
          }
          return 0
        }
        index++
        shell.variables.set(name, option)
      } else {
        advance()
        shell.variables.set(name, option)
      }
      shell.variables.set("OPTIND", String(index))
      return 0
    },
  },
  {
    name: "alias",
    *run(shell, args) {
      let status = 0
      if (args.length === 0) for (const [name, value] of [...shell.aliases].sort()) yield* shell.process.print(`alias ${name}='${value}'\n`)
      for (const word of args.filter((one) => one !== "-p")) {
        const equals = word.indexOf("=")
        if (equals > 0) shell.aliases.set(word.slice(0, equals), word.slice(equals + 1))
        else if (shell.aliases.has(word)) yield* shell.process.print(`alias ${word}='${shell.aliases.get(word)}'\n`)
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
                  ? `${word} is a function\n`
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
          `${kind === "file" ? shell.findCommand(words[0]) : kind === "alias" ? `alias ${words[0]}='${shell.aliases.get(words[0])}'` : words[0]}\n`,
        )
        return 0
      }
      if (words.length === 0) return 0
      const builtin = shell.builtins.get(words[0])
      if (builtin) return yield* builtin.run(shell, words.slice(1), words[0])
      return yield* shell.runText(words.map(quoteWord).join(" "), shell.line)
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
    name: "hash",
    *run(shell) {
      yield* shell.tick()
      return 0
    },
  },
  {
    name: "complete",
    *run(shell) {
      yield* shell.tick()
      return 0
    },
  },
  {
    name: "history",
    *run(shell, [count]) {
      if (count === "-c") {
        shell.history.length = 0
        return 0
      }
      const from = count && /^\d+$/.test(count) ? Math.max(0, shell.history.length - Number(count)) : 0
      yield* shell.process.print(
        shell.history
          .slice(from)
          .map((line, at) => `${String(from + at + 1).padStart(5)}  ${line}\n`)
          .join(""),
      )
      return 0
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
]
