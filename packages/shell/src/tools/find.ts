/** find: an expression over everything below some directories. */
import { Accounts, type FileStat, type Process, type Steps, SystemError } from "@drydock/machine"
import { matchPattern } from "../bash/pattern.ts"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { parseDate } from "../text/parse-date.ts"
import { compileRegex } from "../text/regex.ts"
import { findExecutable } from "./executables.ts"
import { changedMode, modeText } from "./modes.ts"
import { baseName } from "./paths.ts"
import { quote } from "./reading.ts"

class FindError extends Error {}

/** A file in question. */
interface Place {
  readonly path: string
  readonly root: string
  readonly depth: number
  readonly stat: FileStat
  prune: boolean
}

type Test = (place: Place) => Steps<boolean>

interface Settings {
  least: number
  most: number
  depthFirst: boolean
  acts: boolean
  follow: boolean
  /** Run at the end, for -exec … +. */
  readonly finish: (() => Steps<void>)[]
  failed: boolean
}

const TYPES: Readonly<Record<string, FileStat["type"]>> = {
  f: "file",
  d: "directory",
  l: "symlink",
  p: "fifo",
  s: "socket",
  c: "character-device",
  b: "block-device",
}

/** "+5", "-5", "5" as a test of a whole number. */
const compared = (text: string, option: string): ((value: number) => boolean) => {
  const match = /^([-+]?)(\d+)/.exec(text)
  if (!match) throw new FindError(`invalid argument \`${text}' to \`${option}'`)
  const limit = Number(match[2])
  return match[1] === "+" ? (value) => value > limit : match[1] === "-" ? (value) => value < limit : (value) => value === limit
}

const SIZES: Readonly<Record<string, number>> = { c: 1, w: 2, b: 512, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }

const depthText = (place: Place): string => place.path.slice(place.root.length).replace(/^\//, "")

const printed = (process: Process, format: string, place: Place): string => {
  const { stat, path } = place
  const accounts = new Accounts(process.files)
  return format.replace(
    /\\(?:([0-7]{1,3})|(.))|%(?:([TAC])(.)|(-?\d*)(.))/g,
    (whole, octal, escaped, clock, letter, width: string | undefined, name) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal as string, 8))
      if (escaped !== undefined)
        return ({ n: "\n", t: "\t", r: "\r", "\\": "\\", 0: "\0", a: "\x07" } as Record<string, string>)[escaped as string] ?? whole
      if (clock !== undefined) {
        const at = clock === "T" ? stat.modifiedAt : clock === "A" ? stat.accessedAt : stat.changedAt
        return letter === "@"
          ? `${(at / 1_000).toFixed(10)}`
          : letter === "+"
            ? formatDate("%Y-%m-%d+%H:%M:%S.%N", at)
            : formatDate(`%${letter as string}`, at)
      }
      const values: Readonly<Record<string, string>> = {
        p: path,
        f: baseName(path),
        h: path.includes("/") ? path.replace(/\/[^/]*$/, "") : ".",
        P: depthText(place),
        H: place.root,
        s: String(stat.size),
        k: String(Math.ceil(stat.size / 1024)),
        b: String(Math.ceil(stat.size / 4096) * 8),
        m: (stat.mode & 0o7777).toString(8),
        M: modeText(stat),
        u: accounts.userName(stat.uid),
        U: String(stat.uid),
        g: accounts.groupName(stat.gid),
        G: String(stat.gid),
        y: Object.entries(TYPES).find(([, type]) => type === stat.type)?.[0] ?? "?",
        l: stat.type === "symlink" ? process.files.readlink(path) : "",
        d: String(place.depth),
        i: String(stat.inode),
        n: String(stat.links),
        t: formatDate("%a %b %e %H:%M:%S.%N %Y", stat.modifiedAt),
        a: formatDate("%a %b %e %H:%M:%S.%N %Y", stat.accessedAt),
        c: formatDate("%a %b %e %H:%M:%S.%N %Y", stat.changedAt),
        "%": "%",
      }
      const value = values[name as string]
      if (value === undefined) return whole
      const size = Number(width ?? 0)
      return size < 0 ? value.padEnd(-size) : value.padStart(size)
    },
  )
}

/** The expression's parser; each part becomes a test. */
class Expression {
  readonly #process: Process
  readonly #words: readonly string[]
  readonly #settings: Settings
  #at = 0

