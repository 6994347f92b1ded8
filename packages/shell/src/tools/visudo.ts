/** visudo: sudoers, looked over before it counts. As sudo 1.9. */
import { SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { runCommand } from "./process-tools.ts"
import { parseOptions } from "./reading.ts"

/** The first line of a sudoers file that is none, counted from 1. */
const wrongRule = (text: string): number | undefined => {
  for (const [at, line] of text.split("\n").entries())
    if (!/^\s*$|^\s*[#@]|^\s*Defaults|^\s*\w+_Alias\s+\w+\s*=|^\s*[%+\w.!-]+\s+\S+\s*=\s*(\([^)]*\))?\s*(\w+:\s*)*\S/.test(line))
      return at + 1
  return undefined
}

export const visudo = defineTool({
  name: "visudo",
  version: "version 1.9.15p5",
  summary: "safely edit the sudoers file",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "chqsVO",
      valued: "fx",
      long: { check: "c", "file=": "f", quiet: "q", strict: "s" },
    })
    if (problem) {
      yield* process.error(`visudo: ${problem}\nusage: visudo [-chqsV] [[-f] sudoers ]\n`)
      return 1
    }
    const path = String(flags.get("f") ?? words[0] ?? "/etc/sudoers")
    if (process.credentials.uid !== 0) {
      yield* process.error(`visudo: ${path}: Permission denied\n`)
      return 1
    }
    try {
      if (!flags.has("c")) {
        const draft = `${path}.tmp`
        process.files.write(draft, process.files.exists(path) ? process.files.readText(path) : "")
        const editor = process.env.get("SUDO_EDITOR") ?? process.env.get("VISUAL") ?? process.env.get("EDITOR") ?? "nano"
        yield* runCommand(process, ["/bin/sh", "-c", `${editor} ${draft}`], { tool: "visudo" })
        const text = process.files.readText(draft)
        process.files.remove(draft)
        const wrong = wrongRule(text)
        if (wrong !== undefined) {
          yield* process.error(`${path}:${wrong}:1: syntax error\nWhat now? \nvisudo: ${path} unchanged\n`)
          return 1
        }
        process.files.write(path, text, { mode: 0o440 })
        return 0
      }
      const wrong = wrongRule(process.files.readText(path))
      if (wrong !== undefined) {
        yield* process.error(`${path}:${wrong}:1: syntax error\n`)
        return 1
      }
      const others =
        process.files.exists("/etc/sudoers.d") && path === "/etc/sudoers"
          ? process.files.list("/etc/sudoers.d").map(({ name }) => `/etc/sudoers.d/${name}`)
          : []
      if (!flags.has("q")) yield* process.print([path, ...others].map((one) => `${one}: parsed OK\n`).join(""))
      return 0
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`visudo: unable to open ${path}: ${error.message}\n`)
      return 1
    }
  },
})
