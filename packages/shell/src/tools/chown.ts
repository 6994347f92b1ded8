/** chown and chgrp. */
import { Accounts, type Steps, SystemError } from "@drydock/machine"
import { defineTool, type Tool } from "../define-tool.ts"
import { shellQuoted } from "./each-word.ts"
import { parseOptions, quote, usageError } from "./reading.ts"

const ownerTool = (name: "chown" | "chgrp"): Tool =>
  defineTool({
    name,
    busybox: true,
    summary: name === "chown" ? "change file owner and group" : "change group ownership",
    *run(process, args) {
      const { flags, words, problem } = parseOptions(args, {
        letters: "RvfchHLP",
        long: { recursive: "R", verbose: "v", changes: "c", "no-dereference": "h", "reference=": "ref", silent: "f", quiet: "f" },
      })
      if (problem) return yield* usageError(process, name, problem)
      const [spec, ...files] = words
      if (spec === undefined) return yield* usageError(process, name, "missing operand")
      if (files.length === 0) return yield* usageError(process, name, `missing operand after ${quote(process, spec)}`)
      const accounts = new Accounts(process.files)
      const cut = name === "chgrp" ? 0 : spec.search(/[:.]/)
      const user = name === "chgrp" ? "" : cut < 0 ? spec : spec.slice(0, cut)
      const group = name === "chgrp" ? spec : cut < 0 ? undefined : spec.slice(cut + 1)
      const owner = user === "" ? undefined : accounts.user(user)
      const uid = user === "" ? -1 : (owner?.uid ?? (/^\d+$/.test(user) ? Number(user) : undefined))
      if (uid === undefined) {
        yield* process.error(`${name}: invalid user: ${quote(process, spec)}\n`)
        return 1
      }
      // "user:" means the user's own group.
      const gid =
        group === undefined
          ? -1
          : group === ""
            ? (owner?.gid ?? -1)
            : (accounts.group(group)?.gid ?? (/^\d+$/.test(group) ? Number(group) : undefined))
      if (gid === undefined) {
        yield* process.error(`${name}: invalid group: ${quote(process, spec)}\n`)
        return 1
      }
      let status = 0
      const change = function* (path: string): Steps<void> {
        if (process.charge(1)) yield* process.yield()
        try {
          const stat = process.files.lstat(path)
          process.files.chown(path, uid < 0 ? stat.uid : uid, gid < 0 ? stat.gid : gid)
          if (flags.has("v") || (flags.has("c") && (uid >= 0 ? uid !== stat.uid : gid !== stat.gid))) {
            const what = name === "chgrp" ? "group" : "ownership"
            const named = (ofUser: number, ofGroup: number) =>
              name === "chgrp"
                ? accounts.groupName(ofGroup)
                : `${uid < 0 ? "" : accounts.userName(ofUser)}${group === undefined ? "" : `:${accounts.groupName(ofGroup)}`}`
            const [old, now] = [named(stat.uid, stat.gid), named(uid < 0 ? stat.uid : uid, gid < 0 ? stat.gid : gid)]
            yield* process.print(
              old === now
                ? `${what} of ${shellQuoted(path)} retained as ${now}\n`
                : `changed ${what} of ${shellQuoted(path)} from ${old} to ${now}\n`,
            )
          }
          if (flags.has("R") && stat.type === "directory")
            for (const { name: entry } of process.files.list(path)) yield* change(`${path.replace(/\/$/, "")}/${entry}`)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          status = 1
          if (!flags.has("f"))
            yield* process.error(
              error.code === "ENOENT"
                ? `${name}: cannot access '${path}': ${error.message}\n`
                : `${name}: changing ${name === "chown" ? "ownership" : "group"} of '${path}': ${error.message}\n`,
            )
        }
      }
      for (const file of files) yield* change(file)
      return status
    },
  })

export const chown = ownerTool("chown")
export const chgrp = ownerTool("chgrp")
