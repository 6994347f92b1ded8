/** read, mapfile and getopts. */
import type { Steps } from "@drydock/machine"
import type { Builtin } from "../define-builtin.ts"
import { singleQuoted } from "../quoting.ts"
import { usage } from "./usage.ts"

export const reading: readonly Builtin[] = [
  {
    name: "read",
    *run(shell, args) {
      const names: string[] = []
      let raw = false
      let array: string | undefined
      let prompt = ""
      let delimiter = "\n"
      let count: number | undefined
      let exact = false
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
            else if (option === "n" || option === "N") {
              if (!/^\d+$/.test(value)) {
                yield* shell.complain(`read: ${value}: invalid number`)
                return 1
              }
              count = Number(value)
              exact = option === "N"
            } else if (option === "t") {
              if (!/^(\d+\.?\d*|\.\d+)$/.test(value)) {
                yield* shell.complain(`read: ${value}: invalid timeout specification`)
                return 1
              }
              timeout = Number(value) * 1_000
            } else if (option === "u") fd = Number(value)
            break
          }
        }
      }
      for (const name of array === undefined ? names : [array])
        if (!/^[A-Za-z_]\w*(\[.*\])?$/.test(name)) {
          yield* shell.complain(`read: \`${name}': not a valid identifier`)
          return 1
        }
      if (!shell.process.fds.has(fd)) {
        yield* shell.complain(`read: ${fd === 0 ? "read error: 0" : `${fd}: invalid file descriptor`}: Bad file descriptor`)
        return 1
      }
      if (prompt && shell.process.fds.get(fd)?.kind === "tty") yield* shell.process.error(prompt)
      // With no time at all it only says whether there is something to read.
      if (timeout === 0) return (yield* shell.process.select([fd], 0)).length > 0 ? 0 : 1
      if (timeout !== undefined && (yield* shell.process.select([fd], timeout)).length === 0) return 142
      if (count === 0) {
        for (const name of names.length > 0 ? names : ["REPLY"]) shell.variables.set(name, "")
        return 0
      }
      let line: string | undefined
      let ended = false
      if (delimiter === "\n" && count === undefined) {
        const end = { newline: true }
        line = yield* shell.process.readLine(fd, end)
        while (!raw && line !== undefined && end.newline && /(^|[^\\])(\\\\)*\\$/.test(line))
          line = line.slice(0, -1) + ((yield* shell.process.readLine(fd, end)) ?? "")
        // A last line without its newline is assigned, and is the end.
        ended = !end.newline
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
          if (character === delimiter && !exact) break
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
      const store = function* (name: string, text: string): Steps<void> {
        const element = /^(\w+)\[(.+)\]$/.exec(name)
        if (element) shell.variables.setElement(element[1], yield* shell.subscript(element[1], element[2]), text)
        else shell.variables.set(name, text)
      }
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
        while (value !== "") {
          items.push([String(items.length), takeField()])
          if ((items.length & 1_023) === 0) yield* shell.tick(256)
        }
        shell.variables.setArray(array, items, false)
      } else if (names.length === 0) shell.variables.set("REPLY", plain(value))
      else {
        for (const name of names.slice(0, -1)) yield* store(name, takeField())
        // The rest, as it is; but a separator that only ends its one field goes.
        const rest = trim(value, true)
        const only = takeField()
        yield* store(names[names.length - 1], value === "" ? only : plain(rest))
      }
      return status
    },
  },
  ...["mapfile", "readarray"].map(
    (name): Builtin => ({
      name,
      *run(shell, args) {
        let strip = false
        let delimiter = "\n"
        let limit = Number.POSITIVE_INFINITY
        let skip = 0
        let origin: number | undefined
        let fd = 0
        let target = "MAPFILE"
        let callback: string | undefined
        let quantum = 5_000
        for (let at = 0; at < args.length; at++) {
          const option = args[at]
          if (!option.startsWith("-") || option === "-") target = option
          else
            for (let letter = 1; letter < option.length; letter++) {
              if (option[letter] === "t") {
                strip = true
                continue
              }
              const value = option.slice(letter + 1) || args[++at] || ""
              if ("nsOuc".includes(option[letter]) && !/^\d+$/.test(value)) {
                const what = {
                  n: "line count",
                  s: "line count",
                  O: "array origin",
                  u: "file descriptor specification",
                  c: "callback quantum",
                }
                yield* shell.complain(`${name}: ${value}: invalid ${what[option[letter] as "n"]}`)
                return 1
              }
              if (option[letter] === "d") delimiter = value === "" ? "\0" : value[0]
              else if (option[letter] === "n") limit = Number(value) || limit
              else if (option[letter] === "s") skip = Number(value)
              else if (option[letter] === "O") origin = Number(value)
              else if (option[letter] === "u") fd = Number(value)
              else if (option[letter] === "C") callback = value
              else if (option[letter] === "c") quantum = Math.max(1, Number(value) || 1)
              break
            }
        }
        if (!/^[A-Za-z_]\w*$/.test(target)) {
          yield* shell.complain(`${name}: \`${target}': not a valid identifier`)
          return 1
        }
        const content = new TextDecoder().decode(yield* shell.process.readAll(fd))
        yield* shell.tick(content.length >> 8)
        const pieces = content.split(delimiter)
        const unended = pieces.pop() ?? ""
        const all = pieces.map((piece) => (strip ? piece : piece + delimiter))
        if (unended !== "") all.push(unended)
        const lines = all.slice(skip, skip + limit).map((line, at) => [String(at + (origin ?? 0)), line] as const)
        if (shell.process.charge(lines.length)) yield* shell.process.yield()
        shell.variables.setArray(target, callback === undefined ? lines : [], origin !== undefined)
        // The callback sees each line that fills a quantum before that line is assigned.
        if (callback !== undefined)
          for (const [at, [key, line]] of lines.entries()) {
            if ((at + 1) % quantum === 0) yield* shell.runText(`${callback} ${key} ${singleQuoted(line)}`)
            shell.variables.setElement(target, key, line)
          }
        return 0
      },
    }),
  ),
  {
    name: "getopts",
    *run(shell, [spec, name, ...given]) {
      if (name === undefined) return yield* usage(shell, "getopts")
      if (!/^[A-Za-z_]\w*$/.test(name)) {
        yield* shell.complain(`getopts: \`${name}': not a valid identifier`)
        return 1
      }
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
        else if (shell.variables.get("OPTERR") !== "0") yield* shell.process.error(`${shell.name}: illegal option -- ${option}\n`)
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
            if (shell.variables.get("OPTERR") !== "0")
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
]
