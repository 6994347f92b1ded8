/** awk: patterns and actions over lines. */
import { type Process, SIGNALS, SystemError } from "@drydock/machine"
import { AwkSyntaxError, parseAwk } from "../awk/parse.ts"
import { Awk, AwkError, type AwkHost } from "../awk/run.ts"
import { defineTool } from "../define-tool.ts"
import { MatchLimitError } from "../text/perl-regex.ts"
import { RegexError } from "../text/regex.ts"
import { parseOptions } from "./reading.ts"

/** A pipe into which a child writes `text`. */
const fed = (process: Process, text: string) => {
  const { read, write } = process.pipe()
  read.retain()
  process.spawn(
    function* (child) {
      yield* child.write(1, text)
      return 0
    },
    { argv: process.argv, fds: new Map([[1, write]]) },
  )
  return read
}

const hostOf = (process: Process): AwkHost => {
  let failed = false
  return {
    *open(name, quiet = false) {
      if (name === "-" || name === "/dev/stdin") return 0
      try {
        if (process.files.exists(name) && process.files.stat(name).type === "directory") throw new SystemError("EISDIR")
        return yield* process.open(name, "r")
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        if (!quiet) {
          failed = true
          yield* process.error(`awk: cannot open "${name}" (${error.message})\n`)
        }
        return undefined
      }
    },
    *pipe(command) {
      const { read, write } = process.pipe()
      read.retain()
      process.spawnFile("/bin/sh", { argv: ["sh", "-c", command], fds: new Map([...process.fds, [1, write]]) })
      let fd = 10
      while (process.fds.has(fd)) fd++
      process.fds.set(fd, read)
      yield* process.yield()
      return fd
    },
    *run(command, input) {
      const read = input === undefined ? undefined : fed(process, input)
      const child = process.spawnFile("/bin/sh", {
        argv: ["sh", "-c", command],
        fds: new Map([...process.fds, ...(read ? [[0, read] as const] : [])]),
      })
      read?.release()
      const ended = yield* process.waitFor({ pid: child.pid })
      if (ended?.status.kind === "exited") return ended.status.code
      return ended?.status.kind === "signaled" ? 256 + SIGNALS[ended.status.signal].number : 0
    },
    failed: () => failed,
  }
}

export const awk = defineTool({
  name: "awk",
  aliases: ["gawk", "mawk"],
  busybox: true,
  version: "1.3.4 20240123",
  summary: "pattern scanning and processing",
  *run(process, args) {
    const { flags, all, words } = parseOptions(args, {
      letters: "",
      valued: "Fvf",
      stopAtWord: true,
      long: { "field-separator=": "F", "assign=": "v", "file=": "f" },
    })
    const files = [...words]
    const source = flags.has("f") ? (all.get("f") ?? []).map((file) => process.files.readText(file)).join("\n") : files.shift()
    if (source === undefined) {
      yield* process.error("usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n")
      return 2
    }
    try {
      const program = new Awk(process, parseAwk(source))
      const separator = flags.get("F")
      if (typeof separator === "string") program.assign("FS", separator === "t" ? "\t" : separator)
      for (const pair of all.get("v") ?? []) program.assign(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1))
      return yield* program.run(files, hostOf(process))
    } catch (error) {
      if (
        !(error instanceof AwkSyntaxError || error instanceof AwkError || error instanceof RegexError || error instanceof MatchLimitError)
      )
        throw error
      yield* process.error(`awk: ${error.message}\n`)
      return 2
    }
  },
})
