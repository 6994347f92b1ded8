/** stat: what is known of a file. */
import { Accounts, type FileStat, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { modeText } from "./modes.ts"
import { parseOptions, usageError } from "./reading.ts"

const TYPES: Readonly<Record<FileStat["type"], string>> = {
  file: "regular file",
  directory: "directory",
  symlink: "symbolic link",
  fifo: "fifo",
  socket: "socket",
  "character-device": "character special file",
  "block-device": "block special file",
}

const typeText = (stat: FileStat): string => (stat.type === "file" && stat.size === 0 ? "regular empty file" : TYPES[stat.type])
const timeText = (at: number): string => formatDate("%Y-%m-%d %H:%M:%S.%N %z", at)

export const stat = defineTool({
  name: "stat",
  busybox: true,
  summary: "display file status",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "Lft",
      valued: "c",
      long: { "format=": "c", "printf=": "p", dereference: "L", "file-system": "f", terse: "t" },
    })
    if (problem) return yield* usageError(process, "stat", problem)
    if (words.length === 0) return yield* usageError(process, "stat", "missing operand")
    const accounts = new Accounts(process.files)
    let status = 0
    for (const name of words) {
      let found: FileStat
      try {
        found = flags.has("L") ? process.files.stat(name) : process.files.lstat(name)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`stat: cannot statx '${name}': ${error.message}\n`)
        status = 1
        continue
      }
      const link = found.type === "symlink" ? `${name} -> ${process.files.readlink(name)}` : name
      const user = accounts.userName(found.uid)
      const group = accounts.groupName(found.gid)
      const octal = (found.mode & 0o7777).toString(8)
      const values: Readonly<Record<string, string>> = {
        a: octal,
        A: modeText(found),
        b: String(Math.ceil(found.size / 4096) * 8),
        B: "512",
        d: String(found.device),
        f: found.mode.toString(16),
        F: typeText(found),
        g: String(found.gid),
        G: group,
        h: String(found.links),
        i: String(found.inode),
        m: process.files.usage(name).mountPoint,
        n: name,
        N: found.type === "symlink" ? `'${name}' -> '${process.files.readlink(name)}'` : `'${name}'`,
        o: "4096",
        s: String(found.size),
        u: String(found.uid),
        U: user,
        w: "-",
        W: "0",
        x: timeText(found.accessedAt),
        X: String(Math.floor(found.accessedAt / 1_000)),
        y: timeText(found.modifiedAt),
        Y: String(Math.floor(found.modifiedAt / 1_000)),
        z: timeText(found.changedAt),
        Z: String(Math.floor(found.changedAt / 1_000)),
        "%": "%",
      }
      const format = flags.get("c") ?? flags.get("p")
      if (typeof format === "string") {
        const text = format.replace(/%(-?\d*)([a-zA-Z%])/g, (whole, width: string, letter: string) => {
          const value = Object.hasOwn(values, letter) ? values[letter] : whole
          return width === "" ? value : width.startsWith("-") ? value.padEnd(Number(width.slice(1))) : value.padStart(Number(width))
        })
        yield* process.print(flags.has("p") ? text.replace(/\\n/g, "\n").replace(/\\t/g, "\t") : `${text}\n`)
        continue
      }
      const pad = (value: string, width: number) => value.padEnd(width)
      yield* process.print(
        `  File: ${link}\n  Size: ${pad(values.s, 10)}\tBlocks: ${pad(values.b, 10)} IO Block: 4096   ${values.F}\nDevice: 8,1\tInode: ${pad(values.i, 11)} Links: ${values.h}\nAccess: (${octal.padStart(4, "0")}/${values.A})  Uid: (${String(found.uid).padStart(5)}/${user.padStart(8)})   Gid: (${String(found.gid).padStart(5)}/${group.padStart(8)})\nAccess: ${values.x}\nModify: ${values.y}\nChange: ${values.z}\n Birth: -\n`,
      )
    }
    return status
  },
})
