/** crontab: a user's table of timed commands (/var/spool/cron/crontabs). */
import { Accounts, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions } from "./reading.ts"
import { runCommand } from "./process-tools.ts"

const DIRECTORY = "/var/spool/cron/crontabs"

/** The first line that is no entry, or undefined. */
const wrongLine = (text: string): number | undefined => {
  for (const [at, line] of text.split("\n").entries()) {
    if (/^\s*(#|$)/.test(line) || /^\s*[A-Za-z_]\w*\s*=/.test(line)) continue
    if (/^\s*@(reboot|yearly|annually|monthly|weekly|daily|midnight|hourly)\s+\S/.test(line)) continue
    if (!/^\s*(?:[\d*,/-]+\s+){2}[\d*,/-]+\s+[\w*,/-]+\s+[\w*,/-]+\s+\S/.test(line)) return at
  }
  return undefined
}

export const crontab = defineTool({
  name: "crontab",
  busybox: true,
  plain: true,
  summary: "maintain crontab files for individual users",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "leri", valued: "u" })
    if (problem) {
      yield* process.error(
        `crontab: ${problem.replace(/'/g, "")}\ncrontab: usage error: unrecognized option\nusage:\tcrontab [-u user] file\n\tcrontab [ -u user ] [ -i ] { -e | -l | -r }\n`,
      )
      return 1
    }
    const accounts = new Accounts(process.files)
    const user = String(flags.get("u") ?? accounts.userName(process.credentials.uid))
    if (!accounts.user(user)) {
      yield* process.error(`crontab:  user \`${user}' unknown\n`)
      return 1
    }
    const path = `${DIRECTORY}/${user}`
    const install = function* (text: string) {
      const wrong = wrongLine(text)
      if (wrong !== undefined) {
        yield* process.error(`"-":${wrong}: bad minute\nerrors in crontab file, can't install.\n`)
        return 1
      }
      process.files.mkdir(DIRECTORY, { parents: true })
      process.files.write(path, text, { mode: 0o600 })
      return 0
    }
    try {
      if (flags.has("l") || flags.has("r")) {
        if (!process.files.exists(path)) {
          yield* process.error(`no crontab for ${user}\n`)
          return 1
        }
        if (flags.has("r")) process.files.remove(path)
        else yield* process.print(process.files.readText(path))
        return 0
      }
      if (flags.has("e")) {
        const draft = `/tmp/crontab.${process.pid}`
        const before = process.files.exists(path) ? process.files.readText(path) : "# m h  dom mon dow   command\n"
        if (!process.files.exists(path)) yield* process.error(`no crontab for ${user} - using an empty one\n`)
        process.files.write(draft, before)
        const editor = process.env.get("VISUAL") ?? process.env.get("EDITOR") ?? "vi"
        yield* runCommand(process, ["/bin/sh", "-c", `${editor} ${draft}`], { tool: "crontab" })
        const after = process.files.readText(draft)
        process.files.remove(draft)
        if (after === before) {
          yield* process.error("No modification made\n")
          return 0
        }
        yield* process.error("crontab: installing new crontab\n")
        return yield* install(after)
      }
      const [file] = words
      const text = file === undefined || file === "-" ? new TextDecoder().decode(yield* process.readAll(0)) : process.files.readText(file)
      return yield* install(text)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`${words[0] ?? path}: ${error.message}\n`)
      return 1
    }
  },
})
