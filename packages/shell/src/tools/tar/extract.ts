/** What comes out of an archive: files made of members, and what of them differs. */
import { Accounts, type Process, type Steps } from "@drydock/machine"
import { formatDate } from "../../text/date.ts"
import { modeText } from "../modes.ts"
import type { TarOptions } from "./command-line.ts"
import type { Entry } from "./format.ts"
import { within } from "./members.ts"

/** As -tv shows a member. */
export const longLine = (entry: Entry, numeric: boolean): string => {
  const [user, group] = numeric ? ["", ""] : [entry.user, entry.group]
  const size = String(entry.stat.size)
  const owner = `${user || entry.stat.uid}/${group || entry.stat.gid}`
  return `${modeText(entry.stat)} ${owner} ${size.padStart(Math.max(size.length, 18 - owner.length))} ${formatDate("%Y-%m-%d %H:%M", entry.stat.modifiedAt)} ${entry.name}${entry.link === "" ? "" : ` -> ${entry.link}`}`
}

/** The name that a member gets, undefined where nothing of it is left. */
const targetOf = (name: string, options: TarOptions): string | undefined => {
  const changed = options.transforms.reduce((text, transform) => transform.apply(text), name)
  const absolute = options.absolute && changed.startsWith("/")
  const parts = changed.split("/").filter((part) => part !== "" && part !== "..")
  const left = parts.slice(options.strip)
  if (left.length === 0) return undefined
  const { top } = options
  const under = typeof top === "string" ? top : top ? (options.file.split("/").at(-1) ?? "").replace(/\.(tar(\.\w+)?|tgz)$/, "") : ""
  const path = under !== "" && left[0] !== under ? [under, ...left].join("/") : left.join("/")
  return absolute ? `/${path}` : within(options.directory, path)
}

/** Writes one member where it belongs; false where something was there that was to be kept. */
export function* extract(process: Process, entry: Entry, options: TarOptions): Steps<boolean> {
  const { files } = process
  if (process.charge(16 + (entry.content.length >> 10))) yield* process.yield()
  const path = targetOf(entry.name, options)
  if (path === undefined) return true
  if (options.verbose > 0)
    yield* process[options.toOutput ? "error" : "print"](`${options.verbose > 1 ? longLine(entry, options.numeric) : entry.name}\n`)
  if (options.toOutput) {
    if (entry.stat.type === "file") yield* process.write(1, entry.content)
    return true
  }
  const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")))
  if (parent !== "" && !files.exists(parent)) files.mkdir(parent, { parents: true })
  const there = files.exists(path)
  if (there && entry.stat.type !== "directory") {
    if (options.skipOld) return true
    if (options.keep) {
      yield* process.error(`tar: ${entry.name}: Cannot open: File exists\n`)
      return false
    }
  }
  if (entry.stat.type === "directory") {
    if (!there) files.mkdir(path, { parents: true })
    files.chmod(path, entry.stat.mode)
  } else if (entry.stat.type === "symlink") {
    if (there) files.remove(path)
    files.symlink(entry.link, path)
    return true
  } else {
    files.write(path, entry.content)
    files.chmod(path, entry.stat.mode)
  }
  if (process.credentials.uid === 0) own(process, path, entry)
  files.utimes(path, entry.stat.modifiedAt, entry.stat.modifiedAt)
  return true
}

/** By name where there is such an account here, as root's tar does. */
const own = (process: Process, path: string, entry: Entry): void => {
  const accounts = new Accounts(process.files)
  const uid = entry.user === "" ? undefined : accounts.users().find(({ name }) => name === entry.user)?.uid
  const gid = entry.group === "" ? undefined : accounts.groups().find(({ name }) => name === entry.group)?.gid
  process.files.chown(path, uid ?? entry.stat.uid, gid ?? entry.stat.gid)
}

/** How a member differs from the file, in the words of tar -d; undefined where it does not. */
export const difference = (process: Process, entry: Entry, options: TarOptions): string | undefined => {
  const { files } = process
  const path = within(options.directory, entry.name.replace(/\/$/, ""))
  if (!files.exists(path)) return `${entry.name}: Warning: Cannot stat: No such file or directory`
  const stat = files.lstat(path)
  if (stat.type !== entry.stat.type) return `${entry.name}: File type differs`
  if ((stat.mode & 0o7777) !== (entry.stat.mode & 0o7777)) return `${entry.name}: Mode differs`
  if (stat.type !== "file") return undefined
  if (stat.size !== entry.stat.size) return `${entry.name}: Size differs`
  if (files.readBytes(path).some((byte, at) => byte !== entry.content[at])) return `${entry.name}: Contents differ`
  return Math.floor(stat.modifiedAt / 1_000) === Math.floor(entry.stat.modifiedAt / 1_000) ? undefined : `${entry.name}: Mod time differs`
}
