/** useradd, usermod, userdel, groupadd, groupmod, groupdel, gpasswd, passwd, chpasswd, chage, adduser, visudo: the account files. As shadow 4.13 and Debian's adduser. */
import { Accounts, type Process, type Steps, SystemError, type User } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { sha512 } from "@noble/hashes/sha2.js"
import { runCommand } from "./process-tools.ts"
import { parseOptions } from "./reading.ts"

const linesOf = (process: Process, file: string): string[] =>
  process.files.exists(file)
    ? process.files
        .readText(file)
        .split("\n")
        .filter((line) => line !== "")
    : []

const put = (process: Process, file: string, lines: readonly string[]): void =>
  process.files.write(file, lines.map((line) => `${line}\n`).join(""))

const append = (process: Process, file: string, line: string): void => put(process, file, [...linesOf(process, file), line])

/** Changes the fields of the line that begins with `name`. */
const change = (process: Process, file: string, name: string, edit: (fields: string[]) => void): void => {
  put(
    process,
    file,
    linesOf(process, file).map((line) => {
      const fields = line.split(":")
      if (fields[0] === name) edit(fields)
      return fields.join(":")
    }),
  )
}

const drop = (process: Process, file: string, name: string): void =>
  put(
    process,
    file,
    linesOf(process, file).filter((line) => !line.startsWith(`${name}:`)),
  )

/** Only root changes accounts; false after it has been said. */
function* mayChange(process: Process, tool: string): Steps<boolean> {
  if (process.credentials.uid === 0) return true
  yield* process.error(`${tool}: Permission denied.\n${tool}: cannot lock /etc/passwd; try again later.\n`)
  return false
}

const freeId = (used: readonly number[], system: boolean): number =>
  Math.max(system ? 99 : 999, ...used.filter((id) => id < 60_000 && (system ? id < 1_000 : id >= 1_000))) + 1

const setMember = (process: Process, group: string, user: string, member: boolean): void =>
  change(process, "/etc/group", group, (fields) => {
    const members = (fields[3] ?? "").split(",").filter((one) => one !== "" && one !== user)
    fields[3] = [...members, ...(member ? [user] : [])].join(",")
  })

/** Groups of -G that there are not. */
const unknownGroup = (accounts: Accounts, list: string): string | undefined =>
  list.split(",").find((name) => name !== "" && !accounts.group(name))

/** Days since 1970, as shadow(5) counts. */
const today = (process: Process): number => Math.floor(process.now() / 86_400_000)

function* makeUser(
  process: Process,
  user: { name: string; uid: number; gid: number; comment: string; home: string; shell: string; makeHome: boolean; ownGroup: boolean },
): Steps<void> {
  append(process, "/etc/passwd", `${user.name}:x:${user.uid}:${user.gid}:${user.comment}:${user.home}:${user.shell}`)
  if (user.ownGroup) append(process, "/etc/group", `${user.name}:x:${user.gid}:`)
  if (process.files.exists("/etc/shadow")) append(process, "/etc/shadow", `${user.name}:!:${today(process)}:0:99999:7:::`)
  if (!user.makeHome || process.files.exists(user.home)) return
  process.files.mkdir(user.home, { parents: true, mode: 0o750 })
  process.files.chown(user.home, user.uid, user.gid)
  if (!process.files.exists("/etc/skel")) return
  for (const { name, type } of process.files.list("/etc/skel")) {
    if (type !== "file") continue
    process.files.write(`${user.home}/${name}`, process.files.readBytes(`/etc/skel/${name}`))
    process.files.chown(`${user.home}/${name}`, user.uid, user.gid)
  }
}

