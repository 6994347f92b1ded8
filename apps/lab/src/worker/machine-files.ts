/** Files of a world's machines for the browser: listing, reading, as root. */
import type { Machine } from "@drydock/machine"
import type { ServerMessage } from "@drydock/protocol"

type Entry = Extract<ServerMessage, { type: "files" }>["entries"][number]

const MAX_ENTRIES = 2_000
/** Largest file that an editor in a browser should open. */
export const MAX_FILE_BYTES = 1024 * 1024

/** Something to be said to whoever asked. */
export class Refusal extends Error {
  readonly code: "not-found" | "refused" | "too-large"

  constructor(code: Refusal["code"], message: string) {
    super(message)
    this.code = code
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const attempt = <T>(path: string, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal("not-found", `${path}: ${reasonOf(error)}`)
  }
}

export const listFiles = (machine: Machine, path: string): Entry[] =>
  attempt(path, () =>
    machine.files
      .list(path)
      .slice(0, MAX_ENTRIES)
      .map(({ name, type }) => {
        const full = `${path.replace(/\/+$/, "")}/${name}`
        let size = 0
        try {
          size = machine.files.lstat(full).size
        } catch {
          // It went between listing and asking.
        }
        return { name, type: type === "file" || type === "directory" || type === "symlink" ? type : "other", size }
      }),
  )

/** @throws Refusal also for what would never end (/dev/zero) or block (a fifo). */
export const readFile = (machine: Machine, path: string): string =>
  attempt(path, () => {
    const { type, size } = machine.files.stat(path)
    if (type === "directory") throw new Refusal("refused", `${path}: Is a directory`)
    if (type !== "file") throw new Refusal("refused", `${path} is a ${type.replaceAll("-", " ")}; it cannot be opened here`)
    if (size > MAX_FILE_BYTES) throw new Refusal("too-large", `${path} is larger than 1 MiB; open it in the terminal`)
    const text = machine.files.readText(path)
    if (text.length > MAX_FILE_BYTES) throw new Refusal("too-large", `${path} is larger than 1 MiB; open it in the terminal`)
    return text
  })
