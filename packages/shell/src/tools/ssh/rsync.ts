/** rsync: trees copied here, or through ssh. As rsync 3.2.7. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { runCommand } from "../process-tools.ts"
import { parseOptions } from "../reading.ts"

function* copyTree(
  process: Process,
  from: string,
  to: string,
  options: { verbose: boolean; dry: boolean; recursive: boolean; remove: boolean },
): Steps<string[]> {
  const sent: string[] = []
  const { files } = process
  const visit = function* (source: string, target: string, name: string): Steps<void> {
    if (process.charge(1)) yield* process.yield()
    const stat = files.lstat(source)
    if (stat.type === "directory") {
      if (!options.recursive) return
      if (!files.exists(target)) {
        if (!options.dry) files.mkdir(target, { parents: true })
        sent.push(`${name}/`)
      }
      for (const entry of files.list(source))
        yield* visit(`${source}/${entry.name}`, `${target}/${entry.name}`, name === "." ? entry.name : `${name}/${entry.name}`)
      if (options.remove && files.exists(target))
        for (const entry of files.list(target))
          if (!files.list(source).some((one) => one.name === entry.name)) {
            if (!options.dry) files.remove(`${target}/${entry.name}`, { recursive: true })
            sent.push(`deleting ${name === "." ? "" : `${name}/`}${entry.name}`)
          }
      return
    }
    if (stat.type === "symlink") {
      if (!files.exists(target) && !options.dry) files.symlink(files.readlink(source), target)
      sent.push(name)
      return
    }
    if (stat.type !== "file") return
    if (files.exists(target)) {
      const other = files.stat(target)
      if (other.size === stat.size && Math.floor(other.modifiedAt / 1_000) === Math.floor(stat.modifiedAt / 1_000)) return
    }
    if (!options.dry) {
      files.write(target, files.readBytes(source), { mode: stat.mode & 0o7777 })
      files.utimes(target, stat.accessedAt, stat.modifiedAt)
    }
    sent.push(name)
  }
  yield* visit(from, to, from.endsWith("/.") ? "." : (from.split("/").at(-1) ?? ""))
  return sent
}

export const rsync = defineTool({
  name: "rsync",
  version: " version 3.2.7  protocol version 31",
  summary: "a fast, versatile, remote (and local) file-copying tool",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "avzrltpgoDhPnuqHAXcWRKLi",
      valued: "e",
      long: {
        archive: "a",
        verbose: "v",
        compress: "z",
        recursive: "r",
        delete: "delete",
        "dry-run": "n",
        progress: "P",
        partial: "P",
        "rsh=": "e",
        "exclude=": "exclude",
        human: "h",
        "human-readable": "h",
        stats: "stats",
        quiet: "q",
        "rsync-path=": "path",
      },
    })
    const target = words.at(-1)
    if (problem || words.length < 2 || target === undefined) {
      yield* process.error(
        problem
          ? `rsync: ${problem.replace(/^unrecognized option '(.*)'$/, "$1: unknown option")}\nrsync error: syntax or usage error (code 1) at main.c(1782) [client=3.2.7]\n`
          : "rsync error: syntax or usage error (code 1) at main.c(1782) [client=3.2.7]\n",
      )
      return 1
    }
    const far = /^([^/:]+):(.*)$/
    const remote = words.find((word) => far.test(word))
    if (remote !== undefined) {
      const [, host, path] = far.exec(remote) ?? []
      const script = far.test(target)
        ? `for f in "$@"; do d=$(dirname "$f"); b=$(basename "$f"); case $f in */) d=$f; b=.;; esac; tar -C "$d" -cf - "$b" | ssh ${host} "mkdir -p '${path || "."}' && tar -C '${path || "."}' -xf -" || exit 1; done`
        : `mkdir -p '${target}' && ssh ${host} "cd \\$(dirname '${path}') && tar -cf - \\$(basename '${path}')" | tar -C '${target}' -xf -`
      return yield* runCommand(process, ["/bin/sh", "-c", script, "rsync", ...words.slice(0, -1)], { tool: "rsync" })
    }
    const options = {
      verbose: flags.has("v"),
      dry: flags.has("n"),
      recursive: flags.has("a") || flags.has("r"),
      remove: flags.has("delete"),
    }
    if (options.verbose) yield* process.print("sending incremental file list\n")
    let status = 0
    let bytes = 0
    for (const source of words.slice(0, -1)) {
      try {
        const { type } = process.files.stat(source)
        if (type === "directory" && !options.recursive) {
          yield* process.print(`skipping directory ${source.replace(/\/$/, "")}\n`)
          continue
        }
        const into = source.endsWith("/")
          ? target.replace(/\/$/, "")
          : process.files.exists(target) || target.endsWith("/") || type === "directory"
            ? `${target.replace(/\/$/, "")}/${source.split("/").at(-1)}`
            : target
        if (target.endsWith("/") && !process.files.exists(target) && !options.dry) {
          process.files.mkdir(target, { parents: true })
          if (options.verbose) yield* process.print(`created directory ${target.replace(/\/$/, "")}\n`)
        }
        const sent = yield* copyTree(process, source.endsWith("/") ? `${source.replace(/\/$/, "")}/.` : source, into, options)
        if (options.verbose) yield* process.print(sent.map((name) => `${name}\n`).join(""))
        bytes += type === "file" ? process.files.stat(source).size : 0
      } catch (error) {
        if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
        yield* process.error(
          `rsync: [sender] link_stat "${process.files.resolve(source)}" failed: ${error.message} (${error.code === "ENOENT" ? 2 : 13})\n`,
        )
        status = 23
      }
    }
    if (options.verbose)
      yield* process.print(
        `\nsent ${bytes + 116} bytes  received 35 bytes  ${((bytes + 151) * 2).toFixed(2)} bytes/sec\ntotal size is ${bytes}  speedup is ${(bytes / (bytes + 151)).toFixed(2)}${options.dry ? " (DRY RUN)" : ""}\n`,
      )
    if (status === 23)
      yield* process.error(
        "rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1338) [sender=3.2.7]\n",
      )
    return status
  },
})
