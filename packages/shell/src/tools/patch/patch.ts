/** patch: changes of a diff applied to files (patch.c). */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { parseOptions, readFile, usageError } from "../reading.ts"
import { type FilePatch, type Form, type Hunk, MalformedError, parsePatch } from "./parse.ts"
import { type Found, placeOf, reversed } from "./place.ts"

interface Options {
  readonly reverse: boolean
  readonly dry: boolean
  readonly output: string | undefined
  /** The name of what a file was; undefined where none is kept. */
  readonly backup: ((name: string) => string) | undefined
  readonly rejects: string | undefined
  readonly quiet: boolean
  readonly verbose: boolean
  readonly fuzz: number
  readonly removeEmpty: boolean
  readonly loose: boolean
  /** What becomes of a patch that was applied already: asked, skipped (-N), taken back (-t), tried all the same (-f). */
  readonly again: "ask" | "skip" | "reverse" | "try"
}

class PatchError extends Error {}

const stripped = (name: string, count: number | undefined): string | undefined => {
  if (count === undefined) return name.split("/").at(-1)
  const parts = name.split(/\/+/)
  return parts.length <= count ? undefined : parts.slice(count).join("/")
}

/** The first of a patch's names that exists, or the new one when it makes a file. */
const targetOf = (process: Process, patch: FilePatch, strip: number | undefined, reverse: boolean): string | undefined => {
  const names = [patch.oldName, patch.newName].flatMap((name) => {
    const short = name === undefined || name === "/dev/null" ? undefined : stripped(name, strip)
    return short === undefined || short === "" ? [] : [short]
  })
  const makes = (reverse ? patch.removes : patch.makes) || patch.hunks.every(({ old, fresh }) => (reverse ? fresh : old).length === 0)
  return names.find((name) => process.files.exists(name)) ?? (makes ? names.at(-1) : undefined)
}

/** An answer of the terminal; an empty one where there is none. */
function* asked(process: Process, question: string): Steps<string> {
  yield* process.print(`${question} [n] `)
  try {
    const fd = yield* process.open("/dev/tty", "r")
    const answer = new TextDecoder().decode(yield* process.read(fd))
    process.close(fd)
    return answer.trim()
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* process.print("\n")
    return ""
  }
}

/** "apply" as it is, "reverse" or "skip", for a first hunk that fits only the other way round. */
function* onApplied(process: Process, { again, reverse }: Options): Steps<"apply" | "reverse" | "skip"> {
  const found = reverse ? "Unreversed patch detected!" : "Reversed (or previously applied) patch detected!"
  if (again === "skip") {
    yield* process.print(`${found}  Skipping patch.\n`)
    return "skip"
  }
  const [assumed, question] = reverse ? ["Ignoring -R.", "Ignore -R?"] : ["Assuming -R.", "Assume -R?"]
  if (again === "reverse") {
    yield* process.print(`${found}  ${assumed}\n`)
    return "reverse"
  }
  if (/^[yY]/.test(yield* asked(process, `${found}  ${question}`))) return "reverse"
  if (/^[yY]/.test(yield* asked(process, "Apply anyway?"))) return "apply"
  yield* process.print("Skipping patch.\n")
  return "skip"
}

interface Text {
  lines: string[]
  ended: boolean
}

const change = (text: Text, hunk: Hunk, { at, lead, trail }: Found): void => {
  const fresh = hunk.fresh.slice(lead, hunk.fresh.length - trail)
  const after = at + lead + hunk.old.length - lead - trail
  const atEnd = after >= text.lines.length
  text.lines.splice(at + lead, hunk.old.length - lead - trail, ...fresh)
  if (atEnd) text.ended = !hunk.freshUnended
}

