/** gpg, as far as package repositories' keys need it: --dearmor (g10/dearmor.c). */
import { SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions, readFile, usageError } from "./reading.ts"

const LINE = /^-----BEGIN PGP [A-Z ]+-----$/
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/** The bytes inside ASCII armour; undefined where there is no armour. Headers end with an empty line, a line "=…" is the checksum. */
export const dearmoured = (text: string): Uint8Array | undefined => {
  const lines = text.split("\n").map((line) => line.trimEnd())
  const begin = lines.findIndex((line) => LINE.test(line))
  if (begin < 0) return undefined
  const blank = lines.indexOf("", begin)
  const body: string[] = []
  for (const line of lines.slice(blank < 0 ? begin + 1 : blank + 1)) {
    if (line.startsWith("-----END") || line.startsWith("=")) break
    body.push(line)
  }
  const bytes: number[] = []
  let [buffer, held] = [0, 0]
  for (const digit of body.join("").replace(/=+$/, "")) {
    const value = ALPHABET.indexOf(digit)
    if (value < 0) return undefined
    buffer = ((buffer << 6) | value) & 0xffffff
    held += 6
    if (held < 8) continue
    held -= 8
    bytes.push((buffer >> held) & 0xff)
  }
  return bytes.length === 0 ? undefined : Uint8Array.from(bytes)
}

export const gpg = defineTool({
  name: "gpg",
  version: "2.4.4",
  summary: "OpenPGP encryption and signing tool",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "qv",
      valued: "o",
      long: {
        "output=": "o",
        dearmor: "dearmor",
        batch: "batch",
        yes: "yes",
        "no-tty": "no-tty",
        quiet: "q",
        verbose: "v",
        dearmour: "dearmor",
      },
    })
    if (problem) return yield* usageError(process, "gpg", problem, 2)
    const missing = words.find((word) => word !== "-" && !process.files.exists(word))
    if (missing !== undefined) {
      yield* process.error(`gpg: can't open '${missing}': No such file or directory\n`)
      return 2
    }
    if (!flags.has("dearmor")) {
      yield* process.error("gpg: only --dearmor is simulated here: no keys are kept and nothing is signed or encrypted\n")
      return 2
    }
    const to = flags.get("o")
    if (typeof to === "string" && to !== "-" && process.files.exists(to) && !flags.has("yes")) {
      yield* process.error(`gpg: dearmoring failed: File exists\n`)
      return 2
    }
    const armour = new TextDecoder().decode(words.length > 0 ? yield* readFile(process, words[0] ?? "-") : yield* process.readAll(0))
    const bytes = dearmoured(armour)
    if (bytes === undefined) {
      yield* process.error("gpg: no valid OpenPGP data found.\n")
      return 2
    }
    if (typeof to !== "string" || to === "-") {
      yield* process.write(1, bytes)
      return 0
    }
    try {
      process.files.write(to, bytes)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`gpg: can't create '${to}': ${error.message}\ngpg: dearmoring failed: ${error.message}\n`)
      return 2
    }
    return 0
  },
})
