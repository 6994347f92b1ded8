/** helm: finds the command, reads its flags, runs it. As helm/pkg/cmd/root.go over cobra. */
import type { Program, Steps } from "@drydock/machine"
import { SystemError } from "@drydock/machine"
import type { Archives } from "../archives.ts"
import { ApiError, UnreachableError } from "../kube/client.ts"
import { type Command, GLOBAL_FLAGS } from "./commands/define-command.ts"
import { COMMANDS, GROUP_ALIASES } from "./commands/index.ts"
import { Context } from "./context.ts"
import { HelmError } from "./errors.ts"
import { parseFlags } from "./flags.ts"

/** ms */
const START = 45

const groups = new Set(
  COMMANDS.map(({ path }) => path.split(" "))
    .filter((words) => words.length > 1)
    .map(([first]) => first),
)

const named = (name: string, group: string): Command | undefined =>
  COMMANDS.find(({ path, aliases = [] }) => {
    const words = path.split(" ")
    const [own, parent] = words.length > 1 ? [words[1], words[0]] : [words[0], ""]
    return parent === group && (own === name || aliases.includes(name))
  })

/** Flags before the command, which take their values with them. */
const leading = (args: readonly string[]): number => {
  let at = 0
  while (at < args.length && args[at].startsWith("-") && args[at] !== "-") {
    const [name] = args[at].replace(/^--?/, "").split("=")
    const flag = GLOBAL_FLAGS[name] ?? Object.values(GLOBAL_FLAGS).find(({ short }) => short === name)
    at += flag && flag.kind !== "bool" && !args[at].includes("=") ? 2 : 1
  }
  return at
}

interface Found {
  readonly command: Command | undefined
  /** Words that name it, or the group that was meant. */
  readonly path: string
  readonly rest: readonly string[]
  readonly unknown?: string
}

const find = (args: readonly string[]): Found => {
  const at = leading(args)
  const word = args[at]
  const before = args.slice(0, at)
  if (word === undefined) return { command: undefined, path: "", rest: args }
  if (word === "help") return find([...args.slice(at + 1), "--help"])
  const group = GROUP_ALIASES[word] ?? word
  if (!groups.has(group)) {
    const command = named(word, "")
    return command
      ? { command, path: command.path, rest: [...before, ...args.slice(at + 1)] }
      : { command, path: "", rest: [], unknown: word }
  }
  const inner = args.slice(at + 1)
  const next = inner[leading(inner)]
  const command = next === undefined ? undefined : named(next, group)
  if (command) return { command, path: command.path, rest: [...before, ...inner.filter((_, index) => index !== leading(inner))] }
  return { command: undefined, path: group, rest: [...before, ...inner], ...(next !== undefined && { unknown: next }) }
}

const useLine = ({ path, usage }: Command): string => `helm ${path}${usage ? ` ${usage}` : ""} [flags]`

const arguments_ = (command: Command, count: number): string | undefined => {
  const [least, most] = command.args
  const name = `"helm ${command.path}"`
  const words = (amount: number) => `${amount} argument${amount === 1 ? "" : "s"}`
  const usage = `\n\nUsage:  ${useLine(command)}`
  if (most === 0 && count > 0) return `${name} accepts no arguments${usage}`
  if (least === most && count !== least) return `${name} requires ${words(least)}${usage}`
  if (count < least) return `${name} requires at least ${words(least)}${usage}`
  return count > most ? `${name} accepts at most ${words(most)}${usage}` : undefined
}

const commandHelp = (command: Command): string => {
  const flags = Object.entries(command.flags ?? {})
    .filter(([, { deprecated }]) => !deprecated)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, { kind, short }]) =>
        `  ${short ? `-${short}, ` : "    "}--${name}${kind === "bool" || kind.startsWith("?") ? "" : ` ${kind}`}\n`,
    )
  const aliases = command.aliases ? `\nAliases:\n  ${[command.path.split(" ").at(-1), ...command.aliases].join(", ")}\n` : ""
  return `${command.summary}\n\nUsage:\n  ${useLine(command)}\n${aliases}${flags.length > 0 ? `\nFlags:\n${flags.join("")}` : ""}\nFlags of every command: --namespace (-n), --kube-context, --kubeconfig, --debug, --help (-h)\n`
}

const groupHelp = (group: string): string => {
  const lines = new Map<string, string>()
  for (const { path, summary } of COMMANDS) {
    const words = path.split(" ")
    if (group === "") lines.set(words[0], words.length > 1 ? `commands about ${words[0] === "get" ? "releases" : words[0]}` : summary)
    else if (words[0] === group) lines.set(words[1], summary)
  }
  const shown = [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, summary]) => `  ${name.padEnd(12)}${summary}\n`)
  const head = group === "" ? "The package manager of Kubernetes: charts become releases.\n" : `helm ${group}\n`
  return `${head}\nUsage:\n  helm ${group ? `${group} ` : ""}[command]\n\nAvailable Commands:\n${shown.join("")}\nUse "helm ${group ? `${group} ` : ""}[command] --help" for more information about a command.\n`
}

/** Suggestions as cobra's, for words two letters away at most. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]
}

const suggestions = (word: string): string => {
  const names = [...new Set([...COMMANDS.map(({ path }) => path.split(" ")[0]), "help"])].sort()
  const near = names.filter((name) => distance(word.toLowerCase(), name) <= 2 || name.startsWith(word.toLowerCase()))
  return near.length === 0 ? "" : `\n\nDid you mean this?\n${near.map((name) => `\t${name}\n`).join("")}`
}

export const helmProgram = (archives: Archives): Program =>
  function* (process) {
    const { command, path, rest, unknown } = find(process.argv.slice(1))
    const failed = function* (message: string): Steps<number> {
      yield* process.error(`Error: ${message}\n`)
      return 1
    }
    if (!command) {
      if (unknown === undefined || path !== "") {
        yield* process.print(groupHelp(path))
        return 0
      }
      return yield* failed(`unknown command ${JSON.stringify(unknown)} for "helm"${suggestions(unknown)}\nRun 'helm --help' for usage.`)
    }
    try {
      const said: string[] = []
      const flags = parseFlags(rest, { ...GLOBAL_FLAGS, ...command.flags }, (text) => said.push(text))
      if (flags.on("help")) {
        yield* process.print(commandHelp(command))
        return 0
      }
      if (said.length > 0) yield* process.error(said.join(""))
      const fault = arguments_(command, flags.words.length)
      if (fault) return yield* failed(fault)
      // What the real program needs before it does anything.
      yield* process.compute(START)
      yield* command.run(new Context(process, flags, archives))
      return 0
    } catch (error) {
      if (error instanceof HelmError || error instanceof ApiError || error instanceof UnreachableError) return yield* failed(error.message)
      if (error instanceof SystemError) return yield* failed(error.message.toLowerCase())
      throw error
    }
  }
