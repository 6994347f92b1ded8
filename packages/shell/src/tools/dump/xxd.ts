/** xxd: a hexadecimal dump, and back. */
import { defineTool } from "../../define-tool.ts"
import { printEach } from "../pacing.ts"
import { parseOptions, usageError } from "../reading.ts"
import { bytesOf, hex, visible } from "./bytes.ts"

const MAX_COLUMNS = 256

/** What -i writes: a C array, named after the file. */
const included = (data: Uint8Array, name: string | undefined): string => {
  const cells = [...data].map((byte) => `0x${hex(byte, 2)}`)
  let rows = ""
  for (let at = 0; at < cells.length; at += 12) rows += `  ${cells.slice(at, at + 12).join(", ")}${at + 12 < cells.length ? ",\n" : "\n"}`
  if (name === undefined) return rows
  const own = name.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d)/, "__")
  return `unsigned char ${own}[] = {\n${rows}};\nunsigned int ${own}_len = ${data.length};\n`
}

export const xxd = defineTool({
  name: "xxd",
  busybox: true,
  version: "2024-02-10",
  summary: "make a hexdump or do the reverse",
  *run(process, args) {
    const {
      flags,
      words: names,
      problem,
    } = parseOptions(
      args.map((word) =>
        /^-(?:ps|plain|postscript)$/.test(word)
          ? "-p"
          : /^-(?:len|seek|cols|include|revert|uppercase|bits)$/.test(word)
            ? word.slice(0, 2)
            : word,
      ),
      { letters: "rpubiedaEC", valued: "lcgson", long: { "-len=": "l" } },
    )
    if (problem) return yield* usageError(process, "xxd", problem)
    const [name] = names
    if (name !== undefined && name !== "-" && !process.files.exists(name)) {
      yield* process.error(`xxd: ${name}: No such file or directory\n`)
      return 2
    }
    const data = yield* bytesOf(process, "xxd", names.slice(0, 1))
    if (!data) return 2
    if (flags.has("r")) {
      const bytes: number[] = []
      for (const line of new TextDecoder().decode(data).split("\n")) {
        const digits = flags.has("p") ? line : (/^[0-9a-fA-F]+: (.*?)(?: {2}|$)/.exec(line)?.[1] ?? "")
        for (const [pair] of digits.replace(/\s/g, "").matchAll(/[0-9a-fA-F]{2}/g)) bytes.push(Number.parseInt(pair, 16))
      }
      yield* process.write(1, Uint8Array.from(bytes))
      return 0
    }
    const skip = Number(flags.get("s") ?? 0)
    const shown = data.subarray(skip, flags.has("l") ? skip + Number(flags.get("l")) : undefined)
    if (flags.has("i")) {
      yield* process.print(included(shown, name))
      return 0
    }
    const bits = flags.has("b")
    const little = flags.has("e")
    const digits = (byte: number) => (bits ? byte.toString(2).padStart(8, "0") : flags.has("u") ? hex(byte, 2).toUpperCase() : hex(byte, 2))
    const size = bits ? 8 : 2
    const across = Math.max(1, Math.min(MAX_COLUMNS, Number(flags.get("c") ?? (flags.has("p") ? 30 : bits ? 6 : 16)) || 16))
    const group = Math.max(1, Number(flags.get("g") ?? (bits ? 1 : little ? 4 : 2)) || across)
    const offset = skip + Number(flags.get("o") ?? 0)
    const rows = function* (): Generator<string> {
      for (let at = 0; at < shown.length; at += across) {
        const bytes = shown.subarray(at, at + across)
        if (flags.has("p")) {
          yield `${[...bytes].map(digits).join("")}\n`
          continue
        }
        let cells = ""
        for (let from = 0; from < across; from += group) {
          const part: string[] = []
          for (let place = from; place < Math.min(from + group, across); place++)
            part.push(place < bytes.length ? digits(bytes[place]) : " ".repeat(size))
          cells += `${(little ? part.reverse() : part).join("")} `
        }
        const width = across * size + Math.ceil(across / group) - (little ? 2 : 1)
        const place = flags.has("d") ? String(at + offset).padStart(8, "0") : hex(at + offset, 8)
        yield `${place}: ${cells.trimEnd().padEnd(width)}${little ? "   " : "  "}${visible(bytes)}\n`
      }
    }
    yield* printEach(process, rows(), (text) => text, 8)
    return 0
  },
})
