/** basename, dirname, readlink, realpath, mktemp. */
import { type Process, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions, quote, usageError } from "./reading.ts"

export const baseName = (path: string): string => path.replace(/\/+$/, "").split("/").at(-1) || (path.startsWith("/") ? "/" : "")

export const basename = defineTool({
  name: "basename",
  busybox: true,
  summary: "strip directory and suffix from file names",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "az", valued: "s", long: { multiple: "a", "suffix=": "s", zero: "z" } })
    if (problem) return yield* usageError(process, "basename", problem)
    if (words.length === 0) return yield* usageError(process, "basename", "missing operand")
    const multiple = flags.has("a") || flags.has("s")
    if (!multiple && words.length > 2) return yield* usageError(process, "basename", `extra operand ${quote(process, words[2])}`)
    const suffix = String(flags.get("s") ?? (multiple ? "" : (words[1] ?? "")))
    for (const path of multiple ? words : words.slice(0, 1)) {
      const base = baseName(path)
      const cut = suffix !== "" && base.endsWith(suffix) && base !== suffix ? base.slice(0, -suffix.length) : base
      yield* process.print(`${cut}${flags.has("z") ? "\0" : "\n"}`)
    }
    return 0
  },
})

export const dirname = defineTool({
  name: "dirname",
  busybox: true,
  summary: "strip the last component from file names",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "z", long: { zero: "z" } })
    if (problem) return yield* usageError(process, "dirname", problem)
    if (words.length === 0) return yield* usageError(process, "dirname", "missing operand")
    for (const word of words) {
      const path = word.replace(/\/+$/, "")
      const parent = path.includes("/") ? path.replace(/\/+[^/]*$/, "") || "/" : word.startsWith("/") ? "/" : "."
      yield* process.print(`${parent}${flags.has("z") ? "\0" : "\n"}`)
    }
    return 0
  },
})

/** A path with "." and ".." taken out; links are not looked at. */
const normal = (process: Process, path: string): string => {
  const parts: string[] = []
  for (const part of (path.startsWith("/") ? path : `${process.cwd}/${path}`).split("/")) {
    if (part === "..") parts.pop()
    else if (part !== "." && part !== "") parts.push(part)
  }
  return `/${parts.join("/")}`
}

/** As realpath -m: what does not exist is taken as it is written. */
const lenient = (process: Process, path: string): string => {
  const full = normal(process, path)
  for (let head = full, tail = ""; ; ) {
    try {
      const real = process.files.realpath(head)
      return tail === "" ? real : `${real === "/" ? "" : real}${tail}`
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      if (head === "/" || head === "") return full
    }
    const cut = head.lastIndexOf("/")
    tail = head.slice(cut) + tail
    head = head.slice(0, cut) || "/"
  }
}

/** As realpath: the last part need not exist. */
const almost = (process: Process, path: string): string => {
  try {
    return process.files.realpath(path)
  } catch (error) {
    if (!(error instanceof SystemError && error.code === "ENOENT")) throw error
    const full = normal(process, path)
    const parent = process.files.realpath(full.slice(0, full.lastIndexOf("/")) || "/")
    return `${parent === "/" ? "" : parent}/${full.split("/").at(-1)}`
  }
}

export const realpath = defineTool({
  name: "realpath",
  busybox: true,
  summary: "print the resolved path",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "emLPqsz",
      long: {
        "canonicalize-existing": "e",
        "canonicalize-missing": "m",
        quiet: "q",
        strip: "s",
        "no-symlinks": "s",
        "relative-to=": "R",
        "relative-base=": "base",
        zero: "z",
      },
    })
    if (problem) return yield* usageError(process, "realpath", problem)
    if (words.length === 0) return yield* usageError(process, "realpath", "missing operand")
    let status = 0
    for (const word of words) {
      try {
        let path = flags.has("s")
          ? normal(process, word)
          : flags.has("m")
            ? lenient(process, word)
            : flags.has("e")
              ? process.files.realpath(word)
              : almost(process, word)
        const base = flags.get("R") ?? flags.get("base")
        const under = flags.get("base")
        const inside = typeof under === "string" ? lenient(process, under) : undefined
        if (typeof base === "string" && (inside === undefined || path === inside || path.startsWith(`${inside}/`)))
          path = relative(lenient(process, base), path)
        yield* process.print(`${path}${flags.has("z") ? "\0" : "\n"}`)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        if (!flags.has("q")) yield* process.error(`realpath: ${word}: ${error.message}\n`)
        status = 1
      }
    }
    return status
  },
})

const relative = (from: string, to: string): string => {
  const [a, b] = [from.split("/").filter(Boolean), to.split("/").filter(Boolean)]
  let same = 0
  while (same < a.length && same < b.length && a[same] === b[same]) same++
  return [...a.slice(same).map(() => ".."), ...b.slice(same)].join("/") || "."
}

export const readlink = defineTool({
  name: "readlink",
  busybox: true,
  summary: "print resolved symbolic links or canonical file names",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "fenmsqvz",
      long: { canonicalize: "f", "canonicalize-existing": "e", "canonicalize-missing": "m", "no-newline": "n", quiet: "q", verbose: "v" },
    })
    if (problem) return yield* usageError(process, "readlink", problem)
    if (words.length === 0) return yield* usageError(process, "readlink", "missing operand")
    let status = 0
    for (const word of words) {
      try {
        const path = flags.has("m")
          ? lenient(process, word)
          : flags.has("e")
            ? process.files.realpath(word)
            : flags.has("f")
              ? almost(process, word)
              : process.files.readlink(word)
        yield* process.print(`${path}${flags.has("n") && words.length === 1 ? "" : flags.has("z") ? "\0" : "\n"}`)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        if (flags.has("v")) yield* process.error(`readlink: ${word}: ${error.message}\n`)
        status = 1
      }
    }
    return status
  },
})

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

export const mktemp = defineTool({
  name: "mktemp",
  busybox: true,
  summary: "create a temporary file or directory",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "duqt",
      valued: "p",
      long: { directory: "d", "dry-run": "u", quiet: "q", "tmpdir=": "p", "suffix=": "S" },
    })
    if (problem) return yield* usageError(process, "mktemp", problem)
    if (words.length > 1) return yield* usageError(process, "mktemp", "too many templates")
    const suffix = String(flags.get("S") ?? "")
    const template = (words[0] ?? "tmp.XXXXXXXXXX") + suffix
    const run = /X{3,}(?!.*X{3,})/.exec(template)
    if (!run) {
      yield* process.error(`mktemp: too few X's in template ${quote(process, template)}\n`)
      return 1
    }
    const inTmp = words.length === 0 || flags.has("p") || flags.has("t")
    const directory = String(flags.get("p") ?? process.env.get("TMPDIR") ?? "/tmp").replace(/\/$/, "")
    const name =
      template.slice(0, run.index) +
      [...run[0]].map(() => LETTERS[Math.floor(process.random() * LETTERS.length)]).join("") +
      template.slice(run.index + run[0].length)
    const path = inTmp ? `${directory}/${name}` : name
    try {
      if (flags.has("d") && !flags.has("u")) process.files.mkdir(path, { mode: 0o700 })
      else if (!flags.has("u")) process.files.write(path, "", { mode: 0o600 })
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      if (!flags.has("q"))
        yield* process.error(
          `mktemp: failed to create ${flags.has("d") ? "directory" : "file"} via template ${quote(process, `${inTmp ? `${directory}/` : ""}${template}`)}: ${error.message}\n`,
        )
      return 1
    }
    yield* process.print(`${path}\n`)
    return 0
  },
})
