/** awk: patterns and actions over lines; its language is in ../awk. As mawk 1.3.4, the awk of Debian and Ubuntu. */
import { type Process, SIGNALS, type Steps, SystemError } from "@drydock/machine"
import { parseAwk } from "../awk/parse.ts"
import { Awk } from "../awk/run.ts"
import type { AwkHost } from "../awk/streams.ts"
import { AwkError, AwkSyntaxError } from "../awk/syntax.ts"
import { defineTool } from "../define-tool.ts"
import { MatchLimitError } from "../text/perl-regex.ts"
import { RegexError } from "../text/regex.ts"
import { readFrom, writeTo } from "./popen.ts"
import { parseOptions, readFile } from "./reading.ts"

const USAGE = "Usage: mawk [Options] [Program] [file ...]\n"

const hostOf = (process: Process): AwkHost => {
  let failed = false
  function* wait(pid: number): Steps<number> {
    const ended = yield* process.waitFor({ pid })
    if (ended?.status.kind === "exited") return ended.status.code
    return ended?.status.kind === "signaled" ? 256 + SIGNALS[ended.status.signal].number : 0
  }
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
          yield* process.error(`awk: cannot open ${name} (${error.message})\n`)
        }
        return undefined
      }
    },
    *pipe(command) {
      const { fd } = readFrom(process, command)
      yield* process.yield()
      return fd
    },
    start: (command) => writeTo(process, command),
    wait,
    *run(command) {
      return yield* wait(process.spawnFile("/bin/sh", { argv: ["sh", "-c", command] }).pid)
    },
    failed: () => failed,
  }
}

export const awk = defineTool({
  name: "awk",
  aliases: ["gawk", "mawk"],
  busybox: true,
  plain: true,
  summary: "pattern scanning and processing",
  *run(process, args) {
    if (args.length === 1 && (args[0] === "--version" || args[0] === "-W" || args[0] === "-Wversion")) {
      yield* process.print("mawk 1.3.4 20240123\n")
      return 0
    }
    const { flags, all, words } = parseOptions(args, {
      letters: "",
      valued: "FvfW",
      stopAtWord: true,
      long: { "field-separator=": "F", "assign=": "v", "file=": "f", help: "help", re: "re", posix: "posix" },
    })
    if (flags.get("W") === "version") {
      yield* process.print("mawk 1.3.4 20240123\n")
      return 0
    }
    const operands = [...words]
    try {
      const sources: string[] = []
      for (const file of all.get("f") ?? []) {
        try {
          sources.push(new TextDecoder().decode(yield* readFile(process, file)))
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* process.error(`awk: cannot open ${file} (${error.message})\n`)
          return 2
        }
      }
      if (sources.length === 0) {
        const source = flags.has("help") ? undefined : operands.shift()
        if (source === undefined) {
          yield* process.error(USAGE)
          return 2
        }
        sources.push(source)
      }
      const awk = new Awk(process, parseAwk(sources.join("\n")), hostOf(process))
      const separator = flags.get("F")
      if (typeof separator === "string") awk.assign("FS", separator)
      for (const pair of all.get("v") ?? []) awk.assign(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1))
      return yield* awk.run(operands)
    } catch (error) {
      const known =
        error instanceof AwkSyntaxError || error instanceof AwkError || error instanceof RegexError || error instanceof MatchLimitError
      if (!known && !(error instanceof SystemError && error.code !== "EPIPE" && error.code !== "EINTR")) throw error
      yield* process.error(`awk: ${error.message}\n`)
      return 2
    }
  },
})
