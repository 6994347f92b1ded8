/** find's expressions: words as tests and actions (findutils' parser.c, pred.c). */
import { Accounts, type FileStat, type Process, type Steps, SystemError } from "@drydock/machine"
import { matchPattern } from "../../bash/pattern.ts"
import { parseDate } from "../../text/parse-date.ts"
import { compileRegex, RegexError } from "../../text/regex.ts"
import { emacsToBasic } from "../../text/regex-types.ts"
import { changedMode } from "../modes.ts"
import { baseName } from "../paths.ts"
import { quote } from "../reading.ts"
import { execTest } from "./exec.ts"
import { FindError, type Place, Quit, type Settings, type Test, TYPES } from "./place.ts"
import { formatUpToEnd, LS, printed } from "./print.ts"

/** "+5", "-5", "5" as a test of a whole number. */
const compared = (text: string, option: string): ((value: number) => boolean) => {
  const match = /^([-+]?)(\d+)/.exec(text)
  if (!match) throw new FindError(`invalid argument \`${text}' to \`${option}'`)
  const limit = Number(match[2])
  return match[1] === "+" ? (value) => value > limit : match[1] === "-" ? (value) => value < limit : (value) => value === limit
}

const SIZES: Readonly<Record<string, number>> = { c: 1, w: 2, b: 512, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }

const DAY = 86_400_000

const REGEX_TYPES =
  "findutils-default ed emacs gnu-awk grep posix-awk awk posix-basic posix-egrep egrep posix-extended posix-minimal-basic sed".split(" ")
const EXTENDED = ["gnu-awk", "posix-awk", "awk", "posix-egrep", "egrep", "posix-extended"]

/** By the letter of -newerXY: access, change, modification. */
const timeBy = (stat: FileStat, kind: string): number => (kind === "a" ? stat.accessedAt : kind === "c" ? stat.changedAt : stat.modifiedAt)

/** The expression's parser; each part becomes a test. */
export class Expression {
  readonly #process: Process
  readonly #words: readonly string[]
  readonly #settings: Settings
  #at = 0
  #regexType = "emacs"

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

