/** test and [ as files: what a probe, an exec or `find -exec` runs without a shell around it. */
import { defineTool } from "../define-tool.ts"

export const test = defineTool({
  name: "test",
  aliases: ["["],
  summary: "check file types and compare values",
  plain: true,
  busybox: true,
  *run(process, args) {
    const isBracket = process.argv[0].endsWith("[")
    if (isBracket && args.at(-1) !== "]") {
      yield* process.error(`${process.argv[0] ?? "["}: missing ‘]’\n`)
      return 2
    }
    // The shell's own is the same expression.
    return yield* process.exec("/bin/sh", ["sh", "-c", 'test "$@"', "test", ...(isBracket ? args.slice(0, -1) : args)])
  },
})
