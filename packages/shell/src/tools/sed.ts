/** sed: a stream editor; its language is in ../sed. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { Input } from "../sed/input.ts"
import { parseScript, type ScriptPart } from "../sed/parse.ts"
import { Sed, SideFiles, type Sink } from "../sed/run.ts"
import { SedError } from "../sed/script.ts"
import { MatchLimitError } from "../text/perl-regex.ts"
import { parseOptions, readFile } from "./reading.ts"

const USAGE = "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n"

/** Options as words: the suffix of -i may stand right behind it, its other letters behind theirs. */
const optionsOf = (args: readonly string[]) => {
  const inPlace = args.find((word) => /^-[nErszu]*i/.test(word))
  const parsed = parseOptions(
    args.map((word) => (word === inPlace ? word.replace(/i.*$/, "i") : word)),
    {
      letters: "nErsizu",
      valued: "efl",
      long: {
        quiet: "n",
        silent: "n",
        "regexp-extended": "E",
        "in-place=?": "i",
        "expression=": "e",
        "file=": "f",
        "line-length=": "l",
        "null-data": "z",
        separate: "s",
        unbuffered: "u",
        posix: "posix",
        debug: "debug",
        sandbox: "sandbox",
        "follow-symlinks": "follow",
      },
    },
  )
  const long = parsed.flags.get("i")
  return { ...parsed, suffix: inPlace ? inPlace.replace(/^-[nErszu]*i/, "") : typeof long === "string" ? long : "" }
}

/** The name of the file before it was edited: every * is its own name. */
const backupName = (file: string, suffix: string): string => {
  if (!suffix.includes("*")) return `${file}${suffix}`
  const [directory, name] = [file.slice(0, file.lastIndexOf("/") + 1), file.slice(file.lastIndexOf("/") + 1)]
  const made = suffix.replaceAll("*", name)
  return suffix.includes("/") ? made : directory + made
}

/** A link gives way to a file of its own, as rename(2) over it has it. */
const becomeFile = (process: Process, name: string): void => {
  if (!process.files.exists(name) || process.files.lstat(name).type !== "symlink") return
  const { mode } = process.files.stat(name)
  process.files.remove(name)
  process.files.write(name, "")
  process.files.chmod(name, mode & 0o7777)
}

function* partsOf(process: Process, args: readonly string[], words: string[]): Steps<ScriptPart[]> {
  const parts: ScriptPart[] = []
  let expressions = 0
  const script = (text: string) => parts.push({ name: `-e expression #${++expressions}`, text, file: false })
  const file = function* (name: string): Steps<void> {
    try {
      const text = new TextDecoder().decode(yield* readFile(process, name))
      parts.push({ name, text: text.replace(/\n$/, ""), file: true })
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      throw new SedError(`couldn't open file ${name}: ${error.message}`, 4)
    }
  }
  // Their order counts, so the words are gone through once more.
  for (let at = 0; at < args.length && args[at] !== "--"; at++) {
    const short = /^-([nrEszui]*)([ef])([\s\S]*)$/.exec(args[at])
    const long = /^--(expression|file)(?:=([\s\S]*))?$/.exec(args[at])
    if (/^-[nrEszu]*i/.test(args[at]) && !(short && !short[1].includes("i"))) continue
    if (!short && !long) continue
    const value = short ? short[3] || (args[++at] ?? "") : (long?.[2] ?? args[++at] ?? "")
    if ((short?.[2] ?? long?.[1]?.[0]) === "e") script(value)
    else yield* file(value)
  }
  if (parts.length === 0) {
    const first = words.shift()
    if (first !== undefined) script(first)
  } else {
    // A text that ends in a backslash goes on in the next -e.
    for (let at = 0; at + 1 < parts.length; at++)
      while (at + 1 < parts.length && /(?:^|[^\\])(?:\\\\)*\\$/.test(parts[at].text))
        parts[at].text += `\n${parts.splice(at + 1, 1)[0].text}`
  }
  return parts
}

export const sed = defineTool({
  name: "sed",
  busybox: true,
  version: "(GNU sed) 4.9",
  summary: "stream editor",
  usage: USAGE,
  *run(process, args) {
    const { flags, words, problem, suffix } = optionsOf(args)
    if (problem) {
      yield* process.error(`sed: ${problem}\n${USAGE}`)
      return 1
    }
    const files = [...words]
    const side = new SideFiles(process)
    try {
      const parts = yield* partsOf(process, args, files)
      if (parts.length === 0) {
        yield* process.error(USAGE)
        return 1
      }
      const commands = parseScript(parts, { extended: flags.has("E") || flags.has("r"), sandbox: flags.has("sandbox") })
      const options = {
        // A script whose first line is #n is quiet.
        quiet: flags.has("n") || /^#n(\n|$)/.test(parts[0].text),
        newline: flags.has("z") ? "\0" : "\n",
        unbuffered: flags.has("u"),
        width: Number(flags.get("l") ?? 70),
      }
      yield* side.open(commands)
      const names = files.length > 0 ? files : ["-"]
      const stdout: Sink = { write: (text) => process.print(text) }
      if (!flags.has("i") && !flags.has("s")) {
        const input = new Input(process, names, options.newline)
        const code = yield* new Sed(process, commands, options, side, input, stdout).run()
        return code ?? (input.failed ? 2 : 0)
      }
      const editor = new Sed(process, commands, options, side, new Input(process, [], options.newline), stdout)
      let status = 0
      for (const name of names) {
        const input = new Input(process, [name], options.newline)
        if (!flags.has("i") || name === "-") editor.over(input, stdout)
        else {
          if (process.files.exists(name) && process.files.stat(name).type !== "file") {
            yield* process.error(`sed: couldn't edit ${name}: not a regular file\n`)
            status = 4
            continue
          }
          if (process.files.exists(name) && suffix) process.files.write(backupName(name, suffix), process.files.readBytes(name))
          let text = ""
          editor.over(input, {
            *write(more) {
              text += more
            },
          })
          const code = yield* editor.run()
          if (input.failed) status = 2
          else {
            // What a q left unread stays.
            for (let line = code === undefined ? undefined : yield* input.next(); line; line = yield* input.next())
              text += line.ended ? `${line.text}${options.newline}` : line.text
            if (!flags.has("follow")) becomeFile(process, name)
            process.files.write(name, text)
          }
          if (code !== undefined) return code
          continue
        }
        const code = yield* editor.run()
        if (input.failed) status = 2
        if (code !== undefined) return code
      }
      return status
    } catch (error) {
      if (error instanceof SedError || error instanceof MatchLimitError) {
        yield* process.error(`sed: ${error.message}\n`)
        return error instanceof SedError ? error.code : 4
      }
      if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
      yield* process.error(`sed: ${error.message}\n`)
      return 4
    } finally {
      side.close()
    }
  },
})