  /** Words of a command up to ; or {} +. */
  #command(option: string): { words: string[]; many: boolean } {
    const words: string[] = []
    for (;;) {
      const word = this.#words[this.#at++]
      if (word === undefined) throw new FindError(`missing argument to \`${option}'`)
      if (word === ";") return { words, many: false }
      if (word === "+" && words.at(-1) === "{}") return { words, many: true }
      words.push(word)
    }
  }

  /** What an action prints goes to a file that is emptied before anything is looked at. */
  #output(option: string): (text: string) => Steps<void> {
    const process = this.#process
    const name = option.startsWith("-f") ? this.#value(option) : undefined
    if (name === undefined || name === "/dev/stdout") return (text) => process.print(text)
    if (name === "/dev/stderr") return (text) => process.error(text)
    process.files.write(name, "")
    return function* (text) {
      process.files.write(name, text, { append: true })
      yield* process.print("")
    }
  }

  /** The time that a file is compared with. ms */
  #timeOf(kind: string, value: string): number {
    const process = this.#process
    if (kind === "t") {
      const at = parseDate(value, process.now())
      if (at === undefined) throw new FindError(`I cannot figure out how to interpret ${quote(process, value)} as a date or time`)
      return at
    }
    if (!process.files.exists(value)) throw new FindError(`${quote(process, value)}: No such file or directory`)
    return timeBy(process.files.stat(value), kind)
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
      case "-lname":
      case "-ilname": {
        const value = this.#value(option)
        return plain(
          ({ path, stat }) =>
            stat.type === "symlink" && matchPattern(value, process.files.readlink(path), { ignoreCase: option === "-ilname" }),
        )
      }
      case "-regex":
      case "-iregex": {
        const source = this.#value(option)
        const emacs = this.#regexType === "emacs"
        const extended = !emacs && EXTENDED.includes(this.#regexType)
        const wanted = emacs ? emacsToBasic(source) : source
        try {
          const options = { extended, ignoreCase: option === "-iregex" }
          const regex = compileRegex(extended ? `^(${wanted})$` : `^\\(${wanted}\\)$`, options)
          return plain(({ path }) => regex.test(path))
        } catch (error) {
          if (!(error instanceof RegexError)) throw error
          throw new FindError(`failed to compile regular expression '${source}': ${error.message}`)
        }
      }
      case "-regextype": {
        const value = this.#value(option)
        if (!REGEX_TYPES.includes(value)) {
          const list = REGEX_TYPES.map((one) => quote(process, one)).join(", ")
          throw new FindError(`Unknown regular expression type ${quote(process, value)}; valid types are ${list}.`)
        }
        this.#regexType = value === "findutils-default" ? "emacs" : value
        return plain(() => true)
      }
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
          if (settings.follow === "none" || stat.type !== "symlink" || !process.files.exists(path)) return false
          return process.files.stat(path).inode === inode
        })
      }
      case "-nogroup":
        return plain(({ stat }) => !new Accounts(process.files).groups().some(({ gid }) => gid === stat.gid))
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
      case "-warn":
      case "-nowarn":
      case "-ignore_readdir_race":
      case "-noignore_readdir_race":
        return plain(() => true)
      case "-follow":
        settings.follow = "all"
        return plain(() => true)
      case "-daystart":
        settings.dayStart = true
        return plain(() => true)
      case "-files0-from":
        settings.startsFrom = this.#value(option)
        return plain(() => true)
      case "-fstype": {
        const value = this.#value(option)
        return plain(() => value === "ext4")
      }
      case "-empty":
        return plain(({ stat, path }) =>
          stat.type === "directory" ? process.files.list(path).length === 0 : stat.type === "file" && stat.size === 0,
        )
      case "-size": {
        const value = this.#value(option)
        const letter = /^[-+]?\d*(.*)$/.exec(value)?.[1] ?? ""
        if (!/^[-+]?\d/.test(value) || (letter !== "" && !Object.hasOwn(SIZES, letter)))
          throw new FindError(
            /^[-+]?\d*[cwbkMG]?$/.test(value) ? `Invalid argument \`${value}' to -size` : `invalid -size type \`${letter}'`,
          )
        const unit = SIZES[letter] ?? 512
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
          // With -daystart from the end of today on.
          const now = settings.dayStart ? (Math.floor(process.now() / DAY) + 1) * DAY - 1 : process.now()
          return test(Math.floor((now - timeBy(stat, option[1])) / unit))
        })
      }
      case "-newer":
      case "-anewer":
      case "-cnewer": {
        const at = this.#timeOf("m", this.#value(option))
        const kind = option === "-newer" ? "m" : option[1]
        return plain(({ stat }) => timeBy(stat, kind) > at)
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
        if (Number.isNaN(wanted))
          throw new FindError(`${quote(process, value)} is not the name of ${option === "-user" ? "a known user" : "an existing group"}`)
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
      default: {
        const newer = /^-newer([acm])([acmt])$/.exec(option)
        if (!newer) return this.#action(option)
        const at = this.#timeOf(newer[2], this.#value(option))
        return plain(({ stat }) => timeBy(stat, newer[1]) > at)
      }
    }
  }

  #action(option: string): Test {
    const process = this.#process
    const settings = this.#settings
    settings.acts = true
    switch (option) {
      case "-print":
      case "-print0":
      case "-fprint":
      case "-fprint0": {
        const output = this.#output(option)
        return function* ({ path }) {
          yield* output(`${path}${option.endsWith("0") ? "\0" : "\n"}`)
          return true
        }
      }
      case "-printf":
      case "-fprintf": {
        const output = this.#output(option)
        const format = formatUpToEnd(this.#value(option))
        return function* (place) {
          yield* output(printed(process, format, place))
          return true
        }
      }
      case "-ls":
      case "-fls": {
        const output = this.#output(option)
        return function* (place) {
          yield* output(printed(process, LS, place))
          return true
        }
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
      case "-okdir": {
        const { words, many } = this.#command(option)
        return execTest(process, settings, option, words, many)
      }
      default:
        settings.acts = false
        throw new FindError(option.startsWith("-") ? `unknown predicate \`${option}'` : `paths must precede expression: \`${option}'`)
    }
  }
}
