/** Names of files that fit a pattern. */
import type { Files, Steps } from "@drydock/machine"
import { costOf, hasPattern, matchPattern, newBudget, unquotePattern } from "./pattern.ts"
import type { Shell } from "./shell.ts"

const isDirectory = (files: Files, path: string): boolean => files.exists(path) && files.stat(path).type === "directory"

/** `**` with globstar: directories at any depth below `base` (itself too), or every name when it is the last part. */
function* everythingBelow(shell: Shell, base: string, last: boolean, directories: boolean): Steps<string[]> {
  const { files } = shell.process
  const found = last && base === "" ? [] : [base]
  const pending = [base]
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    let entries: readonly { name: string; type: string }[]
    try {
      entries = files.list(directory || ".")
    } catch {
      continue
    }
    for (const { name, type } of entries) {
      if (shell.process.charge(1)) yield* shell.process.yield()
      if (name.startsWith(".") && !shell.options.dotglob) continue
      const path = directory + name
      if (type === "directory") {
        pending.push(`${path}/`)
        if (!last) found.push(`${path}/`)
      }
      if (last && (!directories || type === "directory")) found.push(path)
    }
  }
  return found
}

/** What every directory has, where globskipdots does not hide it. */
const HERE_AND_ABOVE: readonly { name: string; type: string }[] = [
  { name: ".", type: "directory" },
  { name: "..", type: "directory" },
]

/** Names that fit a pattern, in order; undefined when there are none. */
export function* fileNames(shell: Shell, field: string): Steps<string[] | undefined> {
  const absolute = field.startsWith("/")
  const parts = field.split("/").filter((part) => part !== "")
  // Several slashes in a row stay several.
  const slashes = field.replace(/^\/+/, "").match(/\/+/g) ?? []
  let found = [absolute ? "/" : ""]
  const { files } = shell.process
  for (const [at, part] of parts.entries()) {
    const next: string[] = []
    const last = at === parts.length - 1
    if (part === "**" && shell.options.globstar) {
      for (const base of found) for (const path of yield* everythingBelow(shell, base, last, field.endsWith("/"))) next.push(path)
      found = [...new Set(next)]
      continue
    }
    for (const base of found) {
      if (shell.process.charge(4)) yield* shell.process.yield()
      if (!hasPattern(part)) {
        const path = base + unquotePattern(part)
        if (files.exists(path)) next.push(last ? path : path + (slashes[at] ?? "/"))
        continue
      }
      // A GLOBIGNORE shows hidden names as dotglob does.
      const hidden = shell.options.dotglob || (shell.variables.get("GLOBIGNORE") ?? "") !== ""
      let entries: readonly { name: string; type: string }[]
      try {
        entries = files.list(base || ".")
      } catch {
        continue
      }
      if (!shell.options.globskipdots && part.startsWith(".")) entries = [...HERE_AND_ABOVE, ...entries]
      for (const { name, type } of entries) {
        if (shell.process.charge(1)) yield* shell.process.yield()
        if (name.startsWith(".") && !part.startsWith(".") && !hidden) continue
        const budget = newBudget()
        const matched = matchPattern(part, name, { ignoreCase: shell.options.nocaseglob }, budget)
        if (shell.process.charge(costOf(budget))) yield* shell.process.yield()
        if (!matched || (!last && type === "file")) continue
        // "*/" is directories alone.
        if (last && field.endsWith("/") && (type === "file" || !isDirectory(files, base + name))) continue
        next.push(last ? base + name : base + name + (slashes[at] ?? "/"))
      }
    }
    found = next
  }
  const ignored = (shell.variables.get("GLOBIGNORE") ?? "").split(":").filter(Boolean)
  if (ignored.length > 0) found = found.filter((path) => !ignored.some((one) => matchPattern(one, path)) && !/(^|\/)\.\.?$/.test(path))
  if (found.length === 0) return undefined
  return (field.endsWith("/") ? found.map((path) => `${path}/`) : found).sort()
}