/** Applies hunk after hunk; those that fit nowhere. */
function* applyHunks(process: Process, text: Text, patch: FilePatch, options: Options): Steps<{ failed: Hunk[]; skipped: boolean }> {
  const failed: Hunk[] = []
  let [moved, reverse] = [0, options.reverse]
  for (const [number, raw] of patch.hunks.entries()) {
    if (process.charge(1 + text.lines.length)) yield* process.yield()
    const locate = (hunk: Hunk): Found | undefined => {
      if (patch.form === "ed") return { at: hunk.from - 1, fuzz: 0, lead: 0, trail: 0 }
      return placeOf(text.lines, hunk, Math.max(0, hunk.from - 1 + moved), options.fuzz, options.loose)
    }
    let hunk = reverse ? reversed(raw) : raw
    let found = locate(hunk)
    if (!found && number === 0 && options.again !== "try" && locate(reversed(hunk))) {
      const answer = yield* onApplied(process, options)
      if (answer === "skip") return { failed: patch.hunks, skipped: true }
      if (answer === "reverse") {
        reverse = !reverse
        hunk = reversed(hunk)
        found = locate(hunk)
      }
    }
    if (!found) {
      failed.push(raw)
      yield* process.print(`Hunk #${number + 1} FAILED at ${hunk.from + moved}.\n`)
      continue
    }
    const offset = found.at - (hunk.from - 1)
    const told = offset !== moved ? ` (offset ${offset - moved} line${Math.abs(offset - moved) === 1 ? "" : "s"})` : ""
    if (!options.quiet && patch.form !== "ed" && (found.fuzz > 0 || told !== "" || options.verbose))
      yield* process.print(`Hunk #${number + 1} succeeded at ${found.at + 1}${found.fuzz > 0 ? ` with fuzz ${found.fuzz}` : ""}${told}.\n`)
    change(text, hunk, found)
    if (patch.form !== "ed") moved = offset + hunk.fresh.length - hunk.old.length
  }
  return { failed, skipped: false }
}

const rejectText = (patch: FilePatch, failed: readonly Hunk[]): string => {
  const mark = patch.form === "context" ? ["***", "---"] : ["---", "+++"]
  const names = patch.head.length > 0 ? patch.head.join("\n") : `${mark[0]} /dev/null\n${mark[1]} /dev/null`
  return `${names}\n${failed.map((hunk) => hunk.text).join("")}`
}

function* applyTo(process: Process, patch: FilePatch, target: string, options: Options): Steps<number> {
  const exists = process.files.exists(target)
  const before = exists ? new TextDecoder().decode(process.files.readBytes(target)) : ""
  const text: Text = { lines: before === "" ? [] : before.replace(/\n$/, "").split("\n"), ended: before === "" || before.endsWith("\n") }
  const output = options.output ?? target
  if (options.verbose) {
    const article = patch.form === "ed" ? "an" : "a"
    yield* process.print(`Hmm...  Looks like ${article} ${patch.form === "context" ? "context" : patch.form} diff to me...\n`)
    if (patch.head.length > 0)
      yield* process.print(
        `The text leading up to this was:\n--------------------------\n${patch.head.map((line) => `|${line}\n`).join("")}--------------------------\n`,
      )
    yield* process.print(`Patching file ${target} using Plan A...\n`)
  } else if (!options.quiet && patch.form !== "ed")
    yield* process.print(
      `${options.dry ? "checking" : "patching"} file ${output === target ? target : `${output} (read from ${target})`}\n`,
    )
  const { failed, skipped } = yield* applyHunks(process, text, patch, options)
  if (failed.length > 0) {
    if (!exists && !patch.makes) throw new PatchError(`Can't reopen file ${target} : No such file or directory`)
    const rejects = options.rejects ?? `${output}.rej`
    const saved = options.dry || rejects === "-" ? "" : ` -- saving rejects to file ${rejects}`
    const count = `${failed.length} out of ${patch.hunks.length} hunk${patch.hunks.length === 1 ? "" : "s"}`
    yield* process.print(`${count} ${skipped ? "ignored" : "FAILED"}${saved}\n`)
    if (saved !== "") process.files.write(rejects, rejectText(patch, failed))
  }
  const status = failed.length > 0 ? 1 : 0
  if (options.dry || skipped) return status
  const backup = options.backup?.(output) ?? (failed.length > 0 && !options.quiet ? `${output}.orig` : undefined)
  if (backup !== undefined && exists) process.files.write(backup, before)
  const result = text.lines.length === 0 ? "" : text.lines.join("\n") + (text.ended ? "\n" : "")
  const gone = (options.reverse ? patch.makes : patch.removes) || options.removeEmpty
  if (result === "" && gone && exists) process.files.remove(target)
  else {
    const parent = output.includes("/") ? output.replace(/\/[^/]*$/, "") : ""
    if (parent !== "" && !process.files.exists(parent)) process.files.mkdir(parent, { parents: true })
    if (failed.length < patch.hunks.length || options.output !== undefined) process.files.write(output, result)
  }
  if (options.verbose) yield* process.print("done\n")
  return status
}