export const useradd = defineTool({
  name: "useradd",
  summary: "create a new user or update default new user information",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "mMrNUoDl",
      valued: "udgGsckpefb",
      long: {
        "create-home": "m",
        "no-create-home": "M",
        "uid=": "u",
        "home-dir=": "d",
        "gid=": "g",
        "groups=": "G",
        "shell=": "s",
        "comment=": "c",
        system: "r",
        "password=": "p",
        "no-user-group": "N",
        "user-group": "U",
        "expiredate=": "e",
        "non-unique": "o",
        "base-dir=": "b",
        "skel=": "k",
      },
    })
    const [name] = words
    if (problem || name === undefined) {
      yield* process.error(
        `${problem ? `useradd: ${problem}\n` : ""}Usage: useradd [options] LOGIN\n       useradd -D\n       useradd -D [options]\n`,
      )
      return 2
    }
    if (!/^[a-z_][a-z0-9_-]*\$?$/.test(name)) {
      yield* process.error(`useradd: invalid user name '${name}': use --badname to ignore\n`)
      return 3
    }
    const accounts = new Accounts(process.files)
    if (accounts.user(name)) {
      yield* process.error(`useradd: user '${name}' already exists\n`)
      return 9
    }
    if (!(yield* mayChange(process, "useradd"))) return 1
    const users = accounts.users().map(({ uid }) => uid)
    const uid = flags.has("u") ? Number(flags.get("u")) : freeId([...users, ...accounts.groups().map(({ gid }) => gid)], flags.has("r"))
    if (users.includes(uid) && !flags.has("o")) {
      yield* process.error(`useradd: UID ${uid} is not unique\n`)
      return 4
    }
    const named = flags.get("g")
    const given = typeof named === "string" ? accounts.group(named) : undefined
    if (typeof named === "string" && !given) {
      yield* process.error(`useradd: group '${named}' does not exist\n`)
      return 6
    }
    if (!given && !flags.has("N") && accounts.group(name)) {
      yield* process.error(`useradd: group ${name} exists - if you want to add this user to that group, use -g.\n`)
      return 9
    }
    const more = typeof flags.get("G") === "string" ? String(flags.get("G")) : ""
    const unknown = unknownGroup(accounts, more)
    if (unknown !== undefined) {
      yield* process.error(`useradd: group '${unknown}' does not exist\n`)
      return 6
    }
    yield* makeUser(process, {
      name,
      uid,
      gid: given?.gid ?? (flags.has("N") ? 100 : uid),
      comment: String(flags.get("c") ?? ""),
      home: String(flags.get("d") ?? `${String(flags.get("b") ?? "/home")}/${name}`),
      shell: String(flags.get("s") ?? "/bin/sh"),
      makeHome: flags.has("m"),
      ownGroup: !given && !flags.has("N"),
    })
    for (const group of more.split(",").filter(Boolean)) setMember(process, accounts.group(group)?.name ?? group, name, true)
    if (typeof flags.get("p") === "string") change(process, "/etc/shadow", name, (fields) => (fields[1] = String(flags.get("p"))))
    return 0
  },
})

