/** The kubectl program: finds the subcommand, runs it, words its errors. */
import type { Process, Program, Steps } from "@drydock/machine"
import { Api, KubectlError } from "./api.ts"
import type { Subcommand } from "./define-subcommand.ts"
import { GLOBAL, parseFlags } from "./flags.ts"
import { connect } from "./kubeconfig.ts"
import { subcommands } from "./subcommands/index.ts"

const ALIASES: Readonly<Record<string, string>> = {
  deploy: "deployment",
  ns: "namespace",
  cm: "configmap",
  sa: "serviceaccount",
  ev: "events",
}

/** Global flags may stand before the subcommand: they are moved behind it. */
const reorder = (args: readonly string[]): { name: string | undefined; rest: string[] } => {
  const before: string[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (!word.startsWith("-")) return { name: word, rest: [...before, ...args.slice(at + 1)] }
    before.push(word)
    const flag = word.startsWith("--") ? GLOBAL[word.slice(2)] : Object.values(GLOBAL).find(({ short }) => short === word[1])
    if (flag && flag.type !== "bool" && !word.includes("=") && (word.startsWith("--") || word.length === 2) && args[at + 1] !== undefined)
      before.push(args[++at])
  }
  return { name: undefined, rest: before }
}

const find = (name: string, rest: readonly string[]): { command: Subcommand; args: string[] } | undefined => {
  const second = rest.find((word) => !word.startsWith("-"))
  const nested = second && subcommands.find(({ path }) => path.length === 2 && path[0] === name && path[1] === (ALIASES[second] ?? second))
  if (nested) return { command: nested, args: rest.filter((_, at) => at !== rest.indexOf(second)) }
  const command = subcommands.find(({ path }) => path.length === 1 && path[0] === name)
  return command && { command, args: [...rest] }
}

const usage = (command: Subcommand): string =>
  `${command.summary}.\n\nUsage:\n  kubectl ${command.path.join(" ")} [flags] [options]\n\nOptions:\n${Object.entries(command.flags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { short }]) => `    ${short ? `-${short}, ` : ""}--${name}\n`)
    .join("")}\nUse "kubectl options" for a list of global command-line options (applies to all commands).\n`

const overview = (): string =>
  `kubectl controls the Kubernetes cluster manager.\n\nCommands:\n${[...new Set(subcommands.map(({ path }) => path[0]))].map((name) => `  ${name.padEnd(15)} ${subcommands.find(({ path }) => path.length === 1 && path[0] === name)?.summary ?? ""}\n`).join("")}\nUsage:\n  kubectl [flags] [options]\n\nUse "kubectl <command> --help" for more information about a given command.\n`

/** Edit distance, for "Did you mean this?". */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]
}

function* main(process: Process): Steps<number> {
  const { name, rest } = reorder(process.argv.slice(1))
  if (name === undefined || name === "help") {
    yield* process.print(overview())
    return 0
  }
  const found = find(name, rest)
  if (!found) {
    const near = [...new Set(subcommands.map(({ path }) => path[0]))]
      .filter((one) => distance(one, name) <= 2 || one.startsWith(name))
      .sort()
    throw new KubectlError(
      `error: unknown command "${name}" for "kubectl"${near.length > 0 ? `\n\nDid you mean this?\n${near.map((one) => `\t${one}\n`).join("")}` : ""}`,
    )
  }
  const { command, args } = found
  const input = parseFlags(args, command.flags, command.path.join(" "), command.stopAtWord)
  if (input.bool("help")) {
    yield* process.print(usage(command))
    return 0
  }
  const connection = connect(process, {
    ...pick(input, "kubeconfig"),
    ...pick(input, "context"),
    ...pick(input, "namespace"),
    ...pick(input, "server"),
  })
  return yield* command.run(input, { process, api: new Api(process, connection), namespace: connection.namespace })
}

const pick = <Name extends string>(input: { text(name: string): string | undefined }, name: Name): { [key in Name]?: string } => {
  const value = input.text(name)
  return (value === undefined ? {} : { [name]: value }) as { [key in Name]?: string }
}

export const kubectlProgram: Program = function* (process) {
  try {
    return yield* main(process)
  } catch (error) {
    if (error instanceof KubectlError) {
      yield* process.error(`${error.message}\n`)
      return error.code
    }
    if (error instanceof Error && error.message.startsWith("error: ")) {
      yield* process.error(`${error.message}\n`)
      return 1
    }
    throw error
  }
}
