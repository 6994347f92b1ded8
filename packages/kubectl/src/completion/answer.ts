/** What can follow on a kubectl command line: subcommands, flags, and what sources know. As spf13/cobra/completions.go. */
import type { Process, Steps } from "@drydock/machine"
import { Api } from "../api.ts"
import { childrenOf, findCommand } from "../command-tree.ts"
import type { Subcommand } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"
import { type Flags, GLOBAL, type Input, parseFlags, wantsValue, withoutFlags } from "../flags.ts"
import { connect, readKubeconfig } from "../kubeconfig.ts"
import { pluginCommands, pluginFiles } from "../plugins.ts"
import { subcommands } from "../subcommands/index.ts"
import { type Answer, type Asked, DEFAULT, FILE_EXTENSIONS, NO_FILES, plain, starting, VALUES, WORDS } from "./sources.ts"

const withSummary = ({ path, summary }: Subcommand): string => `${path[path.length - 1]}\t${summary}`

const lastName = ({ path }: Subcommand): string => path[path.length - 1]

const HELP: Subcommand = { path: ["help"], summary: "Help about any command", flags: {} }

const childNames = (path: readonly string[], extra: readonly string[], current: string): string[] => {
  const children = [...childrenOf(subcommands, path).filter(({ hidden }) => !hidden), ...(path.length === 0 ? [HELP] : [])]
  const all = [
    ...children.map((one) => ({ name: lastName(one), text: withSummary(one) })),
    ...extra.map((one) => ({ name: one, text: `${one}\tThe command ${one} is a plugin installed by the user` })),
  ]
  return all
    .filter((one) => one.name.startsWith(current))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ text }) => text)
}

const flagNamed = (flags: Flags, word: string): string | undefined => {
  if (word.startsWith("--")) return Object.hasOwn(flags, word.slice(2)) ? word.slice(2) : undefined
  return Object.keys(flags).find((one) => flags[one].short === word.at(-1))
}

const flagNames = (own: Flags, root: boolean, given: ReadonlySet<string>, current: string): string[] => {
  const shown = (flags: Flags) =>
    Object.entries(flags)
      .filter(([key, { hidden, deprecated, type }]) => !hidden && !deprecated && (!given.has(key) || type === "list" || type === "array"))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([key, { short, help = "" }]) => [`--${key}\t${help}`, ...(short ? [`-${short}\t${help}`] : [])])
      .filter((one) => one.startsWith(current))
  const help: Flags = { help: { short: "h", type: "bool", help: "help for kubectl" } }
  const others = Object.fromEntries(Object.entries(GLOBAL).filter(([key]) => !Object.hasOwn(own, key)))
  return root ? shown({ ...GLOBAL, ...help }) : [...shown(others), ...shown({ ...own, ...help })]
}

const debug = (text: string): string => `[Debug] ${text}\n`

