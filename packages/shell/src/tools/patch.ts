/** patch: unified and context-free normal diffs applied to files, hunks looked for near where they say they are. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions, readFile, usageError } from "./reading.ts"

interface Hunk {
  /** First line in the old file, from 1. */
  from: number
  old: string[]
  fresh: string[]
  /** As it stood, for reject files. */
  text: string
  /** The last line of the new text has no newline. */
  unended: boolean
}

interface FilePatch {
  oldName: string | undefined
  newName: string | undefined
  hunks: Hunk[]
}

const nameIn = (line: string): string =>
  line
    .slice(4)
    .split("\t")[0]
    .replace(/ +\d{4}-\d\d-\d\d .*$/, "")

const parsePatch = (text: string): FilePatch[] => {
  const lines = text.split("\n")
  if (lines.at(-1) === "") lines.pop()
  const files: FilePatch[] = []
  let file: FilePatch | undefined
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]
    if (line.startsWith("--- ") && lines[at + 1]?.startsWith("+++ ")) {
      file = { oldName: nameIn(line), newName: nameIn(lines[++at]), hunks: [] }
      files.push(file)
      continue
    }
    const unified = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line)
    if (unified && file) {
      const [oldCount, newCount] = [Number(unified[2] ?? 1), Number(unified[4] ?? 1)]
      const hunk: Hunk = { from: Number(unified[1]) + (oldCount === 0 ? 1 : 0), old: [], fresh: [], text: `${line}\n`, unended: false }
      while (hunk.old.length < oldCount || hunk.fresh.length < newCount || lines[at + 1]?.startsWith("\\")) {
        const body = lines[++at]
        if (body === undefined) break
        hunk.text += `${body}\n`
        if (body.startsWith("\\")) hunk.unended = !(lines[at - 1] ?? "").startsWith("-") || hunk.unended
        else if (body.startsWith("-")) hunk.old.push(body.slice(1))
        else if (body.startsWith("+")) hunk.fresh.push(body.slice(1))
        else {
          hunk.old.push(body.slice(1))
          hunk.fresh.push(body.slice(1))
        }
      }
      file.hunks.push(hunk)
      continue
    }
    const normal = /^(\d+)(?:,(\d+))?([acd])(\d+)(?:,(\d+))?$/.exec(line)
    if (normal) {
      if (!file) {
        file = { oldName: undefined, newName: undefined, hunks: [] }
        files.push(file)
      }
      const hunk: Hunk = { from: Number(normal[1]) + (normal[3] === "a" ? 1 : 0), old: [], fresh: [], text: `${line}\n`, unended: false }
      while (/^[<>\\-]/.test(lines[at + 1] ?? "")) {
        const body = lines[++at]
        hunk.text += `${body}\n`
        if (body.startsWith("< ")) hunk.old.push(body.slice(2))
        else if (body.startsWith("> ")) hunk.fresh.push(body.slice(2))
      }
      file.hunks.push(hunk)
    }
  }
  return files
}

const reversed = (hunk: Hunk): Hunk => ({ ...hunk, old: hunk.fresh, fresh: hunk.old })

/** Where the hunk's old lines stand nearest to `near`; lines of context may be left out at both ends (fuzz). */
const place = (lines: readonly string[], hunk: Hunk, near: number, most: number): { at: number; fuzz: number } | undefined => {
  for (let fuzz = 0; fuzz <= most; fuzz++) {
    const lead = Math.min(fuzz, contextAt(hunk, "start"))
    const trail = Math.min(fuzz, contextAt(hunk, "end"))
    const wanted = hunk.old.slice(lead, hunk.old.length - trail)
    const fits = (at: number) => at >= 0 && at + wanted.length <= lines.length && wanted.every((line, index) => lines[at + index] === line)
    for (let distance = 0; distance <= lines.length; distance++) {
      if (fits(near + lead - distance)) return { at: near - distance, fuzz }
      if (distance > 0 && fits(near + lead + distance)) return { at: near + distance, fuzz }
    }
  }
  return undefined
}

const contextAt = (hunk: Hunk, end: "start" | "end"): number => {
  const [old, fresh] = end === "start" ? [hunk.old, hunk.fresh] : [[...hunk.old].reverse(), [...hunk.fresh].reverse()]
  let count = 0
  while (count < old.length && count < fresh.length && old[count] === fresh[count]) count++
  return count
}

const stripped = (name: string, count: number | undefined): string | undefined => {
  if (count === undefined) return name.split("/").at(-1)
  const parts = name.split(/\/+/)
  return parts.length <= count ? undefined : parts.slice(count).join("/")
}

/** The file that a patch is for: the first of its names that exists, or the new one when it makes a file. */
const targetOf = (
  process: Process,
  patch: FilePatch,
  given: string | undefined,
  strip: number | undefined,
  reverse: boolean,
): string | undefined => {
  if (given !== undefined) return given
  const names = [patch.oldName, patch.newName].flatMap((name) => {
    const short = name === undefined || name === "/dev/null" ? undefined : stripped(name, strip)
    return short === undefined || short === "" ? [] : [short]
  })
  const makes =
    (reverse ? patch.newName : patch.oldName) === "/dev/null" || patch.hunks.every(({ old, fresh }) => (reverse ? fresh : old).length === 0)
  return names.find((name) => process.files.exists(name)) ?? (makes ? names.at(-1) : undefined)
}

