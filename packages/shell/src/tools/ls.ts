/** ls: what is in directories. */
import { Accounts, type FileStat, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { matchPattern } from "../bash/pattern.ts"
import { escaped, shellQuoted } from "./each-word.ts"
import { colorOf, type LsColors, lsColors } from "./ls-colors.ts"
import { modeText } from "./modes.ts"
import { mapEach, printEach } from "./pacing.ts"
import { parseOptions, quote, usageError } from "./reading.ts"
import { compareVersions } from "./sort-keys.ts"

/** Bytes as -h (1024) and --si (1000) show them. */
export const humanSize = (bytes: number, base = 1024): string => {
  if (bytes < base) return String(bytes)
  let power = Math.min(6, Math.floor(Math.log(bytes) / Math.log(base)))
  let value = bytes / base ** power
  if (Math.ceil(value) >= base && power < 6) value = bytes / base ** ++power
  const letters = base === 1000 ? "kMGTPE" : "KMGTPE"
  return `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${letters[power - 1]}`
}

const UNITS: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, KB: 1000, MB: 1e6, GB: 1e9 }

interface Entry {
  readonly name: string
  readonly path: string
  readonly stat: FileStat
}

const width = (text: string): number => [...text.replace(/\x1b\[[\d;]*m/g, "")].length

/** From one column to another, with tabs where they save two blanks. */
const blanks = (start: number, to: number): string => {
  let text = ""
  for (let from = start; from < to; ) {
    const tab = Math.floor(to / 8) > Math.floor((from + 1) / 8)
    text += tab ? "\t" : " "
    from += tab ? 8 - (from % 8) : 1
  }
  return text
}

/** Names in as many columns as fit, each as wide as its longest: downwards as ls lists them, or across with -x. */
const inColumns = (names: readonly string[], total: number, across: boolean): string => {
  for (let rows = 1; rows <= names.length; rows++) {
    const columns = Math.ceil(names.length / rows)
    const at = (row: number, column: number) => (across ? row * columns + column : column * rows + row)
    const widths = Array.from({ length: columns }, (_, column) =>
      Math.max(0, ...Array.from({ length: rows }, (_row, row) => width(names[at(row, column)] ?? ""))),
    )
    if (rows < names.length && widths.reduce((sum, one) => sum + one + 2, -2) > total) continue
    let text = ""
    for (let row = 0; row < rows; row++) {
      const cells: string[] = []
      for (let column = 0; column < columns; column++) {
        const name = names[at(row, column)]
        if (name !== undefined) cells.push(name)
      }
      let [from, to] = [0, 0]
      text += `${cells
        .map((name, column) => {
          const lead = column === 0 ? "" : blanks(from, to)
          from = to + width(name)
          to += widths[column] + 2
          return lead + name
        })
        .join("")}\n`
    }
    return text
  }
  return ""
}

const SIX_MONTHS = 15_778_476_000

class Lister {
  readonly #process: Process
  readonly #flags: ReadonlyMap<string, string | true>
  readonly #accounts: Accounts
  readonly #colors: LsColors | undefined
  readonly #left: readonly string[]
  #colored = false
  status = 0

  /** `left`: patterns of names that are left out, those of --hide first where -a and -A do not show them. */
  constructor(process: Process, flags: ReadonlyMap<string, string | true>, left: readonly string[]) {
    this.#left = left
    const color = flags.get("color")
    const tty = process.fds.get(1)?.kind === "tty"
    const on = color === true || /^(always|yes|force)$/.test(String(color)) || (/^(auto|tty|if-tty)$/.test(String(color)) && tty)
    this.#colors = on ? lsColors(process) : undefined
    this.#process = process
    this.#flags = flags
    this.#accounts = new Accounts(process.files)
  }

  get long(): boolean {
    return ["l", "n", "g", "o"].some((letter) => this.#flags.has(letter))
  }

  #has(letter: string): boolean {
    return this.#flags.has(letter)
  }

  sorted(entries: Entry[]): Entry[] {
    const time = ({ stat }: Entry) => (this.#has("u") ? stat.accessedAt : this.#has("c") ? stat.changedAt : stat.modifiedAt)
    const how = this.#flags.get("sort")
    if (this.#has("U") || this.#has("f") || how === "none") return entries
    if (this.#has("t") || how === "time") entries.sort((a, b) => time(b) - time(a))
    else if (this.#has("S") || how === "size") entries.sort((a, b) => b.stat.size - a.stat.size)
    else if (this.#has("v") || how === "version") entries.sort((a, b) => compareVersions(a.name, b.name))
    else if (this.#has("X") || how === "extension") {
      const extension = ({ name }: Entry) => /\.[^.]*$/.exec(name)?.[0] ?? ""
      entries.sort((a, b) => (extension(a) < extension(b) ? -1 : extension(a) > extension(b) ? 1 : 0))
    }
    if (this.#has("r")) entries.reverse()
    if (this.#has("dirs-first")) entries.sort((a, b) => Number(b.stat.type === "directory") - Number(a.stat.type === "directory"))
    return entries
  }

  #shown({ name, path, stat }: Entry): string {
    const style = this.#flags.get("quoting")
    const tty = this.#process.fds.get(1)?.kind === "tty"
    let text = name
    const control = /[\x00-\x1f\x7f]/g
    if (this.#has("Q") || style === "c") text = `"${name.replace(/["\\]/g, "\\$&").replace(control, escaped)}"`
    else if (this.#has("b") || style === "escape") text = name.replace(/[\\ ]/g, "\\$&").replace(control, escaped)
    else if (style === "shell") text = plainName.test(name) ? name : name.includes("'") ? `"${name}"` : `'${name}'`
    else if (style === "shell-escape" || (tty && !this.#has("N") && style === undefined))
      text = plainName.test(name) ? name : shellQuoted(name)
    if (this.#has("q") && (style === undefined || style === "literal")) text = text.replace(control, "?")
    const color = this.#colors && colorOf(this.#process, this.#colors, path, name, stat)
    if (color !== undefined) {
      // The first colour is preceded by none at all.
      text = `${this.#colored ? "" : "\x1b[0m"}\x1b[${color}m${text}\x1b[0m`
      this.#colored = true
    }
    const classify = this.#has("F") || this.#has("file-type")
    const mark =
      stat.type === "directory" && (classify || this.#has("p") || this.#has("file-type"))
        ? "/"
        : !classify
          ? ""
          : stat.type === "symlink"
            ? "@"
            : stat.type === "fifo"
              ? "|"
              : stat.type === "socket"
                ? "="
                : stat.type === "file" && stat.mode & 0o111 && !this.#has("file-type")
                  ? "*"
                  : ""
    return text + (this.long && stat.type === "symlink" ? "" : mark)
  }

  #size(bytes: number): string {
    if (this.#has("h")) return humanSize(bytes)
    if (this.#has("si")) return humanSize(bytes, 1000)
    const unit = this.#flags.get("block-size")
    if (typeof unit !== "string") return String(bytes)
    return `${Math.ceil(bytes / (UNITS[unit] ?? (Number(unit) || 1)))}${UNITS[unit] === undefined ? "" : unit}`
  }

  #time(at: number): string {
    const style = String(this.#flags.get("time-style") ?? (this.#has("full-time") ? "full-iso" : "locale"))
    if (style.startsWith("+")) return formatDate(style.slice(1), at)
    if (style === "long-iso") return formatDate("%Y-%m-%d %H:%M", at)
    if (style === "full-iso") return formatDate("%Y-%m-%d %H:%M:%S.%N %z", at)
    const age = this.#process.now() - at
    const recent = age < SIX_MONTHS && age >= 0
    if (style === "iso") return formatDate(recent ? "%m-%d %H:%M" : "%Y-%m-%d ", at)
    return formatDate(recent ? "%b %e %H:%M" : "%b %e  %Y", at)
  }

  *show(entries: readonly Entry[]): Steps<void> {
    const process = this.#process
    if (process.charge(1 + (entries.length >> 1))) yield* process.yield()
    const blocks = ({ stat }: Entry) => String(Math.ceil(stat.size / 4096) * 4)
    const end = this.#has("zero") ? "\0" : "\n"
    if (!this.long) {
      const blockWidth = Math.max(0, ...entries.map((entry) => blocks(entry).length))
      const names = entries.map(
        (entry) =>
          `${this.#has("i") ? `${entry.stat.inode} ` : ""}${this.#has("s") ? `${blocks(entry).padStart(blockWidth)} ` : ""}${this.#shown(entry)}`,
      )
      const columns = (this.#has("C") || this.#has("x") || (process.fds.get(1)?.kind === "tty" && !this.#has("1"))) && !this.#has("1")
      const total = Number(this.#flags.get("w") ?? process.tty?.columns ?? 80)
      yield* process.print(
        this.#has("m")
          ? names.length > 0
            ? `${names.join(", ")}\n`
            : ""
          : columns
            ? inColumns(names, total, this.#has("x"))
            : names.map((name) => name + end).join(""),
      )
      return
    }
    const numeric = this.#has("n")
    const withUser = !this.#has("g")
    const withGroup = !this.#has("o") && !this.#has("G")
    const rows = yield* mapEach(
      process,
      entries,
      (entry) => {
        const { stat, path } = entry
        const link = stat.type === "symlink" ? ` -> ${process.files.readlink(path)}` : ""
        return {
          mode: modeText(stat),
          links: String(stat.links),
          user: numeric ? String(stat.uid) : this.#accounts.userName(stat.uid),
          group: numeric ? String(stat.gid) : this.#accounts.groupName(stat.gid),
          size: stat.type === "character-device" ? "1,   3" : this.#size(stat.size),
          time: this.#time(this.#has("u") ? stat.accessedAt : this.#has("c") ? stat.changedAt : stat.modifiedAt),
          name: this.#shown(entry) + link,
          before: `${this.#has("i") ? `${stat.inode} ` : ""}${this.#has("s") ? `${blocks(entry)} ` : ""}`,
        }
      },
      12,
    )
    const widest = (key: "links" | "user" | "group" | "size") => rows.reduce((most, row) => Math.max(most, row[key].length), 0)
    const [links, user, group, size] = [widest("links"), widest("user"), widest("group"), widest("size")]
    yield* printEach(
      process,
      rows,
      (row) =>
        `${row.before}${row.mode} ${row.links.padStart(links)} ${withUser ? `${row.user.padEnd(user)} ` : ""}${withGroup ? `${row.group.padEnd(group)} ` : ""}${row.size.padStart(size)} ${row.time} ${row.name}\n`,
      4,
    )
  }

  *entry(name: string, path: string, word: boolean): Steps<Entry | undefined> {
    const { files } = this.#process
    try {
      // A link given on the command line is followed unless it is to be described itself.
      const follows = this.#has("L") || (word && !this.long && !this.#has("d") && !this.#has("F")) || (word && this.#has("H"))
      let stat = files.lstat(path)
      if (follows && stat.type === "symlink" && files.exists(path)) stat = files.stat(path)
      return { name, path, stat }
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* this.#process.error(`ls: cannot access ${shellQuoted(path)}: ${error.message}\n`)
      this.status = word ? 2 : Math.max(this.status, 1)
      return undefined
    }
  }

  *directory(path: string, heading: boolean, first: boolean): Steps<void> {
    const process = this.#process
    let names: string[]
    try {
      names = process.files.list(path).map(({ name }) => name)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`ls: cannot open directory ${shellQuoted(path)}: ${error.message}\n`)
      this.status = 2
      return
    }
    if (heading) yield* process.print(`${first ? "" : "\n"}${path}:\n`)
    const all = this.#has("a") || this.#has("f")
    names = names.filter((name) => all || this.#has("A") || !name.startsWith("."))
    if (this.#has("B")) names = names.filter((name) => !name.endsWith("~"))
    if (this.#left.length > 0) names = names.filter((name) => !this.#left.some((pattern) => matchPattern(pattern, name)))
    if (all) names.unshift(".", "..")
    const entries: Entry[] = []
    for (const name of names) {
      const entry = yield* this.entry(name, path === "/" ? `/${name}` : `${path.replace(/\/$/, "")}/${name}`, false)
      if (entry) entries.push(entry)
      if (process.charge(2)) yield* process.yield()
    }
    if (this.long || this.#has("s"))
      yield* process.print(
        `total ${entries.reduce((sum, { stat }) => sum + (stat.type === "symlink" ? 0 : Math.ceil(stat.size / 4096) * 4), 0)}\n`,
      )
    this.sorted(entries)
    yield* this.show(entries)
    if (!this.#has("R")) return
    for (const { name, path: below, stat } of entries)
      if (stat.type === "directory" && name !== "." && name !== "..") yield* this.directory(below, true, false)
  }
}

const plainName = /^[\w@%+=:,./~^{}\u0080-\uffff-]+$/

/** Options that take a word of a list: the words that mean the same on a line. */
const WORDS: Readonly<Record<string, { readonly shown: string; readonly valid: readonly string[] }>> = {
  sort: { shown: "--sort", valid: ["none", "time", "size", "extension", "version", "width"] },
  color: { shown: "--color", valid: ["always yes force", "never no none", "auto tty if-tty"] },
  quoting: {
    shown: "--quoting-style",
    valid: ["literal", "shell", "shell-always", "shell-escape", "shell-escape-always", "c", "c-maybe", "escape", "locale", "clocale"],
  },
}

const TIME_STYLES = `Valid arguments are:
  - [posix-]full-iso
  - [posix-]long-iso
  - [posix-]iso
  - [posix-]locale
  - +FORMAT (e.g., +%H:%M) for a 'date'-style format`

const wrongWord = (process: Process, flags: ReadonlyMap<string, string | true>): string | undefined => {
  for (const [letter, { shown, valid }] of Object.entries(WORDS)) {
    const given = flags.get(letter)
    if (typeof given !== "string" || valid.some((line) => line.split(" ").includes(given))) continue
    const list = valid.map(
      (line) =>
        `\n  - ${line
          .split(" ")
          .map((word) => quote(process, word))
          .join(", ")}`,
    )
    return `invalid argument ${quote(process, given)} for ${quote(process, shown)}\nValid arguments are:${list.join("")}`
  }
  const style = flags.get("time-style")
  if (typeof style !== "string" || /^(\+|(posix-)?(long-iso|full-iso|iso|locale)$)/.test(style)) return undefined
  return `invalid argument ${quote(process, style)} for ${quote(process, "time style")}\n${TIME_STYLES}`
}

export const ls = defineTool({
  name: "ls",
  aliases: ["dir"],
  busybox: true,
  summary: "list directory contents",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "laA1hdtrSRFinsgoCpmxQbNGUfucvXLHBkZqDw",
      valued: "wIT",
      long: {
        all: "a",
        "almost-all": "A",
        "human-readable": "h",
        "color=?": "color",
        directory: "d",
        reverse: "r",
        recursive: "R",
        inode: "i",
        size: "s",
        "time-style=": "time-style",
        "block-size=": "block-size",
        "full-time": "full-time",
        si: "si",
        "sort=": "sort",
        "classify=?": "F",
        "file-type": "file-type",
        "hide=": "hide",
        "ignore=": "I",
        "hide-control-chars": "q",
        "show-control-chars": "show-control",
        escape: "b",
        "tabsize=": "T",
        "quote-name": "Q",
        "quoting-style=": "quoting",
        "no-group": "G",
        "numeric-uid-gid": "n",
        "group-directories-first": "dirs-first",
        dereference: "L",
        "ignore-backups": "B",
        "width=": "w",
        zero: "zero",
        literal: "N",
      },
    })
    if (problem) return yield* usageError(process, "ls", problem, 2)
    const wrong = wrongWord(process, flags)
    if (wrong !== undefined) return yield* usageError(process, "ls", wrong, 2)
    const columns = flags.get("w")
    if (typeof columns === "string" && !/^\d+$/.test(columns)) {
      yield* process.error(`ls: invalid line width: ${quote(process, columns)}\n`)
      return 2
    }
    const left = [...(all.get("I") ?? []), ...(flags.has("a") || flags.has("A") ? [] : (all.get("hide") ?? []))]
    const lister = new Lister(process, flags.has("full-time") ? new Map([...flags, ["l", true as const]]) : flags, left)
    const files: Entry[] = []
    const directories: Entry[] = []
    for (const word of words.length > 0 ? words : ["."]) {
      const entry = yield* lister.entry(word, word, true)
      if (!entry) continue
      const directory = entry.stat.type === "directory" && !flags.has("d")
      ;(directory ? directories : files).push(entry)
    }
    const byName = (a: Entry, b: Entry) => (a.name < b.name ? -1 : 1)
    lister.sorted(files.sort(byName))
    lister.sorted(directories.sort(byName))
    if (files.length > 0) yield* lister.show(files)
    const heading = words.length > 1 || flags.has("R")
    for (const [at, { path }] of directories.entries()) yield* lister.directory(path, heading, at === 0 && files.length === 0)
    return lister.status
  },
})
