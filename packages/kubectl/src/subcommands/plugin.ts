/** kubectl plugin, plugin list */
import { defineSubcommand, type Subcommand } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"
import { pluginFiles } from "../plugins.ts"

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
    *run(input, { process }) {
      const found = pluginFiles(process)
      if (found.length === 0) throw new KubectlError("unable to find any kubectl plugins in your PATH")
      const seen = new Set<string>()
      let faults = 0
      yield* process.print("The following compatible plugins are available:\n\n")
      for (const { path, executable } of found) {
        const name = path.slice(path.lastIndexOf("/") + 1)
        yield* process.print(`${input.bool("name-only") ? name : path}\n`)
        if (!executable) {
          yield* process.error(`  - warning: ${path} identified as a kubectl plugin, but it is not executable\n`)
          faults++
        } else if (seen.has(name)) {
          yield* process.error(`  - warning: ${path} is overshadowed by a similarly named plugin\n`)
          faults++
        }
        seen.add(name)
      }
      if (faults > 0) throw new KubectlError(faults === 1 ? "one plugin warning was found" : `${faults} plugin warnings were found`)
      return 0
    },
  }),
]
