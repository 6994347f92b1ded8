/** git, which has nothing to talk to here: it says so, and what to do instead. */
import { defineTool } from "../define-tool.ts"

export const git = defineTool({
  name: "git",
  plain: true,
  summary: "the stupid content tracker (there is no network to clone from)",
  *run(process, args) {
    const [command] = args.filter((word) => !word.startsWith("-"))
    if (args.includes("--version") || command === "version") {
      yield* process.print("git version 2.43.0\n")
      return 0
    }
    if (command === "clone") {
      const url = args.filter((word) => !word.startsWith("-"))[1]
      const name =
        (url ?? "")
          .replace(/\/+$/, "")
          .split("/")
          .at(-1)
          ?.replace(/\.git$/, "") ?? ""
      if (url === undefined) {
        yield* process.error("fatal: You must specify a repository to clone.\n\nusage: git clone [<options>] [--] <repo> [<dir>]\n")
        return 129
      }
      const host = /^(?:\w+:\/\/)?(?:[^@/]*@)?([^/:]+)/.exec(url)?.[1] ?? url
      yield* process.error(`Cloning into '${name}'...\nfatal: unable to access '${url}': Could not resolve host: ${host}\n`)
      return 128
    }
    if (command === undefined) {
      yield* process.print("usage: git [-v | --version] [-h | --help] [-C <path>] <command> [<args>]\n")
      return 1
    }
    if (command === "config") return 0
    yield* process.error(
      command === "init" || command === "help"
        ? "git: repositories are not kept in this simulation\n"
        : "fatal: not a git repository (or any of the parent directories): .git\n",
    )
    return 128
  },
})