function* applyTo(
  process: Process,
  patch: FilePatch,
  target: string,
  options: {
    reverse: boolean
    dry: boolean
    output: string | undefined
    backup: boolean
    quiet: boolean
    fuzz: number
    removeEmpty: boolean
  },
): Steps<number> {
  const exists = process.files.exists(target)
  const text = exists ? new TextDecoder().decode(process.files.readBytes(target)) : ""
  let ended = text === "" || text.endsWith("\n")
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n")
  let moved = 0
  const failed: Hunk[] = []
  if (!options.quiet) yield* process.print(`${options.dry ? "checking" : "patching"} file ${target}\n`)
  for (const [number, raw] of patch.hunks.entries()) {
    const hunk = options.reverse ? reversed(raw) : raw
    if (process.charge(1 + lines.length)) yield* process.yield()
    const found = place(lines, hunk, Math.max(0, hunk.from - 1 + moved), options.fuzz)
    if (!found) {
      failed.push(raw)
      yield* process.print(`Hunk #${number + 1} FAILED at ${hunk.from}.\n`)
      continue
    }
    const offset = found.at - (hunk.from - 1)
    if (!options.quiet && (found.fuzz > 0 || offset !== moved))
      yield* process.print(
        `Hunk #${number + 1} succeeded at ${found.at + 1}${found.fuzz > 0 ? ` with fuzz ${found.fuzz}` : ""}${offset !== moved ? ` (offset ${offset - moved} line${Math.abs(offset - moved) === 1 ? "" : "s"})` : ""}.\n`,
      )
    const lead = Math.min(found.fuzz, contextAt(hunk, "start"))
    const trail = Math.min(found.fuzz, contextAt(hunk, "end"))
    const fresh = hunk.fresh.slice(lead, hunk.fresh.length - trail)
    lines.splice(found.at + lead, hunk.old.length - lead - trail, ...fresh)
    if (found.at + lead + fresh.length === lines.length) ended = !hunk.unended
    moved = offset + hunk.fresh.length - hunk.old.length
  }
  if (failed.length > 0) {
    const saved = options.dry ? "" : ` -- saving rejects to file ${target}.rej`
    yield* process.print(`${failed.length} out of ${patch.hunks.length} hunk${patch.hunks.length === 1 ? "" : "s"} FAILED${saved}\n`)
    if (!options.dry)
      process.files.write(
        `${target}.rej`,
        `--- ${patch.oldName ?? target}\n+++ ${patch.newName ?? target}\n${failed.map((hunk) => hunk.text).join("")}`,
      )
  }
  if (options.dry) return failed.length > 0 ? 1 : 0
  if (options.backup || failed.length > 0) if (exists) process.files.write(`${target}.orig`, text)
  const result = lines.length === 0 ? "" : lines.join("\n") + (ended ? "\n" : "")
  const gone = (options.reverse ? patch.oldName : patch.newName) === "/dev/null" || options.removeEmpty
  if (result === "" && gone && exists) process.files.remove(target)
  else {
    const parent = target.includes("/") ? target.replace(/\/[^/]*$/, "") : ""
    if (parent !== "" && !process.files.exists(parent)) process.files.mkdir(parent, { parents: true })
    if (failed.length < patch.hunks.length) process.files.write(options.output ?? target, result)
  }
  return failed.length > 0 ? 1 : 0
}

export const patch = defineTool({
  name: "patch",
  version: "(GNU patch) 2.7.6",
  summary: "apply a diff file to an original",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "RNEfstubcnl",
      valued: "pidorF",
      long: {
        "strip=": "p",
        "input=": "i",
        reverse: "R",
        "dry-run": "dry",
        "directory=": "d",
        "output=": "o",
        backup: "b",
        forward: "N",
        quiet: "s",
        silent: "s",
        "fuzz=": "F",
        force: "f",
        "remove-empty-files": "E",
        verbose: "verbose",
      },
    })
    if (problem) return yield* usageError(process, "patch", problem, 2)
    const directory = flags.get("d")
    if (typeof directory === "string") process.cwd = process.files.resolve(directory)
    const [given, second] = words
    let text: string
    const source = String(flags.get("i") ?? second ?? "-")
    try {
      text = new TextDecoder().decode(yield* readFile(process, source))
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`patch: **** Can't open patch file ${source} : ${error.message}\n`)
      return 2
    }
    const files = parsePatch(text)
    if (files.length === 0) {
      if (text === "") return 0
      yield* process.error("patch: **** Only garbage was found in the patch input.\n")
      return 2
    }
    const strip = flags.has("p") ? Number(flags.get("p")) : undefined
    let status = 0
    for (const file of files) {
      const target = targetOf(process, file, given, strip, flags.has("R"))
      if (target === undefined) {
        yield* process.print(
          `can't find file to patch at input line ${text.slice(0, Math.max(0, text.indexOf("\n@@"))).split("\n").length + 1}\nPerhaps you ${strip === undefined ? "should have used" : "used the wrong"} -p or --strip option?\n`,
        )
        yield* process.print("No file to patch.  Skipping patch.\n")
        yield* process.print(`${file.hunks.length} out of ${file.hunks.length} hunk${file.hunks.length === 1 ? "" : "s"} ignored\n`)
        status = 1
        continue
      }
      try {
        const result = yield* applyTo(process, file, target, {
          reverse: flags.has("R"),
          dry: flags.has("dry"),
          output: typeof flags.get("o") === "string" ? String(flags.get("o")) : undefined,
          backup: flags.has("b"),
          quiet: flags.has("s"),
          fuzz: Number(flags.get("F") ?? 2),
          removeEmpty: flags.has("E"),
        })
        status = Math.max(status, result)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`patch: **** Can't open file ${target} : ${error.message}\n`)
        return 2
      }
    }
    return status
  },
})
