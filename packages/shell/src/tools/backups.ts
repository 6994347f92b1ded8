/** Names that files are kept under when others take their place (gnulib's backupfile.c). */
import type { Process } from "@drydock/machine"

type Flags = ReadonlyMap<string, string | true>

/** The number of the last numbered backup of a file; 0 where there is none. */
const lastNumber = (process: Process, path: string): number => {
  let number = 0
  while (process.files.exists(`${path}.~${number + 1}~`)) number++
  return number
}

/** By -b, --backup[=CONTROL] and -S: the name of `path`'s backup; undefined where none is made. */
export const backupName = (process: Process, flags: Flags, path: string): string | undefined => {
  if (!flags.has("b") && !flags.has("backup") && !flags.has("S")) return undefined
  const given = flags.get("backup")
  const control = typeof given === "string" ? given : (process.env.get("VERSION_CONTROL") ?? "existing")
  if (/^(none|off)$/.test(control)) return undefined
  const last = /^(simple|never)$/.test(control) ? -1 : lastNumber(process, path)
  if (/^(numbered|t)$/.test(control) || (/^(existing|nil)$/.test(control) && last > 0)) return `${path}.~${last + 1}~`
  return `${path}${String(flags.get("S") ?? process.env.get("SIMPLE_BACKUP_SUFFIX") ?? "~")}`
}
