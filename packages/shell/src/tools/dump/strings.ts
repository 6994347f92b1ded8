/** strings: the printable parts of files. */
import { defineTool } from "../../define-tool.ts"
import { printEach } from "../pacing.ts"
import { parseOptions } from "../reading.ts"
import { bytesOf } from "./bytes.ts"

const USAGE = `Usage: strings [option(s)] [file(s)]
 Display printable strings in [file(s)] (stdin by default)
`

export const strings = defineTool({
  name: "strings",
  busybox: true,
  version: "(GNU Binutils for Ubuntu) 2.42",
  summary: "print the printable parts of files",
  *run(process, args) {
    const {
      flags,
      words: names,
      problem,
    } = parseOptions(
      args.map((word) => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word)),
      {
        letters: "adfow",
        valued: "ntes",
        long: {
          all: "a",
          data: "d",
          "print-file-name": "f",
          "bytes=": "n",
          "radix=": "t",
          "output-separator=": "s",
          "include-all-whitespace": "w",
        },
      },
    )
    if (problem) {
      yield* process.error(`strings: ${problem}\n${USAGE}`)
      return 1
    }
    const least = Number(flags.get("n") ?? 4)
    const radix = flags.has("o") ? 8 : { d: 10, o: 8, x: 16 }[String(flags.get("t") ?? "")]
    const end = String(flags.get("s") ?? "\n")
    let status = 0
    for (const name of names.length > 0 ? names : ["-"]) {
      if (name !== "-" && !process.files.exists(name)) {
        yield* process.error(`strings: '${name}': No such file\n`)
        status = 1
        continue
      }
      const data = yield* bytesOf(process, "strings", [name])
      if (!data) {
        status = 1
        continue
      }
      const prefix = flags.has("f") ? `${name}: ` : ""
      const place = (at: number) => (radix ? `${at.toString(radix).padStart(7)} ` : "")
      const runs = function* (): Generator<string> {
        let run = ""
        for (let at = 0; at <= data.length; at++) {
          const byte = data[at] ?? 0
          if ((at & 1_023) === 1_023) yield ""
          if ((byte >= 32 && byte < 127) || byte === 9 || (flags.has("w") && byte >= 10 && byte <= 13)) run += String.fromCharCode(byte)
          else {
            if (run.length >= least) yield `${prefix}${place(at - run.length)}${run}${end}`
            run = ""
          }
        }
      }
      yield* printEach(process, runs(), (text) => text, 32)
    }
    return status
  },
})