export const adduser = defineTool({
  name: "adduser",
  busybox: true,
  summary: "add users or groups to the system",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "DSHq",
      valued: "hgGsuk",
      long: {
        "disabled-password": "D",
        "disabled-login": "D",
        "gecos=": "c",
        "comment=": "c",
        system: "S",
        "no-create-home": "H",
        "home=": "h",
        "shell=": "s",
        "uid=": "u",
        "ingroup=": "G",
        "gid=": "g",
        group: "group",
        quiet: "q",
        "allow-bad-names": "bad",
      },
    })
    const [name, group] = words
    if (problem || name === undefined) {
      yield* process.error(problem ? `adduser: ${problem}\n` : "fatal: Only one or two names allowed.\n")
      return 1
    }
    if (process.credentials.uid !== 0) {
      yield* process.error("fatal: Only root may add a user or group to the system.\n")
      return 1
    }
    const accounts = new Accounts(process.files)
    if (group !== undefined) {
      if (!accounts.user(name) || !accounts.group(group)) {
        yield* process.error(
          accounts.user(name) ? `fatal: The group \`${group}' does not exist.\n` : `fatal: The user \`${name}' does not exist.\n`,
        )
        return 1
      }
      if (accounts.group(group)?.members.includes(name))
        yield* process.print(`info: The user \`${name}' is already a member of \`${group}'.\n`)
      else {
        yield* process.print(`info: Adding user \`${name}' to group \`${group}' ...\n`)
        setMember(process, group, name, true)
      }
      return 0
    }
    if (accounts.user(name)) {
      yield* process.error(`fatal: The user \`${name}' already exists.\n`)
      return 1
    }
    const system = flags.has("S")
    const uid = flags.has("u")
      ? Number(flags.get("u"))
      : freeId([...accounts.users().map((one) => one.uid), ...accounts.groups().map(({ gid }) => gid)], system)
    const home = String(flags.get("h") ?? (system ? "/nonexistent" : `/home/${name}`))
    const quiet = flags.has("q") || process.files.exists("/bin/busybox")
    if (!quiet)
      yield* process.print(
        `info: Adding user \`${name}' ...\ninfo: Selecting UID/GID from range 1000 to 59999 ...\ninfo: Adding new group \`${name}' (${uid}) ...\ninfo: Adding new user \`${name}' (${uid}) with group \`${name} (${uid})' ...\n${flags.has("H") ? "" : `info: Creating home directory \`${home}' ...\ninfo: Copying files from \`/etc/skel' ...\n`}`,
      )
    const in_ = typeof flags.get("G") === "string" ? accounts.group(String(flags.get("G"))) : undefined
    yield* makeUser(process, {
      name,
      uid,
      gid: in_?.gid ?? uid,
      comment: String(flags.get("c") ?? ",,,"),
      home,
      shell: String(flags.get("s") ?? (system ? "/usr/sbin/nologin" : process.files.exists("/bin/bash") ? "/bin/bash" : "/bin/sh")),
      makeHome: !flags.has("H") && home !== "/nonexistent",
      ownGroup: !in_,
    })
    if (!flags.has("D") && !system && process.fds.get(0)?.kind === "tty") yield* askPassword(process, name)
    return 0
  },
})

export const usermod = defineTool({
  name: "usermod",
  summary: "modify a user account",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "aLUmro",
      valued: "GgdslucpefR",
      long: {
        append: "a",
        "groups=": "G",
        "gid=": "g",
        "home=": "d",
        "shell=": "s",
        "login=": "l",
        "uid=": "u",
        "comment=": "c",
        lock: "L",
        unlock: "U",
        "move-home": "m",
        "password=": "p",
        remove: "r",
        "expiredate=": "e",
      },
    })
    const [name] = words
    if (problem || name === undefined || flags.size === 0) {
      yield* process.error(`${problem ? `usermod: ${problem}\n` : ""}Usage: usermod [options] LOGIN\n`)
      return 2
    }
    const accounts = new Accounts(process.files)
    const user = accounts.user(name)
    if (!user) {
      yield* process.error(`usermod: user '${name}' does not exist\n`)
      return 6
    }
    if (!(yield* mayChange(process, "usermod"))) return 1
    const list = typeof flags.get("G") === "string" ? String(flags.get("G")) : undefined
    const unknown = list === undefined ? undefined : unknownGroup(accounts, list)
    if (unknown !== undefined) {
      yield* process.error(`usermod: group '${unknown}' does not exist\n`)
      return 6
    }
    const primary = typeof flags.get("g") === "string" ? accounts.group(String(flags.get("g"))) : undefined
    if (flags.has("g") && !primary) {
      yield* process.error(`usermod: group '${String(flags.get("g"))}' does not exist\n`)
      return 6
    }
    if (list !== undefined) {
      const wanted = new Set(
        list
          .split(",")
          .filter(Boolean)
          .map((one) => accounts.group(one)?.name ?? one),
      )
      for (const group of accounts.groups()) {
        const member = group.members.includes(name)
        if (flags.has("r") ? member && wanted.has(group.name) : !member && wanted.has(group.name))
          setMember(process, group.name, name, !flags.has("r"))
        else if (member && !wanted.has(group.name) && !flags.has("a") && !flags.has("r")) setMember(process, group.name, name, false)
      }
    }
    const home = flags.get("d")
    if (typeof home === "string" && flags.has("m") && process.files.exists(user.home) && !process.files.exists(home))
      process.files.rename(user.home, home)
    const login = typeof flags.get("l") === "string" ? String(flags.get("l")) : name
    change(process, "/etc/passwd", name, (fields) => {
      if (flags.has("u")) fields[2] = String(flags.get("u"))
      if (primary) fields[3] = String(primary.gid)
      if (flags.has("c")) fields[4] = String(flags.get("c"))
      if (flags.has("d")) fields[5] = String(home)
      if (flags.has("s")) fields[6] = String(flags.get("s"))
      fields[0] = login
    })
    change(process, "/etc/shadow", name, (fields) => {
      if (flags.has("L") && !fields[1].startsWith("!")) fields[1] = `!${fields[1]}`
      if (flags.has("U")) fields[1] = fields[1].replace(/^!/, "")
      if (flags.has("p")) fields[1] = String(flags.get("p"))
      fields[0] = login
    })
    return 0
  },
})

export const userdel = defineTool({
  name: "userdel",
  aliases: ["deluser"],
  busybox: true,
  summary: "delete a user account and related files",
  *run(process, args) {
    const called = process.argv[0]?.split("/").at(-1) ?? "userdel"
    const { flags, words } = parseOptions(args, {
      letters: "rf",
      long: { remove: "r", "remove-home": "r", force: "f", quiet: "q", system: "s" },
    })
    const [name = "", group] = words
    const accounts = new Accounts(process.files)
    const user = accounts.user(name)
    if (!user) {
      yield* process.error(
        called === "deluser" ? `fatal: The user \`${name}' does not exist.\n` : `userdel: user '${name}' does not exist\n`,
      )
      return called === "deluser" ? 2 : 6
    }
    if (!(yield* mayChange(process, called))) return 1
    if (group !== undefined && called === "deluser") {
      setMember(process, group, name, false)
      yield* process.print(`info: Removing user \`${name}' from group \`${group}' ...\n`)
      return 0
    }
    const busy = process.processes().find(({ credentials, state }) => credentials.uid === user.uid && state !== "Z")
    if (busy && !flags.has("f")) {
      yield* process.error(`userdel: user ${name} is currently used by process ${busy.pid}\n`)
      return 8
    }
    if (called === "deluser") yield* process.print(`info: Removing crontab ...\ninfo: Removing user \`${name}' ...\n`)
    for (const file of ["/etc/passwd", "/etc/shadow"]) drop(process, file, user.name)
    for (const one of accounts.groups()) {
      if (one.members.includes(user.name)) setMember(process, one.name, user.name, false)
      if (one.name === user.name && one.members.every((member) => member === user.name)) drop(process, "/etc/group", one.name)
    }
    if (flags.has("r") && process.files.exists(user.home)) process.files.remove(user.home, { recursive: true })
    if (flags.has("r")) yield* process.error(`userdel: ${name} mail spool (/var/mail/${name}) not found\n`)
    return 0
  },
})

