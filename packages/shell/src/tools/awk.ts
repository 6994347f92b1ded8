/** awk: patterns and actions over lines. */
import type { Steps } from "@drydock/machine"
import { AwkSyntaxError, parseAwk } from "../awk/parse.ts"
import { Awk, AwkError } from "../awk/run.ts"
import { defineTool } from "../define-tool.ts"
import { RegexError } from "../text/regex.ts"
import { eachFile, parseOptions } from "./reading.ts"

export const awk = defineTool({
  name: "awk",
  aliases: ["gawk", "mawk"],
  busybox: true,
  summary: "pattern scanning and processing",
  *run(process, args) {
    const { flags, all, words } = parseOptions(args, { letters: "", valued: "Fvf", stopAtWord: true })
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
      const inputs = function* (): Steps<{ name: string; text: string }[]> {
        const texts: { name: string; text: string }[] = []
        yield* eachFile(
          process,
          "awk",
          files.filter((file) => !/^[A-Za-z_]\w*=/.test(file)),
          function* (fd, name) {
            texts.push({ name: name === "-" ? "" : name, text: new TextDecoder().decode(yield* process.readAll(fd)) })
          },
        )
        return texts
      }
      return yield* program.run(inputs, function* (command, input) {
        const { read, write } = process.pipe()
        read.retain()
        process.spawn(
          function* (child) {
            yield* child.write(1, input)
            return 0
          },
          { argv: process.argv, fds: new Map([[1, write]]) },
        )
        const child = process.spawnFile("/bin/sh", { argv: ["sh", "-c", command], fds: new Map([...process.fds, [0, read]]) })
        read.release()
        yield* process.waitFor({ pid: child.pid })
      })
    } catch (error) {
      if (!(error instanceof AwkSyntaxError || error instanceof AwkError || error instanceof RegexError)) throw error
      yield* process.error(`awk: ${error.message}\n`)
      return 2
    }
  },
})
