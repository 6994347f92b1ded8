/** Help texts, derived from the subcommands. Laid out as kubectl/pkg/util/templates lays them out. */
import { childrenOf } from "./command-tree.ts"
import type { Group, Subcommand } from "./define-subcommand.ts"
import { type Flag, type Flags, GLOBAL, parseDuration } from "./flags.ts"

const GROUPS: readonly Group[] = [
  "Basic Commands (Beginner)",
  "Basic Commands (Intermediate)",
  "Deploy Commands",
  "Cluster Management Commands",
  "Troubleshooting and Debugging Commands",
  "Advanced Commands",
  "Settings Commands",
  "Other Commands",
]

const TAIL = 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n'

/** "1m" is "1m0s" for Go. */
const goDuration = (text: string): string => {
  const seconds = (parseDuration(text) ?? 0) / 1_000
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return `${hours > 0 ? `${hours}h` : ""}${hours + minutes > 0 ? `${minutes}m` : ""}${seconds % 60}s`
}

const shownDefault = ({ type, default: value = "", shown }: Flag): string => {
  if (shown !== undefined) return shown
  if (type === "bool") return value || "false"
  if (type === "int") return value || "0"
  if (type === "duration") return goDuration(value || "0s")
  if (type === "list" || type === "array") return `[${value}]`
  return `'${value}'`
}

export const flagsText = (flags: Flags): string =>
  Object.entries(flags)
    .filter(([, { hidden }]) => !hidden)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => `    ${flag.short ? `-${flag.short}, ` : ""}--${name}=${shownDefault(flag)}:\n\t${flag.help ?? ""}\n`)
    .join("\n")

const list = (commands: readonly Subcommand[]): string => {
  const width = Math.max(13, ...commands.map(({ path }) => path[path.length - 1].length + 2))
  return commands.map(({ path, summary }) => `  ${path[path.length - 1].padEnd(width)} ${summary}\n`).join("")
}

const byName = (a: Subcommand, b: Subcommand): number => (a.path[a.path.length - 1] < b.path[b.path.length - 1] ? -1 : 1)

/** In the order of the overview. */
export const grouped = (commands: readonly Subcommand[]): Subcommand[] =>
  GROUPS.flatMap((group) => {
    const found = commands.filter((one) => one.group === group)
    return group === "Other Commands" ? found.sort(byName) : found
  })

/** `plugins`: what is on the PATH beside. */
export const overview = (all: readonly Subcommand[], plugins: readonly string[]): string => {
  const beside = `Subcommands provided by plugins:\n${[...plugins]
    .sort()
    .map((name) => `  ${name.padEnd(13)} The command ${name} is a plugin installed by the user\n`)
    .join("")}\n`
  const top = childrenOf(all, [])
  const sections = GROUPS.map((group) => {
    const commands = top.filter((one) => one.group === group)
    const before = group === "Other Commands" ? beside : ""
    return commands.length === 0 ? "" : `${before}${group}:\n${list(group === "Other Commands" ? commands.sort(byName) : commands)}\n`
  }).join("")
  return `kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/\n\n${sections}Usage:\n  kubectl [flags] [options]\n\nUse "kubectl <command> --help" for more information about a given command.\n${TAIL}`
}

export const helpOf = (command: Subcommand, all: readonly Subcommand[]): string => {
  const name = `kubectl ${command.path.join(" ")}`
  const children = childrenOf(all, command.path).toSorted(byName)
  if (command.bare?.brief)
    return `${command.bare.brief}\n\nAvailable Commands:\n${list(children)}\nUse "${name} <command> --help" for more information about a given command.\n`
  const parts = [`${command.summary}.\n`]
  if (command.description) parts.push(`${command.description.trim().replace(/^(?=.)/gm, " ")}\n`)
  if (command.aliases?.length) parts.push(`Aliases:\n${[command.path.at(-1), ...command.aliases].join(", ")}\n`)
  if (command.examples?.length)
    parts.push(`Examples:\n${command.examples.map(([comment, line]) => `  # ${comment}\n${line.replace(/^/gm, "  ")}\n`).join("  \n")}`)
  if (children.length > 0) parts.push(`Available Commands:\n${list(children).replace(/^/gm, "").trimEnd()}\n`)
  const flags = flagsText(command.flags)
  if (flags) parts.push(`Options:\n${flags}`)
  parts.push(
    `Usage:\n  ${name}${command.usage === undefined ? (command.run ? "" : " SUBCOMMAND") : command.usage === "" ? " [flags]" : ` ${command.usage}`}${command.usage?.includes("[options]") ? "" : " [options]"}\n`,
  )
  return `${parts.join("\n")}\n${children.length > 0 ? `Use "${name} <command> --help" for more information about a given command.\n` : ""}${TAIL}`
}

export const optionsText = (home: string): string => {
  const flags = { ...GLOBAL, "cache-dir": { ...GLOBAL["cache-dir"], default: `${home}/.kube/cache` } }
  return `The following options can be passed to any command:\n\n${flagsText(flags)}\n`
}
