/** kubectl plugin, plugin list */
import type { Steps } from "@drydock/machine"
import { findCommand } from "../command-tree.ts"
import { defineSubcommand, type Subcommand } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"
import { pluginFiles, unreadable } from "../plugins.ts"

export const plugins: readonly Subcommand[] = [
  defineSubcommand({
    path: ["plugin"],
    group: "Other Commands",
    summary: "Provides utilities for interacting with plugins",
    description: "A plugin is an executable on the PATH whose name begins with kubectl-. It becomes a command.",
    usage: "[flags]",
    flags: {},
    offline: true,
  }),
  defineSubcommand({
    path: ["plugin", "list"],
    summary: "List all visible plugin executables on a user's PATH",
    usage: "",
    examples: [["All of them", "kubectl plugin list"]],
    flags: { "name-only": { type: "bool", help: "Names without their directories" } },
    offline: true,
    *run(input, { process, commands }) {
      for (const [directory, why] of unreadable(process))
        yield* process.error(
          `Unable to read directory ${JSON.stringify(directory)} from your PATH: open ${directory}: ${why}. Skipping...\n`,
        )
      const found = pluginFiles(process)
      if (found.length === 0) throw new KubectlError("unable to find any kubectl plugins in your PATH")
      const seen = new Map<string, string>()
      let faults = 0
      function* warn(text: string): Steps<void> {
        faults++
        yield* process.error(`  - warning: ${text}\n`)
      }
      yield* process.print("The following compatible plugins are available:\n\n")
      for (const { path, executable } of found) {
        const name = path.slice(path.lastIndexOf("/") + 1)
        yield* process.print(`${input.bool("name-only") ? name : path}\n`)
        const { command } = findCommand(commands, name.split("-").slice(1))
        if (command) yield* warn(`${name} overwrites existing command: ${JSON.stringify(`kubectl ${command.path.join(" ")}`)}`)
        const first = seen.get(name)
        if (!executable) yield* warn(`${path} identified as a kubectl plugin, but it is not executable`)
        else if (first !== undefined) yield* warn(`${path} is overshadowed by a similarly named plugin: ${first}`)
        else seen.set(name, path)
      }
      if (faults > 0) throw new KubectlError(faults === 1 ? "one plugin warning was found" : `${faults} plugin warnings were found`)
      return 0
    },
  }),
]
