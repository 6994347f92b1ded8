/** authorized_keys: which keys let somebody in, and to what. As auth2-pubkey.c. */
import { type Process, SystemError, type User } from "@drydock/machine"
import { base64, readPublic } from "./keys.ts"
import { addressFits, type ServerConfig, settingOf, type Whom } from "./server-config.ts"

export interface Admission {
  /** The command that runs in place of any other. */
  readonly command?: string
  readonly terminal: boolean
  readonly forwarding: boolean
  readonly environment: Readonly<Record<string, string>>
}

/** What is wrong with who owns a file or a directory above it, up to the home; undefined when nothing is. */
const badModes = (process: Process, path: string, user: User): string | undefined => {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf("/")) || "/") {
    const { uid, mode, type } = process.files.stat(at)
    if ((uid !== 0 && uid !== user.uid) || (mode & 0o022) !== 0)
      return `Authentication refused: bad ownership or modes for ${type === "directory" ? "directory" : "file"} ${at}`
    if (at === user.home || at === "/") return undefined
  }
}

const options = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(/([\w-]+)(?:="((?:\\.|[^"\\])*)")?(?:,|$)/g)].map(([, name, value = ""]) => [
      name.toLowerCase(),
      value.replace(/\\(.)/g, "$1"),
    ]),
  )

/** Whether `blob` (base64) lets the user in; a text is what the log says against it. */
export const admitted = (process: Process, config: ServerConfig, user: User, whom: Whom, blob: string): Admission | string | undefined => {
  const strict = settingOf(config, "StrictModes", whom)?.toLowerCase() !== "no"
  let problem: string | undefined
  for (const name of (settingOf(config, "AuthorizedKeysFile", whom) ?? ".ssh/authorized_keys .ssh/authorized_keys2").split(/\s+/)) {
    const plain = name.replaceAll("%h", user.home).replaceAll("%u", user.name).replaceAll("%%", "%")
    const path = plain.startsWith("/") ? plain : `${user.home}/${plain}`
    try {
      if (!process.files.exists(path)) continue
      const bad = strict ? badModes(process, path, user) : undefined
      if (bad !== undefined) {
        problem = bad
        continue
      }
      for (const line of process.files.readText(path).split("\n")) {
        const key = readPublic(line)
        if (!key || base64(key.blob) !== blob) continue
        const given = options(key.options)
        const from = given.get("from")
        if (from !== undefined && !from.split(",").some((pattern) => addressFits(pattern, whom.address))) {
          problem = `Authentication tried for ${user.name} with correct key but not from a permitted host (host=${whom.address}, ip=${whom.address}, required=${from}).`
          continue
        }
        const restricted = given.has("restrict")
        const command = given.get("command")
        const [variable = "", value = ""] = (given.get("environment") ?? "").split("=")
        return {
          ...(command !== undefined && { command }),
          terminal: restricted ? given.has("pty") : !given.has("no-pty"),
          forwarding: restricted ? given.has("port-forwarding") : !given.has("no-port-forwarding"),
          environment: variable === "" ? {} : { [variable]: value },
        }
      }
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
  }
  return problem
}
