/** groupadd, groupdel, groupmod, gpasswd: groups of the account files. As shadow 4.13. */
import { Accounts } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions } from "./reading.ts"
import { append, change, drop, freeId, mayChange, setMember } from "./account-files.ts"

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
