/** The lines of passwd, group and shadow as tools change them. As shadow 4.13. */
import type { Accounts, Process, Steps } from "@drydock/machine"

export const linesOf = (process: Process, file: string): string[] =>
  process.files.exists(file)
    ? process.files
        .readText(file)
        .split("\n")
        .filter((line) => line !== "")
    : []

export const put = (process: Process, file: string, lines: readonly string[]): void =>
  process.files.write(file, lines.map((line) => `${line}\n`).join(""))

export const append = (process: Process, file: string, line: string): void => put(process, file, [...linesOf(process, file), line])

/** Changes the fields of the line that begins with `name`. */
export const change = (process: Process, file: string, name: string, edit: (fields: string[]) => void): void => {
  put(
    process,
    file,
    linesOf(process, file).map((line) => {
      const fields = line.split(":")
      if (fields[0] === name) edit(fields)
      return fields.join(":")
    }),
  )
}

export const drop = (process: Process, file: string, name: string): void =>
  put(
    process,
    file,
    linesOf(process, file).filter((line) => !line.startsWith(`${name}:`)),
  )

/** Only root changes accounts; false after it has been said. */
export function* mayChange(process: Process, tool: string): Steps<boolean> {
  if (process.credentials.uid === 0) return true
  yield* process.error(`${tool}: Permission denied.\n${tool}: cannot lock /etc/passwd; try again later.\n`)
  return false
}

/** A number that nobody has: the one after the highest, or for the system's own the highest below 1000. As shadow's find_new_uid.c. */
export const freeId = (used: readonly number[], system: boolean): number => {
  if (!system) return Math.max(999, ...used.filter((id) => id >= 1_000 && id < 60_000)) + 1
  const taken = new Set(used)
  let id = 999
  while (id > 100 && taken.has(id)) id--
  return id
}

export const setMember = (process: Process, group: string, user: string, member: boolean): void =>
  change(process, "/etc/group", group, (fields) => {
    const members = (fields[3] ?? "").split(",").filter((one) => one !== "" && one !== user)
    fields[3] = [...members, ...(member ? [user] : [])].join(",")
  })

/** Groups of -G that there are not. */
export const unknownGroup = (accounts: Accounts, list: string): string | undefined =>
  list.split(",").find((name) => name !== "" && !accounts.group(name))

/** Days since 1970, as shadow(5) counts. */
export const today = (process: Process): number => Math.floor(process.now() / 86_400_000)