  constructor(process: Process, words: readonly string[], settings: Settings) {
    this.#process = process
    this.#words = words
    this.#settings = settings
  }

  parse(): Test {
    const test = this.#or()
    if (this.#at < this.#words.length)
      throw new FindError(
        this.#words[this.#at] === ")" ? "you have too many ')'" : `paths must precede expression: \`${this.#words[this.#at]}'`,
      )
    return test
  }

  #or(): Test {
    let left = this.#and()
    while (this.#words[this.#at] === "-o" || this.#words[this.#at] === "-or" || this.#words[this.#at] === ",") {
      const comma = this.#words[this.#at++] === ","
      const [a, b] = [left, this.#and()]
      left = function* (place) {
        const first = yield* a(place)
        return comma ? yield* b(place) : first || (yield* b(place))
      }
    }
    return left
  }

  #and(): Test {
    let left: Test | undefined
    for (;;) {
      const word = this.#words[this.#at]
      if (word === undefined || word === ")" || word === "-o" || word === "-or" || word === ",") break
      if (word === "-a" || word === "-and") {
        this.#at++
        continue
      }
      const right = this.#not()
      const before: Test | undefined = left
      left = before
        ? function* (place) {
            return (yield* before(place)) && (yield* right(place))
          }
        : right
    }
    if (left) return left
    return function* () {
      return true
    }
  }

  #not(): Test {
    const word = this.#words[this.#at]
    if (word === "!" || word === "-not") {
      this.#at++
      const inner = this.#not()
      return function* (place) {
        return !(yield* inner(place))
      }
    }
    if (word === "(") {
      this.#at++
      const inner = this.#or()
      if (this.#words[this.#at++] !== ")")
        throw new FindError("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
      return inner
    }
    return this.#primary()
  }

  #value(option: string): string {
    const value = this.#words[this.#at++]
    if (value === undefined) throw new FindError(`missing argument to \`${option}'`)
    return value
  }

