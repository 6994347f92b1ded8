/** useradd, adduser, usermod, userdel, chsh: users of the account files. As shadow 4.13 and Debian's adduser. */
import { Accounts, type Process, type Steps, type User } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { askPassword } from "./password-tools.ts"
import { parseOptions } from "./reading.ts"
import { append, change, drop, freeId, mayChange, setMember, today, unknownGroup } from "./account-files.ts"

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