export function* answer(process: Process, words: readonly string[], current: string): Steps<Answer> {
  const helping = words[0] === "help"
  const found = findCommand(subcommands, helping ? words.slice(1) : words)
  const { command } = found
  const own = command?.flags ?? {}
  const flags: Flags = { ...GLOBAL, ...own }
  let args = found.args
  let flag: string | undefined
  let value = current
  // A flag's value, in the same word or in the next.
  const dashed = args.includes("--")
  if (!dashed && current.startsWith("-") && current.includes("=")) {
    const word = current.slice(0, current.indexOf("="))
    flag = flagNamed(flags, word)
    value = current.slice(current.indexOf("=") + 1)
    if (flag === undefined)
      return {
        ...plain([], DEFAULT),
        said: debug(`[Error] Subcommand '${command ? lastName(command) : "kubectl"}' does not support flag '${word.replace(/^-+/, "")}'`),
      }
  } else if (!dashed && !current.startsWith("-")) {
    const last = args.at(-1) ?? ""
    const before = last.startsWith("-") && !last.includes("=") ? flagNamed(flags, last) : undefined
    if (before !== undefined && wantsValue(flags[before])) {
      flag = before
      args = args.slice(0, -1)
    }
  }
  let input: Input
  try {
    input = parseFlags(args, own, command ?? { path: [] })
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    const [text] = error.message.replace(/^error: /, "").split("\n")
    return { ...plain([], DEFAULT), said: debug(`[Error] Error while parsing flags from args [${args.join(" ")}]: ${text}`) }
  }
  if (flag === undefined && !dashed && current.startsWith("-")) {
    const given = new Set(input.order.map(([key]) => key))
    const required = Object.entries(own)
      .filter(([key, one]) => one.required && !given.has(key) && `--${key}`.startsWith(current))
      .map(([key, { help = "" }]) => `--${key}\t${help}`)
    return plain(required.length > 0 ? required : flagNames(own, command === undefined, given, current))
  }
  const globals = withoutFlags(input, own)
  // `config` has a flag of its own for the file, which completion does not look at.
  const config = readKubeconfig(process, command?.path[0] === "config" ? undefined : globals.given("kubeconfig"), true)
  const connection = connect(process, config, globals, true)
  const asked: Asked = {
    command,
    words: input.words,
    current: value,
    config,
    api: new Api(process, connection, globals),
    namespace: connection.namespace,
    process,
  }
  const path = command?.path.join(" ") ?? ""
  if (flag !== undefined) {
    if (flag === "filename") return plain(["json", "yaml", "yml"], FILE_EXTENSIONS)
    const source = Object.hasOwn(GLOBAL, flag) && !Object.hasOwn(own, flag) ? VALUES[flag] : VALUES[`${path} --${flag}`]
    return source ? yield* source(asked) : plain([], DEFAULT)
  }
  const candidates: string[] = []
  let directive = DEFAULT
  if (input.words.length === 0 && (helping || !input.order.some(([key]) => Object.hasOwn(own, key)))) {
    const plugins = command === undefined && words.length === 0 ? pluginCommands(process) : []
    const children = childNames(command?.path ?? [], plugins, current)
    candidates.push(...children)
    if (command === undefined || childrenOf(subcommands, command.path).length > 0) directive = NO_FILES
  }
  if (helping) return plain(candidates)
  if (command === undefined && input.words.length > 0) return pluginAnswer(process, words)
  const given = new Set(input.order.map(([key]) => key))
  for (const [key, one] of Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1)))
    if (one.required && !given.has(key) && `--${key}`.startsWith(current)) candidates.push(`--${key}\t${one.help ?? ""}`)
  if (path === "completion") return plain(input.words.length === 0 ? starting(["bash", "zsh", "fish", "powershell"], current) : [])
  const source = WORDS[path]
  if (!source) return plain(candidates, directive)
  const rest = yield* source(asked)
  return plain([...candidates, ...rest.candidates], rest.directive)
}

/** A plugin completes for itself, by a program of its own; else what follows its name are plugins with longer names. */
const pluginAnswer = (process: Process, words: readonly string[]): Answer => {
  const cleared = debug("Cleared global flags for plugin completion")
  const [first] = words
  const files = pluginFiles(process).filter(({ executable }) => executable)
  const names = files.map(({ path }) => path.slice(path.lastIndexOf("/kubectl-") + 9))
  if (!names.includes(first.replaceAll("-", "_")))
    return { ...plain([], DEFAULT), said: `${cleared}${debug(`[Error] unable to find a command for arguments: [${words.join(" ")}]`)}` }
  const next = names
    .filter((one) => one.startsWith(`${first}-`))
    .map((one) => {
      const word = one.slice(first.length + 1).split("-")[0]
      return `${word}\tThe command ${word} is a plugin installed by the user`
    })
  return {
    ...plain([...new Set(next)], DEFAULT),
    said: `${cleared}${debug(`About to look for: kubectl_complete-${first}`)}${debug(`Plugin kubectl-${first} does not provide a matching completion executable`)}`,
  }
}
