/** find's -printf and -ls. */
import { Accounts, type Process } from "@drydock/machine"
import { formatDate } from "../../text/date.ts"
import { modeText } from "../modes.ts"
import { baseName } from "../paths.ts"
import { type Place, TYPES } from "./place.ts"

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", a: "\x07", b: "\b", f: "\f", v: "\v" }

/** Ten digits of a second, as find prints them. */
const fraction = (at: number): string => `.${String(((at % 1_000) + 1_000) % 1_000).padStart(3, "0")}0000000`

/** A time by the letter after %A, %C or %T; `at`: ms. */
const timeText = (letter: string, at: number): string => {
  switch (letter) {
    case "@":
      return `${Math.floor(at / 1_000)}${fraction(at)}`
    case "+":
      return `${formatDate("%Y-%m-%d+%H:%M:%S", at)}${fraction(at)}`
    case "S":
    case "T":
    case "X":
      return `${formatDate(letter === "S" ? "%S" : "%H:%M:%S", at)}${fraction(at)}`
    case "c":
      return `${formatDate("%a %b %e %H:%M:%S", at)}${fraction(at)} ${formatDate("%Y", at)}`
    default:
      return formatDate(`%${letter}`, at)
  }
}

const typeLetter = (type: string): string => Object.entries(TYPES).find(([, one]) => one === type)?.[0] ?? "?"

/** Of what a link leads to: N where that is missing, L where links go in circles. */
const targetType = (process: Process, { path, stat }: Place): string => {
  if (stat.type !== "symlink") return typeLetter(stat.type)
  if (process.files.exists(path)) return typeLetter(process.files.stat(path).type)
  return process.files.readlink(path) === baseName(path) ? "L" : "N"
}

export const printed = (process: Process, format: string, place: Place): string => {
  const { stat, path, root } = place
  const accounts = new Accounts(process.files)
  const below = () => path.slice(root.length).replace(/^\//, "")
  const values: Readonly<Record<string, () => string>> = {
    p: () => path,
    f: () => baseName(path),
    h: () => (path.includes("/") ? path.replace(/\/[^/]*$/, "") : "."),
    P: below,
    H: () => root,
    s: () => String(stat.size),
    S: () => (stat.size === 0 ? "1" : String((Math.ceil(stat.size / 4_096) * 4_096) / stat.size)),
    k: () => String(Math.ceil(stat.size / 4_096) * 4),
    b: () => String(Math.ceil(stat.size / 4_096) * 8),
    m: () => (stat.mode & 0o7777).toString(8),
    M: () => modeText(stat),
    u: () => accounts.userName(stat.uid),
    U: () => String(stat.uid),
    g: () => accounts.groupName(stat.gid),
    G: () => String(stat.gid),
    y: () => typeLetter(stat.type),
    Y: () => targetType(process, place),
    l: () => (stat.type === "symlink" ? process.files.readlink(path) : ""),
    d: () => String(place.depth),
    D: () => String(stat.device),
    F: () => "ext4",
    i: () => String(stat.inode),
    n: () => String(stat.links),
    t: () => timeText("c", stat.modifiedAt),
    a: () => timeText("c", stat.accessedAt),
    c: () => timeText("c", stat.changedAt),
    Z: () => "",
    "%": () => "%",
  }
  return format.replace(
    /\\(?:([0-7]{1,3})|([\s\S]))|%(?:([TAC])(.)|([-+ #0]*)(\d*)(?:\.(\d+))?(.))/g,
    (
      whole,
      octal?: string,
      escaped?: string,
      clock?: string,
      letter?: string,
      marks?: string,
      width?: string,
      most?: string,
      name?: string,
    ) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      if (escaped !== undefined) return ESCAPES[escaped] ?? whole
      if (clock !== undefined)
        return timeText(letter ?? "", clock === "T" ? stat.modifiedAt : clock === "A" ? stat.accessedAt : stat.changedAt)
      const own = name !== undefined && Object.hasOwn(values, name) ? values[name]() : undefined
      if (own === undefined) return whole
      const value = most === undefined ? own : own.slice(0, Number(most))
      const size = Number(width || 0)
      return marks?.includes("-") ? value.padEnd(size) : value.padStart(size, marks?.includes("0") && /^\d+$/.test(value) ? "0" : " ")
    },
  )
}

/** \c ends a format: what is after it is not printed. */
export const formatUpToEnd = (format: string): string => {
  const match = /^((?:\\[^c]|[^\\])*)\\c/.exec(format)
  return match ? match[1] : format
}

/** The format of -ls. */
export const LS = "%9i %6k %M %3n %-8u %-8g %8s %Tb %Td %TH:%TM %p\n"