  #primary(): Test {
    const option = this.#words[this.#at++]
    const process = this.#process
    const settings = this.#settings
    const plain = (test: (place: Place) => boolean): Test =>
      function* (place) {
        return test(place)
      }
    switch (option) {
      case "-name":
      case "-iname": {
        const value = this.#value(option)
        return plain(({ path }) => matchPattern(value, baseName(path), { ignoreCase: option === "-iname" }))
      }
      case "-path":
      case "-wholename":
      case "-ipath": {
        const value = this.#value(option)
        return plain(({ path }) => matchPattern(value, path, { ignoreCase: option === "-ipath" }))
      }
      case "-regex":
      case "-iregex": {
        const regex = compileRegex(`^(${this.#value(option)})$`, { extended: true, ignoreCase: option === "-iregex" })
        return plain(({ path }) => regex.test(path))
      }
      case "-regextype":
        this.#value(option)
        return plain(() => true)
      case "-type":
      case "-xtype": {
        const kinds = this.#value(option)
          .split(",")
          .map((letter) => {
            if (!Object.hasOwn(TYPES, letter)) throw new FindError(`Unknown argument to -type: ${letter}`)
            return TYPES[letter]
          })
        if (option === "-xtype")
          return plain(({ stat, path }) =>
            kinds.includes(stat.type === "symlink" && process.files.exists(path) ? process.files.stat(path).type : stat.type),
          )
        return plain(({ stat }) => kinds.includes(stat.type))
      }
      case "-maxdepth":
      case "-mindepth": {
        const value = this.#value(option)
        if (!/^\d+$/.test(value))
          throw new FindError(`Expected a positive decimal integer argument to ${option}, but got ${quote(process, value)}`)
        settings[option === "-maxdepth" ? "most" : "least"] = Number(value)
        return plain(() => true)
      }
      case "-samefile": {
        const { inode, device } = process.files.stat(this.#value(option))
        return plain(({ stat, path }) => {
          if (stat.inode === inode && stat.device === device) return true
          if (!settings.follow || stat.type !== "symlink" || !process.files.exists(path)) return false
          return process.files.stat(path).inode === inode
        })
      }
      case "-newermt": {
        const value = this.#value(option)
        const at = parseDate(value, process.now())
        if (at === undefined) throw new FindError(`I cannot figure out how to interpret ${quote(process, value)} as a date or time`)
        return plain(({ stat }) => stat.modifiedAt > at)
      }
      case "-nouser":
        return plain(({ stat }) => !new Accounts(process.files).users().some(({ uid }) => uid === stat.uid))
      case "-uid":
      case "-gid": {
        const test = compared(this.#value(option), option)
        return plain(({ stat }) => test(option === "-uid" ? stat.uid : stat.gid))
      }
      case "-depth":
        settings.depthFirst = true
        return plain(() => true)
      case "-xdev":
      case "-mount":
      case "-noleaf":
      case "-follow":
        return plain(() => true)
      case "-empty":
        return plain(({ stat, path }) =>
          stat.type === "directory" ? process.files.list(path).length === 0 : stat.type === "file" && stat.size === 0,
        )
      case "-size": {
        const value = this.#value(option)
        const unit = SIZES[value.at(-1) ?? ""] ?? 512
        const test = compared(value, option)
        return plain(({ stat }) => test(Math.ceil(stat.size / unit)))
      }
      case "-mtime":
      case "-atime":
      case "-ctime":
      case "-mmin":
      case "-amin":
      case "-cmin": {
        const test = compared(this.#value(option), option)
        const unit = option.endsWith("min") ? 60_000 : 86_400_000
        return plain(({ stat }) => {
          const at = option[1] === "m" ? stat.modifiedAt : option[1] === "a" ? stat.accessedAt : stat.changedAt
          return test(Math.floor((process.now() - at) / unit))
        })
      }
      case "-newer": {
        const { modifiedAt } = process.files.stat(this.#value(option))
        return plain(({ stat }) => stat.modifiedAt > modifiedAt)
      }
      case "-perm": {
        const value = this.#value(option)
        const bits = changedMode(value.replace(/^[-/]/, ""), 0, false)
        if (bits === undefined) throw new FindError(`invalid mode ${quote(process, value)}`)
        return plain(({ stat }) => {
          const mode = stat.mode & 0o7777
          return value.startsWith("-") ? (mode & bits) === bits : value.startsWith("/") ? bits === 0 || (mode & bits) !== 0 : mode === bits
        })
      }
      case "-user":
      case "-group": {
        const value = this.#value(option)
        const accounts = new Accounts(process.files)
        const id = option === "-user" ? accounts.user(value)?.uid : accounts.group(value)?.gid
        const wanted = id ?? Number(value)
        if (Number.isNaN(wanted)) throw new FindError(`'${value}' is not the name of a known ${option.slice(1)}`)
        return plain(({ stat }) => (option === "-user" ? stat.uid : stat.gid) === wanted)
      }
      case "-links": {
        const test = compared(this.#value(option), option)
        return plain(({ stat }) => test(stat.links))
      }
      case "-inum": {
        const test = compared(this.#value(option), option)
        return plain(({ stat }) => test(stat.inode))
      }
      case "-readable":
        return plain(({ path }) => process.files.access(path, { read: true }))
      case "-writable":
        return plain(({ path }) => process.files.access(path, { write: true }))
      case "-executable":
        return plain(({ path }) => process.files.access(path, { execute: true }))
      case "-true":
        return plain(() => true)
      case "-false":
        return plain(() => false)
      case "-prune":
        return plain((place) => {
          place.prune = true
          return true
        })
      default:
        return this.#action(option)
    }
  }

  #action(option: string): Test {
    const process = this.#process
    const settings = this.#settings
    settings.acts = true
    switch (option) {
      case "-print":
      case "-print0":
        return function* ({ path }) {
          yield* process.print(`${path}${option === "-print0" ? "\0" : "\n"}`)
          return true
        }
      case "-printf": {
        const format = this.#value(option)
        return function* (place) {
          yield* process.print(printed(process, format, place))
          return true
        }
      }
      case "-ls":
        return function* (place) {
          yield* process.print(printed(process, "%9i %6k %M %3n %-8u %-8g %8s %Tb %Td %TH:%TM %p\n", place))
          return true
        }
      case "-quit":
        return function* () {
          yield* process.print("")
          throw new Quit()
        }
      case "-delete":
        settings.depthFirst = true
        return function* ({ path, stat }) {
          try {
            if (stat.type === "directory") process.files.rmdir(path)
            else process.files.remove(path)
            return true
          } catch (error) {
            if (!(error instanceof SystemError)) throw error
            yield* process.error(`find: cannot delete ${quote(process, path)}: ${error.message}\n`)
            settings.failed = true
            return false
          }
        }
      case "-exec":
      case "-execdir":
      case "-ok":
        return this.#exec(option)
      default:
        settings.acts = false
        throw new FindError(option.startsWith("-") ? `unknown predicate \`${option}'` : `paths must precede expression: \`${option}'`)
    }
  }

  #exec(option: string): Test {
    const process = this.#process
    const settings = this.#settings
    const words: string[] = []
    let many = false
    for (;;) {
      const word = this.#words[this.#at++]
      if (word === undefined) throw new FindError(`missing argument to \`${option}'`)
      if (word === ";") break
      if (word === "+" && words.at(-1) === "{}") {
        many = true
        break
      }
      words.push(word)
    }
    const run = function* (argv: readonly string[], cwd?: string): Steps<boolean> {
      const path = findExecutable(process, argv[0])
      if (!path) {
        yield* process.error(`find: ${quote(process, argv[0])}: No such file or directory\n`)
        return false
      }
      const child = process.spawnFile(path, { argv, ...(cwd !== undefined && { cwd }) })
      const ended = yield* process.waitFor({ pid: child.pid })
      return ended?.status.kind === "exited" && ended.status.code === 0
    }
    if (many) {
      const found: string[] = []
      settings.finish.push(function* () {
        if (found.length > 0 && !(yield* run([...words.slice(0, -1), ...found]))) settings.failed = true
      })
      return function* ({ path }) {
        found.push(path)
        return true
      }
    }
    return function* ({ path }) {
      const inDirectory = option === "-execdir"
      const name = inDirectory ? `./${baseName(path)}` : path
      const directory = inDirectory ? process.files.resolve(path.includes("/") ? path.replace(/\/[^/]*$/, "") || "/" : ".") : undefined
      return yield* run(
        words.map((word) => word.split("{}").join(name)),
        directory,
      )
    }
  }
}

class Quit extends Error {}

export const find = defineTool({
  name: "find",
  busybox: true,
  version: "(GNU findutils) 4.9.0",
  summary: "search for files in a directory hierarchy",
  *run(process, args) {
    const start = args.findIndex((word) => (word.startsWith("-") && !/^-[HLPO]\d?$/.test(word)) || word === "!" || word === "(")
    const roots = (start < 0 ? args : args.slice(0, start)).filter((word) => !/^-[HLPO]\d?$/.test(word))
    const settings: Settings = {
      least: 0,
      most: Number.POSITIVE_INFINITY,
      depthFirst: false,
      acts: false,
      follow: args.slice(0, start < 0 ? undefined : start).includes("-L"),
      finish: [],
      failed: false,
    }
    let test: Test
    try {
      test = new Expression(process, start < 0 ? [] : args.slice(start), settings).parse()
    } catch (error) {
      if (!(error instanceof FindError || error instanceof SystemError)) throw error
      yield* process.error(`find: ${error.message}\n`)
      return 1
    }
    const visit = function* (path: string, root: string, depth: number): Steps<void> {
      if (process.charge(2)) yield* process.yield()
      const stat = settings.follow && process.files.exists(path) ? process.files.stat(path) : process.files.lstat(path)
      const place: Place = { path, root, depth, stat, prune: false }
      const consider = function* (): Steps<void> {
        if (depth < settings.least) return
        if ((yield* test(place)) && !settings.acts) yield* process.print(`${path}\n`)
      }
      if (!settings.depthFirst) yield* consider()
      if (stat.type === "directory" && depth < settings.most && !place.prune) {
        try {
          if (process.files.exists(path))
            for (const { name } of process.files.list(path)) yield* visit(`${path.replace(/\/$/, "")}/${name}`, root, depth + 1)
        } catch (error) {
          if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
          yield* process.error(`find: ${quote(process, path)}: ${error.message}\n`)
          settings.failed = true
        }
      }
      if (settings.depthFirst) yield* consider()
    }
    try {
      for (const root of roots.length > 0 ? roots : ["."]) {
        try {
          process.files.lstat(root)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* process.error(`find: ${quote(process, root)}: ${error.message}\n`)
          settings.failed = true
          continue
        }
        yield* visit(root, root, 0)
      }
    } catch (error) {
      if (!(error instanceof Quit)) throw error
    }
    for (const finish of settings.finish) yield* finish()
    return settings.failed ? 1 : 0
  },
})