/** By -b, -z, -B and -V. */
const backupOf = (process: Process, flags: ReadonlyMap<string, string | true>): Options["backup"] => {
  if (!["b", "z", "B", "V"].some((letter) => flags.has(letter))) return undefined
  const numbered = /^(t|numbered)$/.test(String(flags.get("V") ?? ""))
  if (!numbered)
    return (name) => `${String(flags.get("B") ?? "")}${name}${flags.has("z") ? String(flags.get("z")) : flags.has("B") ? "" : ".orig"}`
  return (name) => {
    let number = 1
    while (process.files.exists(`${name}.~${number}~`)) number++
    return `${name}.~${number}~`
  }
}

export const patch = defineTool({
  name: "patch",
  version: "(GNU patch) 2.7.6",
  summary: "apply a diff file to an original",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "RNEfstubcnle",
      valued: "pidorFzBVgYD",
      long: {
        "strip=": "p",
        "input=": "i",
        reverse: "R",
        "dry-run": "dry",
        "directory=": "d",
        "output=": "o",
        "reject-file=": "r",
        backup: "b",
        "suffix=": "z",
        "prefix=": "B",
        "version-control=": "V",
        forward: "N",
        batch: "t",
        quiet: "s",
        silent: "s",
        "fuzz=": "F",
        force: "f",
        "ignore-whitespace": "l",
        unified: "u",
        context: "c",
        normal: "n",
        ed: "e",
        "remove-empty-files": "E",
        "no-backup-if-mismatch": "no-mismatch",
        "backup-if-mismatch": "mismatch",
        posix: "posix",
        verbose: "verbose",
      },
    })
    if (problem) return yield* usageError(process, "patch", problem, 2)
    const die = function* (text: string): Steps<number> {
      yield* process.error(`patch: **** ${text}\n`)
      return 2
    }
    const directory = flags.get("d")
    const [given, second] = words
    const source = String(flags.get("i") ?? second ?? "-")
    let text: string
    try {
      if (typeof directory === "string") process.cwd = process.files.resolve(directory)
      text = new TextDecoder().decode(yield* readFile(process, source))
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      return yield* die(`Can't open patch file ${source} : ${error.message}`)
    }
    const form: Form | undefined = flags.has("e") ? "ed" : undefined
    try {
      const files = parsePatch(text, form)
      if (files.every(({ hunks }) => hunks.length === 0)) return text === "" ? 0 : yield* die("Only garbage was found in the patch input.")
      const strip = flags.has("p") ? Number(flags.get("p")) : undefined
      const value = (letter: string) => (typeof flags.get(letter) === "string" ? String(flags.get(letter)) : undefined)
      const options: Options = {
        reverse: flags.has("R"),
        dry: flags.has("dry"),
        output: value("o"),
        backup: backupOf(process, flags),
        rejects: value("r"),
        quiet: flags.has("s"),
        verbose: flags.has("verbose"),
        fuzz: Number(flags.get("F") ?? 2),
        removeEmpty: flags.has("E"),
        loose: flags.has("l"),
        again: flags.has("f") ? "try" : flags.has("N") ? "skip" : flags.has("t") ? "reverse" : "ask",
      }
      let status = 0
      for (const file of files) {
        const target = given ?? targetOf(process, file, strip, options.reverse)
        if (target !== undefined) {
          status = Math.max(status, yield* applyTo(process, file, target, options))
          continue
        }
        yield* process.print(
          `can't find file to patch at input line ${file.line + file.head.length}\nPerhaps you ${strip === undefined ? "should have used the" : "used the wrong"} -p or --strip option?\nThe text leading up to this was:\n--------------------------\n${file.head.map((line) => `|${line}\n`).join("")}--------------------------\n`,
        )
        if (options.again === "ask") yield* process.print("File to patch: \nSkip this patch? [y] \nSkipping patch.\n")
        else yield* process.print("No file to patch.  Skipping patch.\n")
        yield* process.print(`${file.hunks.length} out of ${file.hunks.length} hunk${file.hunks.length === 1 ? "" : "s"} ignored\n`)
        status = 1
      }
      return status
    } catch (error) {
      if (error instanceof MalformedError && given !== undefined && error.begun) yield* process.print(`patching file ${given}\n`)
      if (error instanceof MalformedError || error instanceof PatchError) return yield* die(error.message)
      if (!(error instanceof SystemError) || error.code === "EPIPE" || error.code === "EINTR") throw error
      return yield* die(`Can't open file : ${error.message}`)
    }
  },
})