export const groupadd = defineTool({
  name: "groupadd",
  aliases: ["addgroup"],
  busybox: true,
  summary: "create a new group",
  *run(process, args) {
    const called = process.argv[0]?.split("/").at(-1) ?? "groupadd"
    const { flags, words } = parseOptions(args, { letters: "frSo", valued: "g", long: { "gid=": "g", system: "r", force: "f" } })
    const [first, second] = words
    if (first === undefined) {
      yield* process.error("Usage: groupadd [options] GROUP\n")
      return 2
    }
    const accounts = new Accounts(process.files)
    if (called === "addgroup" && second !== undefined) {
      setMember(process, second, first, true)
      return 0
    }
    if (accounts.group(first)) {
      if (flags.has("f")) return 0
      yield* process.error(
        called === "addgroup" ? `fatal: The group \`${first}' already exists.\n` : `groupadd: group '${first}' already exists\n`,
      )
      return called === "addgroup" ? 1 : 9
    }
    if (!(yield* mayChange(process, called))) return called === "groupadd" ? 10 : 1
    const gid = flags.has("g")
      ? Number(flags.get("g"))
      : freeId([...accounts.groups().map((one) => one.gid), ...accounts.users().map(({ uid }) => uid)], flags.has("r") || flags.has("S"))
    if (accounts.groups().some((one) => one.gid === gid) && !flags.has("o")) {
      yield* process.error(`groupadd: GID '${gid}' already exists\n`)
      return 4
    }
    append(process, "/etc/group", `${first}:x:${gid}:`)
    if (called === "addgroup" && !process.files.exists("/bin/busybox"))
      yield* process.print(`info: Selecting GID from range 1000 to 59999 ...\ninfo: Adding group \`${first}' (GID ${gid}) ...\n`)
    return 0
  },
})

export const groupdel = defineTool({
  name: "groupdel",
  aliases: ["delgroup"],
  busybox: true,
  summary: "delete a group",
  *run(process, args) {
    const [name = ""] = args.filter((word) => !word.startsWith("-"))
    const accounts = new Accounts(process.files)
    const group = accounts.group(name)
    if (!group) {
      yield* process.error(`groupdel: group '${name}' does not exist\n`)
      return 6
    }
    const owner = accounts.users().find(({ gid }) => gid === group.gid)
    if (owner) {
      yield* process.error(`groupdel: cannot remove the primary group of user '${owner.name}'\n`)
      return 8
    }
    if (!(yield* mayChange(process, "groupdel"))) return 10
    drop(process, "/etc/group", name)
    return 0
  },
})

