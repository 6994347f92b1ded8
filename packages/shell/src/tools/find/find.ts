/** find: an expression over everything below some directories (findutils' ftsfind.c). */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { quote, readFile } from "../reading.ts"
import { Expression } from "./expression.ts"
import { FindError, type Place, Quit, type Settings, type Test } from "./place.ts"

/** By the last of -P, -H and -L. */
const followed = (words: readonly string[]): Settings["follow"] => {
  const last = words.findLast((word) => /^-[HLP]$/.test(word))
  return last === "-L" ? "all" : last === "-H" ? "named" : "none"
}

function* startsOf(process: Process, settings: Settings, roots: readonly string[]): Steps<readonly string[]> {
  if (settings.startsFrom === undefined) return roots.length > 0 ? roots : ["."]
  const text = new TextDecoder().decode(yield* readFile(process, settings.startsFrom))
  return text.split("\0").filter((name) => name !== "")
}

export const find = defineTool({
  name: "find",
  busybox: true,
  version: "(GNU findutils) 4.9.0",
  summary: "search for files in a directory hierarchy",
  *run(process, args) {
    if (args.includes("-version")) {
      yield* process.print("find (GNU findutils) 4.9.0\n")
      return 0
    }
    const start = args.findIndex((word) => (word.startsWith("-") && !/^-[HLPO]\d?$/.test(word)) || word === "!" || word === "(")
    const roots = (start < 0 ? args : args.slice(0, start)).filter((word) => !/^-[HLPO]\d?$/.test(word))
    const settings: Settings = {
      least: 0,
      most: Number.POSITIVE_INFINITY,
      depthFirst: false,
      acts: false,
      follow: followed(args.slice(0, start < 0 ? undefined : start)),
      dayStart: false,
      startsFrom: undefined,
      finish: [],
      failed: false,
    }
    let test: Test
    try {
      test = new Expression(process, start < 0 ? [] : args.slice(start), settings).parse()
    } catch (error) {
      if (!(error instanceof FindError || error instanceof SystemError)) throw error
      yield* process.error(`find: ${error.message}\n`)
      return 1
    }
    const visit = function* (path: string, root: string, depth: number): Steps<void> {
      if (process.charge(2)) yield* process.yield()
      const follows = settings.follow === "all" || (settings.follow === "named" && depth === 0)
      const stat = follows && process.files.exists(path) ? process.files.stat(path) : process.files.lstat(path)
      const place: Place = { path, root, depth, stat, prune: false }
      const consider = function* (): Steps<void> {
        if (depth < settings.least) return
        if ((yield* test(place)) && !settings.acts) yield* process.print(`${path}\n`)
      }
      if (!settings.depthFirst) yield* consider()
      if (stat.type === "directory" && depth < settings.most && !place.prune) {
        try {
          if (process.files.exists(path))
            for (const { name } of process.files.list(path)) yield* visit(`${path.replace(/\/$/, "")}/${name}`, root, depth + 1)
        } catch (error) {
          if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
          yield* process.error(`find: ${quote(process, path)}: ${error.message}\n`)
          settings.failed = true
        }
      }
      if (settings.depthFirst) yield* consider()
    }
    try {
      for (const root of yield* startsOf(process, settings, roots)) {
        try {
          process.files.lstat(root)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* process.error(`find: ${quote(process, root)}: ${error.message}\n`)
          settings.failed = true
          continue
        }
        yield* visit(root, root, 0)
      }
    } catch (error) {
      if (!(error instanceof Quit)) throw error
    }
    for (const finish of settings.finish) yield* finish()
    return settings.failed ? 1 : 0
  },
})
