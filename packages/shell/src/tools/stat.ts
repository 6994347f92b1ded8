/** stat: what is known of a file. */
import { Accounts, type FileStat, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { expandEscapes } from "../text/echo.ts"
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

/** Seconds with so many places of what is beyond them; nine where none are told. `at`: ms */
const secondsWith = (at: number, places: string): string => {
  const digits = Math.min(9, Number(places === "" ? 9 : places))
  const fraction = `${String(((at % 1_000) + 1_000) % 1_000).padStart(3, "0")}000000`
  return `${Math.floor(at / 1_000)}${digits > 0 ? `.${fraction.slice(0, digits)}` : ""}`
}

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
        const text = format.replace(
          /%([-+ #0']*)(\d*)(?:\.(\d*))?([a-zA-Z%])/g,
          (whole, marks: string, width: string, places: string | undefined, letter: string) => {
            if (!Object.hasOwn(values, letter)) return whole === "%%" ? "%" : "?"
            const at = { X: found.accessedAt, Y: found.modifiedAt, Z: found.changedAt }[letter]
            const value = at !== undefined && places !== undefined ? secondsWith(at, places) : values[letter]
            const size = Number(width || 0)
            if (marks.includes("-")) return value.padEnd(size)
            return value.padStart(size, marks.includes("0") && /^\d/.test(value) ? "0" : " ")
          },
        )
        yield* process.print(flags.has("p") ? expandEscapes(text).text : `${text}\n`)
        continue
      }
      if (flags.has("t")) {
        const [b, f, device] = [values.b, values.f, found.device.toString(16)]
        const times = [values.X, values.Y, values.Z, "0"]
        yield* process.print(
          `${[name, values.s, b, f, values.u, values.g, device, values.i, values.h, "0", "0", ...times, "4096"].join(" ")}\n`,
        )
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