export const groupmod = defineTool({
  name: "groupmod",
  summary: "modify a group definition on the system",
  *run(process, args) {
    const { flags, words } = parseOptions(args, { letters: "o", valued: "gn", long: { "gid=": "g", "new-name=": "n" } })
    const [name = ""] = words
    if (!new Accounts(process.files).group(name)) {
      yield* process.error(`groupmod: group '${name}' does not exist\n`)
      return 6
    }
    if (!(yield* mayChange(process, "groupmod"))) return 10
    change(process, "/etc/group", name, (fields) => {
      if (flags.has("g")) fields[2] = String(flags.get("g"))
      if (flags.has("n")) fields[0] = String(flags.get("n"))
    })
    return 0
  },
})

export const gpasswd = defineTool({
  name: "gpasswd",
  summary: "administer /etc/group and /etc/gshadow",
  *run(process, args) {
    const { flags, words } = parseOptions(args, { letters: "rR", valued: "adMA", long: { "add=": "a", "delete=": "d", "members=": "M" } })
    const [group = ""] = words
    const accounts = new Accounts(process.files)
    if (!accounts.group(group)) {
      yield* process.error(`gpasswd: group '${group}' does not exist in /etc/group\n`)
      return 3
    }
    if (process.credentials.uid !== 0) {
      yield* process.error("gpasswd: Permission denied.\n")
      return 1
    }
    const user = flags.get("a") ?? flags.get("d")
    if (typeof user !== "string" || !accounts.user(user)) {
      yield* process.error(`gpasswd: user '${String(user)}' does not exist\n`)
      return 3
    }
    if (flags.has("d") && !accounts.group(group)?.members.includes(user)) {
      yield* process.error(`gpasswd: user '${user}' is not a member of '${group}'\n`)
      return 3
    }
    yield* process.print(flags.has("a") ? `Adding user ${user} to group ${group}\n` : `Removing user ${user} from group ${group}\n`)
    setMember(process, group, user, flags.has("a"))
    return 0
  },
})

/** Of crypt(5)'s form; what stands behind the salt is this machine's own and no other's. */
const encrypted = (process: Process, password: string): string => {
  const letters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  const salt = Array.from({ length: 16 }, () => letters[Math.floor(process.random() * 64)]).join("")
  return `$6$${salt}$${hashOf(salt, password)}`
}

const hashOf = (salt: string, password: string): string => {
  const letters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  const hash = sha512(new TextEncoder().encode(`${salt}$${password}`))
  return Array.from({ length: 86 }, (_, at) => letters[hash[at % 64] & 63]).join("")
}

/** Whether `password` is what shadow(5) keeps of it. */
export const passwordFits = (kept: string, password: string): boolean => {
  const [, , salt, hash] = kept.split("$")
  // What a lock put in front of it keeps anything from fitting.
  return kept.startsWith("$") && hash !== undefined && hashOf(salt, password) === hash
}

const setPassword = (process: Process, name: string, password: string): void =>
  change(process, "/etc/shadow", name, (fields) => {
    fields[1] = encrypted(process, password)
    fields[2] = String(today(process))
  })

function* askPassword(process: Process, name: string): Steps<number> {
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

export const chsh = defineTool({
  name: "chsh",
  summary: "change your login shell",
  *run(process, args) {
    const { flags, words } = parseOptions(args, { letters: "", valued: "s", long: { "shell=": "s" } })
    const accounts = new Accounts(process.files)
    const user: User | undefined = accounts.user(words[0] ?? accounts.userName(process.credentials.uid))
    if (!user || typeof flags.get("s") !== "string") {
      yield* process.error(user ? "chsh: no shell specified\n" : `chsh: user '${words[0]}' does not exist\n`)
      return 1
    }
    if (process.credentials.uid !== 0 && process.credentials.uid !== user.uid) {
      yield* process.error(`chsh: You may not change the shell for '${user.name}'.\n`)
      return 1
    }
    change(process, "/etc/passwd", user.name, (fields) => (fields[6] = String(flags.get("s"))))
    return 0
  },
})

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
