/** crontab and cron: tables of timed commands (/var/spool/cron/crontabs, /etc/crontab, /etc/cron.d), and the daemon that runs them. */
import { Accounts, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool, type Tool } from "../define-tool.ts"
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

const crontab = defineTool({
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
    const install = function* (text: string): Steps<number> {
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

interface Entry {
  readonly user: string
  readonly command: string
  readonly due: (at: Date) => boolean
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
const SHORT: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
}

const matches = (text: string, value: number, names: readonly string[] = []): boolean =>
  text.split(",").some((part) => {
    const match = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part)
    if (!match) return false
    const number = (word: string) =>
      names.includes(word.toLowerCase()) ? names.indexOf(word.toLowerCase()) + (names === MONTHS ? 1 : 0) : Number(word)
    const from = match[1] === "*" ? 0 : number(match[1])
    const to =
      match[1] === "*"
        ? Number.POSITIVE_INFINITY
        : match[2] !== undefined
          ? number(match[2])
          : match[3] !== undefined
            ? Number.POSITIVE_INFINITY
            : from
    // 7 is Sunday, too.
    const at = names === WEEKDAYS && value === 0 && to === 7 ? 7 : value
    return at >= from && at <= to && (at - from) % Math.max(1, Number(match[3] ?? 1)) === 0
  })

const entriesOf = (text: string, user: string | undefined): Entry[] =>
  text.split("\n").flatMap((given) => {
    const line = given.trim().replace(/^@\w+/, (word) => SHORT[word] ?? word)
    const [, minute, hour, day, month, weekday, rest] = /^(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(.+)$/.exec(line) ?? []
    if (line.startsWith("#") || rest === undefined || /^\w+\s*=/.test(line) || !/^[\d*]/.test(minute)) return []
    const [, owner = user ?? "root", command = rest] = user === undefined ? (/^(\S+)\s+(.*)$/.exec(rest) ?? []) : []
    const due = (at: Date) => {
      if (!matches(minute, at.getUTCMinutes()) || !matches(hour, at.getUTCHours()) || !matches(month, at.getUTCMonth() + 1, MONTHS))
        return false
      const [inMonth, inWeek] = [matches(day, at.getUTCDate()), matches(weekday, at.getUTCDay(), WEEKDAYS)]
      // Both given: either will do.
      return day !== "*" && weekday !== "*" ? inMonth || inWeek : inMonth && inWeek
    }
    return [{ user: owner, command, due }]
  })

const tables = (process: Process): Entry[] => {
  const found: Entry[] = []
  const read = (path: string, user: string | undefined) => {
    try {
      found.push(...entriesOf(process.files.readText(path), user))
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
  }
  if (process.files.exists(DIRECTORY)) for (const { name } of process.files.list(DIRECTORY)) read(`${DIRECTORY}/${name}`, name)
  if (process.files.exists("/etc/crontab")) read("/etc/crontab", undefined)
  if (process.files.exists("/etc/cron.d"))
    for (const { name } of process.files.list("/etc/cron.d")) if (/^[\w-]+$/.test(name)) read(`/etc/cron.d/${name}`, undefined)
  return found
}

const MINUTE = 60_000

/** As Debian's cron: starts what is due at every full minute. */
const cron: Tool = {
  name: "cron",
  aliases: ["crond"],
  busybox: true,
  plain: true,
  summary: "daemon to execute scheduled commands",
  *run(process, args) {
    if (process.credentials.uid !== 0) {
      yield* process.error("cron: can't open or create /var/run/crond.pid: Permission denied\n")
      return 1
    }
    if (args.some((word) => word !== "-f" && word !== "-P" && word !== "-l" && word !== "-n")) {
      yield* process.error("usage: cron [-f] [-l] [-L loglevel]\n")
      return 1
    }
    yield* process.print("(CRON) INFO (pidfile fd = 3)\n")
    const queue = process.queue()
    for (const path of [DIRECTORY, "/etc/crontab", "/etc/cron.d"]) process.files.watch(path, () => queue.wake())
    for (;;) {
      // Without a table there is nothing to look at every minute.
      while (tables(process).length === 0) yield* process.wait({ queues: [queue] })
      yield* process.sleep(MINUTE - (process.now() % MINUTE))
      const now = new Date(Math.floor(process.now() / MINUTE) * MINUTE)
      const accounts = new Accounts(process.files)
      for (const { user, command, due } of tables(process)) {
        if (process.charge(1)) yield* process.yield()
        const account = due(now) ? accounts.user(user) : undefined
        if (!account) continue
        yield* process.print(`(${user}) CMD (${command})\n`)
        process.spawnFile("/bin/sh", {
          argv: ["/bin/sh", "-c", command],
          env: new Map([
            ["HOME", account.home],
            ["LOGNAME", user],
            ["PATH", "/usr/bin:/bin"],
            ["SHELL", "/bin/sh"],
          ]),
          cwd: process.files.exists(account.home) ? account.home : "/",
          credentials: accounts.credentials(account),
          session: "new",
        })
      }
      while (process.processes().some(({ ppid }) => ppid === process.pid) && (yield* process.waitFor({ pid: "any", noHang: true })));
    }
  },
}

export const cronTools: readonly Tool[] = [crontab, cron]
