/** passwd, chpasswd, chage: what lets users in, and until when. As shadow 4.13. */
import { Accounts, type Process, type Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { parseOptions } from "./reading.ts"
import { change, linesOf, today } from "./account-files.ts"
import { encrypted } from "./passwords.ts"

const setPassword = (process: Process, name: string, password: string): void =>
  change(process, "/etc/shadow", name, (fields) => {
    fields[1] = encrypted(process, password)
    fields[2] = String(today(process))
  })

export function* askPassword(process: Process, name: string): Steps<number> {
  const before = process.tty && { ...process.tty.modes }
  process.tty?.setModes({ echo: false })
  const ask = function* (prompt: string): Steps<string> {
    yield* process.error(prompt)
    const text = (yield* process.readLine(0)) ?? ""
    if (before) yield* process.error("\n")
    return text
  }
  try {
    const first = yield* ask("New password: ")
    if (first === "") {
      yield* process.error("No password has been supplied.\npasswd: Authentication token manipulation error\npasswd: password unchanged\n")
      return 10
    }
    if ((yield* ask("Retype new password: ")) !== first) {
      yield* process.error("Sorry, passwords do not match.\npasswd: Authentication token manipulation error\npasswd: password unchanged\n")
      return 10
    }
    setPassword(process, name, first)
    yield* process.print("passwd: password updated successfully\n")
    return 0
  } finally {
    if (before) process.tty?.setModes(before)
  }
}

export const passwd = defineTool({
  name: "passwd",
  busybox: true,
  summary: "change user password",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "ludeSaqk",
      valued: "nxwi",
      long: { lock: "l", unlock: "u", delete: "d", expire: "e", status: "S", all: "a", stdin: "stdin" },
    })
    if (problem) {
      yield* process.error(`passwd: ${problem}\nUsage: passwd [options] [LOGIN]\n`)
      return 2
    }
    const accounts = new Accounts(process.files)
    const own = accounts.userName(process.credentials.uid)
    const name = words[0] ?? own
    if (!accounts.user(name)) {
      yield* process.error(`passwd: user '${name}' does not exist\n`)
      return 1
    }
    if (process.credentials.uid !== 0) {
      yield* process.error(
        name === own
          ? "passwd: Authentication token manipulation error\npasswd: password unchanged\n"
          : `passwd: You may not view or modify password information for ${name}.\n`,
      )
      return name === own ? 10 : 1
    }
    const kept = accounts.shadow(name)?.password ?? "!"
    if (flags.has("S")) {
      const state = kept === "" ? "NP" : /^[!*]/.test(kept) ? "L" : "P"
      const row =
        linesOf(process, "/etc/shadow")
          .find((line) => line.startsWith(`${name}:`))
          ?.split(":") ?? []
      const days = Number(row[2] ?? 20_000)
      yield* process.print(
        `${name} ${state} ${formatDate("%Y-%m-%d", days * 86_400_000)} ${row[3] || 0} ${row[4] || 99999} ${row[5] || 7} ${row[6] || -1}\n`,
      )
      return 0
    }
    if (flags.has("l") || flags.has("u")) {
      if (flags.has("u") && /^!?$|^!\*?$/.test(kept)) {
        yield* process.error(
          `passwd: unlocking the password would result in a passwordless account.\nYou should set a password with usermod -p to unlock the password of this account.\n`,
        )
        return 3
      }
      change(
        process,
        "/etc/shadow",
        name,
        (fields) => (fields[1] = flags.has("l") ? `!${fields[1].replace(/^!/, "")}` : fields[1].replace(/^!/, "")),
      )
      yield* process.print("passwd: password changed.\n")
      return 0
    }
    if (flags.has("d") || flags.has("e")) {
      change(process, "/etc/shadow", name, (fields) => {
        if (flags.has("d")) fields[1] = ""
        else fields[2] = "0"
      })
      yield* process.print(flags.has("d") ? "passwd: password changed.\n" : "passwd: password expiry information changed.\n")
      return 0
    }
    return yield* askPassword(process, name)
  },
})

export const chpasswd = defineTool({
  name: "chpasswd",
  busybox: true,
  summary: "update passwords in batch mode",
  *run(process, args) {
    if (process.credentials.uid !== 0) {
      yield* process.error("chpasswd: Permission denied.\nchpasswd: cannot lock /etc/passwd; try again later.\n")
      return 1
    }
    let status = 0
    const text = new TextDecoder().decode(yield* process.readAll(0))
    for (const [at, line] of text.split("\n").entries()) {
      if (line === "") continue
      const [name, ...rest] = line.split(":")
      const password = rest.join(":")
      if (rest.length === 0) {
        yield* process.error(`chpasswd: line ${at + 1}: missing new password\n`)
        status = 1
      } else if (!new Accounts(process.files).user(name)) {
        yield* process.error(
          `chpasswd: (user ${name}) pam_chauthtok() failed, error:\nAuthentication token manipulation error\nchpasswd: (line ${at + 1}, user ${name}) password not changed\n`,
        )
        status = 1
      } else if (args.includes("-e")) change(process, "/etc/shadow", name, (fields) => (fields[1] = password))
      else setPassword(process, name, password)
    }
    return status
  },
})

export const chage = defineTool({
  name: "chage",
  summary: "change user password expiry information",
  *run(process, args) {
    const { flags, words } = parseOptions(args, {
      letters: "li",
      valued: "dEIMmW",
      long: { list: "l", "lastday=": "d", "maxdays=": "M", "mindays=": "m", "warndays=": "W", "expiredate=": "E", "inactive=": "I" },
    })
    const [name = ""] = words
    const row = linesOf(process, "/etc/shadow")
      .find((line) => line.startsWith(`${name}:`))
      ?.split(":")
    if (!row) {
      yield* process.error(`chage: user '${name}' does not exist in /etc/passwd\n`)
      return 1
    }
    if (!flags.has("l")) {
      const fields: Readonly<Record<string, number>> = { d: 2, m: 3, M: 4, W: 5, I: 6, E: 7 }
      change(process, "/etc/shadow", name, (changed) => {
        for (const [letter, at] of Object.entries(fields))
          if (typeof flags.get(letter) === "string") changed[at] = String(flags.get(letter)).replace(/^-1$/, "")
      })
      return 0
    }
    const day = (text: string | undefined) => (text ? formatDate("%b %d, %Y", Number(text) * 86_400_000) : "never")
    const expires = row[4] && Number(row[4]) < 10_000 ? day(String(Number(row[2]) + Number(row[4]))) : "never"
    yield* process.print(
      `Last password change\t\t\t\t\t: ${day(row[2])}\nPassword expires\t\t\t\t\t: ${expires}\nPassword inactive\t\t\t\t\t: never\nAccount expires\t\t\t\t\t\t: ${day(row[7])}\nMinimum number of days between password change\t\t: ${row[3] || 0}\nMaximum number of days between password change\t\t: ${row[4] || 99999}\nNumber of days of warning before password expires\t: ${row[5] || 7}\n`,
    )
    return 0
  },
})
