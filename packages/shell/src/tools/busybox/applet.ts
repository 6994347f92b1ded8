/** A tool as busybox has it: its own options and usage, and what failed in the words of busybox' libbb (bb_perror_msg and its kin). */
import type { Process, Program, Steps } from "@drydock/machine"
import type { Tool } from "../../define-tool.ts"

export interface Applet {
  /** Option letters; those of `valued` take a value. */
  readonly letters: string
  readonly valued: string
  /** Long names. */
  readonly long: readonly string[]
  /** So many words at least, or its usage is shown. */
  readonly least: number
  /** Below "Usage: NAME ". */
  readonly usage: string
  /** It reads its options by getopt32, and refuses others; else by itself. */
  readonly getopt: boolean
}

/** How an applet says what failed. */
export interface Speech {
  /** Of a file: "can't open" makes "can't open 'x': …"; "" makes "x: …", which is the default. */
  readonly file?: string
  /** The same where GNU's tool says with what it failed: "create directory", "stat". */
  readonly doing?: Readonly<Record<string, string>>
  /** Other complaints of GNU's, as patterns, in its words; "" is left out. */
  readonly says?: readonly (readonly [gnu: RegExp, busybox: string])[]
  /** Exit code of a wrong call, default 1. */
  readonly fault?: number
  /** Exit code for whatever GNU's tool fails with. */
  readonly fails?: number
  /** What GNU's messages begin with, where it is not the applet's name; "" is nothing. */
  readonly as?: string
  /** What GNU's tool is to be told, so that it does what the applet does. */
  readonly args?: (args: readonly string[]) => readonly string[]
  /** Its whole output in the applet's columns. */
  readonly output?: (text: string, args: readonly string[]) => string
}

export const BANNER = "BusyBox v1.37.0 (2024-09-26 21:31:42 UTC) multi-call binary."

export const usageText = (name: string, { usage }: Applet): string =>
  `${BANNER}\n\nUsage: ${name}${usage.startsWith("\n") || usage === "" ? "" : " "}${usage}\n`

/** Whether its options end at the first word that is none (getopt32's "+"): what follows are another program's. */
const endsAtOperand = ({ usage }: Applet): boolean => /\bPROG\b|AWK_PROGRAM|STRING1/.test(usage)

/** getopt32's complaint about the first word that is none of the applet's options. */
const refusal = (applet: Applet, args: readonly string[]): string | undefined => {
  const { letters, valued, long } = applet
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (word === "--") return undefined
    if (word.startsWith("--")) {
      const name = word.slice(2).split("=")[0]
      if (!long.some((one) => one.startsWith(name))) return `unrecognized option '${word.split("=")[0]}'`
      continue
    }
    if (!/^-./.test(word)) {
      if (endsAtOperand(applet)) return undefined
      continue
    }
    for (let index = 1; index < word.length; index++) {
      const letter = word[index]
      if (valued.includes(letter)) {
        if (index === word.length - 1 && ++at >= args.length) return `option requires an argument -- '${letter}'`
        break
      }
      if (!letters.includes(letter)) return `invalid option -- '${letter}'`
    }
  }
  return undefined
}

const FAILED = /^(?:(?:cannot|failed to|error) ([a-z ]+?) (?=['‘]))?['‘]?(.+?)['’]?(?: for [a-z]+)?: ([A-Z][\w ,/()-]+)$/

/** GNU's line after "NAME: " in busybox' words; undefined: nothing is said of it. */
const worded = (speech: Speech, line: string): string | undefined => {
  if (/^missing (?:destination )?(?:file )?operand/.test(line)) return undefined
  for (const [gnu, busybox] of speech.says ?? []) if (gnu.test(line)) return line.replace(gnu, busybox) || undefined
  const [, doing, file, reason] = FAILED.exec(line) ?? []
  if (reason === undefined) return line.replaceAll("‘", "'").replaceAll("’", "'")
  const verb = (doing !== undefined ? speech.doing?.[doing] : undefined) ?? speech.file ?? ""
  return verb === "" ? `${file}: ${reason}` : `${verb} '${file}': ${reason}`
}

export const appletProgram = (name: string, tool: Tool, applet: Applet, speech: Speech): Program =>
  function* (process: Process) {
    const args = process.argv.slice(1)
    const say = process.error
    const fault = speech.fault ?? 1
    if (args.length === 1 && args[0] === "--help") {
      yield* process.error(usageText(name, applet))
      return 0
    }
    const refused = applet.getopt ? refusal(applet, args) : undefined
    if (refused !== undefined || args.filter((word) => !applet.getopt || !/^-./.test(word)).length < applet.least) {
      yield* process.error(`${refused === undefined ? "" : `${name}: ${refused}\n`}${usageText(name, applet)}`)
      return fault
    }
    let called = true
    let said = false
    let printed = ""
    const head = speech.as === undefined ? `${name}: ` : speech.as
    const { print } = process
    process.error = function* (text: string): Steps<void> {
      for (const line of text.split(/(?<=\n)/)) {
        const bare = line.replace(/\n$/, "")
        if (bare.startsWith("Try '")) called = false
        else if (!bare.startsWith(head)) yield* say.call(process, line)
        else {
          const words = worded(speech, bare.slice(head.length))
          if (words === undefined) continue
          said = !/^(?:invalid option --|unrecognized option)/.test(words)
          yield* say.call(process, `${name}: ${words}\n`)
        }
      }
    }
    const { output } = speech
    if (output)
      process.print = function* (text: string): Steps<void> {
        printed += text
      }
    let status: number
    try {
      status = yield* tool.run(process, speech.args?.(args) ?? args)
    } finally {
      process.error = say
      process.print = print
    }
    if (output && printed !== "") yield* process.print(output(printed, args))
    // What GNU's tool explains and then points to its help for is either told or shown.
    if (called || said) return status === 0 ? 0 : (speech.fails ?? status)
    yield* process.error(usageText(name, applet))
    return fault
  }
