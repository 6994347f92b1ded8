/** grep: lines that match. */
import { type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { matchPattern } from "../bash/pattern.ts"
import { compileRegex, type Regex, RegexError } from "../text/regex.ts"
import { PerlRegex, PerlSyntaxError } from "../text/perl-regex.ts"
import { eachFile, eachLine, parseOptions } from "./reading.ts"

export const grep = defineTool({
  name: "grep",
  aliases: ["egrep", "fgrep"],
  busybox: true,
  summary: "print lines that match patterns",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "EFGPivwxclLoqsnHhrRza",
      valued: "efABCmd",
      long: {
        "extended-regexp": "E",
        "fixed-strings": "F",
        "ignore-case": "i",
        "invert-match": "v",
        "word-regexp": "w",
        "line-regexp": "x",
        count: "c",
        "files-with-matches": "l",
        "only-matching": "o",
        quiet: "q",
        silent: "q",
        "line-number": "n",
        recursive: "r",
        "regexp=": "e",
        "after-context=": "A",
        "before-context=": "B",
        "context=": "C",
        "max-count=": "m",
        "no-filename": "h",
        "with-filename": "H",
        "color=": "color",
        color: "color",
        "include=": "include",
        "exclude=": "exclude",
        "no-messages": "s",
        "perl-regexp": "P",
      },
    })
    if (problem) {
      yield* process.error(`grep: ${problem}\nUsage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n`)
      return 2
    }
    const names = [...words]
    const patterns = [...(all.get("e") ?? [])]
    for (const file of all.get("f") ?? []) patterns.push(...process.files.readText(file).replace(/\n$/, "").split("\n"))
    if (patterns.length === 0) {
      const first = names.shift()
      if (first === undefined) {
        yield* process.error("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n")
        return 2
      }
      patterns.push(...first.split("\n"))
    }
    const tool = process.argv[0]?.split("/").at(-1) ?? "grep"
    const extended = flags.has("E") || flags.has("P") || tool === "egrep"
    let compiled: Regex[]
    try {
      compiled = patterns.map((pattern) => {
        let source = flags.has("F") || tool === "fgrep" ? pattern.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&") : pattern
        const wrapped = flags.has("F") || extended
        if (flags.has("w")) source = wrapped ? `\\b(${source})\\b` : `\\b\\(${source}\\)\\b`
        if (flags.has("x")) source = wrapped ? `^(${source})$` : `^\\(${source}\\)$`
        if (flags.has("P")) return new PerlRegex(source, { ignoreCase: flags.has("i") })
        return compileRegex(source, { extended: wrapped, ignoreCase: flags.has("i") })
      })
    } catch (error) {
      if (!(error instanceof RegexError || error instanceof PerlSyntaxError)) throw error
      yield* process.error(`grep: ${error.message}\n`)
      return 2
    }
    let trouble = false
    const files: string[] = []
    if (flags.has("r") || flags.has("R")) {
      const visit = function* (path: string): Steps<void> {
        if (process.charge(1)) yield* process.yield()
        try {
          if (process.files.lstat(path).type === "directory")
            for (const { name } of process.files.list(path)) yield* visit(`${path.replace(/\/$/, "")}/${name}`)
          else if (
            (!flags.has("include") || matchPattern(String(flags.get("include")), path.split("/").at(-1) ?? "")) &&
            !(flags.has("exclude") && matchPattern(String(flags.get("exclude")), path.split("/").at(-1) ?? ""))
          )
            files.push(path)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* process.error(`grep: ${path}: ${error.message}\n`)
          trouble = true
        }
      }
      for (const name of names.length > 0 ? names : ["."]) yield* visit(name)
    } else files.push(...names)
    const named = flags.has("H") || (!flags.has("h") && (files.length > 1 || flags.has("r") || flags.has("R")))
    const [before, after] = [Number(flags.get("B") ?? flags.get("C") ?? 0), Number(flags.get("A") ?? flags.get("C") ?? 0)]
    const limit = Number(flags.get("m") ?? Number.POSITIVE_INFINITY)
    const colour =
      flags.get("color") === "always" || (flags.has("color") && flags.get("color") !== "never" && process.fds.get(1)?.kind === "tty")
    const paint = (text: string) => (colour ? `\x1b[01;31m\x1b[K${text}\x1b[m\x1b[K` : text)
    let any = false
    if (names.length === 0 && (flags.has("r") || flags.has("R")) && files.length === 0) return 1
    for (const file of files)
      if (file !== "-" && process.files.exists(file) && process.files.stat(file).type === "directory")
        yield* process.error(`grep: ${file}: Is a directory\n`)
    const readable = files.filter((file) => file === "-" || !process.files.exists(file) || process.files.stat(file).type !== "directory")
    if (files.length > 0 && readable.length === 0) return 2
    const ok = yield* eachFile(process, "grep", readable, function* (fd, file) {
      const name = file === "-" ? "(standard input)" : file
      let count = 0
      let number = 0
      let owed = 0
      let lastShown = 0
      const held: [number, string][] = []
      const show = function* (at: number, line: string, mark: ":" | "-"): Steps<void> {
        if ((before > 0 || after > 0) && lastShown > 0 && at > lastShown + 1) yield* process.print("--\n")
        lastShown = at
        yield* process.print(`${named ? name + mark : ""}${flags.has("n") ? `${at}${mark}` : ""}${line}\n`)
      }
      yield* eachLine(process, fd, function* (line) {
        number++
        if (process.charge(line.length >> 6)) yield* process.yield()
        const matched = compiled.some((regex) => regex.test(line)) !== flags.has("v")
        if (!matched) {
          if (owed > 0) {
            owed--
            yield* show(number, line, "-")
          } else if (before > 0) {
            held.push([number, line])
            if (held.length > before) held.shift()
          }
          return false
        }
        count++
        any = true
        if (flags.has("q")) return true
        if (flags.has("l") || flags.has("L")) return true
        if (!flags.has("c")) {
          for (const [at, text] of held.splice(0)) yield* show(at, text, "-")
          if (flags.has("o") && !flags.has("v")) {
            for (const regex of compiled)
              for (let at = 0, match = regex.find(line, at); match; match = at <= line.length ? regex.find(line, at) : undefined) {
                if (match.end > match.index)
                  yield* process.print(
                    `${named ? `${name}:` : ""}${flags.has("n") ? `${number}:` : ""}${paint(line.slice(match.index, match.end))}\n`,
                  )
                at = match.end > match.index ? match.end : match.end + 1
              }
          } else {
            let painted = line
            if (colour && !flags.has("v")) {
              painted = ""
              let at = 0
              for (let match = compiled[0].find(line, at); match && match.end > match.index; match = compiled[0].find(line, at)) {
                painted += line.slice(at, match.index) + paint(line.slice(match.index, match.end))
                at = match.end
              }
              painted += line.slice(at)
            }
            yield* show(number, painted, ":")
          }
          owed = after
        }
        return count >= limit && owed === 0
      })
      if (flags.has("c") && !flags.has("q")) yield* process.print(`${named ? `${name}:` : ""}${count}\n`)
      if (flags.has("l") && count > 0) yield* process.print(`${name}\n`)
      if (flags.has("L") && count === 0) yield* process.print(`${name}\n`)
    })
    return any ? (flags.has("q") || (ok && !trouble) ? 0 : 2) : ok && !trouble ? 1 : 2
  },
})
