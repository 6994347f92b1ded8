/** Users and groups as /etc/passwd, /etc/group and /etc/shadow list them. */
import type { Files } from "../files/contract.ts"
import type { Credentials } from "../kernel/process.ts"

/** A line of passwd(5). */
export interface User {
  readonly name: string
  readonly uid: number
  readonly gid: number
  /** Full name and other comments. */
  readonly gecos: string
  readonly home: string
  readonly shell: string
}

/** A line of group(5). */
export interface Group {
  readonly name: string
  readonly gid: number
  /** Users that have it besides their own. */
  readonly members: readonly string[]
}

/** A line of shadow(5), as far as a log-in needs it. */
export interface Shadow {
  readonly name: string
  /** "*" and what begins with "!" lets nobody in by password. */
  readonly password: string
}

const rows = (text: string, fields: number): string[][] =>
  text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(":"))
    .filter((row) => row.length >= fields && row[0] !== "")

export const parsePasswd = (text: string): User[] =>
  rows(text, 7)
    .filter(([, , uid, gid]) => /^\d+$/.test(uid) && /^\d+$/.test(gid))
    .map(([name, , uid, gid, gecos, home, shell]) => ({ name, uid: Number(uid), gid: Number(gid), gecos, home, shell: shell || "/bin/sh" }))

export const parseGroup = (text: string): Group[] =>
  rows(text, 4)
    .filter(([, , gid]) => /^\d+$/.test(gid))
    .map(([name, , gid, members]) => ({ name, gid: Number(gid), members: members.split(",").filter(Boolean) }))

export const parseShadow = (text: string): Shadow[] => rows(text, 2).map(([name, password]) => ({ name, password }))

/** Accounts as files say now; missing files mean no accounts. Reading shadow takes the right to. */
export class Accounts {
  readonly #files: Files

  constructor(files: Files) {
    this.#files = files
  }

  #text(path: string): string {
    return this.#files.access(path, { read: true }) ? this.#files.readText(path) : ""
  }

  users(): readonly User[] {
    return parsePasswd(this.#text("/etc/passwd"))
  }

  groups(): readonly Group[] {
    return parseGroup(this.#text("/etc/group"))
  }

  shadow(name: string): Shadow | undefined {
    return parseShadow(this.#text("/etc/shadow")).find((row) => row.name === name)
  }

  user(nameOrUid: string | number): User | undefined {
    const users = this.users()
    const named = users.find(({ name }) => name === nameOrUid)
    return named ?? (/^\d+$/.test(String(nameOrUid)) ? users.find(({ uid }) => uid === Number(nameOrUid)) : undefined)
  }

  group(nameOrGid: string | number): Group | undefined {
    const groups = this.groups()
    const named = groups.find(({ name }) => name === nameOrGid)
    return named ?? (/^\d+$/.test(String(nameOrGid)) ? groups.find(({ gid }) => gid === Number(nameOrGid)) : undefined)
  }

  /** As initgroups(3): what a process of this user runs with; its own group first. */
  credentials(user: User): Credentials {
    const others = this.groups().filter(({ gid, members }) => gid !== user.gid && members.includes(user.name))
    return { uid: user.uid, gid: user.gid, groups: [user.gid, ...others.map(({ gid }) => gid)] }
  }

  /** The name of a user, or the number when there is none: as ls and ps print it. */
  userName(uid: number): string {
    return this.users().find((user) => user.uid === uid)?.name ?? String(uid)
  }

  groupName(gid: number): string {
    return this.groups().find((group) => group.gid === gid)?.name ?? String(gid)
  }
}
