/** The kubectl program: finds the subcommand, runs it, words its errors. */
import type { Process, Program, Steps } from "@drydock/machine"
import { goJson, goSyntax } from "@drydock/gotemplate"
import { Api } from "./api.ts"
import { findCommand, takesNext, unknownCommand } from "./command-tree.ts"
import { COMPLETE, complete } from "./completion/program.ts"
import { type Context, defineSubcommand } from "./define-subcommand.ts"
import { errorText, HelpfulError, KubectlError, ServerError, UsageError } from "./errors.ts"
import { GLOBAL, parseFlags, requireFlags, withoutFlags } from "./flags.ts"
import { grouped, helpOf, overview } from "./help.ts"
import { connect, readKubeconfig } from "./kubeconfig.ts"
import { klog } from "./klog.ts"
import { askForUser, dryRunWarning, matchVersions, startLog, writeProfile } from "./preliminaries.ts"
import { withPreferences } from "./preferences.ts"
import { pluginFor, pluginNames } from "./plugins.ts"
import { subcommands } from "./subcommands/index.ts"

const PROFILES = ["none", "cpu", "heap", "goroutine", "threadcreate", "block", "mutex", "trace"]

const root = defineSubcommand({ path: [], summary: "", flags: {} })

function* main(process: Process): Steps<number> {
  let args = process.argv.slice(1)
  if (COMPLETE.includes(args.find((word) => !word.startsWith("-")) ?? "")) return yield* complete(process, args)
  if (args[0] === "help") {
    const topic = args.slice(1).filter((word) => !word.startsWith("-"))
    if (topic.length > 0 && findCommand(subcommands, topic).command === undefined) {
      yield* process.error(`Unknown help topic ${goSyntax(topic)}\n${overview(subcommands, pluginNames(process))}`)
      return 0
    }
    args = [...topic, "--help"]
  }
  const preferred = withPreferences(process, args, (words) => findCommand(subcommands, words).command)
  args = preferred.args
  yield* process.error(preferred.said)
  const { command = root, args: rest } = findCommand(subcommands, args)
  const name = command.path.join(" ")
  if (command === root && rest.length > 0) {
    const plugin = rest[0].startsWith("-") ? undefined : pluginFor(process, rest)
    if (plugin) return yield* process.exec(plugin.path, [plugin.path, ...plugin.args])
    // As HandlePluginCommand: the first words must be the plugin's.
    if (args[0].startsWith("-") && rest.some((word, at) => !word.startsWith("-") && at > 0 && !takesNext(rest[at - 1], GLOBAL)))
      throw new KubectlError(`Error: flags cannot be placed before plugin name: ${args[0]}`, { raw: true })
  }
  // The one command of kubectl's own that plugins may add to.
  if (name === "create" && args[0] === "create" && args.length > 1 && !args[1].startsWith("-")) {
    const plugin = pluginFor(process, args, 2)
    if (plugin) return yield* process.exec(plugin.path, [plugin.path, ...plugin.args])
  }
  const input = parseFlags(rest, command.flags, command)
  if (command === root) {
    if (input.words.length > 0) throw unknownCommand(grouped(subcommands), input.words[0])
    yield* process.print(overview(subcommands, pluginNames(process)))
    return 0
  }
  if (input.bool("help") && name === "options") return 0
  if (input.bool("help")) {
    yield* process.print(helpOf(command, subcommands))
    return 0
  }
  if (!command.run) {
    const { on = 2, exit = 1, always = false } = command.bare ?? {}
    if (input.words.length > 0 && !always) throw new UsageError(name, `unknown command ${JSON.stringify(input.words.join(" "))}`)
    yield* on === 1 ? process.print(helpOf(command, subcommands)) : process.error(helpOf(command, subcommands))
    return exit
  }
  requireFlags(input, command.flags)
  for (const name of new Set(input.order.map(([flag]) => flag))) {
    const deprecated = command.flags[name]?.deprecated
    if (deprecated) yield* process.error(`Flag --${name} has been deprecated, ${deprecated}\n`)
  }
  if (!Object.hasOwn(command.flags, "profile") && input.has("profile") && !PROFILES.includes(input.text("profile")))
    throw new KubectlError(`unknown profile '${input.text("profile")}'`)
  if (!Object.hasOwn(command.flags, "profile") && input.text("profile") !== "none") writeProfile(process, input.text("profile-output"))
  const config = readKubeconfig(process, input.given("kubeconfig"), command.offline)
  const globals = withoutFlags(input, command.flags)
  const connection = connect(process, config, globals, command.offline)
  const api = new Api(process, connection, globals)
  const context: Context = {
    process,
    api,
    namespace: connection.namespace,
    namespaceGiven: globals.has("namespace"),
    config,
    command: name,
    input,
    commands: subcommands,
  }
  const { run } = command
  const dryRun = "dry-run" in command.flags ? input.given("dry-run") : undefined
  if (dryRun !== undefined) yield* process.error(dryRunWarning(process, dryRun))
  if (api.verbosity >= 5) yield* process.error(startLog(process, config, api.verbosity >= 6))
  if (connection.anonymous && !command.offline) yield* askForUser(process, connection)
  if (input.bool("match-server-version")) yield* matchVersions(api)
  let code: number
  try {
    code = yield* run(input, context)
  } catch (error) {
    if (error instanceof ServerError && api.verbosity >= 4)
      yield* process.error(klog(process, "I", "helpers.go:246", `server response object: %s[${goJson(error.status, "  ", true)}]`))
    throw error
  }
  if (input.bool("warnings-as-errors") && api.warnings > 0)
    throw new KubectlError(api.warnings === 1 ? "1 warning received" : `${api.warnings} warnings received`)
  return code
}

/** ms from exec to the first request: a large binary is loaded and discovery read from its cache. Controllers get on meanwhile. */
const START_UP = 40

export const kubectlProgram: Program = function* (process) {
  yield* process.sleep(START_UP)
  try {
    return yield* main(process)
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    if (error instanceof HelpfulError) {
      const { command = root } = findCommand(subcommands, error.command.split(" "))
      yield* process.print(helpOf(command, subcommands))
      if (!error.message) return error.code
    }
    const text = errorText(error)
    if (text) yield* process.error(text.endsWith("\n") ? text : `${text}\n`)
    return error.code
  }
}
